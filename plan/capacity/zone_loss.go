package capacity

import (
	"maps"
	"slices"

	"eksnet/config"
)

// ZoneLoss is what node groups at their desired size keep when a zone fails. Nodes that Auto Scaling starts in the
// other zones are not counted, since EC2 may have no capacity there while a zone fails
// (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html).
type ZoneLoss struct {
	Groups []GroupLoss
	// Pods is how many pods the stack has at their lowest number, Shortage why they do not fit on the nodes that are left
	// in the worst case, "" if they fit, and Single the kinds of pods of which there is one.
	Pods     int
	Shortage string
	// Without are the names of the pods that do not fit.
	Without []string
	Single  []string
	// Certain is set if the pods do not fit in the best case either.
	Certain bool
	// Unknown is set if an instance type of any group is unknown: nothing can be said of pods then.
	Unknown bool
}

// Misses reports whether nothing ensures that the pods of a workload find a node.
func (z ZoneLoss) Misses(workload string) bool {
	return z.Unknown || slices.Contains(z.Without, workloadPods(workload))
}

// GroupLoss is how many nodes of a group are left in the worst case: the failing zone has the most.
type GroupLoss struct {
	Name        string
	Left, Nodes int
}

// LoseZone computes what is left without a zone.
func LoseZone(s *config.Stack, groups []Group) ZoneLoss {
	zones := len(s.Network.Zones)
	loss := ZoneLoss{Unknown: len(groups) != len(s.NodeGroups) || zones == 0}
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		if scaling := s.NodeGroups[name].Scaling; zones > 0 {
			loss.Groups = append(loss.Groups, GroupLoss{name, nodesLeft(scaling, zones), max(scaling.Desired, 0)})
		}
	}
	pods := podsOf(s)
	for _, class := range pods {
		loss.Pods += class.least
		if class.least == 1 {
			loss.Single = append(loss.Single, class.name)
		}
	}
	if loss.Unknown {
		return loss
	}
	left := rooms(s, groups, func(scaling config.Scaling) int { return nodesLeft(scaling, zones) })
	most := rooms(s, groups, func(scaling config.Scaling) int { return max(scaling.Desired, 0) - max(scaling.Desired, 0)/zones })
	loss.Certain = schedule(most, pods, fewestPods) != nil
	for i, class := range leftOver(left, pods, fewestPods) {
		if i == 0 {
			loss.Shortage = shortage(left, pods, fewestPods, &class, "the desired size without a zone", "scaling.desired")
		}
		loss.Without = append(loss.Without, class.name)
	}
	return loss
}

// nodesLeft is how many nodes a group has without the zone that has the most of them. Auto Scaling spreads the nodes of
// a group evenly over the zones (docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html).
func nodesLeft(scaling config.Scaling, zones int) int {
	desired := max(scaling.Desired, 0)
	return desired - divideUp(desired, zones)
}
