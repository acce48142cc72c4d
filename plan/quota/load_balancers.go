package quota

import (
	"eksnet/config"
	"eksnet/plan/balancer"
)

// balancerLimits returns those of load balancers. Of limits that count per load balancer the largest need counts: with
// instance targets every node is a target, node groups at their max; with ip targets every pod.
func balancerLimits(s *config.Stack) []limit {
	nodes := 0
	for _, group := range s.NodeGroups {
		nodes += group.Scaling.Max
	}
	count := map[string]int{}
	var clb, nlb, alb, members, rules, group int
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		kind := config.BaseKind(b.Kind)
		count[kind]++
		targets, taken := 0, 0
		for _, w := range b.Members {
			behind := w.MostPods()
			if w.Target == config.TargetInstance {
				behind = nodes
			}
			targets, taken = targets+behind, taken+rulesOf(s, w)
			if b.Kind != config.KindCLB {
				group = max(group, behind)
			}
		}
		if b.Members[0].IsGateway() && balancer.GatewayFor(s, b.Members[0].Name).Redirects() {
			taken++ // a rule redirects, where an Ingress changes the default action
		}
		switch kind {
		case config.KindCLB:
			clb = max(clb, targets)
		case config.KindNLB:
			nlb = max(nlb, targets)
		case config.KindALB:
			alb, members, rules = max(alb, targets), max(members, len(b.Members)), max(rules, taken)
		}
	}
	const path = "workloads"
	return []limit{
		clbsPerRegion.need(count[config.KindCLB], path),
		instancesOfCLB.need(clb, path),
		nlbsPerRegion.need(count[config.KindNLB], path),
		targetsOfNLB.need(nlb, path), // all of them may come to run in one zone
		albsPerRegion.need(count[config.KindALB], path),
		rulesOfALB.need(rules, path),
		targetGroupsOfALB.need(members, path),
		targetsOfALB.need(alb, path),
		targetsOfGroup.need(group, path),
	}
}

// rulesOf counts the rules that a workload adds to its load balancer. Of workloads that share requests the first has
// them.
func rulesOf(s *config.Stack, m balancer.Member) int {
	w := balancer.WithGroupSettings(s, m.Name)
	if balancer.WeightedSet(s.Workloads, m.Name)[0].Name != m.Name {
		return 0
	}
	return balancer.CountRules(w) * listenersWithRules(w)
}

// listenersWithRules counts the listeners of a workload that have its rules: one that redirects has none.
func listenersWithRules(w config.Workload) (count int) {
	for _, l := range balancer.ListenersOf(w) {
		if !l.Redirect {
			count++
		}
	}
	return count
}
