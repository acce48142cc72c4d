// Package kubernetes reads what a look compares from the API of a cluster.
package kubernetes

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"eksnet/acceptance/look"
)

// Cluster is a cluster behind its API.
type Cluster struct{ client dynamic.Interface }

// Open returns the cluster of a kubeconfig and a context, those of kubectl if they are "".
func Open(kubeconfig, name string) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules,
		&clientcmd.ConfigOverrides{CurrentContext: name}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w; see pulumi stack output updateKubeconfig", err)
	}
	return New(config)
}

// New returns the cluster of a configuration.
func New(config *rest.Config) (*Cluster, error) {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Cluster{client}, nil
}

// The resources that are read.
var (
	nodes     = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	pods      = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	services  = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	slicesOf  = schema.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}
	ingresses = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}
	gateways  = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}
	bindings  = schema.GroupVersionResource{Group: "elbv2.k8s.aws", Version: "v1beta1",
		Resource: "targetgroupbindings"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
)

// nameLabel is the label of a workload's pods.
const nameLabel = "app.kubernetes.io/name"

// pageSize is how many objects one call returns.
const pageSize = 500

// list returns the objects of a resource as T, in all namespaces if the namespace is "".
func list[T any](ctx context.Context, c *Cluster, r schema.GroupVersionResource, namespace, selector string) (all []T, err error) {
	o := metav1.ListOptions{LabelSelector: selector, Limit: pageSize}
	for {
		page, err := c.client.Resource(r).Namespace(namespace).List(ctx, o)
		if err != nil {
			return nil, explain("list", r, err)
		}
		for _, item := range page.Items {
			var object T
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, &object); err != nil {
				return nil, fmt.Errorf("%s %s/%s: %w", r.Resource, item.GetNamespace(), item.GetName(), err)
			}
			all = append(all, object)
		}
		if o.Continue = page.GetContinue(); o.Continue == "" {
			return all, nil
		}
	}
}

// explain returns the error of a call.
func explain(verb string, r schema.GroupVersionResource, err error) error {
	return fmt.Errorf("cluster: %s %s: %w", verb, r.Resource, err)
}

// Nodes implements look.Cluster.
func (c *Cluster) Nodes(ctx context.Context) (all []look.Node, err error) {
	found, err := list[corev1.Node](ctx, c, nodes, "", "")
	for _, n := range found {
		node := look.Node{Name: n.Name, Zone: n.Labels[corev1.LabelTopologyZone],
			Instance: n.Spec.ProviderID[strings.LastIndexByte(n.Spec.ProviderID, '/')+1:]}
		_, node.Excluded = n.Labels[corev1.LabelNodeExcludeBalancers]
		for _, address := range n.Status.Addresses {
			if a, err := netip.ParseAddr(address.Address); err == nil && address.Type == corev1.NodeInternalIP {
				node.Addresses = append(node.Addresses, a)
			}
		}
		node.Ready = slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
			return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
		})
		all = append(all, node)
	}
	return all, err
}

// Pods implements look.Cluster.
func (c *Cluster) Pods(ctx context.Context, namespace, workload string) (all []look.Pod, err error) {
	found, err := list[corev1.Pod](ctx, c, pods, namespace, nameLabel+"="+workload)
	for _, p := range found {
		pod := look.Pod{Name: p.Name, Node: p.Spec.NodeName}
		for _, ip := range p.Status.PodIPs {
			if a, err := netip.ParseAddr(ip.IP); err == nil {
				pod.Addresses = append(pod.Addresses, a)
			}
		}
		pod.Ready = p.DeletionTimestamp == nil && slices.ContainsFunc(p.Status.Conditions,
			func(c corev1.PodCondition) bool {
				return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
			})
		all = append(all, pod)
	}
	return all, err
}

// Endpoints implements look.Cluster.
func (c *Cluster) Endpoints(ctx context.Context, namespace, service string) (all []look.Endpoint, err error) {
	found, err := list[discoveryv1.EndpointSlice](ctx, c, slicesOf, namespace, discoveryv1.LabelServiceName+"="+service)
	for _, slice := range found {
		for _, e := range slice.Endpoints {
			for _, text := range e.Addresses {
				address, err := netip.ParseAddr(text)
				if err != nil {
					return nil, fmt.Errorf("EndpointSlice %s/%s: %w", namespace, slice.Name, err)
				}
				for _, port := range slice.Ports {
					if port.Port != nil {
						all = append(all, look.Endpoint{Address: address, Port: int(*port.Port),
							Ready: e.Conditions.Ready == nil || *e.Conditions.Ready})
					}
				}
			}
		}
	}
	return all, err
}

// binding is what is read of a TargetGroupBinding
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/spec).
type binding struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		TargetGroupARN string `json:"targetGroupARN"`
		TargetType     string `json:"targetType"`
		ServiceRef     struct {
			Name string `json:"name"`
		} `json:"serviceRef"`
	} `json:"spec"`
}

// Bindings implements look.Cluster.
func (c *Cluster) Bindings(ctx context.Context, namespace string) (all []look.Binding, err error) {
	found, err := list[binding](ctx, c, bindings, namespace, "")
	for _, b := range found {
		all = append(all, look.Binding{Name: b.Metadata.Name, Service: b.Spec.ServiceRef.Name,
			TargetGroup: b.Spec.TargetGroupARN, TargetType: b.Spec.TargetType})
	}
	return all, err
}

// HostName implements look.Cluster.
func (c *Cluster) HostName(ctx context.Context, e look.Entry) (string, error) {
	resource, path, field := services, []string{"status", "loadBalancer", "ingress"}, "hostname"
	switch e.Kind {
	case look.IngressEntry:
		resource = ingresses
	case look.GatewayEntry:
		resource, path, field = gateways, []string{"status", "addresses"}, "value"
	}
	object, err := c.client.Resource(resource).Namespace(e.Namespace).Get(ctx, e.Name, metav1.GetOptions{})
	if err != nil {
		return "", explain("get", resource, err)
	}
	entries, _, err := unstructured.NestedSlice(object.Object, path...)
	if err != nil || len(entries) == 0 {
		return "", err
	}
	entry, _ := entries[0].(map[string]any)
	host, _ := entry[field].(string)
	return host, nil
}

// scale is the subresource that kubectl scale changes.
const scale = "scale"

// Replicas implements look.Cluster.
func (c *Cluster) Replicas(ctx context.Context, namespace, deployment string) (int, error) {
	object, err := c.client.Resource(deployments).Namespace(namespace).Get(ctx, deployment, metav1.GetOptions{}, scale)
	if err != nil {
		return 0, explain("get the scale of", deployments, err)
	}
	replicas, _, err := unstructured.NestedInt64(object.Object, "spec", "replicas") // absent is 0
	return int(replicas), err
}

// Scale implements look.Cluster.
func (c *Cluster) Scale(ctx context.Context, namespace, deployment string, replicas int) error {
	patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas)
	_, err := c.client.Resource(deployments).Namespace(namespace).Patch(ctx, deployment, types.MergePatchType, patch,
		metav1.PatchOptions{}, scale)
	if err != nil {
		return explain("patch the scale of", deployments, err)
	}
	return nil
}
