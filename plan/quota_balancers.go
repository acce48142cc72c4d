package plan

import (
	"cmp"
	"maps"
	"slices"

	"eksnet/config"
)

// balancer is a load balancer and the workloads behind it.
type balancer struct {
	kind, scheme string
	// name is the workload's, or that of the ALB group that several share.
	name  string
	group bool
	// members are the workloads, in the order of their names.
	members []config.Workload
}

// balancers are the load balancers that workloads lead to: one each, but one for all members of an ALB group.
func balancers(workloads map[string]config.Workload) []balancer {
	var all []balancer
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		b := balancer{kind: w.Kind, scheme: w.Scheme, name: name, members: []config.Workload{w}}
		if w.Kind == config.KindALB && w.Group != "" {
			b.name, b.group = w.Group, true
		}
		shared := func(other balancer) bool { return b.group && other.group && b.name == other.name }
		if i := slices.IndexFunc(all, shared); i >= 0 {
			all[i].members = append(all[i].members, w)
		} else {
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b balancer) int { return cmp.Compare(order[a.kind], order[b.kind]) })
	return all
}

// order is that in which kinds are listed.
var order = map[string]int{config.KindCLB: 1, config.KindNLB: 2, config.KindALB: 3}

// balancerLimits are those of load balancers. Of limits that count per load balancer the largest need is told: with instance
// targets every node is a target, node groups at their max; with ip targets every pod.
func balancerLimits(s *config.Stack) []limit {
	nodes := 0
	for _, group := range s.NodeGroups {
		nodes += group.Scaling.Max
	}
	count := map[string]int{}
	var clb, nlb, alb, members, group int
	for _, b := range balancers(s.Workloads) {
		count[b.kind]++
		targets := 0
		for _, w := range b.members {
			behind := w.Replicas
			if w.Target == config.TargetInstance {
				behind = nodes
			}
			targets += behind
			if b.kind != config.KindCLB {
				group = max(group, behind)
			}
		}
		switch b.kind {
		case config.KindCLB:
			clb = max(clb, targets)
		case config.KindNLB:
			nlb = max(nlb, targets)
		case config.KindALB:
			alb, members = max(alb, targets), max(members, len(b.members))
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
