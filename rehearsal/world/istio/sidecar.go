package istio

import (
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/store"
)

// agentPort is the port of the agent beside a proxy, to which the kubelet sends the probes of the application
// (pkg/kube/inject/app_probe.go).
const agentPort = 15020

// addSidecar adds what the template sidecar adds: a container that redirects the pod's connections to the proxy before
// the others start, and the proxy, which Kubernetes starts before the application and ends after it.
func addSidecar(pod *store.Object, values *injectorValues) {
	proxy := func(name string) map[string]any {
		return map[string]any{"name": name, "image": values.image(), "resources": store.Clone(values.Global.Proxy.Resources)}
	}
	running := proxy(proxyName)
	running["restartPolicy"] = string(corev1.ContainerRestartPolicyAlways)
	running["ports"] = []any{metricsPort()}
	running["startupProbe"], running["readinessProbe"] = agentProbe(), agentProbe()
	var containers []any
	for _, existing := range store.ListOf(store.Nested(pod.Outputs, "spec", "initContainers")) {
		containers = append(containers, existing)
	}
	containers = append([]any{proxy("istio-init"), running}, containers...)
	pod.SetAt(containers, "spec", "initContainers")
	redirectProbes(pod)
	// The list of revoked certificates is optional.
	revoked := map[string]any{"name": revokedList, "configMap": map[string]any{"name": revokedList, "optional": true}}
	pod.SetAt(append(append(volumes(pod), proxyVolumes()...), revoked), "spec", "volumes")
	describeService(pod)
	pod.SetAt("istio", "metadata", "labels", "security.istio.io/tlsMode")
}

// probePaths are the paths of the agent for the probes of an application.
var probePaths = map[string]string{"readinessProbe": "readyz", "livenessProbe": "livez", "startupProbe": "startupz"}

// redirectProbes sends the probes of the application to the agent, because the proxy accepts only connections with
// mutual TLS.
func redirectProbes(pod *store.Object) {
	var changed []any
	for _, container := range store.ListOf(store.Nested(pod.Outputs, "spec", "containers")) {
		container = store.Clone(container)
		for kind, path := range probePaths {
			probe, is := container[kind].(map[string]any)
			if !is || probe["httpGet"] == nil && probe["tcpSocket"] == nil {
				continue
			}
			redirected := store.Clone(probe)
			delete(redirected, "tcpSocket")
			redirected["httpGet"] = map[string]any{"path": "/app-health/" + store.OrText(container["name"], "") + "/" + path, "port": float64(agentPort)}
			container[kind] = redirected
		}
		changed = append(changed, container)
	}
	pod.SetAt(changed, "spec", "containers")
}
