package drawing

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/address"
)

// addPrivateRow adds the private subnets: nodes, internal load balancers, interface endpoints, and the control plane's
// interfaces if they have no subnets of their own.
func (l *layout) addPrivateRow(y int) int {
	r := l.newRow(y, privateKind, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Private subnet", z.Private, slices.Concat(l.routeTexts(z), l.ipv6Texts(z.IPv6.Private, "egress-only gateway"), []string{l.demandText(z.Name, address.KindPrivate), reservedText(z)})
	})
	for i, zone := range l.plan.Zones {
		l.drawDefaultRoute(r.subnets[i], l.plan.Gateway(zone.Name))
	}
	for _, b := range l.internal {
		l.addBalancer(r, b)
	}
	for _, name := range l.groups(config.PrivateSubnets) {
		l.addNodeGroup(r, name, "")
	}
	l.addInterfaceEndpoints(r)
	if !l.Network.ControlPlaneSubnets {
		l.addControlPlaneInterfaces(r)
	}
	return r.close()
}

// routeTexts returns the routes of a zone's private route table.
func (l *layout) routeTexts(z address.Zone) []string {
	out := "No route to the internet"
	if gateway := l.plan.Gateway(z.Name); gateway != "" {
		out = "Route 0.0.0.0/0 → NAT gateway in " + gateway
	}
	return []string{out, "Route S3 → gateway endpoint"}
}

// ipv6Texts returns the IPv6 range of a subnet by its index, and its default route; none in an IPv4 cluster.
func (l *layout) ipv6Texts(index int, gateway string) []string {
	if !l.Network.IPv6() {
		return nil
	}
	return []string{fmt.Sprintf("IPv6: /64 number %d of the /56", index), "Route ::/0 → " + gateway}
}

func reservedText(z address.Zone) string {
	if !z.Reserved.IsValid() {
		return ""
	}
	return z.Reserved.String() + " is reserved for prefixes of pods"
}

// drawDefaultRoute draws the default route of a private subnet to a NAT gateway.
func (l *layout) drawDefaultRoute(subnet *frame, zone string) {
	nat := l.nats[zone]
	if nat == nil {
		return
	}
	if x := subnet.centerX(); x == nat.centerX() {
		l.draw(egressFlow, point{x, subnet.y}, point{x, nat.bottom()})
		return
	}
	level := subnet.y - gap
	l.draw(egressFlow, point{subnet.centerX(), subnet.y}, point{subnet.centerX(), level}, point{nat.right() - 2*pad, level}, point{nat.right() - 2*pad, nat.bottom()})
}

// addInterfaceEndpoints adds the interface endpoints.
func (l *layout) addInterfaceEndpoints(r *row) {
	if len(l.plan.Endpoints) == 0 {
		return
	}
	l.addBar(r, endpointKind, func(f *frame, x, y, width int) int {
		y = l.write(f, x, y, width, 1, nameStyle, "Interface endpoints of "+countOf(len(l.plan.Endpoints), "AWS service"))
		y = l.write(f, x, y, width, 3, plainStyle, strings.Join(l.plan.Endpoints, ", "))
		return l.write(f, x, y, width, 2, smallStyle, "Each has an interface in every zone, through which the VPC reaches the service without the internet, only over HTTPS.")
	})
}

// addNodeGroup adds a node group across the zones.
func (l *layout) addNodeGroup(r *row, group, more string) {
	g := l.NodeGroups[group]
	size := fmt.Sprintf("%s initially, %d to %d", countOf(g.Scaling.Desired, "node"), g.Scaling.Min, g.Scaling.Max)
	holds := "spread over the zones" + more
	if c, known := l.capacity(group); known {
		holds = fmt.Sprintf("up to %s on each%s", countOf(c.MaxPods, "pod"), more)
	}
	capacity := map[string]string{config.OnDemand: "on demand", config.Spot: "spot"}[g.Capacity]
	l.addBar(r, nodesKind, func(f *frame, x, y, width int) int {
		y = l.writeCells(f, x, y, width, cell{firstColumn, nameStyle, "Nodes" + noBreakSpace + group}, cell{secondColumn, plainStyle, strings.Join(g.InstanceTypes, ", ")}, cell{thirdColumn, plainStyle, size})
		return l.writeCells(f, x, y, width, cell{firstColumn, smallStyle, capacity}, cell{secondColumn, smallStyle, g.AMI}, cell{thirdColumn, smallStyle, holds})
	})
}
