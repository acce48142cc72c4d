package lint

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// groupSource is where the controller says what members of a group share.
const groupSource = "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ingressgroup"

// groupRules are about workloads that share a load balancer. Where Ingresses do not agree the controller stops working
// on the whole group, whose other members then stay as they were.
var groupRules = []Rule{
	{
		Name: "group-conflict", Refused: true,
		Reason: "members of a group are one load balancer, with one scheme, one set of zones, Elastic IPs, security groups, source ranges and prefix lists, one value of crossZone, accessLogs, waf, mutualTls, redirect, tlsPolicy, idleTimeout and each attribute, and one default backend: on most conflicts the controller stops reconciling the whole group of Ingresses, and a Gateway has one value alone",
		Source: groupSource,
		find:   findConflicts,
	},
	{
		Name: "group-rule-twice", Refused: true,
		Reason: "a listener forwards a request to the first rule that matches, so the other workload gets no requests",
		Source: groupSource,
		find:   findCommonRules,
	},
	{
		Name: "group-redirect", Refused: true,
		Reason: "a redirect applies to the port 80 listener of the whole group, so clients of workloads without a certificate are redirected to port 443, where no rule serves them",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ssl-redirect",
		find:   findRedirected,
	},
	{
		Name:   "group-ranges",
		Reason: "source ranges and prefix lists apply to the listeners, which all members of the group share, and to none of them if a member sets security groups",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#inbound-cidrs",
		find:   findSharedRanges,
	},
	{
		Name: "group-rule-hidden", Measured: true,
		Reason: "a listener forwards a request to the first rule that matches, by order and then by name, or with a Gateway by hosts and then by the length of the path",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#group.order",
		find:   findHiddenRules,
	},
}

// member is a workload of a group.
type member struct {
	name string
	config.Workload
}

func (m member) path() string { return config.In("workloads", m.name) }

// memberPairs returns all members of each group with each that comes before them by name, which is the first of the
// two. A group of more than an ALB has rules for is refused as it is.
func memberPairs(workloads map[string]config.Workload) iter.Seq2[member, member] {
	groups := map[string][]member{}
	return func(yield func(earlier, later member) bool) {
		for _, name := range slices.Sorted(maps.Keys(workloads)) {
			m := member{name, workloads[name]}
			if !balancer.IsGrouped(m.Workload) || len(groups[m.Group]) > awsdata.RulesPerALB {
				continue
			}
			for _, earlier := range groups[m.Group] {
				if earlier.Kind == m.Kind && !yield(earlier, m) {
					return
				}
			}
			groups[m.Group] = append(groups[m.Group], m)
		}
	}
}

func findCommonRules(s *config.Stack, _ []address.Zone, found reportFunc) {
	for a, b := range memberPairs(s.Workloads) {
		rule, shared := balancer.CommonRule(b.Workload, a.Workload)
		switch {
		case !shared || balancer.SharesRequests(a.Workload, b.Workload):
		case b.IsGateway():
			found(b.path(), "%s are also those of workload %s in group %s; give one of them another host or path, or both the same hosts and paths and a weight", rule, a.name, b.Group)
		default:
			found(b.path(), "%s are also those of workload %s in group %s; give one of them another host or path", rule, a.name, b.Group)
		}
	}
}

func findRedirected(s *config.Stack, _ []address.Zone, found reportFunc) {
	reported := map[string]bool{}
	for a, b := range memberPairs(s.Workloads) {
		for _, m := range [][2]member{{a, b}, {b, a}} {
			to, from := m[0], m[1]
			if balancer.Redirects(to.Workload) && from.Certificate == "" && !reported[from.name] {
				reported[from.name] = true
				found(from.path()+".certificate", "missing, but workload %s of group %s redirects to HTTPS; add one, or write redirect: false there", to.name, to.Group)
			}
		}
	}
}

// clientLists are the keys that limit the clients of a load balancer, with what the rules of a security group need.
var clientLists = []struct {
	key, rules string
	of         func(config.Workload) []string
}{
	{"sourceRanges", "the ranges", func(w config.Workload) []string { return w.SourceRanges }},
	{"prefixLists", "rules for the lists", config.Workload.PrefixListIDs},
}

func findSharedRanges(s *config.Stack, _ []address.Zone, found reportFunc) {
	reported := map[string]bool{}
	for a, b := range memberPairs(s.Workloads) {
		for _, m := range [][2]member{{a, b}, {b, a}} {
			limited, without := m[0], m[1]
			for _, list := range clientLists {
				allowed := strings.Join(list.of(limited.Workload), ", ")
				if allowed == "" || reported[without.name] {
					continue
				}
				if reported[without.name] = true; len(without.SecurityGroups) > 0 {
					found(limited.path()+"."+list.key, "%s, but the security groups of workload %s of group %s decide which clients may connect; add %s to those groups", allowed, without.name, limited.Group, list.rules)
				} else if len(list.of(without.Workload)) == 0 {
					found(without.path()+"."+list.key, "none, but workload %s of group %s allows only %s; write the same here, or use another group", limited.name, limited.Group, allowed)
				}
			}
		}
	}
}

// findHiddenRules finds workloads all of whose rules come after one that matches the same requests. Where no member of
// a group of Ingresses sets an order, none is.
func findHiddenRules(s *config.Stack, _ []address.Zone, found reportFunc) {
	for a, b := range memberPairs(s.Workloads) {
		if _, shared := balancer.CommonRule(a.Workload, b.Workload); shared || len(a.Paths) == 0 || len(b.Paths) == 0 {
			continue
		}
		if a.IsGateway() {
			findHiddenRoute(a, b, found)
			findHiddenRoute(b, a, found)
			continue
		}
		first, second := a, b
		if order := cmp.Compare(balancer.GroupOrder(a.Workload), balancer.GroupOrder(b.Workload)); order > 0 {
			first, second = b, a
		}
		taken := func(r balancer.Rule) bool {
			return slices.ContainsFunc(balancer.RulesOf(first.Workload), func(f balancer.Rule) bool { return f.Covers(r) })
		}
		if !slices.ContainsFunc(balancer.RulesOf(second.Workload), func(r balancer.Rule) bool { return !taken(r) }) {
			found(second.path()+".order", "%d, after workload %s of group %s with %d, whose rules match all of its requests; write a lower number", balancer.GroupOrder(second.Workload), first.name, first.Group, balancer.GroupOrder(first.Workload))
		}
	}
}

// findHiddenRoute finds a workload behind a Gateway all of whose rules come after rules of another that match all of
// its requests.
func findHiddenRoute(first, second member, found reportFunc) {
	if balancer.HidesRoute(first.Workload, second.Workload) {
		found(second.path()+".hosts", "%s, after workload %s of group %s, whose rules match all of its requests: one of the hosts there comes before these; give that host a workload of its own, or use another group", strings.Join(second.Hosts, ", "), first.name, first.Group)
	}
}
