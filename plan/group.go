package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// mostRules is how many rules an ALB takes, each host of a member with each of its paths being one
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
const mostRules = 100

// groups refuses groups with more rules than an ALB takes. What members must agree in is told by groupRules.
func groups(workloads map[string]config.Workload, problems *config.Problems) {
	taken := map[string]int{}
	for path, w := range each(workloads, config.KindALB) {
		if w.Group == "" {
			continue
		}
		before := taken[w.Group]
		if taken[w.Group] += len(rulesOf(w)); before <= mostRules && taken[w.Group] > mostRules {
			problems.Add(path+".group", "%s has more than %d rules with this workload's, one for each host with each path, which is how many an ALB takes; use another group", w.Group, mostRules)
		}
	}
}

// Shared is a workload with what its load balancer has once, whichever member of its group names it: zones (all of the stack's if none
// does), security groups, source ranges, attributes, and the redirect of its listener on port 80.
func Shared(s *config.Stack, workload string) config.Workload {
	w := s.Workloads[workload]
	if w.Kind == config.KindALB && w.Group != "" {
		attributes := map[string]string{}
		for _, member := range each(s.Workloads, config.KindALB) {
			if member.Group == w.Group {
				w.Zones, w.SecurityGroups = named(w.Zones, member.Zones), named(w.SecurityGroups, member.SecurityGroups)
				w.SourceRanges = named(w.SourceRanges, member.SourceRanges)
				maps.Copy(attributes, member.Attributes)
				if redirects(member) && w.Certificate != "" {
					w.Redirect = member.Redirect
				}
			}
		}
		w.Attributes = attributes
	}
	w.Zones = named(w.Zones, s.Network.Zones)
	return w
}

// named is a list, or another where it has nothing.
func named(list, other []string) []string {
	if len(list) == 0 {
		return other
	}
	return list
}

// rule is what an ALB asks of a request; "" is any host.
type rule struct{ host, path string }

func (r rule) String() string { return fmt.Sprintf("host %q and path %s", r.host, r.path) }

// rulesOf are a workload's rules: each host with each path.
func rulesOf(w config.Workload) []rule {
	hosts := w.Hosts
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	var all []rule
	for _, host := range hosts {
		for _, path := range w.Paths {
			all = append(all, rule{host, path})
		}
	}
	return all
}

// sharedRule is a rule that two workloads have both.
func sharedRule(a, b config.Workload) (rule, bool) {
	for _, r := range rulesOf(a) {
		if slices.Contains(rulesOf(b), r) {
			return r, true
		}
	}
	return rule{}, false
}

// The places of a member of an ALB group, least first: exact hosts, hosts with a wildcard, any host; in each the longest path.
const longestPath = 128

// Place is that of a workload's rules among those of its ALB group: its own choice, or RuleOrder.
func Place(w config.Workload) int {
	if w.Order != nil {
		return *w.Order
	}
	return RuleOrder(w)
}

// RuleOrder is the place of a workload's rules among those of its ALB group, 1 to 384: the controller would order them by name, and
// a rule that takes more would hide one that takes less. It follows from the workload alone, so that a new member moves no other. Of
// several hosts and paths those count that take most.
func RuleOrder(w config.Workload) int {
	tier, length := 0, longestPath-1
	for _, r := range rulesOf(w) {
		switch {
		case r.host == "":
			tier = 2
		case strings.HasPrefix(r.host, "*."):
			tier = max(tier, 1)
		}
		length = min(length, len(r.path))
	}
	return tier*longestPath + longestPath - length
}
