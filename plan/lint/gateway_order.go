package lint

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// gatewayGroups returns the rules of each group of Gateways with an Application Load Balancer, by group. A group with
// more than the load balancer has is refused as it is.
func gatewayGroups(workloads map[string]config.Workload) map[string][]balancer.MemberRule {
	groups := map[string][]balancer.MemberRule{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		if !balancer.IsGrouped(w) || w.Kind != config.KindGatewayALB || balancer.WeightedSet(workloads, name)[0].Name != name {
			continue // workloads that share their requests have one route
		}
		for _, rule := range balancer.GatewayRulesOf(w) {
			groups[w.Group] = append(groups[w.Group], balancer.MemberRule{Name: name, GatewayRule: rule})
		}
	}
	maps.DeleteFunc(groups, func(_ string, rules []balancer.MemberRule) bool { return len(rules) > awsdata.RulesPerALB })
	return groups
}

// findUndecidedRules finds workloads of a Gateway's group whose rules match the same requests in an order that does not
// follow from the stack file.
func findUndecidedRules(s *config.Stack, _ []address.Zone, found reportFunc) {
	groups := gatewayGroups(s.Workloads)
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		reported := map[string]bool{}
		for _, pair := range balancer.UndecidedRules(groups[group]) {
			a, b := pair[0], pair[1]
			if len(a.Hosts) == 0 {
				a, b = b, a
			}
			if _, twice := balancer.CommonRule(s.Workloads[a.Name], s.Workloads[b.Name]); twice || reported[b.Name] {
				continue
			}
			reported[b.Name] = true
			common, _ := a.Common(b.GatewayRule)
			key, wayOut := ".paths", "give one of them another path or another group"
			if len(b.Hosts) == 0 {
				key, wayOut = ".hosts", "write hosts for both, give one of them another path, or use another group"
			}
			found(config.In("workloads", b.Name)+key, "requests for %s match rules of this workload and of workload %s of group %s, and neither rule always comes first; %s", common, a.Name, group, wayOut)
		}
	}
}

// findLessExactFirst finds workloads of a Gateway's group that get requests for a host or a path of another one,
// because their longer path or another one of their hosts comes first. Ingresses have their rules in the order of the
// hosts.
func findLessExactFirst(s *config.Stack, _ []address.Zone, found reportFunc) {
	for _, rules := range gatewayGroups(s.Workloads) {
		reported := map[[2]string]bool{}
		for _, first := range rules {
			for _, later := range rules {
				names := [2]string{first.Name, later.Name}
				if first.Name == later.Name || reported[names] || first.Compare(later.GatewayRule) >= 0 ||
					balancer.HidesRoute(s.Workloads[first.Name], s.Workloads[later.Name]) {
					continue
				}
				if common, takes := first.TakesMoreExact(later.GatewayRule); takes {
					reported[names] = true
					found(config.In("workloads", first.Name)+".hosts", "this workload gets requests for %s, not workload %s of group %s, whose host or path is more exact; write hosts for both and one of them in each workload, or use another group", common, later.Name, s.Workloads[first.Name].Group)
				}
			}
		}
	}
}
