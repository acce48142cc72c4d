package drawing

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/balancer"
	"eksnet/plan/capacity"
)

// scene holds the contents of a drawing.
type scene struct {
	stack string
	*config.Stack
	plan *plan.Plan

	// facing and internal hold the load balancers by scheme.
	facing, internal []balancer.LoadBalancer
}

func newScene(stack string, s *config.Stack, p *plan.Plan) *scene {
	c := &scene{stack: stack, Stack: s, plan: p}
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		if b.Scheme == config.Internal {
			c.internal = append(c.internal, b)
		} else {
			c.facing = append(c.facing, b)
		}
	}
	return c
}

var balancerNames = map[string]string{
	config.KindCLB: "Classic Load Balancer", config.KindNLB: "Network Load Balancer", config.KindALB: "Application Load Balancer",
}

// groups returns the sorted names of the node groups in public or private subnets.
func (s *scene) groups(subnets string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.NodeGroups)), func(name string) bool { return s.NodeGroups[name].Subnets != subnets })
}

// capacity returns the capacity of a node group's nodes, false if an instance type is unknown.
func (s *scene) capacity(group string) (capacity.Group, bool) {
	i := slices.IndexFunc(s.plan.Groups, func(g capacity.Group) bool { return g.Name == group })
	if i < 0 {
		return capacity.Group{}, false
	}
	return s.plan.Groups[i], true
}

// demand returns the demand for addresses in a zone's subnet.
func (s *scene) demand(zone, kind string) (capacity.SubnetDemand, bool) {
	i := slices.IndexFunc(s.plan.Demand, func(d capacity.SubnetDemand) bool { return d.Zone == zone && d.Kind == kind })
	if i < 0 {
		return capacity.SubnetDemand{}, false
	}
	return s.plan.Demand[i], true
}
