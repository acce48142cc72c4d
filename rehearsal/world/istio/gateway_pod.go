package istio

import (
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// completeGateway changes what the template gateway changes: image, port and probe of a gateway's proxy. The agent
// beside the proxy answers on its port, of which the container declares nothing.
func completeGateway(pod *store.Object, values *injectorValues) {
	var completed []any
	for _, container := range store.ListOf(store.Nested(pod.Outputs, "spec", "containers")) {
		changed := store.Clone(container)
		if changed["name"] == proxyName {
			changed["image"] = values.image()
			changed["ports"] = withMetricsPort(listOf(changed["ports"]))
			changed["readinessProbe"] = agentProbe()
		}
		completed = append(completed, changed)
	}
	pod.SetAt(completed, "spec", "containers")
	pod.SetAt(append(volumes(pod), proxyVolumes()...), "spec", "volumes")
	describeService(pod)
	pod.Learn(kube.UndeclaredPorts, []any{float64(statusPort)})
}

// describeService adds the labels by which telemetry names the application of a pod.
func describeService(pod *store.Object) {
	labels := kube.Meta(pod).GetLabels()
	first := func(keys ...string) string {
		for _, key := range keys {
			if labels[key] != "" {
				return labels[key]
			}
		}
		return ""
	}
	name := first(canonicalName, "app.kubernetes.io/name", "app")
	for _, owner := range kube.Meta(pod).GetOwnerReferences() {
		if name == "" {
			name = owner.Name // the Deployment
		}
	}
	revision := first(canonicalRevision, "app.kubernetes.io/version", "version")
	if revision == "" {
		revision = "latest"
	}
	pod.SetAt(name, "metadata", "labels", canonicalName)
	pod.SetAt(revision, "metadata", "labels", canonicalRevision)
}

// Labels with the name and the revision of the application of a pod.
const (
	canonicalName     = "service.istio.io/canonical-name"
	canonicalRevision = "service.istio.io/canonical-revision"
)

// proxyVolumes returns the volumes of a proxy, of which those of ConfigMaps must exist.
func proxyVolumes() []any {
	all := []any{map[string]any{"name": "istiod-ca-cert", "configMap": map[string]any{"name": rootCertificate}}}
	for _, name := range []string{"workload-socket", "credential-socket", "workload-certs", "istio-envoy", "istio-data"} {
		all = append(all, map[string]any{"name": name, "emptyDir": map[string]any{}})
	}
	token := map[string]any{"serviceAccountToken": map[string]any{"path": "istio-token", "audience": "istio-ca"}}
	labels := map[string]any{"path": "labels", "fieldRef": map[string]any{"fieldPath": "metadata.labels"}}
	return append(all,
		map[string]any{"name": "istio-podinfo", "downwardAPI": map[string]any{"items": []any{labels}}},
		map[string]any{"name": "istio-token", "projected": map[string]any{"sources": []any{token}}})
}

// metricsPort returns the port of a proxy's metrics, the only one that it declares.
func metricsPort() map[string]any {
	return map[string]any{"name": "http-envoy-prom", "containerPort": 15090.0, "protocol": "TCP"}
}

// withMetricsPort adds the port of metrics to those of a container, unless it has it.
func withMetricsPort(ports []any) []any {
	for _, port := range ports {
		if store.MapOf(port)["containerPort"] == metricsPort()["containerPort"] {
			return ports
		}
	}
	return append(ports, metricsPort())
}

// agentProbe returns the probe of a proxy.
func agentProbe() map[string]any {
	return map[string]any{"httpGet": map[string]any{"path": "/healthz/ready", "port": float64(statusPort)}}
}

// listOf returns a list, nil for none.
func listOf(value any) []any {
	list, _ := value.([]any)
	return list
}

// volumes returns the volumes of a pod.
func volumes(pod *store.Object) []any {
	return append([]any(nil), listOf(store.Nested(pod.Outputs, "spec", "volumes"))...)
}
