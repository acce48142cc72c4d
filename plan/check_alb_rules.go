package plan

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/balancer"
)

// checkALBRules refuses groups with more rules than an ALB takes. What members must agree in is checked by package
// lint.
func checkALBRules(workloads map[string]config.Workload, problems *config.Problems) {
	taken := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		path, w := config.In("workloads", name), workloads[name]
		if w.Group == "" || !w.IsALB() || balancer.WeightedSet(workloads, name)[0].Name != name {
			continue // of workloads that share requests the first has the rules
		}
		each := "host with each path"
		if w.IsGateway() {
			each = "path"
		}
		before := taken[w.Group]
		if taken[w.Group] += balancer.CountRules(w); before <= awsdata.RulesPerALB && taken[w.Group] > awsdata.RulesPerALB {
			problems.Add(path+".group", "with this workload %s has more than %d rules, one for each %s, and an ALB supports no more; use another group", w.Group, awsdata.RulesPerALB, each)
		}
	}
}
