package worldtest

import (
	"eksnet/internal/charts"
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
