package plan

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
	"eksnet/plan/capacity"
)

// Outcome is what becomes of a part of a stack when a zone fails.
type Outcome string

const (
	// Survives means without an interruption, except for connections through the zone.
	Survives Outcome = "survives"
	// Interrupted means that Kubernetes starts its pods again on other nodes, some minutes later.
	Interrupted Outcome = "interrupted"
	// Uncertain means that nothing ensures that it works: it depends on where pods and nodes are.
	Uncertain Outcome = "uncertain"
	// Lost means that it does not work until the zone is back or the stack is changed.
	Lost Outcome = "lost"
)

// evictionMinutes is how long pods of a node that does not respond stay assigned to it: the controller manager waits
// 50 seconds, and pods tolerate the taint for 300 seconds
// (kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions).
const evictionMinutes = 6

// ZonePart is a part of a stack when a zone fails.
type ZonePart struct {
	Part    string  `json:"part"`
	Outcome Outcome `json:"outcome"`
	// Path is the setting that decides it, "" for none.
	Path string `json:"path,omitempty"`
	Text string `json:"text"`
}

// ZoneLoss is what is left of a stack without a zone.
type ZoneLoss struct {
	Zone string `json:"zone"`
	// Survives is set if no part is uncertain or lost.
	Survives bool       `json:"survives"`
	Parts    []ZonePart `json:"parts"`
	// ZonalShift is what a zonal shift away from the zone would do, "" if nothing is registered with it.
	ZonalShift string `json:"zonalShift,omitempty"`
}

// The parts that each stack has.
const (
	ControlPlanePart = "control plane"
	NodesPart        = "nodes"
	PodsPart         = "pods"
	EgressPart       = "egress"
	NamesPart        = "names"
)

// BalancerPart returns the name of the part that is a load balancer.
func BalancerPart(b balancer.LoadBalancer) string { return strings.TrimPrefix(b.String(), "the ") }

// LoseZone computes what is left of a stack while one of its zones has failed.
func LoseZone(s *config.Stack, p *Plan, zone string) (*ZoneLoss, error) {
	if !slices.Contains(s.Network.Zones, zone) {
		return nil, fmt.Errorf("%q is not a zone of the stack; accepted: %s", zone, strings.Join(s.Network.Zones, ", "))
	}
	z := zoneLoss{stack: s, plan: p, zone: zone, left: without(s.Network.Zones, zone), capacity: capacity.LoseZone(s, p.Groups)}
	z.isolated = z.egress().Outcome == Lost
	parts := []ZonePart{z.controlPlane(), z.nodes(), z.pods(), z.egress()}
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		parts = append(parts, z.balancer(b))
	}
	parts = append(parts, z.names())
	failed := func(part ZonePart) bool { return part.Outcome == Uncertain || part.Outcome == Lost }
	return &ZoneLoss{zone, !slices.ContainsFunc(parts, failed), parts, z.zonalShift()}, nil
}

// zoneLoss is what the parts of a stack are computed from.
type zoneLoss struct {
	stack    *config.Stack
	plan     *Plan
	zone     string
	left     []string
	capacity capacity.ZoneLoss
	// isolated is set if the nodes that are left cannot reach the internet.
	isolated bool
}

func without(zones []string, zone string) []string {
	return slices.DeleteFunc(slices.Clone(zones), func(z string) bool { return z == zone })
}

// controlPlane: EKS runs the control plane in several zones of its own account, and its network interfaces are in the
// first zones of the stack (docs.aws.amazon.com/eks/latest/userguide/disaster-recovery-resiliency.html).
func (z zoneLoss) controlPlane() ZonePart {
	with := z.stack.Network.Zones[:min(address.ControlPlaneZones, len(z.stack.Network.Zones))]
	if !slices.Contains(with, z.zone) {
		return ZonePart{ControlPlanePart, Survives, "", "its network interfaces are in " + strings.Join(with, " and ")}
	}
	rest := without(with, z.zone)
	if len(rest) == 0 {
		return ZonePart{ControlPlanePart, Lost, "network.zones", "all of its network interfaces are in this zone"}
	}
	return ZonePart{ControlPlanePart, Survives, "", "nodes and the private endpoint use its network interface in " + strings.Join(rest, ", ")}
}

// nodes are those that are left in the worst case.
func (z zoneLoss) nodes() ZonePart {
	part := ZonePart{Part: NodesPart, Outcome: Survives, Path: "nodeGroups"}
	var texts []string
	for _, g := range z.capacity.Groups {
		text := fmt.Sprintf("%s: %d of %d left", g.Name, g.Left, g.Nodes)
		if g.Left == 0 && g.Nodes > 0 {
			text += ", since Auto Scaling may have put all of them into this zone"
			if part.Outcome == Survives && !z.spare(g.Name) {
				part.Outcome = Uncertain
			}
		}
		texts = append(texts, text)
	}
	part.Text = strings.Join(texts, "; ") + "; replacements in the other zones are not counted, since EC2 may have no capacity for them"
	return part
}

// spare reports whether another group has nodes left, so that the stack's pods do not need the named one.
func (z zoneLoss) spare(name string) bool {
	return slices.ContainsFunc(z.capacity.Groups, func(g capacity.GroupLoss) bool { return g.Name != name && g.Left > 0 })
}

