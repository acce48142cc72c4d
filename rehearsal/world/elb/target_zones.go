package elb

import (
	"slices"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

const (
	// targetNotInUse is the description of a target with the state unused
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html).
	targetNotInUse = "unused, Target.NotInUse: Target is in an Availability Zone that is not enabled for the load balancer"
	// instanceOutOfZone is the description of an instance with the state OutOfService
	// (https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_InstanceState.html).
	instanceOutOfZone = "OutOfService: Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to"
)

// unusedReason returns why a registered target gets no traffic although it may be healthy, "" if its zone is one of the
// load balancer's.
func unusedReason(w *store.Account, target *store.Object, id string) string {
	balancer := balancerOfTarget(w, target)
	if balancer == nil || hasZoneOf(w, balancer, interfaceOfTarget(w, TargetGroupOf(target).TargetType, id)) {
		return ""
	}
	return targetNotInUse
}

// outOfServiceReason returns why a Classic Load Balancer forwards nothing to an instance, "" if its zone is one of the
// load balancer's.
func outOfServiceReason(w *store.Account, balancer *LoadBalancer, instance string) string {
	node := store.FirstOf(w.With(store.NodeType, "instanceId", instance))
	if node == nil || hasZoneOf(w, balancer, ec2.PrimaryInterface(w, node)) {
		return ""
	}
	return instanceOutOfZone
}

// hasZoneOf reports whether a load balancer has a subnet in the zone of an interface. A deleted interface is in no
// zone.
func hasZoneOf(w *store.Account, balancer *LoadBalancer, eni *store.Object) bool {
	return eni == nil || hasZone(w, balancer, zoneOfSubnet(w, ec2.InterfaceOf(eni).Subnet))
}

// hasZone reports whether a load balancer has a subnet in a zone.
func hasZone(w *store.Account, balancer *LoadBalancer, zone string) bool {
	return slices.ContainsFunc(balancer.Subnets, func(id string) bool { return zoneOfSubnet(w, id) == zone })
}

// zoneOfSubnet returns the zone of a subnet, "" for a deleted subnet.
func zoneOfSubnet(w *store.Account, id string) string {
	if subnet := w.Get(store.SubnetType, id); subnet != nil {
		return ec2.SubnetOf(subnet).Zone
	}
	return ""
}

// interfaceOfTarget returns the network interface that receives a target's traffic, nil if it is deleted.
func interfaceOfTarget(w *store.Account, targetType, id string) *store.Object {
	address, _ := parseTarget(id)
	if targetType == "ip" {
		return InterfaceWithAddress(w, address)
	}
	if node := store.FirstOf(w.With(store.NodeType, "instanceId", address)); node != nil {
		return ec2.PrimaryInterface(w, node)
	}
	return nil
}

// OutsideZones returns the targets and instances that get no traffic because of their zone.
func OutsideZones(w *store.Account) []string {
	var lines []string
	for _, target := range w.All(store.TargetGroupType) {
		t := TargetGroupOf(target)
		for _, id := range t.Targets {
			if why := unusedReason(w, target, id); why != "" {
				lines = append(lines, t.Name+": "+id+" is "+why)
			}
		}
	}
	for _, balancer := range w.All(store.ClassicType) {
		b := ClassicLoadBalancerOf(balancer)
		for _, instance := range b.Instances {
			if why := outOfServiceReason(w, &b.LoadBalancer, instance); why != "" {
				lines = append(lines, b.Name+": "+instance+" is "+why)
			}
		}
	}
	return lines
}
