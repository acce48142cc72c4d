package plan

import (
	"encoding/binary"
	"net/netip"

	"eksnet/config"
)

// Zone is an availability zone with its subnets.
type Zone struct {
	Name string
	// Private holds nodes, pods and the control plane's interfaces; Public holds NAT gateways and internet-facing load balancers.
	Private, Public netip.Prefix
}

// The VPC is cut into four blocks, one a zone, and each block into a private half, a public quarter and a quarter that
// stays free for subnets to come. So a zone that is appended moves no other.
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

func zones(n config.Network, problems *config.Problems) []Zone {
	vpc, ok := ipv4(n.CIDR)
	if !ok {
		return nil
	}
	if bits := vpc.Bits(); bits < largest || bits > smallest {
		problems.Add("network.cidr", "%s: each zone would get a private /%d and a public /%d of it; a /%d at least is needed (public subnets of /27) and a /%d at most is accepted, such as %s",
			vpc, bits+privateBits, bits+publicBits, smallest, largest, netip.PrefixFrom(vpc.Addr(), min(max(bits, largest), smallest)).Masked())
		return nil
	}
	var planned []Zone
	for i, name := range n.Zones[:min(len(n.Zones), 1<<blockBits)] {
		block := nth(vpc, blockBits, i)
		planned = append(planned, Zone{
			Name:    name,
			Private: nth(block, privateBits-blockBits, 0),
			Public:  nth(block, publicBits-blockBits, 2),
		})
	}
	return planned
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
