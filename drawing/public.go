package drawing

import (
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
)

// publicRow are the public subnets: internet-facing load balancers and NAT gateways, and nodes where the operator wants them there.
func (l *layout) publicRow(y int) int {
	r := l.row(y, public, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Public subnet", z.Public, []string{"Route 0.0.0.0/0 → internet gateway", l.room(z.Name, address.KindPublic)}
	})
	l.arrivals(r)
	for _, name := range l.groups(config.PublicSubnets) {
		l.nodeGroup(r, name, ", each with a public address")
	}
	if len(l.plan.Gateways) > 0 {
		l.gateways(r)
	}
	return r.close()
}

// arrivals are the internet-facing load balancers, and the way of requests to them.
func (l *layout) arrivals(r *row) {
	x := l.vpc.x + gutter/2
	for _, b := range l.facing {
		f := l.balancer(r, b)
		l.draw(requests, point{x, l.gateway.bottom()}, point{x, f.y + f.h/2}, point{f.x, f.y + f.h/2})
	}
	if len(l.facing) > 0 {
		l.way(requests, point{x, l.gateway.bottom() + gap + 6},
			"Requests come in by the internet gateway to load balancers, which stand in the public subnets of all zones, and go on to pods: straight to their addresses (ip), or to a port of every node (instance).")
	}
}

// gateways are the NAT gateways, with their way out above them.
func (l *layout) gateways(r *row) {
	out := r.y + 2*gap - 4
	x := l.vpc.right() - gutter/2
	for i, zone := range l.plan.Zones {
		if !slices.Contains(l.plan.Gateways, zone.Name) {
			continue
		}
		s := l.zones[i]
		f := l.add(r.subnets[i], door, box{s.x + aisle + pad, out + gap, s.w - 2*aisle - 2*pad, 46})
		l.write(f, f.x+pad, f.y+6, f.w-2*pad, 1, name, "NAT gateway")
		l.write(f, f.x+pad, f.y+23, f.w-2*pad, 1, small, "with a public address of its own")
		l.nats[zone.Name] = f
		l.draw(leaving, point{f.middle(), f.y}, point{f.middle(), out}, point{x, out}, point{x, l.gateway.bottom()})
		r.y = max(r.y, f.bottom())
	}
	l.way(leaving, point{x, l.gateway.bottom() + gap + 6}, l.wayOut())
}

func (l *layout) wayOut() string {
	if l.Network.NAT == config.NATSingle {
		return "Nodes and pods of every zone leave by the one NAT gateway in " + l.plan.Gateways[0] + ", and answers come back by it; nobody gets in by it. If that zone fails, no zone has a way out."
	}
	return "Nodes and pods leave by the NAT gateway of their zone, and answers come back by it; nobody gets in by it."
}
