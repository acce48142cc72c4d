// Package path computes the path of traffic to a workload's pods: the load balancer, target and hops, and whose
// address on it, and how pods' own packets leave. It is derived from the stack file alone, as plain values. No Pulumi,
// no network.
package path

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/balancer"
)

// Path is the path to a workload's pods, and their egress.
type Path struct {
	Workload string `json:"workload"`
	Kind     string `json:"kind"`
	// Clients are the ranges and the IDs of prefix lists that may connect, none of a workload without a load balancer,
	// whose clients are in the cluster. With security groups of the operator's own those decide.
	Clients []string `json:"clients,omitempty"`
	// Through is the workload whose load balancer and pods the requests pass before they reach the workload, "" for none.
	Through string `json:"through,omitempty"`
	// Proxied reports whether a proxy of Istio in the pod passes the traffic on to the application.
	Proxied bool `json:"proxied,omitempty"`
	// Balancer is nil of a workload without one.
	Balancer *Balancer `json:"loadBalancer,omitempty"`
	// Target is what the load balancer sends to.
	Target *Target `json:"target,omitempty"`
	// KubeProxy is what kube-proxy does between the target and the pod.
	KubeProxy Hop `json:"kubeProxy"`
	// Pod is where the packet ends.
	Pod Pod `json:"pod"`
	// Source is the address that the pod sees as the packet's, and ClientAddressIn what else carries the address of the
	// client, "" for none.
	Source          Address `json:"source"`
	ClientAddressIn string  `json:"clientAddressIn,omitempty"`
	// SourceOfIPv4 is the address that a pod of an IPv6 cluster sees of an IPv4 client of its load balancer, "" otherwise.
	// Source is then that of an IPv6 client.
	SourceOfIPv4 Address `json:"sourceOfIpv4Clients,omitempty"`
	// Zones are the hops on which a packet may change its zone, which AWS bills.
	Zones Crossings `json:"crossZone"`
	// Health is the load balancer's health check.
	Health *balancer.HealthCheck `json:"healthCheck,omitempty"`
	// Out is the egress of the pods.
	Out Out `json:"out"`
}

// Balancer is the load balancer.
type Balancer struct {
	Scheme string `json:"scheme"`
	// DualStack reports whether it has IPv6 addresses beside its IPv4 addresses.
	DualStack bool `json:"dualStack,omitempty"`
	// Group is the group that shares it, "" for none.
	Group string `json:"group,omitempty"`
	// Zones are the zones of its subnets, and Subnets is whether these are public or private.
	Zones   []string `json:"zones"`
	Subnets string   `json:"subnets"`
	// Listeners are its ports.
	Listeners []balancer.Listener `json:"listeners"`
}

// Target is where the load balancer sends to.
type Target struct {
	// Type is ip, the pods' own addresses, or instance, every node.
	Type string `json:"type"`
	// Protocol and Port are those of the target; 0 is a node port that Kubernetes chooses.
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
}

// Pod is the end of the path.
type Pod struct {
	App      string `json:"app"`
	Protocol string `json:"protocol"`
	// Port is 0 for pods that serve no application.
	Port int `json:"port"`
}

// Hop is what kube-proxy does.
type Hop string

const (
	// NoHop: the load balancer sends to pods.
	NoHop Hop = "none"
	// AnyPod: a node sends on to any pod, whichever node has it.
	AnyPod Hop = "any pod"
	// LocalPod: a node sends on to its own pods alone.
	LocalPod Hop = "local pods"
	// ClientsNode: the client's own node sends to any pod, in the place of the Service's address.
	ClientsNode Hop = "on the client's node"
)

// Crossings are the hops on which a packet may come into another zone.
type Crossings struct {
	ToTarget bool `json:"loadBalancerToTarget"`
	ToPod    bool `json:"nodeToPod"`
}

