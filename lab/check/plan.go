package check

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/lab/rehearsed"
)

// Unplanned tells, a line each, where what the controllers made is not what the plan says of the stack file.
func Unplanned(s *rehearsed.Stack, made *Picture) []string {
	c := &comparison{made: made}
	for _, w := range s.Plan.Workloads {
		if w.AddressOf != "" {
			c.workload(w)
		}
	}
	c.quotas(s)
	return c.lines
}

// comparison collects what is not as planned.
type comparison struct {
	made  *Picture
	lines []string
}

func (c *comparison) same(what string, planned, made any) {
	if fmt.Sprint(planned) != fmt.Sprint(made) {
		c.lines = append(c.lines, fmt.Sprintf("%s: planned %v, made %v", what, planned, made))
	}
}

var kinds = map[string]string{"clb": "classic", "nlb": "network", "alb": "application"}

// behind is what a workload's load balancer is made for.
func behind(w rehearsed.Workload) string {
	if w.Group != "" {
		return "group " + w.Group
	}
	return w.AddressOf
}

func (c *comparison) workload(w rehearsed.Workload) {
	b := c.made.Balancers[behind(w)]
	c.same(w.Name+": kind", kinds[w.Kind], b.Kind)
	c.same(w.Name+": scheme", w.Scheme, b.Scheme)
	c.same(w.Name+": address", "the name of the load balancer of "+behind(w), c.made.Objects[w.AddressOf].Address)
	listener := b.Listeners["80"]
	if w.Kind == "clb" {
		return // it knows neither target groups nor rules
	}
	group := c.made.groupOf(w)
	target := c.made.Targets[group]
	c.same(w.Name+": target", w.Target, target.Type)
	if w.Target == "ip" {
		c.same(w.Name+": targets", w.Replicas, len(target.Targets))
	}
	if w.Kind == "nlb" {
		c.same(w.Name+": forwards to", group, listener.Default)
		return
	}
	for _, rule := range listener.Rules {
		if rule.Forward == group {
			c.same(w.Name+": host", w.Host, strings.Join(rule.Hosts, " "))
			c.same(w.Name+": paths", paths(w.Path), rule.Paths)
			return
		}
	}
	c.lines = append(c.lines, fmt.Sprintf("%s: planned a rule for path %s, made none", w.Name, w.Path))
}

// paths are a beginning of paths as a rule names it.
func paths(begin string) []string {
	if begin == "/" {
		return []string{"/*"}
	}
	return []string{begin, begin + "/*"}
}

// quotas holds what the plan counts of AWS's limits against what stands. Limits of targets count a stack at its largest.
func (c *comparison) quotas(s *rehearsed.Stack) {
	for _, q := range s.Plan.Quotas {
		switch q.Name {
		case "Classic Load Balancers per Region":
			c.same(q.Name, q.Needed, c.count("classic"))
		case "Network Load Balancers per Region":
			c.same(q.Name, q.Needed, c.count("network"))
		case "Application Load Balancers per Region":
			c.same(q.Name, q.Needed, c.count("application"))
		case "Rules per Application Load Balancer":
			c.same(q.Name, q.Needed, c.most(func(l Listener) int { return len(l.Rules) }))
		case "Target Groups per Application Load Balancer":
			c.same(q.Name, q.Needed, c.most(targetGroups))
		case "Inbound or outbound rules per security group":
			c.same(q.Name, q.Needed, c.nodeRules(s))
		}
	}
}

func (c *comparison) count(kind string) (count int) {
	for _, b := range c.made.Balancers {
		if b.Kind == kind {
			count++
		}
	}
	return count
}

// most is the largest count of an application load balancer's listener; each has one.
func (c *comparison) most(count func(Listener) int) (most int) {
	for _, b := range c.made.Balancers {
		if b.Kind != "application" {
			continue
		}
		for _, l := range b.Listeners {
			most = max(most, count(l))
		}
	}
	return most
}

func targetGroups(l Listener) int {
	var groups []string
	for _, r := range l.Rules {
		if !slices.Contains(groups, r.Forward) {
			groups = append(groups, r.Forward)
		}
	}
	return len(groups)
}

// nodeRules counts the rules of the nodes' security group: those of the controllers, and EKS's own, by which nodes reach each other and
// which moto does not have.
func (c *comparison) nodeRules(s *rehearsed.Stack) int {
	for _, group := range s.SecurityGroups {
		if group.ID == s.Cluster.SecurityGroup {
			return 1 + len(c.made.Groups[group.Name].Rules)
		}
	}
	return 0
}
