package cluster

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// createAPIEndpoints creates the endpoints of the API server's Service: its network interfaces in the VPC, as on EKS.
// The API server itself would write one address.
func (l *Lab) createAPIEndpoints(ctx context.Context) error {
	var slices, addresses []any
	family := "IPv4"
	for _, i := range l.Stack.ControlPlaneInterfaces() {
		address := i.PrivateIP
		if l.Stack.Cluster.IPv6 {
			address, family = i.IPv6, "IPv6"
		}
		slices = append(slices, map[string]any{"addresses": []any{address}, "conditions": map[string]any{"ready": true}})
		addresses = append(addresses, map[string]any{"ip": address})
	}
	metadata := func() map[string]any {
		return map[string]any{"name": "kubernetes", "namespace": metav1.NamespaceDefault,
			"labels": map[string]any{"kubernetes.io/service-name": "kubernetes"}}
	}
	ports := []any{map[string]any{"name": "https", "port": int64(l.KubernetesPort), "protocol": "TCP"}}
	for _, object := range []map[string]any{
		{"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata(), "addressType": family,
			"endpoints": slices, "ports": ports},
		// kubectl get endpoints reads these.
		{"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata(),
			"subsets": []any{map[string]any{"addresses": addresses, "ports": ports}}},
	} {
		if err := l.create(ctx, &unstructured.Unstructured{Object: object}); err != nil {
			return err
		}
	}
	return nil
}
