package cluster

import (
	"net/netip"

	"eksnet/lab/fabric"
	"eksnet/lab/rehearsed"
)

// clientInterface returns the network interface of the client: in the first public subnet of the VPC, or else in the
// first one, with all security groups, so that nodes accept its packets as those of each load balancer.
func (l *Lab) clientInterface(spec *fabric.Spec) (fabric.Interface, error) {
	subnet := clientSubnet(l.Stack.Network.Subnets)
	i := fabric.Interface{ID: "eni-00000000000000000", Subnet: subnet.ID, Host: client, Primary: l.clientAddress,
		IPv6: l.clientIPv6}
	for _, g := range spec.SecurityGroups {
		i.Groups = append(i.Groups, g.ID)
	}
	if i.Primary.IsValid() {
		return i, nil
	}
	prefix, err := netip.ParsePrefix(subnet.CIDR)
	if err != nil {
		return i, err
	}
	i.Primary = highestFreeAddress(prefix, spec)
	if ipv6, err := netip.ParsePrefix(subnet.IPv6CIDR); err == nil {
		i.IPv6 = highestFreeAddress(shortRange(ipv6), spec)
	}
	return i, nil
}

func clientSubnet(subnets []rehearsed.Subnet) rehearsed.Subnet {
	for _, s := range subnets {
		if s.Public {
			return s
		}
	}
	return subnets[0]
}

// highestFreeAddress returns the highest address of a subnet that no network interface has. AWS reserves the last one,
// and assigns the low ones.
func highestFreeAddress(subnet netip.Prefix, spec *fabric.Spec) netip.Addr {
	taken := takenAddresses(spec)
	a := rehearsed.LastAddress(subnet).Prev()
	for taken[a] {
		a = a.Prev()
	}
	return a
}

// takenAddresses returns the private addresses of network interfaces and NAT gateways.
func takenAddresses(spec *fabric.Spec) map[netip.Addr]bool {
	taken := map[netip.Addr]bool{}
	for _, i := range spec.Interfaces {
		taken[i.Primary], taken[i.IPv6] = true, true
		for _, a := range i.Secondary {
			taken[a] = true
		}
	}
	for _, g := range spec.NATGateways {
		taken[g.Private] = true
	}
	return taken
}
