package drawing

import (
	"fmt"
	"strings"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// balancer is a load balancer, which stands in every zone, with its rules and the workloads behind it.
func (l *layout) balancer(r *row, b balancer.LoadBalancer) *frame {
	return l.bar(r, balancerKind, func(f *frame, x, y, width int) int {
		below := l.cells(f, x, y, width, cell{first, name, balancerNames[b.Kind]})
		below = l.cells(f, x, below, width, cell{first, small, scheme(b)})
		for _, m := range b.Members {
			behind := fmt.Sprintf("%s of %s, target %s", count(m.LeastPods(), "pod"), m.App, m.Target)
			y = l.cells(f, x, y, width, cell{first, name, ""}, cell{second, plain, takes(m)}, cell{third, name, "→" + joined + m.Name})
			y = l.cells(f, x, y, width, cell{first + second, name, ""}, cell{third, small, behind}) + 2
		}
		return max(below, y)
	})
}

// scheme tells from where a load balancer is reached, and whose it is if several share it.
func scheme(b balancer.LoadBalancer) string {
	text := "internet-facing"
	if b.Scheme == config.Internal {
		text = "internal: from inside the VPC alone"
	}
	if b.Group {
		text += ", group " + b.Name
	}
	return text
}

// takes is what comes to a workload.
func takes(m balancer.Member) string {
	if m.Kind != config.KindALB {
		return "every connection"
	}
	text := strings.Join(m.Hosts, ", ")
	switch {
	case len(m.Paths) == 0:
		return "what no rule takes"
	case text == "":
		text = "any host, "
	}
	if text += strings.Join(m.Paths, ", "); m.DefaultBackend {
		text += ", and what no rule takes"
	}
	return text
}
