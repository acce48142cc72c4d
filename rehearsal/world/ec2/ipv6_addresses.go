package ec2

import (
	"net/netip"

	"eksnet/rehearsal/world/store"
)

// EC2 assigns addresses and prefixes anywhere in the /64 of a subnet
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html). Here single addresses are in the first /80
// and prefixes in the others, so that neither is in the way of the other.

// IPv6PrefixBits is the length of a prefix of IPv6 addresses.
const IPv6PrefixBits = 80

// reservedIPv6 is the number of addresses at the start of a subnet that AWS keeps
// (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
const reservedIPv6 = 4

// freeIPv6Address returns the lowest free address of a subnet.
func freeIPv6Address(w *store.Account, subnet *store.Object, block netip.Prefix) string {
	held := map[string]bool{}
	for _, o := range w.With(store.InterfaceType, "subnetId", subnet.ID) {
		for _, address := range InterfaceOf(o).IPv6 {
			held[address] = true
		}
	}
	address := block.Addr()
	for range reservedIPv6 {
		address = address.Next()
	}
	for held[address.String()] {
		address = address.Next()
	}
	return address.String()
}

// SetIPv6 assigns an IPv6 address to an interface that has none, or unassigns it.
func SetIPv6(w *store.Account, eni *store.Object, assigned bool) {
	subnet := w.Get(store.SubnetType, InterfaceOf(eni).Subnet)
	block, ok := ParseNetwork(SubnetOf(subnet).IPv6CIDR)
	switch {
	case !assigned:
		eni.Unset("ipv6Addresses")
	case ok && len(InterfaceOf(eni).IPv6) == 0:
		eni.Set("ipv6Addresses", []any{freeIPv6Address(w, subnet, block)})
	}
}

// FreeIPv6Prefix returns the lowest free prefix of a subnet, "" for a subnet without an IPv6 network.
func FreeIPv6Prefix(w *store.Account, subnet *store.Object) string {
	block, ok := ParseNetwork(SubnetOf(subnet).IPv6CIDR)
	if !ok {
		return ""
	}
	held := map[string]bool{}
	for _, o := range w.With(store.InterfaceType, "subnetId", subnet.ID) {
		for _, prefix := range InterfaceOf(o).IPv6Prefixes {
			held[prefix] = true
		}
	}
	for n := 1; ; n++ {
		bytes := block.Addr().As16()
		bytes[8], bytes[9] = byte(n>>8), byte(n)
		if prefix := netip.PrefixFrom(netip.AddrFrom16(bytes), IPv6PrefixBits).String(); !held[prefix] {
			return prefix
		}
	}
}

// ReachesIPv6Internet reports whether an interface with an IPv6 address in a subnet can open connections to the
// internet: through an internet gateway or an egress-only one of its VPC.
func ReachesIPv6Internet(w *store.Account, subnet *store.Object) bool {
	gateway := w.Get(store.EgressGatewayType, routeTo(w, subnet, allIPv6).EgressGateway)
	egressOnly := gateway != nil && EgressGatewayOf(gateway).VPC == SubnetOf(subnet).VPC
	switch w.Options.PublicAccessBlock {
	case store.BlockBidirectional:
		return false
	case store.BlockIngress:
		return egressOnly
	}
	return egressOnly || AcceptsIPv6(w, subnet)
}

// AcceptsIPv6 reports whether an interface with an IPv6 address in a subnet accepts connections from the internet:
// only an internet gateway forwards them.
func AcceptsIPv6(w *store.Account, subnet *store.Object) bool {
	return attachedGateway(w, routeTo(w, subnet, allIPv6).Gateway, SubnetOf(subnet).VPC) != nil
}
