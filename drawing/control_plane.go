package drawing

import (
	"fmt"
	"net/netip"
	"strings"

	"eksnet/plan/address"
)

// podsBelow are the pods' own subnets, where there are any.
func (l *layout) podsBelow(y int) int {
	if l.Network.PodCIDR == "" {
		return y
	}
	return l.row(y+gap, pods, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Pods' subnet", z.Pods, append(l.routes(z), l.room(z.Name, address.KindPods), "Nodes are above; their pods have addresses here")
	}).close()
}

// controlPlaneRow are the control plane's own subnets, where there are any.
func (l *layout) controlPlaneRow(y int) int {
	if !l.Network.ControlPlaneSubnets {
		return y
	}
	r := l.row(y, controlPlane, func(z address.Zone) (string, netip.Prefix, []string) {
		return "Control plane's subnet", z.ControlPlane, []string{"Routes within the VPC alone", l.room(z.Name, address.KindControlPlane)}
	})
	l.stand(r)
	return r.close() + gap
}

// stand puts the control plane's interfaces into the subnets of the first zones.
func (l *layout) stand(r *row) {
	y := r.y + 8
	for _, subnet := range r.subnets[:address.ControlPlaneZones] {
		f := l.add(subnet, controlPlane, box{subnet.x + pad, y, subnet.w - 2*pad, 46})
		l.write(f, f.x+pad, y+6, f.w-2*pad, 1, name, "Control plane's interface")
		l.write(f, f.x+pad, y+23, f.w-2*pad, 1, small, "the API server's foot in this subnet")
		l.feet = append(l.feet, f)
		r.y = f.bottom()
	}
}

// storage is the gateway endpoint of S3, at the lower edge of the VPC.
func (l *layout) storage(y int) int {
	last := l.zones[len(l.zones)-1]
	f := l.add(l.vpc, endpoint, box{last.x + aisle, y - gap, last.w - aisle, 46})
	l.write(f, f.x+pad, f.y+6, f.w-2*pad, 1, name, "S3 gateway endpoint")
	l.write(f, f.x+pad, f.y+23, f.w-2*pad, 1, small, "a route, without charge")
	return f.bottom() + gap
}

// managed is what AWS runs in the region outside of the VPC: the control plane, and S3.
func (l *layout) managed(y int) int {
	split := max(l.zones[len(l.zones)-1].x, l.zones[address.ControlPlaneZones-1].x+2*aisle) + aisle
	f := l.add(l.region, controlPlane, box{l.vpc.x, y, split - gap - l.vpc.x, 0})
	x, width := f.x+gutter, f.w-gutter-pad
	at := l.write(f, x, y+8, width, 2, heading, fmt.Sprintf("EKS control plane %s, Kubernetes %s", l.Cluster.Name, l.Cluster.Version))
	for _, text := range l.standing() {
		at = l.write(f, x, at, width, 3, plain, text)
	}
	f.h = at + 8 - y

	s := l.add(l.region, endpoint, box{split, y, l.vpc.right() - split, f.h})
	l.write(s, s.x+pad, y+8, s.w-2*pad, 1, heading, "Amazon S3")
	l.write(s, s.x+pad, y+27, s.w-2*pad, 3, plain, "Registries keep the layers of images there, so every node that pulls one reads from it.")
	l.meet(f, s)
	return f.bottom()
}

// standing tells where the control plane is and who reaches it.
func (l *layout) standing() []string {
	e := l.Cluster.Endpoint
	inside := "From the VPC: nodes, pods and people in it reach the API by its interfaces."
	if !e.Private {
		inside = "From the VPC: nodes reach the API over the internet, from the public addresses by which they leave."
	}
	outside := "From the internet: nobody reaches the API."
	if e.Public {
		outside = "From the internet: " + strings.Join(e.PublicCIDRs, ", ")
	}
	return []string{
		"It runs in AWS's own account, in none of these subnets. Its interfaces are in the first two zones, which never change.",
		inside, outside,
		"Services have addresses of " + l.Cluster.ServiceCIDR + ", which exist inside the cluster alone.",
	}
}

// meet draws the ways to what AWS runs.
func (l *layout) meet(control, s3 *frame) {
	if l.Cluster.Endpoint.Public {
		x := margin + lane/2
		l.draw(api, point{x, l.operators.bottom()}, point{x, control.y + 20}, point{control.x, control.y + 20})
		l.way(api, point{x, l.region.y}, "kubectl and pulumi reach the API over the internet, from "+some(l.Cluster.Endpoint.PublicCIDRs)+" alone. The way does not go through the VPC.")
	}
	for i, foot := range l.feet {
		x := l.zones[i].x + aisle/2
		y := foot.y + foot.h/2
		l.draw(api, point{x, control.y}, point{x, y}, point{foot.x, y})
		if i == 0 {
			l.way(api, point{x, l.zones[i].bottom() + gap}, "The control plane reaches kubelets and webhooks by its interfaces in the VPC"+map[bool]string{true: ", and the VPC reaches the API by them.", false: "."}[l.Cluster.Endpoint.Private])
		}
	}
	x := s3.middle()
	l.draw(storage, point{x, l.vpc.bottom() - gap}, point{x, s3.y})
	l.way(storage, point{x, l.vpc.bottom() + gap}, "S3 is reached by the gateway endpoint: past NAT gateways, without the internet and without charge.")
}
