package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// Billed is a kind of resource that AWS bills by the hour while it exists. Prices are not included: they differ by
// region and time.
type Billed struct {
	// What names one of them, such as "NAT gateway", and Detail lists which ones.
	What   string `json:"what"`
	Detail string `json:"detail"`
	// Count is how many exist when the stack is up. Min and Max bound it where nodes scale, and are the same otherwise.
	Count int `json:"count"`
	Min   int `json:"min"`
	Max   int `json:"max"`
	// AtLeast says that AWS may add more of them by itself, as it does with addresses of busy load balancers.
	AtLeast bool `json:"atLeast"`
}

// computeBilled returns what a stack pays by the hour.
func computeBilled(s *config.Stack, p *Plan) []Billed {
	all := slices.Concat(
		[]Billed{billedControlPlane(s.Cluster)},
		[]Billed{billedAlways("NAT gateway", strings.Join(p.Gateways, ", "), len(p.Gateways))},
		[]Billed{billedAlways("interface endpoint in a zone", fmt.Sprintf("%s; each in %d zones", strings.Join(p.Endpoints, ", "), len(s.Network.Zones)), len(p.Endpoints)*len(s.Network.Zones))},
		billedNodes(s.NodeGroups), billedBalancers(s), billedAddresses(s, p))
	return slices.DeleteFunc(all, func(b Billed) bool { return b.Max == 0 })
}

func billedAlways(what, detail string, count int) Billed {
	return Billed{What: what, Detail: detail, Count: count, Min: count, Max: count}
}

// The names of the control plane among what is billed, by the support of its version.
const (
	BilledControlPlane         = "EKS control plane"
	BilledExtendedControlPlane = "EKS control plane in extended support"
)

// billedControlPlane is the control plane, with what happens to it after the standard support of its version.
func billedControlPlane(c config.Cluster) Billed {
	end := kubernetesSupport[c.Version].standard
	switch {
	case end <= supportDate:
		return billedAlways(BilledExtendedControlPlane, fmt.Sprintf("Kubernetes %s, which costs six times as much per hour since standard support ended (%s)", c.Version, end), 1)
	case c.UpgradePolicy == config.SupportExtended:
		return billedAlways(BilledControlPlane, fmt.Sprintf("Kubernetes %s, which costs six times as much per hour after standard support ends (%s)", c.Version, end), 1)
	default:
		return billedAlways(BilledControlPlane, fmt.Sprintf("Kubernetes %s, which EKS upgrades automatically after standard support ends (%s)", c.Version, end), 1)
	}
}

// billedNodes are the nodes of each group.
func billedNodes(groups map[string]config.NodeGroup) []Billed {
	capacities := map[string]string{config.OnDemand: "on demand", config.Spot: "spot"}
	var all []Billed
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := groups[name]
		all = append(all, Billed{
			What: "node", Detail: fmt.Sprintf("group %s: %s, %s", name, strings.Join(g.InstanceTypes, " or "), capacities[g.Capacity]),
			Count: g.Scaling.Desired, Min: g.Scaling.Min, Max: g.Scaling.Max,
		})
	}
	return all
}

// billedBalancers are the load balancers by kind.
func billedBalancers(s *config.Stack) []Billed {
	names := map[string][]string{}
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		name := b.Name
		if b.Group {
			name = "group " + name
		}
		kind := config.BaseKind(b.Kind)
		names[kind] = append(names[kind], name)
	}
	one := func(what, kind string) Billed {
		return billedAlways(what, strings.Join(names[kind], ", "), len(names[kind]))
	}
	return []Billed{
		one("Classic Load Balancer", config.KindCLB),
		one("Network Load Balancer", config.KindNLB),
		one("Application Load Balancer", config.KindALB),
	}
}

// billedAddresses are the public IPv4 addresses: those of NAT gateways, of nodes in public subnets, and of each
// internet-facing load balancer in each zone
// (aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights).
func billedAddresses(s *config.Stack, p *Plan) []Billed {
	const what = "public IPv4 address"
	nodes := Billed{What: what, Detail: "nodes in public subnets"}
	for _, g := range s.NodeGroups {
		if g.Subnets == config.PublicSubnets {
			nodes.Count, nodes.Min, nodes.Max = nodes.Count+g.Scaling.Desired, nodes.Min+g.Scaling.Min, nodes.Max+g.Scaling.Max
		}
	}
	internetFacing := 0
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		if b.Scheme == config.InternetFacing {
			internetFacing += len(s.Network.Zones)
		}
	}
	balanced := billedAlways(what, fmt.Sprintf("internet-facing load balancers, one in each of %d zones", len(s.Network.Zones)), internetFacing)
	balanced.AtLeast = true
	return []Billed{billedAlways(what, "NAT gateways", len(p.Gateways)), nodes, balanced}
}
