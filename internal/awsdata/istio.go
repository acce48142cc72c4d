package awsdata

// Kubernetes versions by the minor version of Istio that is tested with them
// (istio.io/latest/docs/releases/supported-releases). Releases whose support has ended are left out: a release is
// supported until six weeks after the second one that follows it.
var IstioKubernetes = map[string][]string{
	"1.30": {"1.32", "1.33", "1.34", "1.35", "1.36"},
}

// The port of a proxy that answers whether it is ready, and the path there
// (istio.io/latest/docs/ops/deployment/application-requirements, ports used by Istio).
const (
	IstioHealthPort = 15021
	IstioHealthPath = "/healthz/ready"
)

// InjectionLabel is the label of a namespace in which istiod injects proxies into new pods, and its value
// (istio.io/latest/docs/setup/additional-setup/sidecar-injection).
const (
	InjectionLabel   = "istio-injection"
	InjectionEnabled = "enabled"
)

// IstioWebhookPort is the port of istiod's pods that the API server calls.
const IstioWebhookPort = 15017

// The limits of a proxy in Istio's charts, in millicores and MiB (istio.io/istio, manifests/charts/gateway/values.yaml;
// istio-control/istio-discovery/values.yaml, global.proxy.resources).
const (
	IstioProxyMostMilliCPU = 2000
	IstioProxyMostMiB      = 1024
)
