package plan

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"eksnet/config"
)

// Zone is an availability zone with its subnets.
type Zone struct {
	Name string
	// Private holds nodes, pods and the control plane's interfaces; Public holds NAT gateways and internet-facing load balancers.
	Private, Public netip.Prefix
	// Pods holds pods where network.podCidr is given, ControlPlane the control plane's interfaces where network.controlPlaneSubnets
	// asks for it; the zero prefix otherwise. The control plane is in the first two zones.
	Pods, ControlPlane netip.Prefix
	// Reserved is the part of the private subnet from which nodes take /28 prefixes and nobody else anything, the zero prefix for none.
	Reserved netip.Prefix
}

// The VPC is cut into four blocks, one a zone, and each block into a private half, a public quarter and a quarter that
// stays free for subnets to come, the control plane's among them. So a zone that is appended moves no other, and neither does
// an option.
const (
	blockBits   = 2
	privateBits = blockBits + 1
	publicBits  = blockBits + 2
)

// smallest is the smallest VPC whose public subnets still have room for a NAT gateway and load balancers: a /27 has 27
// usable addresses, and a load balancer wants 8 of them free
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer).
// The largest is AWS's own limit (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
const largest, smallest = 16, 27 - publicBits

func zones(s *config.Stack, problems *config.Problems) []Zone {
	n := s.Network
	vpc, ok := ipv4(n.CIDR)
	if !ok {
		return nil
	}
	if bits := vpc.Bits(); bits < largest || bits > smallest {
		limit := fmt.Sprintf("a /%d at least is needed (public subnets of /27)", smallest)
		if bits < largest {
			limit = fmt.Sprintf("AWS makes no VPC larger than a /%d", largest)
		}
		problems.Add("network.cidr", "%s: each zone would get a private /%d and a public /%d of it; %s, such as %s",
			vpc, bits+privateBits, bits+publicBits, limit, netip.PrefixFrom(vpc.Addr(), min(max(bits, largest), smallest)).Masked())
		return nil
	}
	if !notReserved("network.cidr", vpc, fmt.Sprintf("10.0.0.0/%d", vpc.Bits()), problems) {
		return nil
	}
	pods := podRange(s, vpc, problems)
	var planned []Zone
	for i, name := range n.Zones[:min(len(n.Zones), 1<<blockBits)] {
		block := nth(vpc, blockBits, i)
		zone := Zone{
			Name:    name,
			Private: privateOf(vpc, i),
			Public:  nth(block, publicBits-blockBits, 2),
		}
		if n.ControlPlaneSubnets && i < ControlPlaneZones {
			zone.ControlPlane = netip.PrefixFrom(nth(block, publicBits-blockBits, 3).Addr(), controlPlaneBits)
		}
		if pods.IsValid() {
			zone.Pods = nth(pods, blockBits, i)
		}
		if reserves(s) {
			zone.Reserved = nth(zone.Private, 1, 1)
		}
		planned = append(planned, zone)
	}
	return planned
}

// privateOf is the private range of the zone at a place in the list.
func privateOf(vpc netip.Prefix, place int) netip.Prefix {
	return nth(nth(vpc, blockBits, place), privateBits-blockBits, 0)
}

// EKS never takes a subnet of a zone that comes later, so the control plane is in the first two, whatever is appended
// (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). It wants 6 free addresses in each subnet; a /28 has 11.
const (
	ControlPlaneZones = 2
	controlPlaneBits  = 28
)

// reserves tells whether half of each private subnet is kept for prefixes. Nodes take whole /28 blocks there, while the single
// addresses of nodes, load balancers, endpoints and control plane come from anywhere in a subnet: in time each block holds one, and none
// is whole. A reservation keeps them out (docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html). The half is the
// upper one, since AWS keeps the first four addresses of a subnet for itself, and no more than half, so that single addresses keep
// a range as large.
//
// Pods' subnets need none. The only single addresses there are those of the interfaces that take the prefixes, each of which spoils
// one block for the whole ones that it holds. Subnets of public nodes need their few addresses for load balancers and gateways.
func reserves(s *config.Stack) bool {
	return s.Addons.VPCCNI.PrefixDelegation && s.Network.PodCIDR == "" && privateNodes(s.NodeGroups)
}

// ipv4 reads an IPv4 range.
func ipv4(text string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(text)
	return prefix, err == nil && prefix.Addr().Is4()
}

// nth is the n-th of the ranges that come of cutting a range into 2^bits equal ones.
func nth(whole netip.Prefix, bits, n int) netip.Prefix {
	length := whole.Bits() + bits
	start := whole.Addr().As4()
	address := binary.BigEndian.Uint32(start[:]) + uint32(n)<<(32-length)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, address))), length)
}
