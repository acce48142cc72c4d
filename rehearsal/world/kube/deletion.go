package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/store"
)

var DeletionEnds = store.NewRule("a deleted object is removed once its finalizers are removed",
	`'%s' timed out waiting to be deleted: finalizers might be preventing deletion (%s)`,
	"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/condition/deleted.go; https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/")

// RemoveFromCluster deletes an object as the provider does: it marks it as deleted, lets the actors clean up, and waits
// until it is removed. If a finalizer is not removed, the provider's timeout ends the wait.
func RemoveFromCluster(c *store.Call, o *store.Object) error {
	if o.Type == store.NamespaceType {
		if err := NamespaceKept.When(slices.Contains(SystemNamespaces, Name(o)), Name(o)); err != nil {
			return err
		}
	}
	if err := awaitCollector(c.Account, o); err != nil {
		return err
	}
	if err := awaitEnding(c, o); err != nil {
		return err
	}
	MarkDeleted(c.Account, o)
	c.Settle()
	if c.Objects[o.Key()] == nil {
		return nil
	}
	held, reason := HeldBy(c.Account, o)
	return store.Caused(DeletionEnds.When(true, o.ID, strings.Join(held, ", ")), reason)
}

// MarkDeleted does what the API server does on a delete: it removes an object without finalizers at once, and marks
// another one as deleted. It reports whether anything changed.
func MarkDeleted(w *store.Account, o *store.Object) bool {
	if Deleting(o) {
		return false
	}
	if len(Finalizers(o)) == 0 && o.Type != store.NamespaceType {
		w.Drop(o)
		return true
	}
	o.SetAt(store.Created, "metadata", "deletionTimestamp")
	if o.Type == store.NamespaceType {
		o.Set("status", map[string]any{"phase": "Terminating"})
	}
	return true
}

// HeldBy returns the finalizers of a deleted object, and why the actor of the first one does not remove it. A namespace
// is held by what remains in it, a definition by the objects of its kind.
func HeldBy(w *store.Account, o *store.Object) (finalizers []string, reason error) {
	if o.Type == store.NamespaceType {
		for _, content := range InNamespace(w, o.Cluster, "", Name(o)) {
			held, why := HeldBy(w, content)
			return []string{"kubernetes"}, fmt.Errorf("%s remains (%s): %w", content.ID, strings.Join(held, ", "), why)
		}
	}
	finalizers = Finalizers(o)
	if o.Type == store.CrdType {
		for _, instance := range instancesOf(w, o) {
			held, why := HeldBy(w, instance)
			return finalizers, fmt.Errorf("%s %s remains (%s): %w", store.LastOf(instance.Type, ":"), instance.ID, strings.Join(held, ", "), why)
		}
	}
	if len(finalizers) == 0 {
		return nil, store.Explain("nothing holds it")
	}
	if finalizers[0] == foregroundFinalizer {
		return finalizers, store.Explain("its pods are still terminating, and a later delete waits for the rest")
	}
	return finalizers, controllers.LacksRelease(w, o, finalizers[0])
}

// foregroundFinalizer keeps a deleted Deployment until its pods are terminated: the provider deletes in the foreground.
const foregroundFinalizer = "foregroundDeletion"

var PodsEnd = store.NewRule("pods of a deleted object terminate before the provider's timeout",
	`'%s' timed out waiting to be deleted: finalizers might be preventing deletion (%s)`,
	"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go (Deletion); "+
		"https://kubernetes.io/docs/concepts/architecture/garbage-collection/#foreground-deletion; "+
		"https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination")

// awaitEnding waits for the pods of a deleted Deployment or Namespace, each of which may use its whole grace period. If
// that takes longer than the provider's timeout, the object remains, marked as deleted: a later call waits for the
// rest.
func awaitEnding(c *store.Call, o *store.Object) error {
	left := endingTime(c.Account, o)
	limit := c.Timeout(providerTimeout)
	finalizer := foregroundFinalizer
	if o.Type == store.NamespaceType {
		finalizer = "kubernetes"
	}
	if err := PodsEnd.When(left > limit, o.ID, finalizer); err != nil {
		o.Learn("endsIn", (left - limit).Seconds())
		o.SetAt(store.Created, "metadata", "deletionTimestamp")
		if o.Type == store.DeploymentType {
			AddFinalizer(o, foregroundFinalizer)
		}
		return store.Caused(err, store.Explain("its pods have %s to terminate, and the provider waits for %s", left, limit))
	}
	if slices.Contains(Finalizers(o), foregroundFinalizer) {
		ReleaseFinalizer(c.Account, o, foregroundFinalizer)
	}
	return nil
}

var CollectorAllowed = store.NewRule("webhooks accept the update with which the garbage collector ends a deletion",
	`'%s' timed out waiting to be deleted: finalizers might be preventing deletion (%s)`,
	"https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/garbagecollector/operations.go (removeFinalizer); "+
		"https://kubernetes.io/docs/concepts/architecture/garbage-collection/#foreground-deletion")

// awaitCollector waits until the garbage collector has removed its finalizer, which an object that the provider deletes
// has for a moment. The API server calls the webhooks for this update too. If one refuses it, the object remains,
// marked as deleted: a later call finds the webhook served, or waits again.
func awaitCollector(w *store.Account, o *store.Object) error {
	others := slices.DeleteFunc(Finalizers(o), func(f string) bool { return f == foregroundFinalizer })
	if len(others) > 0 { // their controllers update it before
		return nil
	}
	refuser := RefusingWebhook(w, o)
	err := CollectorAllowed.When(refuser != "", o.ID, foregroundFinalizer)
	if err == nil {
		return nil
	}
	AddFinalizer(o, foregroundFinalizer)
	o.SetAt(store.Created, "metadata", "deletionTimestamp")
	return store.Caused(err, store.Explain("a webhook of %s refuses the update", refuser))
}

// endingTime returns how long the pods of a Deployment or in a Namespace may take to terminate, or what remains after
// an earlier wait.
func endingTime(w *store.Account, o *store.Object) time.Duration {
	if left, waited := o.Facts["endsIn"].(float64); waited {
		return time.Duration(left * float64(time.Second))
	}
	var pods []*store.Object
	switch o.Type {
	case store.DeploymentType:
		pods = PodsOf(w, o.Key())
	case store.NamespaceType:
		pods = InNamespace(w, o.Cluster, store.PodType, Name(o))
	}
	var longest int64
	for _, o := range pods {
		pod := Live[corev1.Pod](o)
		if grace := pod.Spec.TerminationGracePeriodSeconds; grace != nil {
			longest = max(longest, *grace)
		}
	}
	return time.Duration(longest) * time.Second
}
