package drawing

import (
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
)

// addPublicRow adds the public subnets: internet-facing load balancers, NAT gateways, and nodes in public subnets.
func (l *layout) addPublicRow(y int) int {
	r := l.newRow(y, publicKind, func(z address.Zone) (string, netip.Prefix, []string) {
		routes := append([]string{"Route 0.0.0.0/0 → internet gateway"}, l.ipv6Texts(z.IPv6.Public, "internet gateway")...)
		return "Public subnet", z.Public, append(routes, l.demandText(z.Name, address.KindPublic))
	})
	l.addInternetFacing(r)
	for _, name := range l.groups(config.PublicSubnets) {
		l.addNodeGroup(r, name, ", each with a public address")
	}
	if len(l.plan.Gateways) > 0 {
		l.addNATGateways(r)
	}
	return r.close()
}

// addInternetFacing adds the internet-facing load balancers, and the path of requests to them.
func (l *layout) addInternetFacing(r *row) {
	x := l.vpc.x + gutter/2
	for _, b := range l.facing {
		f := l.addBalancer(r, b)
		l.draw(requestFlow, point{x, l.gateway.bottom()}, point{x, f.y + f.h/2}, point{f.x, f.y + f.h/2})
	}
	if len(l.facing) > 0 {
		l.addNote(requestFlow, point{x, l.gateway.bottom() + gap + 6},
			"Requests pass the internet gateway to load balancers in the public subnets of all zones, which forward them to pods: to their addresses (ip), or to a port of every node (instance).")
	}
}

// addNATGateways adds the NAT gateways and the path from them to the internet.
func (l *layout) addNATGateways(r *row) {
	out := r.y + 2*gap - 4
	x := l.vpc.right() - gutter/2
	for i, zone := range l.plan.Zones {
		if !slices.Contains(l.plan.Gateways, zone.Name) {
			continue
		}
		s := l.zones[i]
		f := l.add(r.subnets[i], gatewayKind, box{s.x + aisle + pad, out + gap, s.w - 2*aisle - 2*pad, 46})
		l.write(f, f.x+pad, f.y+6, f.w-2*pad, 1, nameStyle, "NAT gateway")
		l.write(f, f.x+pad, f.y+23, f.w-2*pad, 1, smallStyle, "with its own public address")
		l.nats[zone.Name] = f
		l.draw(egressFlow, point{f.centerX(), f.y}, point{f.centerX(), out}, point{x, out}, point{x, l.gateway.bottom()})
		r.y = max(r.y, f.bottom())
	}
	l.addNote(egressFlow, point{x, l.gateway.bottom() + gap + 6}, l.egressText())
}

func (l *layout) egressText() string {
	if l.Network.NAT == config.NATSingle {
		return "Nodes and pods of every zone connect to the internet through the NAT gateway in " + l.plan.Gateways[0] + ", which accepts no connections from there. If that zone fails, no zone has egress."
	}
	return "Nodes and pods connect to the internet through the NAT gateway of their zone, which accepts no connections from there."
}
