package balancer

import (
	"cmp"
	"slices"
	"strings"

	"eksnet/config"
)

// GatewayRule is a rule of a Gateway's load balancer: it matches requests for one of the hosts, or for any if there are
// none, with the path or one below it.
type GatewayRule struct {
	// Hosts are in the order of compareHosts.
	Hosts []string
	Path  string
}

// GatewayRulesOf returns the rules that a Gateway's load balancer has for a workload: one for each path, with all its
// hosts.
func GatewayRulesOf(w config.Workload) []GatewayRule {
	hosts := slices.SortedFunc(slices.Values(w.Hosts), compareHosts)
	var all []GatewayRule
	for _, path := range w.Paths {
		all = append(all, GatewayRule{hosts, path})
	}
	return all
}

// Compare returns -1 if r comes before the other rule, 1 if it comes after it, and 0 if the route that was created
// first comes first. The controller compares the hosts of two routes one after another, each list from its most exact
// one, as far as both have hosts, and then the lengths of the paths. So a route without hosts is compared by its path
// alone (sigs.k8s.io/aws-load-balancer-controller, pkg/gateway/routeutils/route_rule_precedence.go).
func (r GatewayRule) Compare(other GatewayRule) int {
	for i := range min(len(r.Hosts), len(other.Hosts)) {
		if order := compareHosts(r.Hosts[i], other.Hosts[i]); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(other.Path), len(r.Path))
}

// compareHosts orders exact hosts before those with a wildcard, then by the number of their labels, then by length.
func compareHosts(a, b string) int {
	wild := func(host string) int {
		if strings.HasPrefix(host, "*.") {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(wild(a), wild(b)), cmp.Compare(strings.Count(b, "."), strings.Count(a, ".")), cmp.Compare(len(b), len(a)))
}

// eachHost returns a rule for each host.
func (r GatewayRule) eachHost() []Rule {
	if len(r.Hosts) == 0 {
		return []Rule{{"", r.Path}}
	}
	var all []Rule
	for _, host := range r.Hosts {
		all = append(all, Rule{host, r.Path})
	}
	return all
}

// Covers reports whether a rule matches every request that another does.
func (r GatewayRule) Covers(other GatewayRule) bool {
	covered := func(o Rule) bool {
		return slices.ContainsFunc(r.eachHost(), func(own Rule) bool { return own.Covers(o) })
	}
	return !slices.ContainsFunc(other.eachHost(), func(o Rule) bool { return !covered(o) })
}

// Common returns the host and path of requests that two rules both match, and whether there are any.
func (r GatewayRule) Common(other GatewayRule) (Rule, bool) {
	for _, a := range r.eachHost() {
		for _, b := range other.eachHost() {
			if common, overlap := a.common(b); overlap {
				return common, true
			}
		}
	}
	return Rule{}, false
}

// common returns the more exact host and the longer path of two rules, and whether a request can match both.
func (r Rule) common(other Rule) (Rule, bool) {
	if !coversHost(r.Host, other.Host) {
		r.Host, other.Host = other.Host, r.Host
	}
	if !coversPath(r.Path, other.Path) {
		r.Path, other.Path = other.Path, r.Path
	}
	return other, r.Covers(other)
}

// TakesMoreExact returns a host and path of requests that a rule, which comes before another, matches although the
// other has a more exact host, or the same host and a longer path, and whether there are any.
func (r GatewayRule) TakesMoreExact(other GatewayRule) (Rule, bool) {
	for _, a := range r.eachHost() {
		for _, b := range other.eachHost() {
			moreExact := a.Host != b.Host && coversHost(a.Host, b.Host) || a.Host == b.Host && len(a.Path) < len(b.Path)
			if common, overlap := a.common(b); overlap && moreExact {
				return common, true
			}
		}
	}
	return Rule{}, false
}

// HidesRoute reports whether rules of a workload behind a Gateway match all requests of another one and come before its
// rules.
func HidesRoute(first, second config.Workload) bool {
	hidden := func(r GatewayRule) bool {
		return slices.ContainsFunc(GatewayRulesOf(first), func(f GatewayRule) bool { return f.Compare(r) < 0 && f.Covers(r) })
	}
	return !slices.ContainsFunc(GatewayRulesOf(second), func(r GatewayRule) bool { return !hidden(r) })
}

// MemberRule is a rule of a workload behind a Gateway.
type MemberRule struct {
	Name string
	GatewayRule
}

// UndecidedRules returns the pairs of rules of different workloads that match the same requests, and whose order does
// not follow from the stack file: the age of the routes decides it, or the comparison of all rules has a cycle, as
// hosts decide between some and paths between others.
func UndecidedRules(rules []MemberRule) (pairs [][2]MemberRule) {
	before := reachable(rules)
	for i, a := range rules {
		for j := range i {
			b := rules[j]
			if _, overlap := a.Common(b.GatewayRule); overlap && a.Name != b.Name && before[i][j] && before[j][i] {
				pairs = append(pairs, [2]MemberRule{b, a})
			}
		}
	}
	return pairs
}

// reachable returns for each two rules whether the first can come before the second, directly or because of others
// between them.
func reachable(rules []MemberRule) [][]bool {
	before := make([][]bool, len(rules))
	for i := range rules {
		before[i] = make([]bool, len(rules))
		for j := range rules {
			before[i][j] = i != j && rules[i].Compare(rules[j].GatewayRule) <= 0
		}
	}
	for between := range rules {
		for i := range rules {
			for j := range rules {
				before[i][j] = before[i][j] || before[i][between] && before[between][j]
			}
		}
	}
	return before
}
