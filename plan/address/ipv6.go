package address

import "net/netip"

// Amazon assigns a VPC a /56, and a subnet has a /64 (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
// IPv6 VPC CIDR blocks). As with IPv4, each zone has a block of its own, here of 64 subnets, so that an appended zone
// moves no other.
const (
	vpcIPv6Bits    = 56
	subnetIPv6Bits = 64
	subnetsPerZone = 1 << (subnetIPv6Bits - vpcIPv6Bits) / MostZones
)

// IPv6Indexes are the indexes of a zone's subnets among the /64s of the VPC's IPv6 range.
type IPv6Indexes struct{ Private, Public, ControlPlane int }

// ipv6Indexes returns the indexes of the zone at a place in the list.
func ipv6Indexes(place int) IPv6Indexes {
	first := place * subnetsPerZone
	return IPv6Indexes{Private: first, Public: first + 1, ControlPlane: first + 2}
}

// IPv6Subnet returns the /64 with an index of the VPC's IPv6 range.
func IPv6Subnet(vpc netip.Prefix, index int) netip.Prefix {
	bytes := vpc.Masked().Addr().As16()
	bytes[subnetIPv6Bits/8-1] |= byte(index)
	return netip.PrefixFrom(netip.AddrFrom16(bytes), subnetIPv6Bits)
}
