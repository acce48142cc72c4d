package lbc

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// Stack identifies the resources that the controller creates for a Service, a Gateway or a group of Ingresses. It is in
// their tags in the account, and in their labels in the cluster (pkg/deploy/tracking/provider.go).
type Stack struct {
	prefix string // of tags and labels
	id     string // namespace/name, or the name of a group of Ingresses
}

// The tags of the controller's resources beside that of their stack.
const (
	clusterTag  = "elbv2.k8s.aws/cluster"
	ResourceTag = "elbv2.k8s.aws/resource"
)

// stackOfService returns the stack of a Service.
func stackOfService(s *corev1.Service) Stack {
	return Stack{store.ServicePrefix, kube.ObjectID(s.Namespace, s.Name)}
}

// tag returns the key of the stack's tag.
func (s Stack) tag() string { return s.prefix + store.StackTag }

// createdFor returns the resources of a type that the controller created for a stack.
func (c *Controller) createdFor(typ string, s Stack) []*store.Object {
	return store.Filter(c.Lookup(typ, s.tag(), s.id, func(o *store.Object) []string { return []string{store.OrText(o.Tags()[s.tag()], "")} }), []func(*store.Object) bool{func(o *store.Object) bool {
		return o.Owner == store.ControllerOwner && o.Tags()[clusterTag] == c.arguments["cluster-name"]
	}})
}

// bindings returns a stack's target group bindings.
func (c *Controller) bindings(s Stack) []*store.Object {
	return store.Filter(c.Lookup(store.BindingType, s.tag(), s.id, func(o *store.Object) []string { return []string{stackOfBinding(o, s.prefix)} }),
		[]func(*store.Object) bool{kube.InCluster(c.cluster)})
}

// stackOfBinding returns the ID of the stack with a prefix in a binding's labels, "" for none.
func stackOfBinding(binding *store.Object, prefix string) string {
	labels := kube.Labels(binding)
	if id := labels[prefix+"/stack"]; id != "" {
		return id
	}
	if name := labels[prefix+"/stack-name"]; name != "" {
		return kube.ObjectID(labels[prefix+"/stack-namespace"], name)
	}
	return ""
}

// StackOf returns the stack in the tags of a resource.
func StackOf(o *store.Object) (Stack, bool) {
	for _, prefix := range store.StackPrefixes {
		if id, tagged := o.Tags()[Stack{prefix: prefix}.tag()].(string); tagged {
			return Stack{prefix, id}, true
		}
	}
	return Stack{}, false
}

// StacksOf returns the stacks of the finalizers of a Service, an Ingress or a Gateway.
func StacksOf(o *store.Object) []Stack {
	var found []Stack
	for _, finalizer := range kube.Finalizers(o) {
		if finalizer == ServiceFinalizer {
			found = append(found, Stack{store.ServicePrefix, o.ID})
		}
		if id, is := GroupOfFinalizer(o, finalizer); is {
			found = append(found, id.Stack())
		}
		if layer := layerOfFinalizer(finalizer); layer != nil && o.Type == store.GatewayType {
			found = append(found, Stack{layer.TagPrefix, o.ID})
		}
	}
	return found
}

// isOfGateway reports whether the resources are those of a Gateway.
func (s Stack) isOfGateway() bool {
	return s.prefix == store.ALBGatewayPrefix || s.prefix == store.NLBGatewayPrefix
}

// Title returns the name of a stack for messages.
func (s Stack) Title() string {
	switch {
	case s.prefix == store.ServicePrefix:
		return "Service " + s.id
	case s.isOfGateway():
		return "Gateway " + s.id
	case strings.Contains(s.id, "/"):
		return "Ingress " + s.id
	}
	return "the Ingresses of group " + s.id
}
