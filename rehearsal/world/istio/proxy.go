package istio

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

var (
	ImageSet = store.NewRule("the image of a gateway is set by istiod when its pod is created",
		`Failed to pull image "auto": failed to pull and unpack image "docker.io/library/auto:latest": pull access denied, repository does not exist or may require authorization`,
		istioSource+"manifests/charts/gateway/templates/deployment.yaml")
	ProxyConfigured = store.NewRule("a proxy is ready once istiod has configured it",
		`Readiness probe failed: HTTP probe failed with statuscode: 503: config not received from XDS server (is Istiod running?): no ready pod of %s`,
		istioSource+"pilot/cmd/pilot-agent/status/ready/probe.go")
)

// statusPort is the port on which the agent beside a proxy reports whether the proxy is ready.
const statusPort = 15021

// controlPlane is the Service of istiod, whose name proxies resolve.
const controlPlane = "istiod"

// CheckStart refuses to start a pod whose proxy would not run or not become ready. Other pods start.
func CheckStart(w *store.Account, node *store.Object, spec *corev1.PodSpec) error {
	for _, container := range spec.Containers {
		if err := ImageSet.When(container.Image == automatic); err != nil {
			return err
		}
	}
	if !hasProxy(spec) {
		return nil
	}
	host := controlPlane + "." + namespace + ".svc"
	if err := kube.Resolves(w, node.Cluster, host); err != nil {
		return err
	}
	service := w.Find(node.Cluster, store.ServiceType, kube.ObjectID(namespace, controlPlane))
	return ProxyConfigured.When(service == nil || len(kube.Endpoints(w, service)) == 0, host)
}

// hasProxy reports whether a pod has a proxy, beside an application or alone.
func hasProxy(spec *corev1.PodSpec) bool {
	return slices.ContainsFunc(slices.Concat(spec.InitContainers, spec.Containers), func(c corev1.Container) bool {
		return c.Name == proxyName && kube.ImageName(c.Image) == proxyImage
	})
}
