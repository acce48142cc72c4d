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

// Unplanned returns a line for each difference between plan and paths of the stack file and the controllers' resources.
func Unplanned(s *rehearsed.Stack, made *Snapshot) []string {
	c := &comparison{stack: s, made: made}
	for _, w := range s.Plan.Workloads {
		if !w.Balanced() {
			c.checkNoBalancer(w)
			continue
		}
		c.checkWorkload(w)
		c.comparePath(w)
	}
	c.checkQuotas(s)
	return c.lines
}

// comparison collects differences from the plan.
type comparison struct {
	stack *rehearsed.Stack
	made  *Snapshot
	lines []string
}

func (c *comparison) same(what string, planned, made any) {
	if fmt.Sprint(planned) != fmt.Sprint(made) {
		c.lines = append(c.lines, fmt.Sprintf("%s: planned %v, observed %v", what, planned, made))
	}
}

// balancerKind returns the kind of the load balancer of a kind of workloads, as AWS names it.
func balancerKind(kind string) string {
	switch config.BaseKind(kind) {
	case config.KindCLB:
		return "classic"
	case config.KindNLB:
		return awsdata.NetworkLoadBalancer
	case config.KindALB:
		return awsdata.ApplicationLoadBalancer
	}
	return ""
}

// behind returns the object or group for which a workload's load balancer is created. A group of Gateways has one
// Gateway, and one of Ingresses an Ingress for each member.
func behind(w rehearsed.Workload) string {
	if w.Group != "" && !w.IsGateway() {
		return "group " + w.Group
	}
	return w.AddressOf
}

// serviceOf returns namespace and name of the Service to which a workload's load balancer forwards. That of an Ingress
// has its name.
func serviceOf(w rehearsed.Workload) string {
	if w.IsGateway() {
		return w.Name + "/" + w.Name
	}
	_, object, _ := strings.Cut(w.AddressOf, " ")
	return object
}

