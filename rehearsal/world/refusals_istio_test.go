package world_test

import (
	"eksnet/rehearsal/world/istio"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func istioRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a gateway before istiod", istio.ImageSet, func(k *worldtest.KubeLab) error {
			return k.NamespaceFor(worldtest.IstioGatewaySpace, nil).Create(store.ReleaseType, worldtest.IstioGatewayInputs())
		}},
		{"a proxy without istiod", istio.ProxyConfigured, func(k *worldtest.KubeLab) error {
			return k.Create(store.DeploymentType, worldtest.ProxyByHand())
		}},
		{"a proxy without CoreDNS", kube.DNSRuns, func(k *worldtest.KubeLab) error {
			k.Meshed()
			k.World.Drop(kube.WorkloadOf(k.World.Account, "dev", "coredns"))
			return k.Create(store.DeploymentType, worldtest.ProxyByHand())
		}},
		{"a pod of the mesh while istiod has no pod", kube.WebhookServed, func(k *worldtest.KubeLab) error {
			k.Meshed().StopIstiod()
			return k.Create(store.DeploymentType, worldtest.WebIn("shop"))
		}},
		{"a Gateway of the mesh without its Service", istio.GatewayProgrammed, func(k *worldtest.KubeLab) error {
			k.GatewayAPI().Meshed().NamespaceFor(worldtest.IstioGatewaySpace, nil)
			return k.Create(store.GatewayType, worldtest.MeshGateway("web"))
		}},
		{"a route of a namespace that the Gateway of the mesh does not admit", istio.RouteAccepted, func(k *worldtest.KubeLab) error {
			k.GatewayAPI().Controlled().MeshedGateway()
			return k.Create(store.HTTPRouteType, worldtest.MeshRoute("default"))
		}},
		{"the end of an object of Istio while istiod has no pod", kube.CollectorAllowed, func(k *worldtest.KubeLab) error {
			k.Meshed().Apply(store.PeerAuthenticationType, worldtest.StrictPolicy())
			k.StopIstiod()
			return k.Kube.Delete(store.PeerAuthenticationType, worldtest.IstioNamespace+"/default")
		}},
		{"a pod of the mesh without istiod's values", istio.ValuesRead, func(k *worldtest.KubeLab) error {
			k.Meshed()
			k.World.Drop(k.World.Find("dev", store.ConfigMapType, "istio-system/istio-sidecar-injector"))
			return k.Create(store.DeploymentType, worldtest.WebIn("shop"))
		}},
	}
}