// pods are those that are started again on the nodes that are left.
func (z zoneLoss) pods() ZonePart {
	part := ZonePart{Part: PodsPart, Outcome: Survives, Path: "nodeGroups"}
	switch c := z.capacity; {
	case c.Unknown:
		part.Outcome, part.Text = Uncertain, "an instance type is unknown, so the capacity of the nodes is too"
	case c.Certain:
		part.Outcome, part.Text = Lost, c.Shortage
	case c.Shortage != "":
		part.Outcome, part.Text = Uncertain, c.Shortage+"; this is if the zone has more nodes than another"
	case z.isolated:
		part.Outcome, part.Text = Uncertain, "they fit on the nodes that are left, but these pull images only through endpoints, so pods of the zone may not start"
	default:
		part.Text = fmt.Sprintf("all %d fit on the nodes that are left, where Kubernetes starts those of the zone about %d minutes later", c.Pods, evictionMinutes)
		if len(c.Single) > 0 {
			part.Outcome = Interrupted
			part.Text += "; of these there is one pod, which may be in this zone: " + strings.Join(c.Single, ", ")
		}
		if dns := z.stack.Addons.CoreDNS; !dns.SpreadZones && dns.LeastPods() > 1 {
			part.Outcome = Interrupted
			part.Text += "; CoreDNS is spread over nodes and not over zones, so pods may resolve no names until then: write addons.coreDns.spreadZones: true"
		}
	}
	return part
}

// egress is how the nodes and pods that are left reach the internet. A NAT gateway is in one zone, and fails with it
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html).
func (z zoneLoss) egress() ZonePart {
	part := ZonePart{Part: EgressPart, Outcome: Survives, Path: "network.nat"}
	network := z.stack.Network
	switch {
	case !z.stack.HasPrivateNodes():
		part.Text = "nodes are in public subnets and reach the internet through the internet gateway, which is in no zone"
	case network.NAT == config.NATNone:
		part.Text = "endpoints have a network interface in each zone"
	case network.NAT == config.NATSingle && slices.Contains(z.plan.Gateways, z.zone):
		part.Outcome, part.Text = Lost, "the only NAT gateway is in this zone: private subnets cannot reach the internet and services without an endpoint; write nat: zone"
	case network.NAT == config.NATSingle:
		part.Text = "the only NAT gateway is in " + strings.Join(z.plan.Gateways, ", ")
	default:
		part.Text = "each of " + strings.Join(z.left, ", ") + " has a NAT gateway of its own"
	}
	return part
}

// balancer is a load balancer: its nodes in the zone fail, and their addresses leave its DNS name after some health
// checks (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#availability-zones).
func (z zoneLoss) balancer(b balancer.LoadBalancer) ZonePart {
	part := ZonePart{Part: BalancerPart(b), Outcome: Survives, Path: config.In("workloads", b.Members[0].Name)}
	all := balancer.ZonesOf(z.stack, b.Members[0].Name)
	left := without(all, z.zone)
	pods := fewestPodsOf(b)
	switch {
	case len(left) == 0:
		part.Outcome, part.Text = Lost, "it is in this zone only; list another zone"
		part.Path += ".zones"
		return part
	case len(z.missing(b)) > 0:
		part.Outcome, part.Text = Uncertain, fmt.Sprintf("it is in %s, but nothing ensures that the pods of %s find a node", strings.Join(left, ", "), strings.Join(z.missing(b), ", "))
		return part
	case z.isolated:
		part.Outcome, part.Text = Uncertain, fmt.Sprintf("it is in %s and sends to the pods that are left, but nodes pull images only through endpoints, so others may not start", strings.Join(left, ", "))
		return part
	case len(left) < len(z.left):
		part.Outcome, part.Text = Uncertain, "it is in "+strings.Join(left, ", ")+" and sends to no target in another zone, and nothing ensures that a target is there; list all zones"
		part.Path += ".zones"
		return part
	case pods < 2:
		part.Outcome = Interrupted
	}
	part.Text = fmt.Sprintf("it is in %s; %s", strings.Join(left, ", "), z.targets(b, pods))
	if elastic := len(b.Members[0].ElasticIPs); elastic > 0 {
		part.Text += "; clients that use its Elastic IP of this zone, and not its name, cannot connect"
	}
	return part
}

// missing returns the workloads behind a load balancer whose pods may find no node.
func (z zoneLoss) missing(b balancer.LoadBalancer) (names []string) {
	for _, m := range b.Members {
		if z.capacity.Misses(m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// fewestPodsOf returns the lowest number of pods of a workload behind a load balancer.
func fewestPodsOf(b balancer.LoadBalancer) int {
	fewest := b.Members[0].LeastPods()
	for _, m := range b.Members[1:] {
		fewest = min(fewest, m.LeastPods())
	}
	return fewest
}

// targets says what the load balancer's nodes in the zones that are left send to.
func (z zoneLoss) targets(b balancer.LoadBalancer, pods int) string {
	w := b.Members[0].Workload
	text := ""
	switch {
	case pods < 2:
		text = fmt.Sprintf("a workload of it has one pod: if that is in this zone, its requests fail until the pod is started again, about %d minutes later", evictionMinutes)
	case w.Target == config.TargetInstance && w.TrafficPolicy != config.PolicyLocal:
		text = "each node forwards to pods in all zones"
	case w.IsALB() || w.CrossZone:
		text = fmt.Sprintf("it sends to targets in all zones: of %d pods those in this zone are missing until they are started again", pods)
	default:
		text = "cross-zone load balancing is off: a zone without pods of its own leaves the DNS name until pods are started there"
	}
	return text
}

// names are the names in Route 53 and in the cluster.
func (z zoneLoss) names() ZonePart {
	if len(z.plan.Records) == 0 {
		return ZonePart{NamesPart, Survives, "", "clients use the names of the load balancers, from which AWS removes the addresses of the zone"}
	}
	return ZonePart{NamesPart, Survives, "", fmt.Sprintf("Route 53 is in no zone; its %s are aliases of load balancers, from whose names AWS removes the addresses of the zone", config.Count(len(z.plan.Records), "record", "records"))}
}
