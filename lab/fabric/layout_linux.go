package fabric

import (
	"cmp"
	"net/netip"
	"slices"
)

var (
	anywhere     = netip.MustParsePrefix("0.0.0.0/0")
	anywhereIPv6 = netip.MustParsePrefix("::/0")
	// outsideGateway is the gateway of all hosts outside of the VPC. No host has the address; it is a documentation
	// address (RFC 5737).
	outsideGateway = netip.MustParseAddr("192.0.2.1")
	// internetAddress is the gateway from the VPC to the internet. The internet sends ICMP errors from it.
	internetAddress = netip.MustParseAddr("192.0.2.2")
	// internetIPv6 is a documentation address too (RFC 3849).
	internetIPv6 = netip.MustParseAddr("2001:db8:ffff::2")
	// routerIPv6 and hostIPv6 are the gateways for IPv6 of both ends of each link. No interface has these addresses: the
	// ends have permanent neighbor entries for them.
	routerIPv6 = netip.MustParseAddr("fe80::1")
	hostIPv6   = netip.MustParseAddr("fe80::2")
)

const (
	mainTable      = 254
	vpcTable       = 10
	firstTable     = 1000 // a route table, or answers to an interface, has this number and that of its ID
	hostTable      = 100  // the table of a host's interface ethn is this and n
	markPriority   = 400
	vpcPriority    = 500
	tablePriority  = 1000
	sourcePriority = 100
	defaultMTU     = 9001
	internetMTU    = 1500
)

// numbering gives each name a number from 1 on that does not change.
type numbering map[string]int

func (n numbering) of(name string) int {
	if n[name] == 0 {
		n[name] = len(n) + 1
	}
	return n[name]
}

// layout returns the objects of the network in the order of their creation.
func layout(s *Spec, numbers numbering) []object {
	b := builder{Spec: s, numbers: numbers}
	b.addOutside()
	b.addInternetGateway()
	for _, g := range s.NATGateways {
		b.addNATGateway(g)
	}
	for _, i := range s.Interfaces {
		b.addInterface(i)
	}
	for _, subnet := range s.Subnets {
		b.add(address{vpcName, "lo", netip.PrefixFrom(subnet.gateway(), 32)})
		if subnet.IPv6.IsValid() { // ICMP errors have this source
			b.add(address{vpcName, "lo", single(subnet.IPv6.Masked().Addr().Next())})
		}
	}
	for _, r := range s.Ranges {
		b.add(route{namespace: vpcName, table: vpcTable, destination: r.Masked()})
	}
	b.addRule(rule{namespace: vpcName, priority: vpcPriority, table: vpcTable})
	for _, table := range s.RouteTables {
		b.addRouteTable(table)
	}
	return b.objects
}

// builder collects objects.
type builder struct {
	*Spec
	numbers numbering
	objects []object
}

func (b *builder) add(objects ...object) { b.objects = append(b.objects, objects...) }

// addRule adds a rule, and the same for IPv6 in a VPC with an IPv6 range.
func (b *builder) addRule(r rule) {
	b.add(r)
	if b.isIPv6() {
		r.ipv6 = true
		b.add(r)
	}
}

// single returns the range of one address.
func single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// addOutside adds the hosts in the internet and in the other network.
func (b *builder) addOutside() {
	attach := func(router, host string, addresses ...netip.Addr) {
		l := newOutsideLink(router, host, addresses[0])
		l.ipv6 = slices.ContainsFunc(addresses, netip.Addr.Is6)
		b.add(l)
		for _, a := range addresses[1:] {
			b.add(address{host, DeviceName(0), single(a)})
		}
		for _, a := range addresses {
			table, gateway := mainTable, addresses[0]
			if router == vpcName {
				table = vpcTable
			}
			if a.Is6() {
				gateway = hostIPv6
			}
			b.add(route{router, table, single(a), host, gateway})
		}
	}
	if len(b.Outside.Clients) > 0 {
		attach(internetName, clientName, b.Outside.Clients...)
	}
	if server := b.Outside.Server; server.IsValid() {
		addresses := []netip.Addr{server}
		if b.Outside.ServerIPv6.IsValid() {
			addresses = append(addresses, b.Outside.ServerIPv6)
		}
		attach(internetName, serverName, addresses...)
	}
	if b.Other.Gateway != "" {
		b.add(newOutsideLink(vpcName, otherName, b.Other.Address))
	}
}

func newOutsideLink(router, host string, a netip.Addr) link {
	return link{router: router, name: host, host: host, peer: DeviceName(0), id: host, mtu: internetMTU,
		mac: newMAC(host).String(), address: netip.PrefixFrom(a, 32), gateway: outsideGateway, routed: a}
}

// addInternetGateway adds the link to the internet, which exists also without an internet gateway.
func (b *builder) addInternetGateway() {
	b.add(address{internetName, "lo", netip.PrefixFrom(internetAddress, 32)})
	b.add(link{router: vpcName, name: internetName, host: internetName, peer: vpcName, id: internetName,
		mtu: internetMTU, mac: newMAC(internetName).String(), gateway: outsideGateway, routed: internetAddress,
		ipv6: b.isIPv6()})
	if b.isIPv6() {
		b.add(address{internetName, "lo", single(internetIPv6)})
	}
	for _, r := range b.Ranges {
		gateway := outsideGateway
		if r.Addr().Is6() {
			gateway = routerIPv6
		}
		b.add(route{internetName, mainTable, r.Masked(), vpcName, gateway})
	}
}

