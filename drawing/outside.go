package drawing

import (
	"fmt"
	"strings"

	"eksnet/config"
)

// internet is who and what stands outside of AWS's region.
func (l *layout) internet(y int) int {
	all := l.add(nil, outside, box{margin, y, l.width - 2*margin, 0})
	l.write(all, all.x+pad+4, y+8, all.w/2, 1, heading, "Internet")
	y += 32
	width := (all.w - 4*gap) / 3
	card := func(i int, title, text string) *frame {
		f := l.add(all, actor, box{all.x + gap + i*(width+gap), y, width, 0})
		below := l.write(f, f.x+pad, y+8, width-2*pad, 2, name, title)
		f.h = l.write(f, f.x+pad, below, width-2*pad, 3, small, text) + 6 - y
		return f
	}
	l.operators = card(0, "Operators and pipelines", l.operatorsWay())
	l.users = card(1, "Users of the applications", l.usersWay())
	l.services = card(2, "Registries, AWS's public APIs and the rest", l.outsideWay())
	bottom := max(l.operators.bottom(), l.users.bottom(), l.services.bottom())
	for _, f := range []*frame{l.operators, l.users, l.services} {
		f.h = bottom - f.y
	}
	all.h = bottom + gap - all.y
	return all.bottom()
}

func (l *layout) operatorsWay() string {
	switch e := l.Cluster.Endpoint; {
	case e.Public:
		return "kubectl and pulumi, from " + some(e.PublicCIDRs)
	case e.Proxy != "":
		return "kubectl and pulumi, by the proxy " + e.Proxy
	default:
		return "kubectl and pulumi, from inside the VPC: by VPN, peering, or a host in it"
	}
}

func (l *layout) usersWay() string {
	if len(l.facing) == 0 {
		return "None: no load balancer is open to the internet"
	}
	return fmt.Sprintf("Browsers and clients, by %s", count(len(l.facing), "internet-facing load balancer"))
}

func (l *layout) outsideWay() string {
	if l.Network.NAT == config.NATNone {
		return "Out of reach of nodes in private subnets: there is no NAT gateway"
	}
	return "Reached by nodes and pods, which nobody out there reaches unasked"
}

// some are the first of a list, and how many more there are.
func some(list []string) string {
	const shown = 3
	if len(list) <= shown+1 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more ranges", strings.Join(list[:shown], ", "), len(list)-shown)
}

// count is a number with its noun.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}

// entrance is the head of the VPC: its ranges, the internet gateway, and the ways that lead there.
func (l *layout) entrance(y int) int {
	v := l.vpc
	width := l.users.middle() - v.x - gutter - gap
	top := y
	y = l.write(v, v.x+gutter, y, width, 2, heading, "VPC "+l.ranges())
	y = l.write(v, v.x+gutter, y, width, 2, small, l.promise())
	l.gateway = l.add(v, door, box{v.x + 12, y + 6, v.w - 24, 32})
	l.write(l.gateway, v.x+gutter, y+13, v.w/3, 1, name, "Internet gateway")
	if !l.Cluster.Endpoint.Public {
		x := margin + lane/2
		l.draw(byOther, point{x, l.operators.bottom()}, point{x, top + 10}, point{v.x, top + 10})
		l.way(byOther, point{x, l.region.y}, l.privately())
	}
	if len(l.facing) > 0 {
		l.draw(requests, point{l.users.middle(), l.users.bottom()}, point{l.users.middle(), l.gateway.y})
	}
	if l.leaves() {
		l.draw(leaving, point{l.services.middle(), l.gateway.y}, point{l.services.middle(), l.services.bottom()})
	}
	return l.gateway.bottom() + gap
}

func (l *layout) ranges() string {
	if l.Network.PodCIDR == "" {
		return l.Network.CIDR
	}
	return l.Network.CIDR + " and, for pods, " + l.Network.PodCIDR
}

func (l *layout) promise() string {
	if f := l.Network.FlowLogs; f != nil {
		return fmt.Sprintf("The stack's own network. Flow logs of it are kept for %d days.", f.RetentionDays)
	}
	return "The stack's own network. Inside of it, routes lead everywhere."
}

func (l *layout) privately() string {
	if proxy := l.Cluster.Endpoint.Proxy; proxy != "" {
		return fmt.Sprintf("kubectl and pulumi reach the API by the proxy %s, which must lead into the VPC: the API does not answer on the internet. The stack does not make that way.", proxy)
	}
	return "The API does not answer on the internet: whoever runs kubectl or pulumi must be inside the VPC, by VPN, peering or a host in it. The stack does not make that way."
}

// leaves tells whether something goes out to the internet.
func (l *layout) leaves() bool { return len(l.plan.Gateways) > 0 || l.plan.PublicNodes }
