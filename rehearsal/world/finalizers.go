package world

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

var deletionEnds = rule("a deleted object is removed once its finalizers are removed",
	`'%s' timed out waiting to be deleted: finalizers might be preventing deletion (%s)`,
	"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/condition/deleted.go; https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/")

// removeFromCluster deletes an object as the provider does: it marks it as deleted, lets the actors clean up, and waits
// until it is removed. If a finalizer is not removed, the provider's timeout ends the wait.
func (c *call) removeFromCluster(o *Object) error {
	if o.Type == namespaceType {
		if err := namespaceKept.when(slices.Contains(systemNamespaces, o.name()), o.name()); err != nil {
			return err
		}
	}
	if err := c.awaitEnding(o); err != nil {
		return err
	}
	c.markDeleted(o)
	c.settle()
	if c.objects[o.key()] == nil {
		return nil
	}
	held, reason := c.heldBy(o)
	return caused(deletionEnds.when(true, o.ID, strings.Join(held, ", ")), reason)
}

// markDeleted does what the API server does on a delete: it removes an object without finalizers at once, and marks
// another one as deleted. It reports whether anything changed.
func (w *World) markDeleted(o *Object) bool {
	if o.deleting() {
		return false
	}
	if len(o.finalizers()) == 0 && o.Type != namespaceType {
		w.drop(o)
		return true
	}
	o.set("metadata.deletionTimestamp", created)
	if o.Type == namespaceType {
		o.set("status", map[string]any{"phase": "Terminating"})
	}
	return true
}

// heldBy returns the finalizers of a deleted object, and why the actor of the first one does not remove it. A namespace
// is held by what remains in it.
func (w *World) heldBy(o *Object) (finalizers []string, reason error) {
	if o.Type == namespaceType {
		for _, content := range w.inNamespace(o.Cluster, "", o.name()) {
			held, why := w.heldBy(content)
			return []string{"kubernetes"}, fmt.Errorf("%s remains (%s): %w", content.ID, strings.Join(held, ", "), why)
		}
	}
	finalizers = o.finalizers()
	if len(finalizers) == 0 {
		return nil, explain("nothing holds it")
	}
	return finalizers, w.finalizerReason(o, finalizers[0])
}

// finalizerReason returns which actor removes a finalizer and what prevents it from doing so.
func (w *World) finalizerReason(o *Object, finalizer string) error {
	switch finalizer {
	case foregroundFinalizer:
		return explain("its pods are still terminating, and a later delete waits for the rest")
	case serviceFinalizer:
		return actorReason("the AWS Load Balancer Controller", w.cleanedUp(o))
	case bindingFinalizer:
		return actorReason("the AWS Load Balancer Controller", w.unbound(o))
	case cloudFinalizer:
		return actorReason("the AWS cloud controller", w.cloudCleanedUp(o))
	}
	if id, is := heldFor(o, finalizer); is && o.Type == ingressType {
		return actorReason("the AWS Load Balancer Controller", w.ingressCleanedUp(o, id))
	}
	return explain("no actor of this cluster removes %s", finalizer)
}

// actorReason joins the name of an actor and what it lacks.
func actorReason(who string, lack error) error {
	if lack == nil {
		return explain("%s has not removed it", who)
	}
	return fmt.Errorf("%s cannot remove it: %w", who, lack)
}

// same compares two JSON values.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }
