package plan

import "eksnet/config"

// balancerLimits are those of load balancers. Of limits that count per load balancer the largest need is told: with instance
// targets every node is a target, node groups at their max; with ip targets every pod.
func balancerLimits(s *config.Stack) []limit {
	nodes := 0
	for _, group := range s.NodeGroups {
		nodes += group.Scaling.Max
	}
	count := map[string]int{}
	var clb, nlb, alb, members, group int
	for _, b := range Balancers(s.Workloads) {
		count[b.Kind]++
		targets := 0
		for _, w := range b.Members {
			behind := w.Replicas
			if w.Target == config.TargetInstance {
				behind = nodes
			}
			targets += behind
			if b.Kind != config.KindCLB {
				group = max(group, behind)
			}
		}
		switch b.Kind {
		case config.KindCLB:
			clb = max(clb, targets)
		case config.KindNLB:
			nlb = max(nlb, targets)
		case config.KindALB:
			alb, members = max(alb, targets), max(members, len(b.Members))
		}
	}
	const path = "workloads"
	return []limit{
		classics.need(count[config.KindCLB], path),
		instancesOfCLB.need(clb, path),
		networks.need(count[config.KindNLB], path),
		targetsOfNLB.need(nlb, path), // all of them may come to run in one zone
		applications.need(count[config.KindALB], path),
		rulesOfALB.need(members, path),
		targetGroupsOfALB.need(members, path),
		targetsOfALB.need(alb, path),
		targetsOfGroup.need(group, path),
	}
}