// checkNoBalancer checks that a workload without a load balancer has no load balancer and no target group.
func (c *comparison) checkNoBalancer(w rehearsed.Workload) {
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

func (c *comparison) checkWorkload(w rehearsed.Workload) {
	b := c.made.Balancers[behind(w)]
	c.same(w.Name+": kind", balancerKind(w.Kind), b.Kind)
	c.same(w.Name+": address", "the DNS name of the load balancer of "+behind(w), c.made.Objects[w.AddressOf].Address)
	c.same(w.Name+": Elastic IPs", sortedCopy(w.ElasticIPs), slices.Sorted(maps.Values(b.ElasticIPs)))
	for port, l := range b.Listeners {
		if l.Policy != "" && w.Group == "" {
			c.same(w.Name+": certificates of port "+port, []string{w.Certificate}, l.Certificates)
		}
	}
	pods := c.made.Pods[podName(w.Name, map[string]string{"app.kubernetes.io/name": w.Name})]
	c.same(w.Name+": readiness gates", w.ReadinessGate, len(pods.Gates) > 0)
	if w.Kind == config.KindCLB {
		c.same(w.Name+": instances", len(c.stack.Nodes), len(b.Instances))
		return // Classic Load Balancers have neither target groups nor rules
	}
	group := c.made.groupOf(w)
	switch target := c.made.Targets[group]; w.Target {
	case config.TargetIP:
		c.same(w.Name+": targets", w.Replicas, len(target.Targets))
	default:
		c.same(w.Name+": targets", len(c.stack.Nodes), len(target.Targets))
	}
	planned := plannedRules(w)
	made := map[string]bool{}
	for _, l := range b.Listeners {
		if w.IsNLB() && w.Group == "" || w.DefaultBackend {
			c.same(w.Name+": default action", group, l.Default)
		}
		for _, rule := range l.Rules {
			if isForwardedTo(rule.Forward, group) {
				made[strings.Join(rule.Hosts, " ")+strings.Join(rule.Paths, " ")] = true
			}
		}
	}
	c.same(w.Name+": rules", planned, slices.Sorted(maps.Keys(made)))
}

// isForwardedTo reports whether an action forwards requests to a target group, or a share of them.
func isForwardedTo(action, group string) bool {
	for _, share := range strings.Split(action, ", ") {
		if to, _, _ := strings.Cut(share, " with weight "); to == group {
			return true
		}
	}
	return false
}

// plannedRules returns a workload's rules: for an Ingress one for each host with each path prefix, for a Gateway one
// for each path prefix with all hosts.
func plannedRules(w rehearsed.Workload) (all []string) {
	if !w.IsALB() || w.DefaultBackend {
		return nil
	}
	hosts := w.Hosts
	if len(hosts) == 0 || w.IsGateway() {
		hosts = []string{strings.Join(sortedCopy(hosts), " ")}
	}
	for _, host := range hosts {
		for _, begin := range w.Paths {
			all = append(all, host+pathPatterns(begin))
		}
	}
	return sortedCopy(all)
}

// pathPatterns returns the patterns of a rule for a path prefix.
func pathPatterns(begin string) string {
	if begin == "/" {
		return "/*"
	}
	return begin + " " + begin + "/*"
}

// checkQuotas compares the plan's needs of quotas with the observed resources. Quotas of targets are omitted, because
// the plan computes them for the largest size.
func (c *comparison) checkQuotas(s *rehearsed.Stack) {
	for _, q := range s.Plan.Quotas {
		switch q.Name {
		case "Classic Load Balancers per Region":
			c.same(q.Name, q.Needed, c.countBalancers("classic"))
		case "Network Load Balancers per Region":
			c.same(q.Name, q.Needed, c.countBalancers("network"))
		case "Application Load Balancers per Region":
			c.same(q.Name, q.Needed, c.countBalancers("application"))
		case "Rules per Application Load Balancer":
			c.same(q.Name, q.Needed, c.maxOfALBs(countRules))
		case "Target Groups per Application Load Balancer":
			c.same(q.Name, q.Needed, c.maxOfALBs(c.countTargetGroups))
		case "Inbound or outbound rules per security group":
			c.same(q.Name, q.Needed, mostRules(clusterGroup(s), c.made.Groups, s.PrefixLists))
		}
	}
}

func (c *comparison) countBalancers(kind string) (count int) {
	for _, b := range c.made.Balancers {
		if b.Kind == kind {
			count++
		}
	}
	return count
}

// maxOfALBs returns the largest count of an Application Load Balancer.
func (c *comparison) maxOfALBs(count func(Balancer) int) (most int) {
	for _, b := range c.made.Balancers {
		if b.Kind == "application" {
			most = max(most, count(b))
		}
	}
	return most
}

func countRules(b Balancer) (count int) {
	for _, l := range b.Listeners {
		count += len(l.Rules)
	}
	return count
}

// countTargetGroups counts the target groups of a load balancer's listeners and rules.
func (c *comparison) countTargetGroups(b Balancer) int {
	groups := map[string]bool{}
	add := func(action string) {
		for to := range c.made.Targets {
			if isForwardedTo(action, to) {
				groups[to] = true
			}
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

// mostRules returns the number of ingress rules of the security group with the most of them, among that of the cluster
// and those with prefix lists: other groups belong to the program. EC2 counts a rule for a prefix list as many rules as
// the list may have entries (docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
func mostRules(cluster string, groups map[string]Group, prefixLists map[string]int) (most int) {
	for name, g := range groups {
		count, lists := len(g.Rules), 0
		for _, rule := range g.Rules {
			for id, entries := range prefixLists {
				if strings.Contains(rule, id) {
					count, lists = count-1+entries, lists+1
				}
			}
		}
		if name == cluster || lists > 0 {
			most = max(most, count)
		}
	}
	return most
}

// clusterGroup returns the name of the cluster security group.
func clusterGroup(s *rehearsed.Stack) string {
	for _, group := range s.SecurityGroups {
		if group.ID == s.Cluster.SecurityGroup {
			return group.Name
		}
	}
	return ""
}
