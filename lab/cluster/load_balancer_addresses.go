package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
	"eksnet/lab/rehearsed"
)

// publicRange has the public addresses of load balancers without Elastic IP addresses. It is a range for documentation
// (RFC 5737).
var publicRange = netip.MustParsePrefix("203.0.113.0/24")

// withoutSecurityGroups is the security group, in the network alone, of load balancers that have none: a Network Load
// Balancer without security groups accepts all packets
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
const withoutSecurityGroups = "sg-load-balancers-without"

// loadBalancerAddresses holds the addresses of load balancers, which remain the same for their life: by the ID of the
// load balancer, and by subnet.
type loadBalancerAddresses map[string]map[string]balancer.Zone

// assign sets the addresses of the zones of load balancers, and adds their network interfaces to the network. A load
// balancer for which there is no free address is omitted.
func (a *loadBalancerAddresses) assign(network *fabric.Spec, all []balancer.Spec) (usable []balancer.Spec,
	failed error) {
	before := *a
	*a = loadBalancerAddresses{}
	// Addresses of existing load balancers are taken before new ones are chosen.
	for _, s := range all {
		if kept := before[s.ID]; kept != nil {
			(*a)[s.ID] = kept
		}
	}
	for _, s := range all {
		zones := slices.Clone(s.Zones)
		if err := a.assignZones(network, &s, zones); err != nil {
			failed = errors.Join(failed, fmt.Errorf("load balancer %s: %w", s.Name, err))
			continue
		}
		s.Zones = zones
		usable = append(usable, s)
	}
	for _, s := range usable {
		addInterfaces(network, s)
	}
	return usable, failed
}

func (a loadBalancerAddresses) assignZones(network *fabric.Spec, s *balancer.Spec, zones []balancer.Zone) (err error) {
	chosen := map[string]balancer.Zone{}
	maps.Copy(chosen, a[s.ID])
	for i := range zones {
		z := &zones[i]
		known := chosen[z.Subnet]
		if !z.Address.IsValid() {
			z.Address = known.Address
		}
		if !z.Public.IsValid() && !s.Internal {
			z.Public = known.Public
		}
		if s.DualStack {
			z.IPv6 = known.IPv6
		}
		if !z.Address.IsValid() {
			if z.Address, err = a.freePrivateAddress(network, z.Subnet, ipv4Range); err != nil {
				return err
			}
		}
		if s.DualStack && !z.IPv6.IsValid() {
			if z.IPv6, err = a.freePrivateAddress(network, z.Subnet, ipv6Range); err != nil {
				return err
			}
		}
		if !z.Public.IsValid() && !s.Internal {
			if z.Public, err = a.freePublicAddress(network); err != nil {
				return err
			}
		}
		chosen[z.Subnet] = *z
		a[s.ID] = chosen
	}
	return nil
}

func ipv4Range(s fabric.Subnet) netip.Prefix { return s.Range }
func ipv6Range(s fabric.Subnet) netip.Prefix { return s.IPv6 }

// freePrivateAddress returns an address of one of a subnet's ranges that nothing has.
func (a loadBalancerAddresses) freePrivateAddress(network *fabric.Spec, id string,
	rangeOf func(fabric.Subnet) netip.Prefix) (netip.Addr, error) {
	i := slices.IndexFunc(network.Subnets, func(s fabric.Subnet) bool { return s.ID == id })
	if i < 0 {
		return netip.Addr{}, fmt.Errorf("subnet %s is not in the VPC", id)
	}
	subnet := rangeOf(network.Subnets[i])
	if !subnet.IsValid() {
		return netip.Addr{}, fmt.Errorf("subnet %s has no IPv6 range, which a dual-stack load balancer needs", id)
	}
	if subnet.Addr().Is6() {
		subnet = shortRange(subnet)
	}
	taken := takenAddresses(network)
	a.each(func(z balancer.Zone) { taken[z.Address], taken[z.IPv6] = true, true })
	address := rehearsed.LastAddress(subnet).Prev()
	for taken[address] || isDelegated(network, address) {
		address = address.Prev()
	}
	if !subnet.Contains(address) || address.Compare(subnet.Masked().Addr().Next()) <= 0 {
		return netip.Addr{}, fmt.Errorf("subnet %s has no free address", id)
	}
	return address, nil
}

func isDelegated(network *fabric.Spec, address netip.Addr) bool {
	return slices.ContainsFunc(network.Interfaces, func(i fabric.Interface) bool {
		return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Contains(address) })
	})
}

// freePublicAddress returns a public address that nothing has.
func (a loadBalancerAddresses) freePublicAddress(network *fabric.Spec) (netip.Addr, error) {
	taken := map[netip.Addr]bool{}
	for _, i := range network.Interfaces {
		taken[i.Public] = true
	}
	for _, g := range network.NATGateways {
		taken[g.Public] = true
	}
	for _, c := range network.Outside.Clients {
		taken[c] = true
	}
	a.each(func(z balancer.Zone) { taken[z.Public] = true })
	for address := publicRange.Addr().Next(); address != rehearsed.LastAddress(publicRange); address = address.Next() {
		if !taken[address] {
			return address, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("all public addresses of %s are taken", publicRange)
}

func (a loadBalancerAddresses) each(call func(balancer.Zone)) {
	for _, zones := range a {
		for _, z := range zones {
			call(z)
		}
	}
}

// addInterfaces adds the network interfaces of a load balancer, one for each zone.
func addInterfaces(network *fabric.Spec, s balancer.Spec) {
	preserves := slices.ContainsFunc(slices.Collect(maps.Values(s.TargetGroups)),
		func(g balancer.TargetGroup) bool { return g.PreserveClient })
	// A security group that has been deleted meanwhile is not in the network.
	groups := slices.DeleteFunc(slices.Clone(s.SecurityGroups), func(id string) bool {
		return !slices.ContainsFunc(network.SecurityGroups, func(g fabric.SecurityGroup) bool { return g.ID == id })
	})
	if len(s.SecurityGroups) == 0 {
		addOpenGroup(network)
		groups = []string{withoutSecurityGroups}
	}
	for device, z := range s.Zones {
		network.Interfaces = append(network.Interfaces, fabric.Interface{ID: interfaceID(s.ID, z.Subnet), Subnet: z.Subnet,
			Host: loadBalancerHost(s), DeviceIndex: device, Primary: z.Address, Public: z.Public, IPv6: z.IPv6, Groups: groups,
			Configure: true, ClientAddresses: preserves})
	}
}

// interfaceID returns the ID of the network interface of a load balancer in a subnet.
func interfaceID(id, subnet string) string {
	return fmt.Sprintf("eni-%x", sha256.Sum256([]byte(id+" "+subnet)))[:len("eni-")+17]
}

// addOpenGroup adds the security group of load balancers without one.
func addOpenGroup(network *fabric.Spec) {
	isOpen := func(g fabric.SecurityGroup) bool { return g.ID == withoutSecurityGroups }
	if slices.ContainsFunc(network.SecurityGroups, isOpen) {
		return
	}
	anywhere := []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}
	network.SecurityGroups = append(network.SecurityGroups, fabric.SecurityGroup{ID: withoutSecurityGroups,
		Rules: []fabric.Rule{{Protocol: "-1", CIDRs: anywhere}, {Egress: true, Protocol: "-1", CIDRs: anywhere}}})
}
