package worldtest

import (
	"eksnet/internal/charts"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// The namespaces of Istio, and its releases.
const (
	IstioNamespace      = "istio-system"
	IstioGatewaySpace   = "istio-ingress"
	IstioBaseRelease    = IstioNamespace + "/istio-base"
	IstiodRelease       = IstioNamespace + "/istiod"
	IstioGatewayRelease = IstioGatewaySpace + "/istio-ingressgateway"
)

// IstioInputs returns the inputs of a release of one of Istio's charts.
func IstioInputs(chart, namespace, name string, values map[string]any) store.Properties {
	c := charts.Get(chart)
	return store.Properties{"chart": c.Name, "name": name, "namespace": namespace, "version": c.Version,
		"repositoryOpts": map[string]any{"repo": c.Repository}, "values": values}
}

// IstioBaseInputs returns the inputs of a release of Istio's definitions.
func IstioBaseInputs() store.Properties {
	return IstioInputs(charts.IstioBase, IstioNamespace, "istio-base", nil)
}

// IstiodInputs returns the inputs of a release of istiod with two pods.
func IstiodInputs() store.Properties {
	return IstioInputs(charts.Istiod, IstioNamespace, "istiod", map[string]any{
		"autoscaleEnabled": false, "replicaCount": 2.0, "rollingMaxSurge": "1",
		"resources": map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "256Mi"}},
		"global":    map[string]any{"hub": "registry.istio.io/release", "tag": charts.IstioVersion},
	})
}

// IstioGatewayInputs returns the inputs of a release of a gateway without a Service.
func IstioGatewayInputs() store.Properties {
	return IstioInputs(charts.IstioGateway, IstioGatewaySpace, "istio-ingressgateway", map[string]any{
		"autoscaling": map[string]any{"enabled": false}, "replicaCount": 2.0, "service": map[string]any{"type": "None"},
	})
}

// NamespaceFor creates a namespace with labels.
func (k *KubeLab) NamespaceFor(name string, labels map[string]any) *KubeLab {
	k.T.Helper()
	k.Apply(store.NamespaceType, store.Properties{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels}})
	return k
}

// Meshed installs Istio's definitions and istiod, and creates a namespace whose pods get proxies.
func (k *KubeLab) Meshed() *KubeLab {
	k.T.Helper()
	k.NamespaceFor(IstioNamespace, nil)
	k.Apply(store.ReleaseType, IstioBaseInputs())
	k.Apply(store.ReleaseType, IstiodInputs())
	return k.NamespaceFor("shop", map[string]any{"istio-injection": "enabled"})
}

// StopIstiod ends istiod's pods, and no other can start.
func (k *KubeLab) StopIstiod() {
	k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", true) })
	for _, pod := range kube.PodsOf(k.World.Account, k.World.Find("dev", store.DeploymentType, IstiodRelease).Key()) {
		kube.EndPod(k.World.Account, pod)
	}
}

// Close leaves the nodes a security group without rules, with which they reach the API server.
func (k *KubeLab) Close() {
	k.T.Helper()
	group := k.Make("closed", store.SecurityGroupType, store.Properties{"name": "closed", "vpcId": k.IDs["vpc"]})
	k.Make("nodes to the API", store.GroupRuleType, store.Properties{"type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0,
		"securityGroupId": k.Object(store.ClusterType, "cluster").Text("vpcConfig.clusterSecurityGroupId"), "sourceSecurityGroupId": group})
	k.OnNodes(func(node *store.Object) {
		ec2.PrimaryInterface(k.World.Account, node).Set("securityGroups", []any{group})
	})
}

// WebIn returns the Deployment of two pods in a namespace.
func WebIn(namespace string) store.Properties { return Edited(Web(), "metadata.namespace", namespace) }

// StrictPolicy returns the policy of the whole mesh.
func StrictPolicy() store.Properties {
	return Edited(Manifest("security.istio.io/v1", "PeerAuthentication", "default", store.Properties{"mtls": map[string]any{"mode": "STRICT"}}),
		"metadata.namespace", IstioNamespace)
}

// ProxyByHand returns a Deployment of pods with a proxy that istiod has not injected.
func ProxyByHand() store.Properties {
	return Edited(Edited(Web(), "spec.template.spec.containers", []any{map[string]any{
		"name": "istio-proxy", "image": "registry.istio.io/release/proxyv2:1.30.4"}}), "spec.replicas", 1.0)
}

// MeshGateway returns a Gateway of class istio whose address is a Service in the namespace of the gateway, and that
// admits routes of the namespaces whose pods get proxies.
func MeshGateway(service string) store.Properties {
	m := Manifest("gateway.networking.k8s.io/v1", "Gateway", "mesh", store.Properties{"gatewayClassName": "istio",
		"addresses": []any{map[string]any{"type": "Hostname", "value": service + "." + IstioGatewaySpace + ".svc.cluster.local"}},
		"listeners": []any{map[string]any{"name": "http", "port": 80.0, "protocol": "HTTP", "allowedRoutes": map[string]any{"namespaces": map[string]any{
			"from": "Selector", "selector": map[string]any{"matchLabels": map[string]any{"istio-injection": "enabled"}}}}}}})
	m = Edited(m, "metadata.namespace", IstioGatewaySpace)
	return With(m, "metadata.annotations", map[string]any{"pulumi.com/waitFor": "condition=Programmed"})
}

// MeshRoute returns a route of web in a namespace to that Gateway, which waits until it is accepted.
func MeshRoute(namespace string) store.Properties {
	m := Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", "web", store.Properties{
		"parentRefs": []any{map[string]any{"name": "mesh", "namespace": IstioGatewaySpace}},
		"rules":      []any{map[string]any{"backendRefs": []any{map[string]any{"name": "web", "port": 80.0}}}}})
	m = Edited(m, "metadata.namespace", namespace)
	return With(m, "metadata.annotations", map[string]any{
		"pulumi.com/waitFor": `jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True`})
}

// MeshedGateway runs the pods of a gateway behind a load balancer, with a Gateway of class istio.
func (k *KubeLab) MeshedGateway() *KubeLab {
	k.T.Helper()
	k.Meshed().NamespaceFor(IstioGatewaySpace, nil)
	k.Apply(store.ReleaseType, IstioGatewayInputs())
	service := With(NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"}), "metadata.namespace", IstioGatewaySpace)
	k.Apply(store.ServiceType, With(service, "spec.selector", map[string]any{"app.kubernetes.io/name": "istio-ingressgateway"}))
	k.Apply(store.GatewayType, MeshGateway(store.OrText(store.Nested(service, "metadata", "name"), "")))
	return k
}
