package addon

import (
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// configureMetricsServer completes the Deployment of metrics-server: two pods with the requests of the project's chart
// (https://github.com/kubernetes-sigs/metrics-server, charts/metrics-server/values.yaml), on EKS's port.
func configureMetricsServer(container, spec, pod map[string]any) {
	spec["replicas"] = 2.0
	container["resources"] = map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "200Mi"}}
	container["ports"] = []any{map[string]any{"name": "https", "containerPort": float64(kube.MetricsPort), "protocol": "TCP"}}
	pod["priorityClassName"] = "system-cluster-critical"
}

// installMetricsService creates the Service that the API server calls for metrics.k8s.io.
func installMetricsService(w *store.Account, cluster string, labels map[string]any) {
	install(w, cluster, "v1", store.ServiceType, "Service", "kube-system", kube.MetricsServer, store.Properties{"spec": map[string]any{
		"type": "ClusterIP", "selector": labels, "ports": []any{map[string]any{"name": "https", "port": 443.0, "protocol": "TCP", "targetPort": "https"}}}})
}
