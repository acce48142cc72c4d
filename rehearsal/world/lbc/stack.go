package lbc

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// Stack is what the controller keeps together: all that it makes for a Service, or for a group of Ingresses. Tags in
// the account and labels in the cluster tell it (pkg/deploy/tracking/provider.go).
type Stack struct {
	prefix string // of tags and labels
	id     string // namespace/name, or the name of a group of Ingresses
}

// What the controller tags its resources with beside a stack's id.
const (
	clusterTag  = "elbv2.k8s.aws/cluster"
	ResourceTag = "elbv2.k8s.aws/resource"
)

func serviceStack(s *corev1.Service) Stack {
	return Stack{store.ServicePrefix, kube.Identity(s.Namespace, s.Name)}
}

func (s Stack) tag() string { return s.prefix + store.StackTag }

// made are the things of a type that the controller made for a stack.
func (c *Controller) made(typ string, s Stack) []*store.Object {
	return store.Only(c.Lookup(typ, s.tag(), s.id, func(o *store.Object) []string { return []string{store.OrText(o.Tags()[s.tag()], "")} }), []func(*store.Object) bool{func(o *store.Object) bool {
		return o.Owner == store.ControllerOwner && o.Tags()[clusterTag] == c.arguments["cluster-name"]
	}})
}

// bindings are a stack's target group bindings.
func (c *Controller) bindings(s Stack) []*store.Object {
	return store.Only(c.Lookup(store.BindingType, s.tag(), s.id, func(o *store.Object) []string { return []string{stackOfBinding(o, s.prefix)} }),
		[]func(*store.Object) bool{kube.InCluster(c.cluster)})
}

// stackOfBinding is the id of the stack with a prefix that a binding carries the labels of, "" for none.
func stackOfBinding(binding *store.Object, prefix string) string {
	labels := store.MapOf(binding.At("metadata.labels"))
	if id := store.OrText(labels[prefix+"/stack"], ""); id != "" {
		return id
	}
	if name := store.OrText(labels[prefix+"/stack-name"], ""); name != "" {
		return kube.Identity(store.OrText(labels[prefix+"/stack-namespace"], ""), name)
	}
	return ""
}

// StackOf is the stack that something carries the tag of.
func StackOf(o *store.Object) (Stack, bool) {
	for _, prefix := range []string{store.ServicePrefix, store.IngressPrefix} {
		if id, tagged := o.Tags()[Stack{prefix: prefix}.tag()].(string); tagged {
			return Stack{prefix, id}, true
		}
	}
	return Stack{}, false
}

// StacksOf are those that a Service or an Ingress is held for.
func StacksOf(o *store.Object) []Stack {
	var found []Stack
	for _, finalizer := range kube.Finalizers(o) {
		if finalizer == ServiceFinalizer {
			found = append(found, Stack{store.ServicePrefix, o.ID})
		}
		if id, is := HeldFor(o, finalizer); is {
			found = append(found, id.Stack())
		}
	}
	return found
}

// Title is a stack as people know it.
func (s Stack) Title() string {
	switch {
	case s.prefix == store.ServicePrefix:
		return "Service " + s.id
	case strings.Contains(s.id, "/"):
		return "Ingress " + s.id
	}
	return "the Ingresses of group " + s.id
}
