package elb

import (
	"slices"
	"strings"

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

// unused returns why a registered target gets no traffic although it may be healthy, "" if its zone is one of the load
// balancer's.
func unused(w *store.Account, target *store.Object, id string) string {
	balancer := balancerOfTarget(w, target)
	if balancer == nil || enabledIn(w, balancer, interfaceOfTarget(w, target, id)) {
		return ""
	}
	return targetNotInUse
}

// outOfService returns why a Classic Load Balancer forwards nothing to an instance, "" if its zone is one of the load
// balancer's.
func outOfService(w *store.Account, balancer *store.Object, instance string) string {
	node := store.FirstOf(w.With(store.NodeType, "instanceId", instance))
	if node == nil || enabledIn(w, balancer, ec2.InterfaceOf(w, node)) {
		return ""
	}
	return instanceOutOfZone
}

// enabledIn reports whether a load balancer has a subnet in the zone of an interface. A deleted interface is in no
// zone.
func enabledIn(w *store.Account, balancer, eni *store.Object) bool {
	if eni == nil {
		return true
	}
	zone := zoneOfSubnet(w, eni.Text("subnetId"))
	return slices.ContainsFunc(balancer.Texts("subnets"), func(id string) bool { return zoneOfSubnet(w, id) == zone })
}

// zoneOfSubnet returns the zone of a subnet, "" for a deleted subnet.
func zoneOfSubnet(w *store.Account, id string) string {
	if subnet := w.Get(store.SubnetType, id); subnet != nil {
		return subnet.Text("availabilityZone")
	}
	return ""
}

// interfaceOfTarget returns the network interface that receives a target's traffic, nil if it is deleted.
func interfaceOfTarget(w *store.Account, target *store.Object, id string) *store.Object {
	address := id[:strings.LastIndex(id, ":")]
	if target.Text("targetType") == "ip" {
		return InterfaceHoldingIn(w, address)
	}
	if node := store.FirstOf(w.With(store.NodeType, "instanceId", address)); node != nil {
		return ec2.InterfaceOf(w, node)
	}
	return nil
}

// OutsideZones returns the targets and instances that get no traffic because of their zone.
func OutsideZones(w *store.Account) []string {
	var lines []string
	for _, target := range w.All(store.TargetGroupType) {
		for _, id := range target.Texts("targets") {
			if why := unused(w, target, id); why != "" {
				lines = append(lines, target.Text("name")+": "+id+" is "+why)
			}
		}
	}
	for _, balancer := range w.All(store.ClassicType) {
		for _, instance := range balancer.Texts("instances") {
			if why := outOfService(w, balancer, instance); why != "" {
				lines = append(lines, balancer.Text("name")+": "+instance+" is "+why)
			}
		}
	}
	return lines
}
