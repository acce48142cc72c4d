package capacity

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// zoneDemand is the number of addresses that the node groups need in one zone, by the kind of subnet.
type zoneDemand struct{ private, public, pods []DemandPart }

// newZoneDemand returns what nodes and their pods need in one zone. Auto Scaling spreads nodes evenly over the zones,
// and any zone may get one of the remaining nodes, so it rounds up. It skips groups with unknown instance types.
func newZoneDemand(s *config.Stack, zones int) zoneDemand {
	if zones == 0 {
		return zoneDemand{}
	}
	c, spread := cniOf(s), newPodSpread(s, zones)
	var all zoneDemand
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		group := s.NodeGroups[name]
		least, known := c.smallest(group.InstanceTypes)
		if !known || group.Scaling.Max < 0 || group.Scaling.Desired < 0 {
			continue
		}
		limit := podLimit(group, c.maxPods(awsdata.InstanceTypes()[least]))
		desired := spread.desired(c, group, limit)
		full, most := c.maxNodeAddresses(group.InstanceTypes, limit), divideUp(group.Scaling.Max+surge(group), zones)
		part := groupPart(name, desired.node, full.node, most)
		if group.Subnets == config.PublicSubnets {
			all.public = append(all.public, part)
		} else {
			all.private = append(all.private, part)
		}
		all.pods = append(all.pods, groupPart(name, desired.pods, full.pods, most))
	}
	all.addBranches(s, zones)
	return all
}

// groupPart returns a group's part of the need of a subnet. Its AtMax is for most nodes, the largest possible number in
// a zone, each with its maximum number of pods.
func groupPart(name string, desired, full addressCount, most int) DemandPart {
	top := full.times(most).atLeast(desired)
	return DemandPart{What: "group " + name, AtDesired: desired.total(), AtMax: top.total(), InPrefixes: top.prefixed, group: name, perNode: full, desiredInPrefixes: desired.prefixed}
}

// podLimit returns how many pods with their own address can run on a node of a group, where most is the number of all
// pods.
func podLimit(group config.NodeGroup, most int) int {
	if group.MaxPods > 0 {
		most = min(most, group.MaxPods)
	}
	return max(most-hostPods, 0)
}

// surge returns how many nodes an update adds to a group: as many as may be unavailable, at least one. For a short time
// EKS may add up to two nodes in each zone, if there is capacity for them
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html). These are not counted.
func surge(group config.NodeGroup) int {
	number, percent := group.Update.MaxUnavailable, group.Update.MaxUnavailablePercentage
	return max(1, min(number, group.Scaling.Max), divideUp(group.Scaling.Max*min(percent, 100), 100))
}

// podSpread describes how the pods that the stack itself starts spread over nodes: every node has perNode pods, and
// remainder nodes have one pod more.
type podSpread struct{ zones, perNode, remainder int }

// newPodSpread spreads CoreDNS, the load balancer controller and the workloads' replicas over the nodes without
// blocking taints. The scheduler spreads pods evenly over nodes, but it does not guarantee even zones: all nodes with
// one pod more may be in the same zone.
func newPodSpread(s *config.Stack, zones int) *podSpread {
	pods := 0
	for _, class := range podsOf(s) {
		pods += class.least
	}
	nodes := 0
	for _, group := range s.NodeGroups {
		if startsUntainted(group) {
			nodes += max(group.Scaling.Desired, 0)
		}
	}
	if nodes == 0 {
		return &podSpread{zones: zones}
	}
	return &podSpread{zones: zones, perNode: pods / nodes, remainder: pods % nodes}
}

// desired returns what the nodes of a group in one zone hold at the desired size. Each call uses up a part of the
// remainder, so the nodes with one pod more are in the groups of the first calls.
func (s *podSpread) desired(c cni, group config.NodeGroup, limit int) nodeDemand {
	nodes := divideUp(group.Scaling.Desired, s.zones)
	withOneMore, perNode := 0, 0
	if startsUntainted(group) {
		withOneMore, perNode = min(s.remainder, nodes), s.perNode
		s.remainder -= withOneMore
	}
	more, fewer := c.maxNodeAddresses(group.InstanceTypes, min(perNode+1, limit)), c.maxNodeAddresses(group.InstanceTypes, min(perNode, limit))
	return nodeDemand{
		node: more.node.times(withOneMore).plus(fewer.node.times(nodes - withOneMore)),
		pods: more.pods.times(withOneMore).plus(fewer.pods.times(nodes - withOneMore)),
	}
}
