package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/rehearsed"
)

// Unplanned tells, a line each, where what the controllers made is not what plan and paths say of the stack file.
func Unplanned(s *rehearsed.Stack, made *Picture) []string {
	c := &comparison{stack: s, made: made}
	for _, w := range s.Plan.Workloads {
		if !w.Balanced() {
			c.nothing(w)
			continue
		}
		c.workload(w)
		c.path(w)
	}
	c.quotas(s)
	return c.lines
}

// comparison collects what is not as planned.
type comparison struct {
	stack *rehearsed.Stack
	made  *Picture
	lines []string
}

func (c *comparison) same(what string, planned, made any) {
	if fmt.Sprint(planned) != fmt.Sprint(made) {
		c.lines = append(c.lines, fmt.Sprintf("%s: planned %v, made %v", what, planned, made))
	}
}

var kinds = map[string]string{config.KindCLB: "classic", config.KindNLB: awsdata.NetworkLoadBalancer, config.KindALB: awsdata.ApplicationLoadBalancer}

// behind is what a workload's load balancer is made for.
func behind(w rehearsed.Workload) string {
	if w.Group != "" {
		return "group " + w.Group
	}
	return w.AddressOf
}

// nothing is made of a workload without a load balancer.
func (c *comparison) nothing(w rehearsed.Workload) {
	for stack := range c.made.Balancers {
		if strings.Contains(stack, " "+w.Name+"/") {
			c.same(w.Name+": load balancer", "none", stack)
		}
	}
	for group := range c.made.Targets {
		if strings.HasPrefix(group, w.Name+"/") {
			c.same(w.Name+": target group", "none", group)
		}
	}
}

func (c *comparison) workload(w rehearsed.Workload) {
	b := c.made.Balancers[behind(w)]
	c.same(w.Name+": kind", kinds[w.Kind], b.Kind)
	c.same(w.Name+": address", "the name of the load balancer of "+behind(w), c.made.Objects[w.AddressOf].Address)
	c.same(w.Name+": elastic addresses", sorted(w.ElasticIPs), slices.Sorted(maps.Values(b.ElasticIPs)))
	for port, l := range b.Listeners {
		if l.Policy != "" && w.Group == "" {
			c.same(w.Name+": certificates of port "+port, []string{w.Certificate}, l.Certificates)
		}
	}
	pods := c.made.Pods[podName(w.Name, map[string]string{"app.kubernetes.io/name": w.Name})]
	c.same(w.Name+": pods wait for their targets", w.ReadinessGate, len(pods.Gates) > 0)
	if w.Kind == config.KindCLB {
		c.same(w.Name+": instances", len(c.stack.Nodes), len(b.Instances))
		return // it knows neither target groups nor rules
	}
	group := c.made.groupOf(w)
	switch target := c.made.Targets[group]; w.Target {
	case config.TargetIP:
		c.same(w.Name+": targets", w.Replicas, len(target.Targets))
	default:
		c.same(w.Name+": targets", len(c.stack.Nodes), len(target.Targets))
	}
	planned := rules(w)
	made := map[string]bool{}
	for _, l := range b.Listeners {
		if w.Kind == config.KindNLB || w.DefaultBackend {
			c.same(w.Name+": what no rule takes", group, l.Default)
		}
		for _, rule := range l.Rules {
			if rule.Forward == group {
				made[strings.Join(rule.Hosts, " ")+strings.Join(rule.Paths, " ")] = true
			}
		}
	}
	c.same(w.Name+": rules", planned, slices.Sorted(maps.Keys(made)))
}

// rules are a workload's: one for each host with each beginning of paths.
func rules(w rehearsed.Workload) (all []string) {
	if w.Kind != config.KindALB || w.DefaultBackend {
		return nil
	}
	hosts := w.Hosts
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	for _, host := range hosts {
		for _, begin := range w.Paths {
			all = append(all, host+paths(begin))
		}
	}
	return sorted(all)
}

// paths are a beginning of paths as a rule names it.
func paths(begin string) string {
	if begin == "/" {
		return "/*"
	}
	return begin + " " + begin + "/*"
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
			c.same(q.Name, q.Needed, c.most(ruleCount))
		case "Target Groups per Application Load Balancer":
			c.same(q.Name, q.Needed, c.most(c.targetGroups))
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

// most is the largest count of an application load balancer.
func (c *comparison) most(count func(Balancer) int) (most int) {
	for _, b := range c.made.Balancers {
		if b.Kind == "application" {
			most = max(most, count(b))
		}
	}
	return most
}

func ruleCount(b Balancer) (count int) {
	for _, l := range b.Listeners {
		count += len(l.Rules)
	}
	return count
}

// targetGroups counts those that listeners and rules of a load balancer send to.
func (c *comparison) targetGroups(b Balancer) int {
	groups := map[string]bool{}
	add := func(to string) {
		if _, is := c.made.Targets[to]; is {
			groups[to] = true
		}
	}
	for _, l := range b.Listeners {
		add(l.Default)
		for _, r := range l.Rules {
			add(r.Forward)
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
