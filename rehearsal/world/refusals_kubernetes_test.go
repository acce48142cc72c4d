package world_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// kubeRefusal is a call that a rule of the cluster refuses, at once or as the reason of a wait.
type kubeRefusal struct {
	when string
	rule store.Rule
	try  func(*worldtest.KubeLab) error
}

func allKubeRefusals() []kubeRefusal {
	return slices.Concat(ipv6KubeRefusals(), manifestRefusals(), podRefusals(), deploymentRefusals(), serviceRefusals(), schedulerRefusals(), kubeletRefusals(),
		clientRefusals(), deletionRefusals(), releaseRefusals(), controllerRefusals(), modelRefusals(), cloudRefusals(), webhookRefusals(), cutOffRefusals(), ingressRefusals(), ingressControllerRefusals(), policyRefusals(), flowRefusals(), balancingRefusals(), objectRefusals(), managerRefusals(), waitingRefusals(), definitionRefusals(),
		gatewayRefusalsOfClasses(), gatewayRefusalsOfConfigurations(), gatewayRefusalsOfRoutes(), controllerProgramRefusals(), istioRefusals(), podGroupRefusals())
}

func TestWhatAClusterRefusesIsRefused(t *testing.T) {
	for _, r := range allKubeRefusals() {
		if passedOver(r.rule) {
			continue
		}
		t.Run(r.when, func(t *testing.T) {
			err := r.try(worldtest.NewCluster(t))
			worldtest.Refused(t, err, r.rule)
			if strings.Contains(err.Error(), "%!") || strings.Contains(err.Error(), "MISSING") {
				t.Errorf("the error's text lacks values: %v", err)
			}
		})
	}
}

// saying checks that an error has this text of the controller, which is not part of the rule's text.
func saying(words string, try func(*worldtest.KubeLab) error) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		err := try(k)
		if err == nil || !strings.Contains(err.Error(), words) {
			k.T.Errorf("%q is not in the error: %v", words, err)
		}
		return err
	}
}

// creates returns a call that creates an object that is refused.
func creates(typ string, m func() store.Properties) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error { return k.Create(typ, m()) }
}

// editedWeb returns a call that creates web with one change.
func editedWeb(path string, value any) func(*worldtest.KubeLab) error {
	return creates(store.DeploymentType, func() store.Properties { return worldtest.Edited(worldtest.Web(), path, value) })
}

// contained returns a call that creates web with one change of its container.
func contained(path string, value any) func(*worldtest.KubeLab) error {
	return creates(store.DeploymentType, func() store.Properties {
		m := worldtest.Web()
		worldtest.With(worldtest.Container(m), path, value)
		return m
	})
}

func manifestRefusals() []kubeRefusal {
	config := func() store.Properties { return worldtest.Manifest("v1", "ConfigMap", "settings", nil) }
	return []kubeRefusal{
		{"a Deployment with an unknown field", kube.StrictFields, editedWeb("spec.foo", 1.0)},
		{"a Deployment with a string for a number", kube.Decodable, editedWeb("spec.replicas", "two")},
		{"a Deployment that requests a malformed quantity", kube.Decodable, contained("resources.requests", map[string]any{"cpu": "many"})},
		{"a manifest of another kind", kube.KindServed, creates(store.DeploymentType, func() store.Properties { return worldtest.Edited(worldtest.Web(), "kind", "DaemonSet") })},
		{"an object without a name", kube.NameRequired, creates(store.ConfigMapType, func() store.Properties { return worldtest.Edited(config(), "metadata.name", "") })},
		{"a name that is not a DNS label", kube.MetadataValid, creates(store.NamespaceType, func() store.Properties { return worldtest.Manifest("v1", "Namespace", "My_Apps", nil) })},
		{"a malformed label", kube.MetadataValid, creates(store.ConfigMapType, func() store.Properties {
			return worldtest.Edited(config(), "metadata.labels", map[string]any{"a b": "c"})
		})},
		{"a namespace in a namespace", kube.Unscoped, creates(store.NamespaceType, func() store.Properties {
			return worldtest.Edited(worldtest.Manifest("v1", "Namespace", "apps", nil), "metadata.namespace", "default")
		})},
		{"a name that is taken", kube.Unique, func(k *worldtest.KubeLab) error {
			k.Apply(store.ConfigMapType, config())
			return k.Create(store.ConfigMapType, config())
		}},
		{"a namespace of the system", kube.Unique, creates(store.NamespaceType, func() store.Properties { return worldtest.Manifest("v1", "Namespace", "default", nil) })},
		{"an object in a namespace that does not exist", kube.NamespaceExists, creates(store.ConfigMapType, func() store.Properties {
			return worldtest.Edited(config(), "metadata.namespace", "apps")
		})},
		{"an object in a namespace that is being deleted", kube.NamespaceStays, func(k *worldtest.KubeLab) error {
			goingNamespace(k)
			return k.Create(store.ConfigMapType, worldtest.Edited(config(), "metadata.namespace", "apps"))
		}},
		{"new data in an immutable ConfigMap", kube.ConfigMapImmutable, func(k *worldtest.KubeLab) error {
			m := worldtest.Edited(worldtest.Edited(config(), "immutable", true), "data", map[string]any{"a": "1"})
			k.Apply(store.ConfigMapType, store.Clone(m))
			return k.Update(store.ConfigMapType, "default/settings", worldtest.Edited(m, "data", map[string]any{"a": "2"}))
		}},
	}
}

