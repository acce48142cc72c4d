package plan

import (
	"slices"

	"eksnet/config"
)

// start refuses node groups on which CoreDNS and the load balancer controller could never start: neither tolerates taints of the
// operator's own, and up waits for both (docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html).
func start(groups map[string]config.NodeGroup, problems *config.Problems) {
	if len(groups) == 0 {
		return // config's problem
	}
	for _, group := range groups {
		repels := func(t config.Taint) bool { return t.Effect != "PreferNoSchedule" }
		if group.Scaling.Desired > 0 && !slices.ContainsFunc(group.Taints, repels) {
			return
		}
	}
	problems.Add("nodeGroups", "no group begins with a node that takes every pod: CoreDNS and the load balancer controller could not start; give one group desired 1 or more and no taint but PreferNoSchedule")
}
