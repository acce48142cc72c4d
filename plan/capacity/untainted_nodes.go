package capacity

import (
	"maps"
	"slices"

	"eksnet/config"
)

// CheckUntaintedNodes refuses stacks without a node on which CoreDNS and the load balancer controller can start.
// Neither tolerates the taints of a stack file, and up waits for both
// (docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html). It also refuses game-2048 if no such node has the
// architecture of its image.
func CheckUntaintedNodes(s *config.Stack, problems *config.Problems) {
	if len(s.NodeGroups) == 0 {
		return // package config refuses this
	}
	every, x86 := false, false
	for _, group := range s.NodeGroups {
		untainted := startsUntainted(group)
		every = every || untainted
		x86 = x86 || untainted && !config.Arm(group.AMI)
	}
	if !every {
		problems.Add("nodeGroups", "no node group starts an untainted node, so CoreDNS and the load balancer controller cannot be scheduled; give one node group desired 1 or more and no taint but PreferNoSchedule")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		if s.Workloads[name].Image == config.Game2048Image && !x86 {
			problems.Add(config.In("workloads", name)+".image", "the image of game-2048 runs on x86_64 only, and no node group starts an untainted x86_64 node; add such a node group, or set an image for arm64")
		}
	}
}

// startsUntainted reports whether a group has at least one node at its desired size, and no blocking taint.
func startsUntainted(group config.NodeGroup) bool {
	return group.Scaling.Desired > 0 && !hasBlockingTaint(group)
}

// hasBlockingTaint reports whether a group has a taint that prevents the stack's pods from being scheduled on its
// nodes.
func hasBlockingTaint(group config.NodeGroup) bool {
	return slices.ContainsFunc(group.Taints, func(t config.Taint) bool { return t.Effect != "PreferNoSchedule" })
}

// CountUntaintedNodes returns how many nodes on which the stack's pods can run are started, with node groups at their
// desired size. It is not known without a valid size of each group.
func CountUntaintedNodes(s *config.Stack) (nodes int, known bool) {
	for _, group := range s.NodeGroups {
		if group.Scaling.Desired < 0 {
			return 0, false
		}
		if !hasBlockingTaint(group) {
			nodes += group.Scaling.Desired
		}
	}
	return nodes, len(s.NodeGroups) > 0
}

// SpansZones reports whether one node group without blocking taints starts nodes in two zones. Auto Scaling spreads the
// nodes of a group over the zones.
func SpansZones(s *config.Stack) bool {
	for _, group := range s.NodeGroups {
		if group.Scaling.Desired > 1 && !hasBlockingTaint(group) {
			return true
		}
	}
	return false
}
