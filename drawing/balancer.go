package drawing

import (
	"fmt"
	"strings"

	"eksnet/config"
	"eksnet/plan/balancer"
	"eksnet/plan/mesh"
)

// addBalancer adds a load balancer across the zones, with its rules and the workloads behind it.
func (l *layout) addBalancer(r *row, b balancer.LoadBalancer) *frame {
	return l.addBar(r, balancerKind, func(f *frame, x, y, width int) int {
		below := l.writeCells(f, x, y, width, cell{firstColumn, nameStyle, balancerNames[config.BaseKind(b.Kind)]})
		below = l.writeCells(f, x, below, width, cell{firstColumn, smallStyle, schemeText(b)})
		for _, m := range b.Members {
			behind := fmt.Sprintf("%s of %s, target %s", countOf(m.LeastPods(), "pod"), m.App, m.Target)
			y = l.writeCells(f, x, y, width, cell{firstColumn, nameStyle, ""}, cell{secondColumn, plainStyle, memberTraffic(m)}, cell{thirdColumn, nameStyle, "→" + noBreakSpace + m.Name})
			y = l.writeCells(f, x, y, width, cell{firstColumn + secondColumn, nameStyle, ""}, cell{thirdColumn, smallStyle, behind}) + 2
			if m.App == config.AppIstioGateway {
				y = l.writeMesh(f, x, y, width)
			}
		}
		return max(below, y)
	})
}

// writeMesh writes the workloads that clients reach through the gateway of the mesh. It returns the bottom of the text.
func (l *layout) writeMesh(f *frame, x, y, width int) int {
	for _, w := range mesh.Workloads(l.Stack) {
		hosts := "any host"
		if len(w.Hosts) > 0 {
			hosts = strings.Join(w.Hosts, ", ")
		}
		spec := l.Workloads[w.Name]
		requests := hosts + ", " + strings.Join(w.Paths, ", ") + ", through the gateway"
		behind := fmt.Sprintf("%s of %s with a proxy", countOf(spec.LeastPods(), "pod"), spec.App)
		y = l.writeCells(f, x, y, width, cell{firstColumn, nameStyle, ""}, cell{secondColumn, plainStyle, requests}, cell{thirdColumn, nameStyle, "→" + noBreakSpace + w.Name})
		y = l.writeCells(f, x, y, width, cell{firstColumn + secondColumn, nameStyle, ""}, cell{thirdColumn, smallStyle, behind}) + 2
	}
	return y
}

// schemeText returns the scheme of a load balancer and the name of its group.
func schemeText(b balancer.LoadBalancer) string {
	text := "internet-facing"
	if b.Scheme == config.Internal {
		text = "internal: from inside the VPC only"
	}
	if b.Group {
		text += ", group " + b.Name
	}
	return text
}

// memberTraffic returns the hosts and paths whose requests are forwarded to a workload.
func memberTraffic(m balancer.Member) string {
	if !m.IsALB() {
		return "every connection"
	}
	text := strings.Join(m.Hosts, ", ")
	switch {
	case len(m.Paths) == 0:
		return "requests that match no rule"
	case text == "":
		text = "any host, "
	}
	if text += strings.Join(m.Paths, ", "); m.DefaultBackend {
		text += ", and requests that match no rule"
	}
	return text
}