// Of is the path of a workload. The error names those that there are.
func Of(s *config.Stack, workload string) (Path, error) {
	w, found := s.Workloads[workload]
	if !found {
		names := slices.Sorted(maps.Keys(s.Workloads))
		switch near := config.Near(workload, names); {
		case len(names) == 0:
			return Path{}, fmt.Errorf("no workload %q: the stack has none", workload)
		case near != "":
			return Path{}, fmt.Errorf("no workload %q (did you mean %s?); existing workloads: %s", workload, near, strings.Join(names, ", "))
		default:
			return Path{}, fmt.Errorf("no workload %q; existing workloads: %s", workload, strings.Join(names, ", "))
		}
	}
	w = balancer.WithGroupSettings(s, workload)
	way := Path{Workload: workload, Kind: w.Kind, Pod: podOf(w), KubeProxy: hopOf(w), Source: sourceOf(w), ClientAddressIn: clientAddressBy(w), Out: outOf(s)}
	if w.Balanced() {
		check := balancer.HealthCheckOf(w)
		way.Balancer, way.Target, way.Health, way.Clients = balancerOf(s, w), targetOf(w), &check, clientsOf(s, w)
		way.Zones = crossings(w, len(s.Network.Zones))
		if s.Network.IPv6() {
			way.SourceOfIPv4 = Balancers // the load balancer translates, and no address is kept across families
		}
	}
	switch {
	case w.Kind == config.KindMesh:
		way.goThroughGateway(s)
	case w.Mesh:
		way.goThroughProxy(s)
	}
	return way, nil
}

func balancerOf(s *config.Stack, w config.Workload) *Balancer {
	b := &Balancer{Scheme: w.Scheme, DualStack: s.Network.IPv6(), Group: w.Group, Zones: w.Zones, Subnets: config.PublicSubnets, Listeners: balancer.ListenersOf(w)}
	if w.Scheme == config.Internal {
		b.Subnets = config.PrivateSubnets
	}
	return b
}

// clientsOf returns the ranges and prefix lists that may connect: all addresses by default, also to an internal load
// balancer, to which few networks lead to.
func clientsOf(s *config.Stack, w config.Workload) []string {
	switch {
	case len(w.SecurityGroups) > 0:
		return nil
	case len(w.SourceRanges)+len(w.PrefixLists) > 0:
		return slices.Concat(w.SourceRanges, w.PrefixListIDs())
	default:
		return balancer.Everywhere(s)
	}
}

func targetOf(w config.Workload) *Target {
	t := &Target{Type: w.Target, Protocol: podOf(w).Protocol}
	if w.Protocol == config.ProtocolTCPUDP {
		t.Protocol = w.Protocol // one target group has both
	}
	if w.Target == config.TargetIP {
		t.Port = podOf(w).Port
	}
	return t
}

func podOf(w config.Workload) Pod {
	serves := balancer.ApplicationOf(w)
	if w.Kind == config.KindSpeed {
		return Pod{App: w.App, Protocol: config.ProtocolTCP, Port: awsdata.Iperf3Port}
	}
	if w.Protocol == config.ProtocolUDP {
		return Pod{App: w.App, Protocol: config.ProtocolUDP, Port: serves.UDP}
	}
	return Pod{App: w.App, Protocol: config.ProtocolTCP, Port: serves.TCP}
}

// hopOf is kube-proxy's part.
func hopOf(w config.Workload) Hop {
	switch {
	case w.Kind == config.KindPolicy || w.Kind == config.KindSpeed:
		return ClientsNode
	case !w.Balanced() || w.Target == config.TargetIP:
		return NoHop
	case w.TrafficPolicy == config.PolicyLocal:
		return LocalPod
	default:
		return AnyPod
	}
}

// crossings: a load balancer keeps to its zone unless cross-zone balancing is on, which it always is of an ALB; its
// target group may say otherwise
// (docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#cross-zone-load-balancing).
func crossings(w config.Workload, zones int) Crossings {
	if zones < 2 {
		return Crossings{}
	}
	c := Crossings{ToTarget: w.CrossZone || w.IsALB(), ToPod: hopOf(w) == AnyPod}
	switch w.TargetGroupAttributes[awsdata.TargetGroupCrossZone] {
	case "true":
		c.ToTarget = true
	case "false":
		c.ToTarget = false
	}
	return c
}
