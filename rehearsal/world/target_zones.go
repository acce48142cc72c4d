package world

import (
	"slices"
	"strings"
)

// A load balancer forwards to targets in zones where it has a subnet, with cross-zone load balancing too. It keeps the
// subnets of its creation unless a controller changes them, so targets in a zone that was added later get no traffic
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html;
// aws-load-balancer-controller#4008, #2930).

const (
	// targetNotInUse is the description of a target with the state unused
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html).
	targetNotInUse = "unused, Target.NotInUse: Target is in an Availability Zone that is not enabled for the load balancer"
	// instanceOutOfZone is the description of an instance with the state OutOfService
	// (https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_InstanceState.html).
	instanceOutOfZone = "OutOfService: Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to"
)

// unused returns why a registered target gets no traffic although it may be healthy, "" if its zone is one of the load
// balancer's.
func (w *World) unused(target *Object, id string) string {
	balancer := w.balancerOfTarget(target)
	if balancer == nil || w.enabledIn(balancer, w.interfaceOfTarget(target, id)) {
		return ""
	}
	return targetNotInUse
}

// outOfService returns why a Classic Load Balancer forwards nothing to an instance, "" if its zone is one of the load
// balancer's.
func (w *World) outOfService(balancer *Object, instance string) string {
	node := firstOf(w.with(nodeType, "instanceId", instance))
	if node == nil || w.enabledIn(balancer, w.interfaceOf(node)) {
		return ""
	}
	return instanceOutOfZone
}

// enabledIn reports whether a load balancer has a subnet in the zone of an interface. A deleted interface is in no
// zone.
func (w *World) enabledIn(balancer, eni *Object) bool {
	if eni == nil {
		return true
	}
	zone := w.zoneOfSubnet(eni.text("subnetId"))
	return slices.ContainsFunc(balancer.texts("subnets"), func(id string) bool { return w.zoneOfSubnet(id) == zone })
}

// zoneOfSubnet returns the zone of a subnet, "" for a deleted subnet.
func (w *World) zoneOfSubnet(id string) string {
	if subnet := w.get(subnetType, id); subnet != nil {
		return subnet.text("availabilityZone")
	}
	return ""
}

// interfaceOfTarget returns the network interface that receives a target's traffic, nil if it is deleted.
func (w *World) interfaceOfTarget(target *Object, id string) *Object {
	address := id[:strings.LastIndex(id, ":")]
	if target.text("targetType") == "ip" {
		return w.interfaceHoldingIn(address)
	}
	if node := firstOf(w.with(nodeType, "instanceId", address)); node != nil {
		return w.interfaceOf(node)
	}
	return nil
}

// outsideZones returns the targets and instances that get no traffic because of their zone.
func (w *World) outsideZones() []string {
	var lines []string
	for _, target := range w.all(targetGroupType) {
		for _, id := range target.texts("targets") {
			if why := w.unused(target, id); why != "" {
				lines = append(lines, target.text("name")+": "+id+" is "+why)
			}
		}
	}
	for _, balancer := range w.all(classicType) {
		for _, instance := range balancer.texts("instances") {
			if why := w.outOfService(balancer, instance); why != "" {
				lines = append(lines, balancer.text("name")+": "+instance+" is "+why)
			}
		}
	}
	return lines
}
