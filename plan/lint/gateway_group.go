package lint

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// gatewaySource is where the controller documents routes and their backends.
const gatewaySource = "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/l7gateway; kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/l4gateway"

// gatewayRules are about workloads that share a Gateway. Findings about the order of rules are in gateway_order.go.
var gatewayRules = []Rule{
	{
		Name: "gateway-port-twice", Refused: true,
		Reason: "a Network Load Balancer has one listener on a port, whose traffic one route gets",
		Source: gatewaySource,
		find:   findPortsTwice,
	},
	{
		Name: "gateway-weights", Refused: true,
		Reason: "a rule forwards its requests to up to 5 target groups, in proportion to their weights, and to none if all are 0",
		Source: gatewaySource + "; docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html",
		find:   findWrongWeights,
	},
	{
		Name: "gateway-rule-order", Refused: true,
		Reason: "the controller compares the hosts of two routes as far as both have some, and then the lengths of their paths: where neither differs, the route that was created first gets the requests, and where others come between them, the order can change with each reconciliation",
		Source: ruleOrderSource,
		find:   findUndecidedRules,
	},
	{
		Name:   "gateway-path-first",
		Reason: "the controller compares the hosts of two routes as far as both have some, each list from its most exact host, and then the lengths of their paths: a route without hosts and one with hosts are ordered by their paths alone",
		Source: ruleOrderSource,
		find:   findLessExactFirst,
	},
	{
		Name: "gateway-addresses", Refused: true,
		Reason: "the load balancer of a group has the zones of the member that lists some, and one Elastic IP for each zone",
		Source: gatewaySource,
		find:   findAddressesOfOtherZones,
	},
}

// ruleOrderSource is where the controller orders the rules of routes.
const ruleOrderSource = "github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/gateway/routeutils/route_rule_precedence.go"

// findPortsTwice finds members of a Gateway's group with the same port that do not share its connections.
func findPortsTwice(s *config.Stack, _ []address.Zone, found reportFunc) {
	reported := map[string]bool{}
	for a, b := range memberPairs(s.Workloads) {
		if !b.IsNLB() || a.Port != b.Port || balancer.SharesRequests(a.Workload, b.Workload) || reported[b.name] {
			continue
		}
		if reported[b.name] = true; a.Protocol != b.Protocol {
			found(b.path()+".port", "%d with protocol %s, but workload %s of group %s has this port with protocol %s; give one of them another port", b.Port, b.Protocol, a.name, b.Group, a.Protocol)
		} else {
			found(b.path()+".port", "%d, but workload %s of group %s has the same; give one of them another port, or both a weight", b.Port, a.name, b.Group)
		}
	}
}

// findWrongWeights finds weights that divide nothing, and what workloads that share requests must agree in. Each set is
// reported at its first member.
func findWrongWeights(s *config.Stack, _ []address.Zone, found reportFunc) {
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		path, w, set := config.In("workloads", name), s.Workloads[name], balancer.WeightedSet(s.Workloads, name)
		first, positive := set[0], func(m balancer.Member) bool { return *m.Weight > 0 }
		if first.Name != name || w.Weight == nil || !balancer.IsGrouped(w) {
			continue
		}
		switch {
		case len(set) == 1:
			found(path+".weight", "%d, but no other workload of group %s has a weight and %s; remove it, or give another one both", *w.Weight, w.Group, sharedKeys(w))
		case len(set) > awsdata.RuleTargetGroups:
			found(path+".weight", "%d, and %d workloads of group %s with a weight have %s; at most %d can", *w.Weight, len(set), w.Group, sharedKeys(w), awsdata.RuleTargetGroups)
		case !slices.ContainsFunc(set, positive):
			found(path+".weight", "0, and so have the other workloads of group %s with %s; write a weight of 1 or more for one of them", w.Group, sharedKeys(w))
		}
		for _, m := range set[1:] {
			if m.Certificate != first.Certificate {
				found(config.In("workloads", m.Name)+".certificate", "not that of workload %s, with which it shares its requests by weight; write the same for both", first.Name)
			}
		}
	}
}

// sharedKeys names what members with weights have in common.
func sharedKeys(w config.Workload) string {
	if w.IsNLB() {
		return "the same port"
	}
	return "the same hosts and paths"
}

// findAddressesOfOtherZones finds Elastic IPs of a group's Gateway that are not one for each of its zones. Package
// config checks those of a workload that lists zones too.
func findAddressesOfOtherZones(s *config.Stack, _ []address.Zone, found reportFunc) {
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		for _, m := range b.Members {
			zones := balancer.ZonesOf(s, m.Name)
			if !b.Group || len(m.ElasticIPs) == 0 || len(m.ElasticIPs) == len(zones) || len(m.Zones) > 0 {
				continue
			}
			found(config.In("workloads", m.Name)+".elasticIps", "%s, but the load balancer of group %s is in %s; list one for each, in that order", config.Count(len(m.ElasticIPs), "address", "addresses"), m.Group, strings.Join(zones, ", "))
		}
	}
}
