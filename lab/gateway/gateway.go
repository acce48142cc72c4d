// Package gateway reads the Gateways of a cluster and what belongs to them.
package gateway

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// Kind is the kind of Gateways.
const Kind = "Gateway"

// Resources of the Gateway API.
var (
	Gateways = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}
	Classes  = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gatewayclasses"}
	Grants   = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1beta1", Resource: "referencegrants"}
)

// Routes are the routes that the load balancer controller reads, in the versions that it reads
// (sigs.k8s.io/aws-load-balancer-controller, pkg/gateway/crddetect).
var Routes = []schema.GroupVersionResource{
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"},
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "grpcroutes"},
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "tlsroutes"},
	{Group: "gateway.networking.k8s.io", Version: "v1alpha2", Resource: "tcproutes"},
	{Group: "gateway.networking.k8s.io", Version: "v1alpha2", Resource: "udproutes"},
}

// Configurations are the load balancer controller's own resources for Gateways.
var Configurations = []schema.GroupVersionResource{
	{Group: "gateway.k8s.aws", Version: "v1beta1", Resource: "loadbalancerconfigurations"},
	{Group: "gateway.k8s.aws", Version: "v1beta1", Resource: "targetgroupconfigurations"},
	{Group: "gateway.k8s.aws", Version: "v1beta1", Resource: "listenerruleconfigurations"},
}

// IsGateway reports whether an object is a Gateway of the Gateway API. Istio has a kind with the same name.
func IsGateway(o *unstructured.Unstructured) bool {
	kind := o.GroupVersionKind()
	return kind.Kind == Kind && kind.Group == Gateways.Group
}

// List returns the objects of a resource, and none if the cluster does not have its definition.
func List(ctx context.Context, client dynamic.Interface, resource schema.GroupVersionResource) ([]unstructured.Unstructured, error) {
	list, err := client.Resource(resource).List(ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", resource.Resource, err)
	}
	return list.Items, nil
}

// Host returns the name of the load balancer in the status of a Gateway, "" for none.
func Host(gateway map[string]any) string {
	addresses, _, _ := unstructured.NestedSlice(gateway, "status", "addresses")
	for _, address := range addresses {
		if fields, is := address.(map[string]any); is {
			host, _ := fields["value"].(string)
			return host
		}
	}
	return ""
}
