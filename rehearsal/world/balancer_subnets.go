package world

import (
	"slices"
	"time"
)

const setSubnetsOp = "operation error Elastic Load Balancing v2: SetSubnets, api error "

var (
	elasticFree = rule("Elastic IP addresses of a load balancer exist and are not in use",
		`operation error Elastic Load Balancing v2: CreateLoadBalancer, api error ResourceInUse: The allocation IDs are not available for use: %s`,
		"https://github.com/hashicorp/terraform-provider-aws/issues/15031; https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-network-load-balancer.html")
	subnetOfZoneStays = rule("a network load balancer keeps its subnet in a zone",
		setSubnetsOp+"InvalidConfigurationRequest: You cannot specify an additional subnet from an Availability Zone that is already associated with the load balancer. "+
			"The Availability Zone '%s' corresponding to the new subnet '%s' is already associated with the load balancer.",
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4171")
	classicKeepsSubnet = rule("a Classic Load Balancer keeps one of its subnets while others change",
		cloudError+`operation error Elastic Load Balancing: DetachLoadBalancerFromSubnets, api error InvalidConfigurationRequest: Requested configuration change for LoadBalancer "%s" `+
			"is invalid because you attempted to detach all the subnets for this LoadBalancer and a LoadBalancer cannot be attached to zero subnets in VPC.",
		"https://github.com/hashicorp/terraform/issues/14072; "+cloudSource+"pkg/providers/v1/aws_loadbalancer.go (ensureLoadBalancer detaches before it attaches)")
)

// subnetLeaves is how long the interface of a network load balancer remains in a subnet that was removed from it:
// "subnet removal can take up to 3 minutes to complete"
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html). Before February 2025 no
// subnet could be removed
// (https://aws.amazon.com/blogs/networking-and-content-delivery/exploring-new-subnet-management-capabilities-of-network-load-balancer/).
const subnetLeaves = 3 * time.Minute

// setSubnets sets the subnets of a load balancer: its interfaces in other subnets are deleted, and their Elastic IP
// addresses released.
func (w *World) setSubnets(o *Object, subnets, addresses []string) error {
	before := o.texts("subnets")
	var added []string
	var allocations []string
	for i, id := range subnets {
		if !slices.Contains(before, id) {
			added, allocations = append(added, id), append(allocations, elementAt(addresses, i))
		}
	}
	for _, id := range added {
		zone := w.get(subnetType, id).text("availabilityZone")
		taken := slices.ContainsFunc(before, func(b string) bool { return w.get(subnetType, b).text("availabilityZone") == zone })
		if err := subnetOfZoneStays.when(taken && o.text("loadBalancerType") == ofNLB, zone, id); err != nil {
			return err
		}
	}
	if err := first(
		w.subnetsFit(loadBalancer{scheme: o.text("scheme"), vpc: o.text("vpcId"), subnets: added}),
		balancerSubnets.when(len(subnets) == 0, subnets),
		balancerZones.when(o.text("loadBalancerType") == ofALB && len(subnets) < 2, subnets),
		w.addressesFree(allocations),
	); err != nil {
		return err
	}
	leaves := balancerLingers
	if o.text("loadBalancerType") == ofNLB {
		leaves = subnetLeaves
	}
	for _, eni := range w.interfacesOf(o.text("description")) {
		if !slices.Contains(subnets, eni.text("subnetId")) && !lingering(eni) {
			w.linger(eni, leaves)
		}
	}
	for i, id := range added {
		w.placeIn(o, w.get(subnetType, id), allocations[i])
	}
	o.set("subnets", anyOf(subnets))
	return nil
}

// setBalancerAttributes sets attributes of a load balancer; others keep their values.
func (w *World) setBalancerAttributes(o *Object, asked map[string]string) error {
	all, existing := merged(o.Outputs["attributes"], asked), textMap(mapOf(o.Outputs["attributes"]))
	const secondary = "secondary_ips.auto_assigned.per_subnet"
	if err := first(
		checkBalancerAttributes(o.text("loadBalancerType"), textMap(all)),
		balancerSecondaryGrow.when(asked[secondary] != "" && asked[secondary] < existing[secondary], existing[secondary], asked[secondary])); err != nil {
		return err
	}
	o.set("attributes", all)
	return nil
}
