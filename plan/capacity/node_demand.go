package capacity

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// zoneDemand is what the nodes of a zone need, by the kind of subnet.
type zoneDemand struct{ private, public, pods []DemandPart }

// nodeDemands is what nodes and their pods need in one zone: auto scaling spreads nodes evenly, and any of the zones
// may get the odd one. Groups whose types are not known count as nothing.
func nodeDemands(s *config.Stack, zones int) zoneDemand {
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
		full, most := c.most(group.InstanceTypes, limit), divideUp(group.Scaling.Max+surge(group), zones)
		part := groupPart(name, desired.node, full.node, most)
		if group.Subnets == config.PublicSubnets {
			all.public = append(all.public, part)
		} else {
			all.private = append(all.private, part)
		}
		all.pods = append(all.pods, groupPart(name, desired.pods, full.pods, most))
	}
	return all
}

// groupPart is the part of a group in a subnet: of as many nodes as there may be at most, each with all its pods.
func groupPart(name string, desired, full amount, most int) DemandPart {
	top := full.times(most).atLeast(desired)
	return DemandPart{What: "group " + name, AtDesired: desired.sum(), AtMax: top.sum(), InPrefixes: top.prefixed, group: name, perNode: full, desiredInPrefixes: desired.prefixed}
}

// podLimit is how many pods with an address of their own run on a node of a group.
func podLimit(group config.NodeGroup, most int) int {
	if group.MaxPods > 0 {
		most = min(most, group.MaxPods)
	}
	return max(most-hostPods, 0)
}

// surge is how many nodes an update has beside the group's own: as many as may be unavailable, one at least. For a
// moment EKS may ask for up to two a zone, as far as there is room for them
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html).
func surge(group config.NodeGroup) int {
	number, percent := group.Update.MaxUnavailable, group.Update.MaxUnavailablePercentage
	return max(1, min(number, group.Scaling.Max), divideUp(group.Scaling.Max*min(percent, 100), 100))
}

// podSpread is how the pods that the stack itself starts spread over nodes: every node has so many, and some have one
// more.
type podSpread struct{ zones, each, odd int }

// newPodSpread counts CoreDNS, the load balancer controller and the workloads' replicas over the nodes that take every
// pod. The scheduler keeps nodes even and prefers even zones without promise, so the nodes with one more may all be in
// one zone.
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
	return &podSpread{zones: zones, each: pods / nodes, odd: pods % nodes}
}

// desired is what the nodes of a group in one zone take at the desired size; the odd pods go to the groups in the order
// of the calls.
func (s *podSpread) desired(c cni, group config.NodeGroup, limit int) taken {
	nodes := divideUp(group.Scaling.Desired, s.zones)
	with, each := 0, 0
	if startsUntainted(group) {
		with, each = min(s.odd, nodes), s.each
		s.odd -= with
	}
	more, fewer := c.most(group.InstanceTypes, min(each+1, limit)), c.most(group.InstanceTypes, min(each, limit))
	return taken{
		node: more.node.times(with).plus(fewer.node.times(nodes - with)),
		pods: more.pods.times(with).plus(fewer.pods.times(nodes - with)),
	}
}
