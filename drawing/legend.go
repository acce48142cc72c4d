package drawing

import (
	"fmt"
	"strings"

	"eksnet/config"
)

// addLegend adds the legend, which explains the numbered lines.
func (l *layout) addLegend(y int) int {
	f := l.add(nil, legendKind, box{margin, y, l.width - 2*margin, 0})
	l.write(f, f.x+pad, y+8, f.w-2*pad, 1, headingStyle, "Legend")
	y += 34
	numbered := l.marks
	for i, text := range l.notes {
		l.marks = append(l.marks, mark{numbered[i].flow, point{f.x + 22, y + 8}, i + 1})
		y = l.write(f, f.x+40, y, f.w-40-pad, 4, plainStyle, text) + 6
	}
	for _, text := range l.remarks() {
		y = l.write(f, f.x+40, y, f.w-40-pad, 4, plainStyle, text) + 6
	}
	f.h = y + 4 - f.y
	return f.bottom()
}

// remarks returns explanations that belong to no line.
func (l *layout) remarks() []string {
	texts := []string{"A box across the zones has resources in each of them. CIDR blocks show the addresses of a subnet; AWS reserves five of each."}
	if l.Network.NAT == config.NATNone {
		texts = append(texts, "There is no NAT gateway: nodes in private subnets reach AWS services only through endpoints, and pull every image from a private registry in the region.")
	}
	if l.Network.IPv6() {
		texts = append(texts, "Pods have IPv6 addresses of the subnet of their node. Private subnets connect to IPv6 hosts through the VPC's egress-only internet gateway, which accepts no connections from the internet, and to IPv4 hosts through NAT gateways. Load balancers have addresses of both families.")
	}
	if l.Network.PodCIDR != "" {
		texts = append(texts, "Pods have addresses in their own CIDR block; a node is in the private subnet, and the interfaces of its pods are in the pod subnet of the same zone.")
	}
	return texts
}

// describe returns a text description of the picture for screen readers.
func (l *layout) describe() string {
	var zones []string
	for _, z := range l.plan.Zones {
		out := "which has no egress"
		if gateway := l.plan.Gateway(z.Name); gateway != "" {
			out = "whose egress is the NAT gateway in " + gateway
		}
		zones = append(zones, fmt.Sprintf("zone %s with public subnet %s and private subnet %s, %s", z.Name, z.Public, z.Private, out))
	}
	return fmt.Sprintf("VPC %s: %s. %s, %s and %s.", l.cidrText(), strings.Join(zones, "; "),
		countOf(len(l.NodeGroups), "node group"), countOf(len(l.facing), "internet-facing load balancer"), countOf(len(l.internal), "internal one"))
}
