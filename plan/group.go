package plan

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// mostRules is how many rules an ALB takes, each member of a group being one
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
const mostRules = 100

// groups refuses members of an ALB group that cannot share one load balancer: the controller would stop working on the whole
// group, or a request would have two answers (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#group.name).
func groups(workloads map[string]config.Workload, problems *config.Problems) {
	members := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		if w.Kind != config.KindALB || w.Group == "" {
			continue
		}
		path := config.In("workloads", name)
		for _, other := range members[w.Group] {
			if o := workloads[other]; o.Host == w.Host && o.Path == w.Path {
				problems.Add(path, "host %q and path %s are those of workload %s in group %s; give one of them another host or path", w.Host, w.Path, other, w.Group)
			}
		}
		if len(members[w.Group]) > 0 {
			if first := members[w.Group][0]; workloads[first].Scheme != w.Scheme {
				problems.Add(path+".scheme", "%s, but workload %s of group %s is %s, and a group is one load balancer; give them one scheme or another group", w.Scheme, first, w.Group, workloads[first].Scheme)
			}
		}
		members[w.Group] = append(members[w.Group], name)
		if len(members[w.Group]) == mostRules+1 {
			problems.Add(path+".group", "%s has more than %d workloads, which is how many rules an ALB takes; use another group", w.Group, mostRules)
		}
	}
}

// The places of a member of an ALB group, least first: exact hosts, hosts with a wildcard, any host; in each the longest path.
const longestPath = 128

// RuleOrder is the place of a workload's rule among those of its ALB group, 1 to 384: the controller would order them by name, and
// a rule that takes more would hide one that takes less. It follows from the workload alone, so that a new member moves no other.
func RuleOrder(w config.Workload) int {
	tier := 0
	switch {
	case w.Host == "":
		tier = 2
	case strings.HasPrefix(w.Host, "*."):
		tier = 1
	}
	return tier*longestPath + longestPath - min(len(w.Path), longestPath-1)
}
