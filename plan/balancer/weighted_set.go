package balancer

import (
	"slices"

	"eksnet/config"
)

// WeightedSet returns the workloads that share the requests of a workload by their weights, itself included: the
// members of its group with a weight and the same hosts and paths, or in an NLB's group the same port. A workload
// without a weight is alone.
func WeightedSet(workloads map[string]config.Workload, workload string) []Member {
	w := workloads[workload]
	if !IsGrouped(w) || w.Weight == nil {
		return []Member{{workload, w}}
	}
	var set []Member
	for _, b := range LoadBalancers(workloads) {
		for _, m := range b.Members {
			if m.Kind == w.Kind && m.Group == w.Group && SharesRequests(m.Workload, w) {
				set = append(set, m)
			}
		}
	}
	return set
}

// SharesRequests reports whether two members of a group have the same requests and divide them by their weights.
func SharesRequests(a, b config.Workload) bool {
	if a.Weight == nil || b.Weight == nil {
		return false
	}
	if a.IsNLB() {
		return a.Port == b.Port && a.Protocol == b.Protocol
	}
	return sameRules(a, b)
}

// sameRules reports whether two workloads have the same rules, in any order.
func sameRules(a, b config.Workload) bool {
	one, other := RulesOf(a), RulesOf(b)
	return len(one) == len(other) && !slices.ContainsFunc(one, func(r Rule) bool { return !slices.Contains(other, r) })
}

// CountRules returns how many rules a workload's load balancer has for it in each of its listeners: an Ingress gets one
// for each host with each path, and a Gateway one for each path with all hosts.
func CountRules(w config.Workload) int {
	if w.IsGateway() {
		return len(w.Paths)
	}
	return len(RulesOf(w))
}