func (b *builder) addNATGateway(g NATGateway) {
	subnet := b.subnet(g.Subnet)
	b.add(link{router: vpcName, name: LinkName(g.ID), host: natFolder + g.ID, peer: DeviceName(0), id: g.ID, mtu: b.mtu(),
		mac: newMAC(g.ID).String(), address: netip.PrefixFrom(g.Private, subnet.Range.Bits()), gateway: subnet.gateway(),
		routed: g.Private},
		route{vpcName, vpcTable, netip.PrefixFrom(g.Private, 32), LinkName(g.ID), g.Private})
	b.addTableRule(*subnet, g.ID)
}

func (b *builder) mtu() int { return cmp.Or(b.MTU, defaultMTU) }

// addTableRule selects the route table of the subnet for packets of an interface.
func (b *builder) addTableRule(s Subnet, id string) {
	if s.RouteTable != "" {
		b.addRule(rule{namespace: vpcName, priority: tablePriority, table: b.table(s.RouteTable), device: LinkName(id)})
	}
}

func (b *builder) table(id string) int { return firstTable + b.numbers.of(id) }

func (b *builder) addInterface(i Interface) {
	subnet, name := b.subnet(i.Subnet), LinkName(i.ID)
	mac := i.MAC
	if mac == nil {
		mac = newMAC(i.ID)
	}
	l := link{router: vpcName, name: name, host: hostFolder + i.Host, peer: DeviceName(i.DeviceIndex), id: i.ID,
		mtu: b.mtu(), mac: mac.String(), routed: i.Primary}
	if i.DeviceIndex == 0 {
		l.address, l.gateway = netip.PrefixFrom(i.Primary, subnet.Range.Bits()), subnet.gateway()
	}
	l.ipv6 = i.IPv6.IsValid()
	b.add(l)
	if i.IPv6.IsValid() && i.DeviceIndex == 0 {
		b.add(address{l.host, l.peer, single(i.IPv6)})
	}
	for _, destination := range i.ranges() {
		b.add(route{vpcName, vpcTable, destination, name, i.gatewayFor(destination)})
	}
	b.addTableRule(*subnet, i.ID)
	if i.ClientAddresses {
		for _, destination := range i.anywhere() {
			b.add(route{vpcName, b.table(i.ID), destination, name, i.gatewayFor(destination)})
		}
		b.addRule(rule{namespace: vpcName, priority: markPriority, table: b.table(i.ID), mark: b.numbers.of(i.ID)})
	}
	if i.Configure {
		b.configureHost(i, *subnet, l)
	}
}

// gatewayFor returns the gateway of the router's routes to the host for a destination.
func (i Interface) gatewayFor(destination netip.Prefix) netip.Addr {
	if destination.Addr().Is6() {
		return hostIPv6
	}
	return i.Primary
}

// anywhere returns the destinations of default routes of the interface's families.
func (i Interface) anywhere() []netip.Prefix {
	if i.IPv6.IsValid() {
		return []netip.Prefix{anywhere, anywhereIPv6}
	}
	return []netip.Prefix{anywhere}
}

// ranges returns the addresses and prefixes of a network interface, without addresses in its prefixes.
func (i Interface) ranges() []netip.Prefix {
	var ranges []netip.Prefix
	for _, prefix := range i.Prefixes {
		ranges = append(ranges, prefix.Masked())
	}
	inPrefix := func(a netip.Addr) bool {
		return slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	own := []netip.Addr{i.Primary}
	if i.IPv6.IsValid() {
		own = append(own, i.IPv6)
	}
	for _, a := range append(own, i.Secondary...) {
		if !inPrefix(a) {
			ranges = append(ranges, single(a))
		}
	}
	return ranges
}

// configureHost adds the configuration of an interface that the host's end of the link does not have: secondary
// addresses, and the routing table of an interface other than eth0.
func (b *builder) configureHost(i Interface, s Subnet, l link) {
	addresses := i.Secondary
	if i.DeviceIndex > 0 {
		addresses = append([]netip.Addr{i.Primary}, addresses...)
		if i.IPv6.IsValid() {
			addresses = append(addresses, i.IPv6)
		}
	}
	for _, a := range addresses {
		b.add(address{l.host, l.peer, single(a)})
	}
	if i.DeviceIndex == 0 {
		return
	}
	table := hostTable + i.DeviceIndex
	b.add(route{l.host, table, anywhere, l.peer, s.gateway()})
	if i.IPv6.IsValid() {
		b.add(route{l.host, table, anywhereIPv6, l.peer, routerIPv6})
	}
	for _, a := range addresses {
		b.add(rule{namespace: l.host, priority: sourcePriority, table: table, source: a, ipv6: a.Is6()})
	}
}

// addRouteTable adds the routes of a route table.
func (b *builder) addRouteTable(t RouteTable) {
	for _, r := range t.Routes {
		to := route{namespace: vpcName, table: b.table(t.ID), destination: r.Destination.Masked()}
		ipv6 := r.Destination.Addr().Is6()
		switch r.Target {
		case "":
		case b.InternetGateway, b.EgressOnlyGateway:
			to.device, to.gateway = internetName, internetAddress
			if ipv6 {
				to.gateway = hostIPv6
			}
		case b.Other.Gateway:
			to.device, to.gateway = otherName, b.Other.Address
		default:
			if g := b.natGateway(r.Target); g != nil {
				to.device, to.gateway = LinkName(g.ID), g.Private
			} else if i := b.networkInterface(r.Target); i != nil {
				to.device, to.gateway = LinkName(i.ID), i.gatewayFor(r.Destination)
			}
		}
		b.add(to)
	}
}
