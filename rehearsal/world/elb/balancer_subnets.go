package elb

import (
	"slices"
	"time"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

const setSubnetsOp = "operation error Elastic Load Balancing v2: SetSubnets, api error "

var (
	ElasticFree = store.NewRule("Elastic IP addresses of a load balancer exist and are not in use",
		`operation error Elastic Load Balancing v2: CreateLoadBalancer, api error ResourceInUse: The allocation IDs are not available for use: %s`,
		"https://github.com/hashicorp/terraform-provider-aws/issues/15031; https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-network-load-balancer.html")
	SubnetOfZoneStays = store.NewRule("a network load balancer keeps its subnet in a zone",
		setSubnetsOp+"InvalidConfigurationRequest: You cannot specify an additional subnet from an Availability Zone that is already associated with the load balancer. "+
			"The Availability Zone '%s' corresponding to the new subnet '%s' is already associated with the load balancer.",
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4171")
	ClassicKeepsSubnet = store.NewRule("a Classic Load Balancer keeps one of its subnets while others change",
		store.CloudError+`operation error Elastic Load Balancing: DetachLoadBalancerFromSubnets, api error InvalidConfigurationRequest: Requested configuration change for LoadBalancer "%s" `+
			"is invalid because you attempted to detach all the subnets for this LoadBalancer and a LoadBalancer cannot be attached to zero subnets in VPC.",
		"https://github.com/hashicorp/terraform/issues/14072; "+store.CloudSource+"pkg/providers/v1/aws_loadbalancer.go (ensureLoadBalancer detaches before it attaches)")
)

// subnetLeaves is how long the interface of a network load balancer remains in a subnet that was removed from it:
// "subnet removal can take up to 3 minutes to complete"
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html). Before February 2025 no
// subnet could be removed
// (https://aws.amazon.com/blogs/networking-and-content-delivery/exploring-new-subnet-management-capabilities-of-network-load-balancer/).
const subnetLeaves = 3 * time.Minute

// SetSubnets sets the subnets of a load balancer: its interfaces in other subnets are deleted, and their Elastic IP
// addresses released.
func SetSubnets(w *store.Account, o *store.Object, subnets, addresses []string) error {
	before := o.Texts("subnets")
	var added []string
	var allocations []string
	for i, id := range subnets {
		if !slices.Contains(before, id) {
			added, allocations = append(added, id), append(allocations, elementAt(addresses, i))
		}
	}
	for _, id := range added {
		zone := w.Get(store.SubnetType, id).Text("availabilityZone")
		taken := slices.ContainsFunc(before, func(b string) bool { return w.Get(store.SubnetType, b).Text("availabilityZone") == zone })
		if err := SubnetOfZoneStays.When(taken && o.Text("loadBalancerType") == OfNLB, zone, id); err != nil {
			return err
		}
	}
	if err := store.First(
		subnetsFit(w, LoadBalancerSpec{Scheme: o.Text("scheme"), VPC: o.Text("vpcId"), Subnets: added}),
		BalancerSubnets.When(len(subnets) == 0, subnets),
		BalancerZones.When(o.Text("loadBalancerType") == OfALB && len(subnets) < 2, subnets),
		addressesFree(w, allocations),
	); err != nil {
		return err
	}
	leaves := BalancerLingers
	if o.Text("loadBalancerType") == OfNLB {
		leaves = subnetLeaves
	}
	for _, eni := range ec2.InterfacesOf(w, o.Text("description")) {
		if !slices.Contains(subnets, eni.Text("subnetId")) && !ec2.Lingering(eni) {
			ec2.Linger(w, eni, leaves)
		}
	}
	for i, id := range added {
		placeIn(w, o, w.Get(store.SubnetType, id), allocations[i])
	}
	o.Set("subnets", store.AnyOf(subnets))
	return nil
}

// SetBalancerAttributes sets attributes of a load balancer; others keep their values.
func SetBalancerAttributes(w *store.Account, o *store.Object, asked map[string]string) error {
	all, existing := Merged(o.Outputs["attributes"], asked), TextMap(store.MapOf(o.Outputs["attributes"]))
	const secondary = "secondary_ips.auto_assigned.per_subnet"
	if err := store.First(
		checkBalancerAttributes(o.Text("loadBalancerType"), TextMap(all)),
		BalancerSecondaryGrow.When(asked[secondary] != "" && asked[secondary] < existing[secondary], existing[secondary], asked[secondary])); err != nil {
		return err
	}
	o.Set("attributes", all)
	return nil
}
