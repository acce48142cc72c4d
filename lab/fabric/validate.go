package fabric

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// validation collects the problems of a Spec.
type validation struct {
	spec     *Spec
	problems []error
	owners   map[netip.Addr]string
	devices  map[string]string
}

func (v *validation) add(format string, values ...any) {
	v.problems = append(v.problems, fmt.Errorf(format, values...))
}

// validate returns all problems of a Spec.
func (s *Spec) validate() error {
	v := &validation{spec: s, owners: map[netip.Addr]string{}, devices: map[string]string{}}
	for _, name := range []string{"lo", internetName, otherName} {
		v.devices[name] = "the router"
	}
	v.checkSubnets()
	v.checkRoutes()
	for _, g := range s.NATGateways {
		v.checkAttached("NAT gateway "+g.ID, g.ID, g.Subnet, g.Private, g.Public)
	}
	for _, i := range s.Interfaces {
		v.checkInterface(i)
	}
	v.checkOutside()
	v.checkGroups()
	return errors.Join(v.problems...)
}

func (v *validation) checkSubnets() {
	for _, s := range v.spec.Subnets {
		if !slices.ContainsFunc(v.spec.Ranges, func(r netip.Prefix) bool {
			return s.Range.IsValid() && r.Contains(s.Range.Addr()) && r.Bits() <= s.Range.Bits()
		}) {
			v.add("subnet %s: range %s is not in the ranges of the VPC %v", s.ID, s.Range, v.spec.Ranges)
		}
		if s.IPv6.IsValid() && !slices.ContainsFunc(v.spec.Ranges, func(r netip.Prefix) bool {
			return r.Contains(s.IPv6.Addr()) && r.Bits() <= s.IPv6.Bits()
		}) {
			v.add("subnet %s: IPv6 range %s is not in the ranges of the VPC %v", s.ID, s.IPv6, v.spec.Ranges)
		}
		if s.RouteTable != "" && !slices.ContainsFunc(v.spec.RouteTables,
			func(t RouteTable) bool { return t.ID == s.RouteTable }) {
			v.add("subnet %s: there is no route table %s", s.ID, s.RouteTable)
		}
	}
}

func (v *validation) checkRoutes() {
	for _, table := range v.spec.RouteTables {
		for _, r := range table.Routes {
			if r.Target != "" && !v.spec.isTarget(r.Target) {
				v.add("route table %s: the target %q of the route to %s is no gateway or network interface of the VPC",
					table.ID, r.Target, r.Destination)
			}
			if !r.Destination.IsValid() {
				v.add("route table %s: destination %s is not a range", table.ID, r.Destination)
			}
			if r.Target != "" && (r.Destination.Addr().Is6() && v.spec.natGateway(r.Target) != nil ||
				r.Destination.Addr().Is4() && r.Target == v.spec.EgressOnlyGateway) {
				v.add("route table %s: target %s of the route to %s is of the other family: a NAT gateway translates IPv4 "+
					"addresses, an egress-only internet gateway forwards IPv6", table.ID, r.Target, r.Destination)
			}
		}
	}
}

// checkAttached checks what network interfaces and NAT gateways have in common.
func (v *validation) checkAttached(name, id, subnet string, private, public netip.Addr) {
	if device := LinkName(id); v.devices[device] != "" {
		v.add("%s: the name %s of its link is that of %s: IDs must differ in their last %d characters", name, device,
			v.devices[device], longestName-len(natPrefix))
	} else {
		v.devices[device] = name
	}
	if s := v.spec.subnet(subnet); s == nil {
		v.add("%s: there is no subnet %s", name, subnet)
	} else if !s.Range.Contains(private) || private == s.gateway() {
		v.add("%s: address %s is not an address of hosts in subnet %s (%s)", name, private, s.ID, s.Range)
	}
	v.checkAddress(name, private)
	if public.IsValid() {
		v.checkAddress(name, public)
	}
}

// checkAddress checks that an address is an IPv4 address of one owner.
func (v *validation) checkAddress(name string, address netip.Addr) {
	if !address.Is4() {
		v.add("%s: %s is not an IPv4 address", name, address)
		return
	}
	v.checkOwner(name, address)
}

// checkOwner checks that an address of any family has one owner.
func (v *validation) checkOwner(name string, address netip.Addr) {
	if !address.IsValid() {
		v.add("%s: %s is not an address", name, address)
		return
	}
	if owner := v.owners[address]; owner != "" {
		v.add("%s: address %s belongs to %s", name, address, owner)
	}
	v.owners[address] = name
}

func (v *validation) checkInterface(i Interface) {
	name := "network interface " + i.ID
	v.checkAttached(name, i.ID, i.Subnet, i.Primary, i.Public)
	if i.IPv6.IsValid() {
		if s := v.spec.subnet(i.Subnet); s != nil && !s.IPv6.Contains(i.IPv6) {
			v.add("%s: IPv6 address %s is not in subnet %s (%s)", name, i.IPv6, s.ID, s.IPv6)
		}
		v.checkOwner(name, i.IPv6)
	}
	for _, address := range i.Secondary {
		v.checkOwner(name, address)
	}
	for _, prefix := range i.Prefixes {
		if !prefix.IsValid() || prefix.Addr().Is6() && !i.IPv6.IsValid() {
			v.add("%s: prefix %s is not a range of a family of which the interface has an address", name, prefix)
		}
	}
	if i.Host == "" || strings.ContainsAny(i.Host, "/ ") || strings.HasPrefix(i.Host, ".") {
		v.add("%s: host %q is not a file name", name, i.Host)
	}
	device := i.Host + " " + DeviceName(i.DeviceIndex)
	if other := v.devices[device]; other != "" {
		v.add("%s: host %s has device index %d for %s: give each of its interfaces another one", name, i.Host,
			i.DeviceIndex, other)
	}
	v.devices[device] = name
	for _, group := range i.Groups {
		v.checkGroup(name, group)
	}
}

func (v *validation) checkGroup(name, group string) {
	if !slices.ContainsFunc(v.spec.SecurityGroups, func(g SecurityGroup) bool { return g.ID == group }) {
		v.add("%s: there is no security group %s", name, group)
	}
}

func (v *validation) checkOutside() {
	for place, address := range v.spec.Outside.Clients {
		if place == 0 {
			v.checkAddress("the client outside", address)
		} else {
			v.checkOwner("the client outside", address)
		}
	}
	if address := v.spec.Outside.Server; address.IsValid() {
		v.checkAddress("the server outside", address)
	}
	if address := v.spec.Outside.ServerIPv6; address.IsValid() {
		v.checkOwner("the server outside", address)
	}
	if o := v.spec.Other; o.Gateway != "" {
		v.checkAddress("the other network", o.Address)
		if !o.Range.Contains(o.Address) {
			v.add("the other network: address %s is not in its range %s", o.Address, o.Range)
		}
	}
}

func (v *validation) checkGroups() {
	seen := map[string]bool{}
	for _, g := range v.spec.SecurityGroups {
		name := "security group " + g.ID
		if seen[g.ID] || !isIdentifier(g.ID) {
			v.add("%s: its ID must be unique and consist of letters, digits and hyphens", name)
		}
		seen[g.ID] = true
		for _, r := range g.Rules {
			if _, err := r.protocolMatch(); err != nil {
				v.add("%s: %w", name, err)
			}
			for _, group := range r.Groups {
				v.checkGroup("a rule of "+name, group)
			}
		}
	}
}

// isIdentifier reports whether nft accepts a text as a name.
func isIdentifier(text string) bool {
	for place, c := range text {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (place == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return text != ""
}
