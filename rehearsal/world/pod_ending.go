package world

import (
	"slices"
	"time"
)

// foregroundFinalizer keeps a deleted Deployment until its pods are terminated: the provider deletes in the foreground.
const foregroundFinalizer = "foregroundDeletion"

// providerWaits is the provider's default timeout of a call
// (https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go).
const providerWaits = 10 * time.Minute

var podsEnd = rule("pods of a deleted object terminate before the provider's timeout",
	`'%s' timed out waiting to be deleted: finalizers might be preventing deletion (%s)`,
	"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go (Deletion); "+
		"https://kubernetes.io/docs/concepts/architecture/garbage-collection/#foreground-deletion; "+
		"https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination")

// awaitEnding waits for the pods of a deleted Deployment or Namespace, each of which may use its whole grace period. If
// that takes longer than the provider's timeout, the object remains, marked as deleted: a later call waits for the
// rest.
func (c *call) awaitEnding(o *Object) error {
	left := c.endingTime(o)
	limit := c.timeout(providerWaits)
	finalizer := foregroundFinalizer
	if o.Type == namespaceType {
		finalizer = "kubernetes"
	}
	if err := podsEnd.when(left > limit, o.ID, finalizer); err != nil {
		o.learn("endsIn", (left - limit).Seconds())
		o.set("metadata.deletionTimestamp", created)
		if o.Type == deploymentType {
			o.addFinalizer(foregroundFinalizer)
		}
		return caused(err, explain("its pods have %s to terminate, and the provider waits for %s", left, limit))
	}
	if slices.Contains(o.finalizers(), foregroundFinalizer) {
		c.release(o, foregroundFinalizer)
	}
	return nil
}

// endingTime returns how long the pods of a Deployment or in a Namespace may take to terminate, or what remains after
// an earlier wait.
func (w *World) endingTime(o *Object) time.Duration {
	if left, waited := o.Facts["endsIn"].(float64); waited {
		return time.Duration(left * float64(time.Second))
	}
	var pods []*Object
	switch o.Type {
	case deploymentType:
		pods = w.podsOf(o.key())
	case namespaceType:
		pods = w.inNamespace(o.Cluster, podType, o.name())
	}
	longest := 0
	for _, pod := range pods {
		longest = max(longest, pod.number("spec.terminationGracePeriodSeconds"))
	}
	return time.Duration(longest) * time.Second
}

// evicts is how long EKS tries to evict the pods of a node in an update.
const evicts = 15 * time.Minute

var nodesEmpty = rule("pods are evicted from a node within fifteen minutes when EKS updates its node group",
	"waiting for EKS Node Group (%s) version update: unexpected state 'Failed', wanted target 'Successful'. last error: %s: PodEvictionFailure: Reached max retries while trying to evict pods from nodes in node group %s",
	"https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html")

// emptied refuses an update of a node group whose pods are not evicted in time.
func (w *World) emptied(group *Object) error {
	for _, node := range w.nodesOf(group) {
		for _, pod := range w.podsOn(node) {
			grace := time.Duration(pod.number("spec.terminationGracePeriodSeconds")) * time.Second
			if err := nodesEmpty.when(grace >= evicts, group.ID, node.name(), group.text("nodeGroupName")); err != nil {
				return caused(err, explain("pod %s has %s to terminate", pod.ID, grace))
			}
		}
	}
	return nil
}
