package drawing

import (
	"fmt"
	"net/netip"
	"strings"

	"eksnet/plan/address"
)

// addPodRow adds the pod subnets, if the stack has any.
func (l *layout) addPodRow(y int) int {
	if l.Network.PodCIDR == "" {
		return y
	}
	return l.newRow(y+gap, podsKind, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Pod subnet", z.Pods, append(l.routeTexts(z), l.demandText(z.Name, address.KindPods), "Pods of the nodes above have addresses here")
	}).close()
}

// addControlPlaneRow adds the control plane's own subnets, if the stack has any.
func (l *layout) addControlPlaneRow(y int) int {
	if !l.Network.ControlPlaneSubnets {
		return y
	}
	r := l.newRow(y, controlPlaneKind, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Control plane subnet", z.ControlPlane, []string{"Routes within the VPC only", l.demandText(z.Name, address.KindControlPlane)}
	})
	l.addControlPlaneInterfaces(r)
	return r.close() + gap
}

// addControlPlaneInterfaces adds the control plane's network interfaces to the subnets of the first zones.
func (l *layout) addControlPlaneInterfaces(r *row) {
	y := r.y + 8
	for _, subnet := range r.subnets[:address.ControlPlaneZones] {
		f := l.add(subnet, controlPlaneKind, box{subnet.x + pad, y, subnet.w - 2*pad, 46})
		l.write(f, f.x+pad, y+6, f.w-2*pad, 1, nameStyle, "Control plane interface")
		l.write(f, f.x+pad, y+23, f.w-2*pad, 1, smallStyle, "a network interface of EKS")
		l.controlPlaneENIs = append(l.controlPlaneENIs, f)
		r.y = f.bottom()
	}
}

// addS3Endpoint adds the gateway endpoint of S3 at the lower edge of the VPC.
func (l *layout) addS3Endpoint(y int) int {
	last := l.zones[len(l.zones)-1]
	f := l.add(l.vpc, endpointKind, box{last.x + aisle, y - gap, last.w - aisle, 46})
	l.write(f, f.x+pad, f.y+6, f.w-2*pad, 1, nameStyle, "S3 gateway endpoint")
	l.write(f, f.x+pad, f.y+23, f.w-2*pad, 1, smallStyle, "a route, free of charge")
	return f.bottom() + gap
}

// addManagedServices adds what AWS runs in the region outside of the VPC: the control plane and S3.
func (l *layout) addManagedServices(y int) int {
	split := max(l.zones[len(l.zones)-1].x, l.zones[address.ControlPlaneZones-1].x+2*aisle) + aisle
	f := l.add(l.region, controlPlaneKind, box{l.vpc.x, y, split - gap - l.vpc.x, 0})
	x, width := f.x+gutter, f.w-gutter-pad
	at := l.write(f, x, y+8, width, 2, headingStyle, fmt.Sprintf("EKS control plane %s, Kubernetes %s", l.Cluster.Name, l.Cluster.Version))
	for _, text := range l.controlPlaneTexts() {
		at = l.write(f, x, at, width, 3, plainStyle, text)
	}
	f.h = at + 8 - y

	s := l.add(l.region, endpointKind, box{split, y, l.vpc.right() - split, f.h})
	l.write(s, s.x+pad, y+8, s.w-2*pad, 1, headingStyle, "Amazon S3")
	l.write(s, s.x+pad, y+27, s.w-2*pad, 3, plainStyle, "Registries store image layers in S3, so nodes read from it when they pull images.")
	l.drawManagedPaths(f, s)
	return f.bottom()
}

// controlPlaneTexts returns where the control plane runs and from where its API is reachable.
func (l *layout) controlPlaneTexts() []string {
	e := l.Cluster.Endpoint
	inside := "From the VPC: nodes, pods and operators reach the API through its interfaces."
	if !e.Private {
		inside = "From the VPC: nodes reach the API over the internet, from their public egress addresses."
	}
	outside := "From the internet: the API is not reachable."
	if e.Public {
		outside = "From the internet: " + strings.Join(e.PublicCIDRs, ", ")
	}
	services := l.Cluster.ServiceCIDR
	if l.Network.IPv6() {
		services = "an IPv6 range that EKS assigns"
	}
	return []string{
		"It runs in an AWS account outside of these subnets. Its interfaces are in the first two zones, which never change.",
		inside, outside,
		"Services have addresses in " + services + ", which exist only inside the cluster.",
	}
}

// drawManagedPaths draws the paths to the control plane and to S3.
func (l *layout) drawManagedPaths(control, s3 *frame) {
	if l.Cluster.Endpoint.Public {
		x := margin + lane/2
		l.draw(apiFlow, point{x, l.operators.bottom()}, point{x, control.y + 20}, point{control.x, control.y + 20})
		l.addNote(apiFlow, point{x, l.region.y}, "kubectl and pulumi reach the API over the internet, only from "+joinSome(l.Cluster.Endpoint.PublicCIDRs)+". The path does not cross the VPC.")
	}
	for i, foot := range l.controlPlaneENIs {
		x := l.zones[i].x + aisle/2
		y := foot.y + foot.h/2
		l.draw(apiFlow, point{x, control.y}, point{x, y}, point{foot.x, y})
		if i == 0 {
			l.addNote(apiFlow, point{x, l.zones[i].bottom() + gap}, "The control plane reaches kubelets and webhooks through its interfaces in the VPC"+map[bool]string{true: ", and the VPC reaches the API through them.", false: "."}[l.Cluster.Endpoint.Private])
		}
	}
	x := s3.centerX()
	l.draw(s3Flow, point{x, l.vpc.bottom() - gap}, point{x, s3.y})
	l.addNote(s3Flow, point{x, l.vpc.bottom() + gap}, "S3 is reached through the gateway endpoint: without NAT gateways or the internet, and free of charge.")
}
