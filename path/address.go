package path

import (
	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/balancer"
)

// Address is whose address a packet carries.
type Address string

const (
	// Clients is the address of who sent the packet first.
	Clients Address = "the client's"
	// Balancers is a private address of the load balancer, of its subnet in the zone.
	Balancers Address = "the load balancer's"
	// Nodes is the address of the node that sent the packet on, or that the pod is on.
	Nodes Address = "the node's"
	// NodesPublic is the public address of a node in a public subnet.
	NodesPublic Address = "the node's public one"
	// Pods is the pod's own.
	Pods Address = "the pod's own"
	// Proxies is the address from which the proxy in a pod connects to the application beside it
	// (istio.io/istio, pilot/pkg/networking/core, InboundPassthroughBindIpv4), and ProxiesIPv6 that in an IPv6 cluster.
	Proxies     Address = "the proxy's 127.0.0.6"
	ProxiesIPv6 Address = "the proxy's ::6"
	// Gateways is that of a NAT gateway.
	Gateways Address = "the NAT gateway's"
)

// By what a pod learns the client's address beside that of the packet.
const (
	ForwardedForHeader = "the header X-Forwarded-For"
	ProxyProtocolV1    = "the proxy protocol, version 1"
	ProxyProtocolV2    = "the proxy protocol, version 2"
)

// sourceOf is the address that a pod sees. CLB and ALB open a connection of their own; an NLB leaves the client's
// address where it preserves it. A node that may send to any pod puts its own in the place of either, so that answers
// come back by it (kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-nodeport).
func sourceOf(w config.Workload) Address {
	switch {
	case !w.Balanced():
		return Clients
	case hopOf(w) == AnyPod:
		return Nodes
	case balancer.PreservesClientAddress(w):
		return Clients
	default:
		return Balancers
	}
}

// clientAddressBy returns what carries the client's address besides the source address, "" for nothing. An ALB writes a
// header unless an attribute disables it
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html).
func clientAddressBy(w config.Workload) string {
	switch mode := w.Attributes[awsdata.ForwardedForMode]; {
	case w.IsALB() && (mode == "" || mode == "append"):
		return ForwardedForHeader
	case w.Kind == config.KindCLB && w.ProxyProtocol:
		return ProxyProtocolV1
	case w.IsNLB() && w.ProxyProtocol:
		return ProxyProtocolV2
	default:
		return ""
	}
}

// Out is whose address is on what a pod sends by itself, by where it goes.
type Out struct {
	// VPC is within the VPC, Networks to others that it is connected with.
	VPC      Address `json:"vpc"`
	Networks Address `json:"otherNetworks"`
	// IPv4 is the egress to IPv4 addresses of pods in an IPv6 cluster, nil otherwise. The other fields are then the egress
	// to IPv6 addresses.
	IPv4 *Out `json:"toIpv4,omitempty"`
	// Internet is empty where there is no route, and has two addresses where nodes differ.
	Internet []Address `json:"internet"`
	// Translated reports whether the node replaces the source address of traffic that leaves the VPC by its own (SNAT).
	Translated bool `json:"snat"`
}

// outOf returns the egress of pods.
func outOf(s *config.Stack) Out {
	if s.Network.IPv6() {
		return ipv6Out(s)
	}
	return ipv4Out(s)
}

// ipv6Out follows the VPC CNI in IPv6 mode (github.com/aws/amazon-vpc-cni-k8s, README.md, ENABLE_V4_EGRESS). Pods have
// global IPv6 addresses, which nothing translates. To IPv4 addresses, in the VPC too, they send from an address that
// only their node has, and the node replaces it by its own.
func ipv6Out(s *config.Stack) Out {
	toIPv4 := ipv4Out(s)
	toIPv4.VPC = Nodes
	return Out{VPC: Pods, Networks: Pods, Internet: []Address{Pods}, IPv4: &toIPv4}
}

// ipv4Out follows the VPC CNI (docs.aws.amazon.com/eks/latest/userguide/external-snat.html): within the VPC a pod's
// packets carry its own address, and beyond it the node's, unless externalSnat leaves that to others.
func ipv4Out(s *config.Stack) Out {
	external := s.Addons.VPCCNI.ExternalSNAT
	o := Out{VPC: Pods, Networks: Nodes, Internet: []Address{}, Translated: !external}
	if external {
		o.Networks = Pods
	}
	if (s.HasPrivateNodes() || external) && s.Network.NAT != config.NATNone {
		o.Internet = append(o.Internet, Gateways)
	}
	if s.HasPublicNodes() && !external {
		o.Internet = append(o.Internet, NodesPublic)
	}
	return o
}
