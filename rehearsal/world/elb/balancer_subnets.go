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

// subnetLingers is how long the interface of a network load balancer remains in a subnet that was removed from it:
// "subnet removal can take up to 3 minutes to complete"
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html). Before February 2025 no
// subnet could be removed
// (https://aws.amazon.com/blogs/networking-and-content-delivery/exploring-new-subnet-management-capabilities-of-network-load-balancer/).
const subnetLingers = 3 * time.Minute

// SetSubnets sets the subnets of a load balancer: its interfaces in other subnets are deleted, and their Elastic IP
// addresses released.
func SetSubnets(w *store.Account, o *store.Object, subnets, allocations []string) error {
	b := LoadBalancerOf(o)
	var added, addedAllocations []string
	for i, id := range subnets {
		if !slices.Contains(b.Subnets, id) {
			added, addedAllocations = append(added, id), append(addedAllocations, elementAt(allocations, i))
		}
	}
	for _, id := range added {
		zone := zoneOfSubnet(w, id)
		if err := SubnetOfZoneStays.When(b.Kind == Network && hasZone(w, b, zone), zone, id); err != nil {
			return err
		}
	}
	if err := store.First(
		checkSubnets(w, LoadBalancerSpec{Scheme: b.Scheme, VPC: b.VPC, Subnets: added, AddressType: b.AddressType}),
		BalancerSubnets.When(len(subnets) == 0, subnets),
		BalancerZones.When(b.Kind == Application && len(subnets) < 2, subnets),
		checkAddresses(w, addedAllocations),
	); err != nil {
		return err
	}
	lingers := BalancerLingers
	if b.Kind == Network {
		lingers = subnetLingers
	}
	for _, eni := range ec2.InterfacesOf(w, b.Description) {
		if !slices.Contains(subnets, ec2.InterfaceOf(eni).Subnet) && !ec2.IsLingering(eni) {
			ec2.KeepLingering(w, eni, lingers)
		}
	}
	for i, id := range added {
		createInterface(w, b, w.Get(store.SubnetType, id), addedAllocations[i])
	}
	o.Set("subnets", store.AnyOf(subnets))
	return nil
}

// SetAddressType changes the address type of a load balancer, and the IPv6 addresses of its interfaces.
func SetAddressType(w *store.Account, o *store.Object, addressType string) error {
	b := LoadBalancerOf(o)
	for _, id := range b.Subnets {
		spec := LoadBalancerSpec{Scheme: b.Scheme, VPC: b.VPC, AddressType: addressType}
		if err := checkDualStack(w, spec, w.Get(store.SubnetType, id)); err != nil {
			return err
		}
	}
	for _, eni := range ec2.InterfacesOf(w, b.Description) {
		ec2.SetIPv6(w, eni, addressType == DualStack)
	}
	o.Set("ipAddressType", addressType)
	return nil
}