// goingNamespace creates a namespace that waits for a finalizer that no actor removes.
func goingNamespace(k *worldtest.KubeLab) {
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
	held := worldtest.Manifest("v1", "ConfigMap", "held", nil)
	k.Apply(store.ConfigMapType, worldtest.Edited(worldtest.Edited(held, "metadata.namespace", "apps"), "metadata.finalizers", []any{"example.com/hold"}))
	_ = k.Kube.Delete(store.NamespaceType, "apps")
}

func podRefusals() []kubeRefusal {
	probe := func(p map[string]any) func(*worldtest.KubeLab) error { return contained("readinessProbe", p) }
	spread := func(c map[string]any) func(*worldtest.KubeLab) error {
		return editedWeb("spec.template.spec.topologySpreadConstraints", []any{c})
	}
	return []kubeRefusal{
		{"a pod without containers", kube.ContainersRequired, editedWeb("spec.template.spec.containers", []any{})},
		{"a container without a name", kube.ContainerNamed, contained("name", "")},
		{"a container with a malformed name", kube.ContainerNamed, contained("name", "Web")},
		{"a container without an image", kube.ImageRequired, contained("image", "")},
		{"a container port out of range", kube.ContainerPorts, contained("ports", []any{map[string]any{"containerPort": 70000.0}})},
		{"two container ports of one name", kube.ContainerPorts, contained("ports", []any{
			map[string]any{"containerPort": 80.0, "name": "a"}, map[string]any{"containerPort": 81.0, "name": "a"}})},
		{"a request beyond its limit", kube.LimitsHold, contained("resources", map[string]any{
			"requests": map[string]any{"cpu": "2"}, "limits": map[string]any{"cpu": "1"}})},
		{"a probe without a handler", kube.ProbeHandler, probe(map[string]any{"periodSeconds": 5.0})},
		{"a probe of a port out of range", kube.ProbePort, probe(map[string]any{"tcpSocket": map[string]any{"port": 0.0}})},
		{"a mount of a volume that the pod lacks", kube.MountNamed, contained("volumeMounts", []any{map[string]any{"name": "data", "mountPath": "/data"}})},
		{"a spread constraint without a topology", kube.SpreadValid, spread(map[string]any{"maxSkew": 1.0, "topologyKey": "", "whenUnsatisfiable": "DoNotSchedule"})},
		{"a spread constraint of an unknown kind", kube.SpreadValid, spread(map[string]any{"maxSkew": 1.0, "topologyKey": "zone", "whenUnsatisfiable": "Maybe"})},
	}
}

func deploymentRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a Deployment without a selector", kube.SelectorRequired, editedWeb("spec.selector", nil)},
		{"an empty selector", kube.SelectorValid, editedWeb("spec.selector", map[string]any{})},
		{"a selector that does not match", kube.SelectorMatches, editedWeb("spec.selector", map[string]any{"matchLabels": map[string]any{"app": "api"}})},
		{"a changed selector", kube.SelectorStays, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			m := worldtest.Edited(worldtest.Web(), "spec.selector", map[string]any{"matchLabels": map[string]any{"app": "api"}})
			return k.Update(store.DeploymentType, "default/web", worldtest.Edited(m, "spec.template.metadata.labels", map[string]any{"app": "api"}))
		}},
		{"negative replicas", kube.ReplicasCount, editedWeb("spec.replicas", -1.0)},
		{"pods that do not restart", kube.RestartsAlways, editedWeb("spec.template.spec.restartPolicy", "Never")},
		{"more pods than there is room for", kube.DeploymentAvailable, editedWeb("spec.replicas", 300.0)},
	}
}

func serviceRefusals() []kubeRefusal {
	plain := func(path string, value any) func(*worldtest.KubeLab) error {
		return creates(store.ServiceType, func() store.Properties { return worldtest.Edited(worldtest.Service("web", "ClusterIP"), path, value) })
	}
	outside := func(path string, value any) func(*worldtest.KubeLab) error {
		return creates(store.ServiceType, func() store.Properties { return worldtest.Edited(worldtest.NLB(nil), path, value) })
	}
	port := func(p map[string]any) []any { return []any{p} }
	return []kubeRefusal{
		{"a Service without ports", kube.ServicePortsRequired, plain("spec.ports", []any{})},
		{"a Service port out of range", kube.ServicePorts, plain("spec.ports", port(map[string]any{"port": 0.0}))},
		{"two Service ports without names", kube.ServicePorts, plain("spec.ports", []any{map[string]any{"port": 80.0}, map[string]any{"port": 81.0}})},
		{"two Service ports of one name", kube.ServicePorts, plain("spec.ports", []any{
			map[string]any{"port": 80.0, "name": "a"}, map[string]any{"port": 81.0, "name": "a"}})},
		{"a Service port of an unknown protocol", kube.ServicePorts, plain("spec.ports", port(map[string]any{"port": 80.0, "protocol": "HTTP"}))},
		{"a Service of an unknown type", kube.ServiceTypes, plain("spec.type", "Balanced")},
		{"a changed load balancer class", kube.ClassStays, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.NLB(nil))
			return k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.NLB(nil), "spec.loadBalancerClass", "example.com/other"))
		}},
		{"a class on a plain Service", kube.ClassUsed, plain("spec.loadBalancerClass", "service.k8s.aws/nlb")},
		{"a malformed class", kube.ClassValid, outside("spec.loadBalancerClass", "a/b/c")},
		{"a changed cluster IP", kube.AddressStays, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.Service("web", "ClusterIP"))
			return k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.Service("web", "ClusterIP"), "spec.clusterIP", "172.20.9.9"))
		}},
		{"a cluster IP out of range", kube.AddressInRange, plain("spec.clusterIP", "10.9.9.9")},
		{"a traffic policy on a plain Service", kube.PolicyUsed, plain("spec.externalTrafficPolicy", "Local")},
		{"an unknown traffic policy", kube.PolicyKnown, outside("spec.externalTrafficPolicy", "Somewhere")},
		{"source ranges on a plain Service", kube.RangesUsed, plain("spec.loadBalancerSourceRanges", []any{"10.0.0.0/8"})},
		{"a source range that is not a CIDR", kube.RangesValid, outside("spec.loadBalancerSourceRanges", []any{"everywhere"})},
		{"a Service that selects no pods", kube.ServiceTargets, creates(store.ServiceType, func() store.Properties { return worldtest.Service("web", "ClusterIP") })},
		{"a Service of a class without a controller", lbc.ClassServed, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "spec.loadBalancerClass", "example.com/other"))
		}},
		{"a Service that gets no address", kube.ServiceAddressed, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "spec.loadBalancerClass", "example.com/other"))
		}},
	}
}
