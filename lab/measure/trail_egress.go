package measure

import (
	"fmt"
	"net/netip"
	"slices"

	"eksnet/lab/fabric"
	"eksnet/lab/rehearsed"
)

// leaveVPC continues from the node to a host outside of the VPC.
func (m *Measurement) leaveVPC(from pod, t *trail) error {
	predicted := m.Stack.Paths[0].Out
	n, err := m.node(from.node)
	if err != nil {
		return err
	}
	own, err := m.attachmentOf(from.Address)
	if err != nil {
		return err
	}
	if t.destination.Addr().Is6() {
		t.send(own)
		if m.Internet().IPv6 != t.destination.Addr() {
			return fmt.Errorf("hops to %s are not derived; accepted outside of the VPC: %s", t.destination.Addr(), m.Internet().IPv6)
		}
		t.receive(m.gateway())
		t.receive(m.outside(m.InternetGateway(), m.Internet().Network))
		return nil
	}
	if predicted.Translated {
		if own, err = m.attachmentOf(nodeAddress(n)); err != nil {
			return err
		}
		t.translate(netip.AddrPortFrom(nodeAddress(n), 0), t.destination, "beyond the VPC the node replaces the source by its own address (SNAT)", "the node replaces its address by the pod's")
	}
	t.send(own)
	if !predicted.Translated {
		return m.outsideVPC(own, "", t) // a pod has no public address
	}
	return m.outsideVPC(own, n.Interfaces[0].PublicIP, t)
}

// outsideVPC continues from the VPC to an IPv4 host outside of it. The source address has the public address, "" for
// none.
func (m *Measurement) outsideVPC(from attachment, public string, t *trail) error {
	switch t.destination.Addr() {
	case m.Other().Address:
		t.receive(m.outside(m.Router(), m.Other().Network))
		return nil
	case m.Internet().Address:
		return m.toInternet(from, public, t)
	}
	return fmt.Errorf("hops to %s are not derived; accepted outside of the VPC: %s, %s", t.destination.Addr(), m.Other().Address, m.Internet().Address)
}

// toInternet continues from the node by the route table of the subnet to the server on the internet. The source address
// has the public address, "" for none.
func (m *Measurement) toInternet(from attachment, public string, t *trail) error {
	if g, found := m.gatewayOf(from.subnet); found {
		private, err := netip.ParseAddr(g.PrivateIP)
		if err != nil {
			return fmt.Errorf("NAT gateway %s: %w", g.ID, err)
		}
		at := attachment{hostName(m.Router()), fabric.LinkName(g.ID), g.ID, fabric.DeviceName(0), g.Subnet}
		t.receive(at)
		t.translate(netip.AddrPortFrom(private, 0), t.destination, "the NAT gateway replaces the source by its private address",
			"the NAT gateway replaces its address by that of the sender")
		t.send(at)
		public = m.elasticAddress(g)
	}
	address, err := netip.ParseAddr(public)
	if err != nil {
		return fmt.Errorf("no hops to the internet: subnet %s has no NAT gateway, and %s no public address", from.subnet, t.source.Addr())
	}
	t.receive(m.gateway())
	t.translate(netip.AddrPortFrom(address, 0), t.destination, "the internet gateway replaces the private address by the public one",
		"the internet gateway replaces the public address by the private one")
	t.receive(m.outside(m.InternetGateway(), m.Internet().Network))
	return nil
}

// gatewayOf returns the NAT gateway of the default route of a subnet.
func (m *Measurement) gatewayOf(subnet string) (rehearsed.NATGateway, bool) {
	for _, table := range m.Stack.Network.RouteTables {
		if !slices.Contains(table.Subnets, subnet) {
			continue
		}
		for _, g := range m.Stack.Network.NATGateways {
			if g.ID == table.NATGateway {
				return g, true
			}
		}
	}
	return rehearsed.NATGateway{}, false
}

// elasticAddress returns the public address of a NAT gateway.
func (m *Measurement) elasticAddress(g rehearsed.NATGateway) string {
	for _, e := range m.Stack.ElasticIPs {
		if e.ID == g.Allocation {
			return e.PublicIP
		}
	}
	return ""
}
