package drawing

import (
	"fmt"
	"net/netip"
	"strings"

	"eksnet/config"
	"eksnet/plan/address"
)

// privateRow are the private subnets: nodes, internal load balancers, interface endpoints, and the control plane's interfaces where
// they have no subnets of their own.
func (l *layout) privateRow(y int) int {
	r := l.row(y, private, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Private subnet", z.Private, append(l.routes(z), l.room(z.Name, address.KindPrivate), reserved(z))
	})
	for i, zone := range l.plan.Zones {
		l.toGateway(r.subnets[i], l.plan.Gateway(zone.Name))
	}
	for _, b := range l.internal {
		l.balancer(r, b)
	}
	for _, name := range l.groups(config.PrivateSubnets) {
		l.nodeGroup(r, name, "")
	}
	l.interfaceEndpoints(r)
	if !l.Network.ControlPlaneSubnets {
		l.stand(r)
	}
	return r.close()
}

// routes are those of a zone's private route tables.
func (l *layout) routes(z address.Zone) []string {
	out := "No route to the internet"
	if gateway := l.plan.Gateway(z.Name); gateway != "" {
		out = "Route 0.0.0.0/0 → NAT gateway in " + gateway
	}
	return []string{out, "Route S3 → gateway endpoint"}
}

func reserved(z address.Zone) string {
	if !z.Reserved.IsValid() {
		return ""
	}
	return z.Reserved.String() + " is kept for pods' prefixes"
}

// toGateway draws the default route of a private subnet, beside those of other zones.
func (l *layout) toGateway(subnet *frame, zone string) {
	nat := l.nats[zone]
	if nat == nil {
		return
	}
	if x := subnet.middle(); x == nat.middle() {
		l.draw(leaving, point{x, subnet.y}, point{x, nat.bottom()})
		return
	}
	level := subnet.y - gap
	l.draw(leaving, point{subnet.middle(), subnet.y}, point{subnet.middle(), level}, point{nat.right() - 2*pad, level}, point{nat.right() - 2*pad, nat.bottom()})
}

// interfaceEndpoints are services that are reached without the internet.
func (l *layout) interfaceEndpoints(r *row) {
	if len(l.plan.Endpoints) == 0 {
		return
	}
	l.bar(r, endpoint, func(f *frame, x, y, width int) int {
		y = l.write(f, x, y, width, 1, name, "Interface endpoints of "+count(len(l.plan.Endpoints), "AWS service"))
		y = l.write(f, x, y, width, 3, plain, strings.Join(l.plan.Endpoints, ", "))
		return l.write(f, x, y, width, 2, small, "Each has an interface in every zone, by which the VPC reaches the service without the internet, by HTTPS alone.")
	})
}

// nodeGroup is a group of nodes, which are spread over the zones.
func (l *layout) nodeGroup(r *row, group, more string) {
	g := l.NodeGroups[group]
	size := fmt.Sprintf("%s to begin with, %d to %d", count(g.Scaling.Desired, "node"), g.Scaling.Min, g.Scaling.Max)
	holds := "spread over the zones" + more
	if c, known := l.capacity(group); known {
		holds = fmt.Sprintf("up to %s on each%s", count(c.MaxPods, "pod"), more)
	}
	capacity := map[string]string{config.OnDemand: "on demand", config.Spot: "spot"}[g.Capacity]
	l.bar(r, nodes, func(f *frame, x, y, width int) int {
		y = l.cells(f, x, y, width, cell{first, name, "Nodes" + joined + group}, cell{second, plain, strings.Join(g.InstanceTypes, ", ")}, cell{third, plain, size})
		return l.cells(f, x, y, width, cell{first, small, capacity}, cell{second, small, g.AMI}, cell{third, small, holds})
	})
}
