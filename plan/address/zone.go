// Package address divides the ranges of a VPC into the subnets of its zones and refuses ranges that AWS does not take.
package address

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// The kinds of subnets.
const (
	KindPrivate      = "private"
	KindPublic       = "public"
	KindPods         = "pods"
	KindControlPlane = "controlPlane"
)

// Zone is an availability zone with its subnets.
type Zone struct {
	Name string
	// Private holds nodes, pods and the control plane's interfaces; Public holds NAT gateways and internet-facing load
	// balancers.
	Private, Public netip.Prefix
	// Pods holds pods where network.podCidr is given, ControlPlane the control plane's interfaces where
	// network.controlPlaneSubnets asks for it; the zero prefix otherwise. The control plane is in the first two zones.
	Pods, ControlPlane netip.Prefix
	// IPv6 holds the indexes of the subnets' /64s in the VPC's IPv6 range, which Amazon assigns when the VPC is created.
	// They have no meaning in an IPv4 cluster.
	IPv6 IPv6Indexes
	// Reserved is the part of the private subnet reserved for the /28 prefixes of nodes, the zero
	// prefix for none.
	Reserved netip.Prefix
}

// The VPC is cut into four blocks, one a zone, and each block into a private half, a public quarter and a quarter that
// stays free for subnets to come, the control plane's among them. So a zone that is appended moves no other, and
// neither does an option.
const (
	blockBits   = 2
	privateBits = blockBits + 1
	publicBits  = blockBits + 2

	// MostZones is how many zones a VPC has room for.
	MostZones = 1 << blockBits
)

// smallestVPC is the length of the smallest VPC whose public subnets still have room for a NAT gateway and load
// balancers: a /27 has 27 usable addresses, and a load balancer wants 8 of them free
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer).
const smallestVPC = 27 - publicBits

// CheckRanges refuses ranges of the VPC and of pods that AWS does not take or that are too small for the subnets.
func CheckRanges(s *config.Stack, problems *config.Problems) {
	if vpc, ok := vpcRange(s, problems); ok {
		podRange(s, vpc, problems)
	}
}

// vpcRange returns network.cidr and whether it can be divided into subnets.
func vpcRange(s *config.Stack, problems *config.Problems) (vpc netip.Prefix, ok bool) {
	vpc, ok = ParseIPv4(s.Network.CIDR)
	if !ok {
		return vpc, false // config's problem
	}
	if bits := vpc.Bits(); bits < awsdata.LargestVPCBits || bits > smallestVPC {
		limit := fmt.Sprintf("at least a /%d is needed (public subnets of /27)", smallestVPC)
		if bits < awsdata.LargestVPCBits {
			limit = fmt.Sprintf("AWS supports no VPC larger than a /%d", awsdata.LargestVPCBits)
		}
		problems.Add("network.cidr", "%s: each zone would get a private /%d and a public /%d of it; %s, such as %s",
			vpc, bits+privateBits, bits+publicBits, limit, netip.PrefixFrom(vpc.Addr(), min(max(bits, awsdata.LargestVPCBits), smallestVPC)).Masked())
		return vpc, false
	}
	return vpc, checkReserved("network.cidr", vpc, fmt.Sprintf("10.0.0.0/%d", vpc.Bits()), problems)
}

// ComputeZones returns the subnets of each zone, none where CheckRanges refuses the VPC's range.
func ComputeZones(s *config.Stack) []Zone {
	var reported config.Problems // by CheckRanges
	vpc, ok := vpcRange(s, &reported)
	if !ok {
		return nil
	}
	n, pods := s.Network, podRange(s, vpc, &reported)
	var planned []Zone
	for i, name := range n.Zones[:min(len(n.Zones), MostZones)] {
		block := subdivide(vpc, blockBits, i)
		zone := Zone{
			Name:    name,
			Private: privateOf(vpc, i),
			Public:  subdivide(block, publicBits-blockBits, 2),
			IPv6:    ipv6Indexes(i),
		}
		if n.ControlPlaneSubnets && i < ControlPlaneZones {
			zone.ControlPlane = netip.PrefixFrom(subdivide(block, publicBits-blockBits, 3).Addr(), controlPlaneBits)
		}
		if pods.IsValid() {
			zone.Pods = subdivide(pods, blockBits, i)
		}
		if reservesPrefixes(s) {
			zone.Reserved = subdivide(zone.Private, 1, 1)
		}
		planned = append(planned, zone)
	}
	return planned
}

// privateOf returns the private range of the zone at a place in the list.
func privateOf(vpc netip.Prefix, place int) netip.Prefix {
	return subdivide(subdivide(vpc, blockBits, place), privateBits-blockBits, 0)
}

// EKS never takes a subnet of a zone that comes later, so the control plane is in the first two, whatever is appended
// (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). It wants 6 free addresses in each subnet; a /28 has 11.
const (
	ControlPlaneZones = 2
	controlPlaneBits  = 28
)

// reservesPrefixes reports whether half of each private subnet is kept for prefixes. Nodes take whole /28 blocks there,
// while the single addresses of nodes, load balancers, endpoints and control plane come from anywhere in a subnet: in
// time each block holds one, and none is whole. A reservation keeps them out
// (docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html). The half is the upper one, since AWS keeps
// the first four addresses of a subnet for itself, and no more than half, so that single addresses keep a range as
// large.
//
// An IPv6 cluster needs none: its nodes take /80 prefixes of the subnet's /64. Pods' subnets need none either. The only
// single addresses there are those of the interfaces that take the prefixes, each of which spoils one block for the
// whole ones that it holds. Subnets of public nodes need their few addresses for load balancers and gateways.
func reservesPrefixes(s *config.Stack) bool {
	return s.Addons.VPCCNI.PrefixDelegation && !s.Network.CustomNetworking() && s.HasPrivateNodes() && !s.Network.IPv6()
}

// ParseIPv4 parses an IPv4 range.
func ParseIPv4(text string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(text)
	return prefix, err == nil && prefix.Addr().Is4()
}

// subdivide returns the n-th of the ranges that come of cutting a range into 2^bits equal ones.
func subdivide(whole netip.Prefix, bits, n int) netip.Prefix {
	length := whole.Bits() + bits
	start := whole.Addr().As4()
	address := binary.BigEndian.Uint32(start[:]) + uint32(n)<<(32-length)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, address))), length)
}
