package world

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// stack is what the controller keeps together: all that it makes for a Service, or for a group of Ingresses. Tags in
// the account and labels in the cluster tell it (pkg/deploy/tracking/provider.go).
type stack struct {
	prefix string // of tags and labels
	id     string // namespace/name, or the name of a group of Ingresses
}

const (
	servicePrefix = "service.k8s.aws"
	ingressPrefix = "ingress.k8s.aws"
)

// What the controller tags its resources with beside a stack's id.
const (
	clusterTag  = "elbv2.k8s.aws/cluster"
	resourceTag = "elbv2.k8s.aws/resource"
)

func serviceStack(s *corev1.Service) stack {
	return stack{servicePrefix, identity(s.Namespace, s.Name)}
}

func (s stack) tag() string { return s.prefix + "/stack" }

// made are the things of a type that the controller made for a stack.
func (c *controller) made(typ string, s stack) []*Object {
	return only(c.lookup(typ, s.tag(), s.id, func(o *Object) []string { return []string{orText(o.tags()[s.tag()], "")} }), []func(*Object) bool{func(o *Object) bool {
		return o.Owner == controllerOwner && o.tags()[clusterTag] == c.arguments["cluster-name"]
	}})
}

// bindings are a stack's target group bindings.
func (c *controller) bindings(s stack) []*Object {
	return only(c.lookup(bindingType, s.tag(), s.id, func(o *Object) []string { return []string{stackOfBinding(o, s.prefix)} }),
		[]func(*Object) bool{inCluster(c.cluster)})
}

// stackOfBinding is the id of the stack with a prefix that a binding carries the labels of, "" for none.
func stackOfBinding(binding *Object, prefix string) string {
	labels := mapOf(binding.at("metadata.labels"))
	if id := orText(labels[prefix+"/stack"], ""); id != "" {
		return id
	}
	if name := orText(labels[prefix+"/stack-name"], ""); name != "" {
		return identity(orText(labels[prefix+"/stack-namespace"], ""), name)
	}
	return ""
}

// stackOf is the stack that something carries the tag of.
func stackOf(o *Object) (stack, bool) {
	for _, prefix := range []string{servicePrefix, ingressPrefix} {
		if id, tagged := o.tags()[stack{prefix: prefix}.tag()].(string); tagged {
			return stack{prefix, id}, true
		}
	}
	return stack{}, false
}

// stacksOf are those that a Service or an Ingress is held for.
func stacksOf(o *Object) []stack {
	var found []stack
	for _, finalizer := range o.finalizers() {
		if finalizer == serviceFinalizer {
			found = append(found, stack{servicePrefix, o.ID})
		}
		if id, is := heldFor(o, finalizer); is {
			found = append(found, id.stack())
		}
	}
	return found
}

// title is a stack as people know it.
func (s stack) title() string {
	switch {
	case s.prefix == servicePrefix:
		return "Service " + s.id
	case strings.Contains(s.id, "/"):
		return "Ingress " + s.id
	}
	return "the Ingresses of group " + s.id
}
