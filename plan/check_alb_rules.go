package plan

import (
	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/balancer"
)

// checkALBRules refuses groups with more rules than an ALB takes. What members must agree in is checked by package
// lint.
func checkALBRules(workloads map[string]config.Workload, problems *config.Problems) {
	taken := map[string]int{}
	for path, w := range config.WorkloadsOfKind(workloads, config.KindALB) {
		if w.Group == "" {
			continue
		}
		before := taken[w.Group]
		if taken[w.Group] += len(balancer.RulesOf(w)); before <= awsdata.RulesPerALB && taken[w.Group] > awsdata.RulesPerALB {
			problems.Add(path+".group", "with this workload %s has more than %d rules, one for each host with each path, and an ALB supports no more; use another group", w.Group, awsdata.RulesPerALB)
		}
	}
}
