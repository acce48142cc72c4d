package balancer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// WithGroupSettings returns a workload with what its load balancer has once, whichever member of its group names it:
// zones (all of the stack's if none does), security groups, source ranges, prefix lists, Elastic IPs, cross-zone
// balancing, access logs, web ACL, mutual TLS, attributes, and the redirect of its listener on port 80.
func WithGroupSettings(s *config.Stack, workload string) config.Workload {
	w := s.Workloads[workload]
	if IsGrouped(w) {
		attributes := map[string]string{}
		for _, member := range config.WorkloadsOfKind(s.Workloads, w.Kind) {
			if member.Group == w.Group {
				w.Zones, w.SecurityGroups = orElse(w.Zones, member.Zones), orElse(w.SecurityGroups, member.SecurityGroups)
				w.SourceRanges, w.ElasticIPs = orElse(w.SourceRanges, member.SourceRanges), orElse(w.ElasticIPs, member.ElasticIPs)
				if len(w.PrefixLists) == 0 {
					w.PrefixLists = member.PrefixLists
				}
				w.CrossZone = w.CrossZone || member.CrossZone
				w.WAF = cmp.Or(w.WAF, member.WAF)
				if w.MutualTLS == nil {
					w.MutualTLS = member.MutualTLS
				}
				if w.AccessLogs == nil {
					w.AccessLogs = member.AccessLogs
				}
				maps.Copy(attributes, member.Attributes)
				if Redirects(member) && w.Certificate != "" {
					w.Redirect = member.Redirect
				}
			}
		}
		w.Attributes = attributes
	}
	w.Zones = orElse(w.Zones, s.Network.Zones)
	return w
}

// orElse returns a list, or another where it has nothing.
func orElse(list, other []string) []string {
	if len(list) == 0 {
		return other
	}
	return list
}

// Rule is what an ALB matches in a request: "" is any host, and the path and all below it.
type Rule struct{ Host, Path string }

func (r Rule) String() string { return fmt.Sprintf("host %q and path %s", r.Host, r.Path) }

// RulesOf returns a workload's rules: each host with each path.
func RulesOf(w config.Workload) []Rule {
	hosts := w.Hosts
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	var all []Rule
	for _, host := range hosts {
		for _, path := range w.Paths {
			all = append(all, Rule{host, path})
		}
	}
	return all
}

// CommonRule returns a rule that two workloads both have, and whether there is one.
func CommonRule(a, b config.Workload) (Rule, bool) {
	for _, r := range RulesOf(a) {
		if slices.Contains(RulesOf(b), r) {
			return r, true
		}
	}
	return Rule{}, false
}

// Covers reports whether a rule matches every request that another does.
func (r Rule) Covers(other Rule) bool {
	return coversHost(r.Host, other.Host) && coversPath(r.Path, other.Path)
}

// coversHost reports whether requests for a host match a pattern.
func coversHost(pattern, host string) bool {
	domain, wild := strings.CutPrefix(pattern, "*")
	return pattern == "" || pattern == host || wild && strings.HasSuffix(host, domain)
}

// coversPath reports whether a path is a prefix or below it.
func coversPath(prefix, path string) bool {
	return prefix == "/" || prefix == path || strings.HasPrefix(path, prefix+"/")
}

// The places of a member of an ALB group, least first: exact hosts, hosts with a wildcard, any host; in each the
// longest path.
const longestPath = 128

// GroupOrder returns the place of a workload's rules among those of its ALB group: its own choice, or
// DefaultGroupOrder.
func GroupOrder(w config.Workload) int {
	if w.Order != nil {
		return *w.Order
	}
	return DefaultGroupOrder(w)
}

// DefaultGroupOrder returns the place of a workload's rules among those of its ALB group, 1 to 384: the controller
// would order them by name, and a rule that takes more would hide one that takes less. A Gateway's rules are in the
// order of GatewayRule.Compare instead. It follows from the workload
// alone, so that a new member moves no other. Of several hosts and paths those count that take most.
func DefaultGroupOrder(w config.Workload) int {
	tier, length := 0, longestPath-1
	for _, r := range RulesOf(w) {
		switch {
		case r.Host == "":
			tier = 2
		case strings.HasPrefix(r.Host, "*."):
			tier = max(tier, 1)
		}
		length = min(length, len(r.Path))
	}
	return tier*longestPath + longestPath - length
}
