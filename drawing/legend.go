package drawing

import (
	"fmt"
	"strings"

	"eksnet/config"
)

// legend says what goes along the numbered lines.
func (l *layout) legend(y int) int {
	f := l.add(nil, legend, box{margin, y, l.width - 2*margin, 0})
	l.write(f, f.x+pad, y+8, f.w-2*pad, 1, heading, "How to read it")
	y += 34
	numbered := l.marks
	for i, text := range l.ways {
		l.marks = append(l.marks, mark{numbered[i].flow, point{f.x + 22, y + 8}, i + 1})
		y = l.write(f, f.x+40, y, f.w-40-pad, 4, plain, text) + 6
	}
	for _, text := range l.remarks() {
		y = l.write(f, f.x+40, y, f.w-40-pad, 4, plain, text) + 6
	}
	f.h = y + 4 - f.y
	return f.bottom()
}

// remarks are what no line shows.
func (l *layout) remarks() []string {
	texts := []string{"A box that lies across the zones has a part in each of them. Ranges say which addresses a subnet holds; AWS keeps five of each for itself."}
	if l.Network.NAT == config.NATNone {
		texts = append(texts, "There is no NAT gateway: nodes in private subnets reach AWS's services by endpoints alone, and every image comes from a private registry of the region.")
	}
	if l.Network.PodCIDR != "" {
		texts = append(texts, "Pods have addresses of a range of their own; a node stands in the private subnet, and its pods' interfaces in the pods' subnet of the same zone.")
	}
	return texts
}

// describe is the picture in words, for those who do not see it.
func (l *layout) describe() string {
	var zones []string
	for _, z := range l.plan.Zones {
		out := "which has no way out"
		if gateway := l.plan.Gateway(z.Name); gateway != "" {
			out = "which leaves by the NAT gateway in " + gateway
		}
		zones = append(zones, fmt.Sprintf("zone %s with public subnet %s and private subnet %s, %s", z.Name, z.Public, z.Private, out))
	}
	return fmt.Sprintf("VPC %s: %s. %s, %s and %s.", l.ranges(), strings.Join(zones, "; "),
		count(len(l.NodeGroups), "node group"), count(len(l.facing), "internet-facing load balancer"), count(len(l.internal), "internal one"))
}
