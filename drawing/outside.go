package drawing

import (
	"fmt"
	"strings"

	"eksnet/config"
)

// addInternet adds the clients and services outside of the AWS region.
func (l *layout) addInternet(y int) int {
	all := l.add(nil, outsideKind, box{margin, y, l.width - 2*margin, 0})
	l.write(all, all.x+pad+4, y+8, all.w/2, 1, headingStyle, "Internet")
	y += 32
	width := (all.w - 4*gap) / 3
	card := func(i int, title, text string) *frame {
		f := l.add(all, actorKind, box{all.x + gap + i*(width+gap), y, width, 0})
		below := l.write(f, f.x+pad, y+8, width-2*pad, 2, nameStyle, title)
		f.h = l.write(f, f.x+pad, below, width-2*pad, 3, smallStyle, text) + 6 - y
		return f
	}
	l.operators = card(0, "Operators and pipelines", l.operatorsText())
	l.users = card(1, "Users of the applications", l.usersText())
	l.services = card(2, "Registries, public AWS APIs and other hosts", l.servicesText())
	bottom := max(l.operators.bottom(), l.users.bottom(), l.services.bottom())
	for _, f := range []*frame{l.operators, l.users, l.services} {
		f.h = bottom - f.y
	}
	all.h = bottom + gap - all.y
	return all.bottom()
}

func (l *layout) operatorsText() string {
	switch e := l.Cluster.Endpoint; {
	case e.Public:
		return "kubectl and pulumi, from " + joinSome(e.PublicCIDRs)
	case e.Proxy != "":
		return "kubectl and pulumi, through the proxy " + e.Proxy
	default:
		return "kubectl and pulumi, from inside the VPC: over a VPN, peering, or a host in it"
	}
}

func (l *layout) usersText() string {
	if len(l.facing) == 0 {
		return "None: no load balancer is open to the internet"
	}
	return fmt.Sprintf("Browsers and clients, through %s", countOf(len(l.facing), "internet-facing load balancer"))
}

func (l *layout) servicesText() string {
	if l.Network.NAT == config.NATNone {
		return "Not reachable from nodes in private subnets: there is no NAT gateway"
	}
	return "Nodes and pods connect to these, but accept no connections from them"
}

// joinSome joins the first elements of a list, and states how many more there are.
func joinSome(list []string) string {
	const shown = 3
	if len(list) <= shown+1 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more ranges", strings.Join(list[:shown], ", "), len(list)-shown)
}

// countOf returns a number with its noun.
func countOf(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// addVPCHead adds the top of the VPC: its CIDR blocks, the internet gateway, and the paths to it.
func (l *layout) addVPCHead(y int) int {
	v := l.vpc
	width := l.users.centerX() - v.x - gutter - gap
	top := y
	y = l.write(v, v.x+gutter, y, width, 2, headingStyle, "VPC "+l.cidrText())
	y = l.write(v, v.x+gutter, y, width, 2, smallStyle, l.vpcText())
	l.gateway = l.add(v, gatewayKind, box{v.x + 12, y + 6, v.w - 24, 32})
	l.write(l.gateway, v.x+gutter, y+13, v.w/3, 1, nameStyle, "Internet gateway")
	if !l.Cluster.Endpoint.Public {
		x := margin + lane/2
		l.draw(privateAPIFlow, point{x, l.operators.bottom()}, point{x, top + 10}, point{v.x, top + 10})
		l.addNote(privateAPIFlow, point{x, l.region.y}, l.privateAccessText())
	}
	if len(l.facing) > 0 {
		l.draw(requestFlow, point{l.users.centerX(), l.users.bottom()}, point{l.users.centerX(), l.gateway.y})
	}
	if l.hasEgress() {
		l.draw(egressFlow, point{l.services.centerX(), l.gateway.y}, point{l.services.centerX(), l.services.bottom()})
	}
	return l.gateway.bottom() + gap
}

func (l *layout) cidrText() string {
	switch {
	case l.Network.PodCIDR != "":
		return l.Network.CIDR + " and, for pods, " + l.Network.PodCIDR
	case l.Network.IPv6():
		return l.Network.CIDR + " and an IPv6 /56"
	default:
		return l.Network.CIDR
	}
}

func (l *layout) vpcText() string {
	if f := l.Network.FlowLogs; f != nil {
		return fmt.Sprintf("Its flow logs are kept for %d days.", f.RetentionDays)
	}
	return "Routes inside it reach every subnet."
}

func (l *layout) privateAccessText() string {
	if proxy := l.Cluster.Endpoint.Proxy; proxy != "" {
		return fmt.Sprintf("kubectl and pulumi reach the API through the proxy %s, which must have access to the VPC: the API is not reachable from the internet. The stack does not create this path.", proxy)
	}
	return "The API is not reachable from the internet: kubectl and pulumi must run inside the VPC, or reach it over a VPN, peering or a host in it. The stack does not create this path."
}

// hasEgress reports whether nodes or pods connect to the internet.
func (l *layout) hasEgress() bool { return len(l.plan.Gateways) > 0 || l.plan.PublicNodes }
