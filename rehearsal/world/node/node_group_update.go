package node

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const (
	// groupUpdates is how long the provider waits for an update of a node group
	// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group.go, Timeouts).
	groupUpdates = time.Hour
	// nodeStartTime is the longest time in which a new node joins.
	nodeStartTime = 5 * time.Minute
)

var GroupRolls = store.NewRule("an update of a node group ends before the provider stops waiting",
	"waiting for EKS Node Group (%s) version update: timeout while waiting for state to become 'Successful' (last state: 'InProgress', timeout: %s)",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group.go; "+
		"https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html")

// rollsInTime refuses an update that takes longer than the provider waits. EKS replaces as many nodes at once as the
// update's settings allow, and waits for the pods of each.
func rollsInTime(c *store.Call, group *store.Object) error {
	nodes := NodesOf(c.Account, group)
	if len(nodes) == 0 {
		return nil
	}
	longest := time.Duration(0)
	for _, node := range nodes {
		for _, pod := range kube.PodsOn(c.Account, node) {
			longest = max(longest, gracePeriod(pod))
		}
	}
	limits := NodeGroupOf(group).Updates
	atOnce := max(limits.Nodes, len(nodes)*limits.Percentage/100, 1)
	steps := (len(nodes) + atOnce - 1) / atOnce
	takes, limit := time.Duration(steps)*(nodeStartTime+longest), c.Timeout(groupUpdates)
	return store.Caused(GroupRolls.When(takes > limit, group.ID, limit),
		store.Explain("%d nodes are replaced in %d steps, each of up to %s for a new node and %s for the termination of pods", len(nodes), steps, nodeStartTime, longest))
}

// gracePeriod returns how long a pod may take to terminate.
func gracePeriod(pod *store.Object) time.Duration {
	if seconds := kube.Live[corev1.Pod](pod).Spec.TerminationGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return 0
}

// evictionTimeout is how long EKS tries to evict the pods of a node in an update.
const evictionTimeout = 15 * time.Minute

var NodesEmpty = store.NewRule("pods are evicted from a node within fifteen minutes when EKS updates its node group",
	"waiting for EKS Node Group (%s) version update: unexpected state 'Failed', wanted target 'Successful'. last error: %s: PodEvictionFailure: Reached max retries while trying to evict pods from nodes in node group %s",
	"https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html")

// podsEvicted refuses an update of a node group whose pods are not evicted in time.
func podsEvicted(w *store.Account, group *store.Object) error {
	for _, node := range NodesOf(w, group) {
		for _, pod := range kube.PodsOn(w, node) {
			grace := gracePeriod(pod)
			if err := NodesEmpty.When(grace >= evictionTimeout, group.ID, kube.Name(node), NodeGroupOf(group).Name); err != nil {
				return store.Caused(err, store.Explain("pod %s has %s to terminate", pod.ID, grace))
			}
		}
	}
	return nil
}
