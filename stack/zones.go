package stack

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/network"
	"eksnet/plan"
	"eksnet/plan/address"
)

// checkZones requests the zones that the account can use from AWS. It refuses other zones before anything changes, and
// zones whose subnets would overlap those of an existing zone, and a changed cluster name or range of pods. Zones of
// other types, such as Local Zones, are not requested: EKS does not accept them for a control plane.
func (b *builder) checkZones() error {
	available := "available"
	found, err := aws.GetAvailabilityZones(b.ctx, &aws.GetAvailabilityZonesArgs{
		State:   &available,
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "zone-type", Values: []string{"availability-zone"}}},
	}, pulumi.Provider(b.aws))
	if err != nil {
		return fmt.Errorf("availability zones of %s: %w", b.spec.Region, err)
	}
	offered := map[string]string{}
	for i, name := range found.Names {
		offered[name] = found.ZoneIds[i]
	}
	existing, err := b.existingZones()
	if err != nil {
		return err
	}
	if err := address.CheckClusterName(b.spec, existing).Err(); err != nil {
		return err
	}
	pods, err := b.podRanges(found.Names)
	if err != nil {
		return err
	}
	if err := plan.CheckZones(b.spec, offered).With(address.CheckExistingZones(b.spec, existing)).With(address.CheckPodCIDR(b.spec, pods)).Err(); err != nil {
		return err
	}
	return b.checkInstanceTypes()
}

// checkInstanceTypes requests the zones in which the instance types are offered from AWS, and refuses node groups that
// could not start nodes in one of their zones.
func (b *builder) checkInstanceTypes() error {
	found, err := ec2.GetInstanceTypeOfferings(b.ctx, &ec2.GetInstanceTypeOfferingsArgs{
		LocationType: pulumi.StringRef("availability-zone"),
		Filters:      []ec2.GetInstanceTypeOfferingsFilter{{Name: "instance-type", Values: plan.InstanceTypes(b.spec)}},
	}, pulumi.Provider(b.aws))
	if err != nil {
		return fmt.Errorf("instance types of %s: %w", b.spec.Region, err)
	}
	offered := map[string][]string{}
	for i, typ := range found.InstanceTypes {
		offered[typ] = append(offered[typ], found.Locations[i])
	}
	return plan.CheckInstanceOfferings(b.spec, offered).Err()
}

// stackSubnets requests the stack's subnets that have one of some values of a tag from AWS.
func (b *builder) stackSubnets(tag string, values ...string) ([]*ec2.LookupSubnetResult, error) {
	found, err := ec2.GetSubnets(b.ctx, &ec2.GetSubnetsArgs{Filters: []ec2.GetSubnetsFilter{
		{Name: "tag:" + stackTag, Values: []string{b.ctx.Stack()}}, {Name: "tag:" + tag, Values: values},
	}}, pulumi.Provider(b.aws))
	if err != nil {
		return nil, fmt.Errorf("subnets of the stack: %w", err)
	}
	var subnets []*ec2.LookupSubnetResult
	for _, id := range found.Ids {
		subnet, err := ec2.LookupSubnet(b.ctx, &ec2.LookupSubnetArgs{Id: &id}, pulumi.Provider(b.aws))
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", id, err)
		}
		subnets = append(subnets, subnet)
	}
	return subnets, nil
}

// existingZones requests the zones in which the stack's private subnets exist from AWS.
func (b *builder) existingZones() ([]address.ExistingZone, error) {
	subnets, err := b.stackSubnets(network.PrivateTag, "1")
	if err != nil {
		return nil, err
	}
	var existing []address.ExistingZone
	for _, subnet := range subnets {
		private, err := netip.ParsePrefix(subnet.CidrBlock)
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", subnet.Id, err)
		}
		if cluster, ok := network.ClusterOf(subnet.Tags["Name"], subnet.AvailabilityZone); ok {
			existing = append(existing, address.ExistingZone{Name: subnet.AvailabilityZone, Cluster: cluster, Subnet: subnet.Id, Private: private})
		}
	}
	return existing, nil
}

// podRanges requests the ranges of the existing subnets for pods from AWS: without a range for pods only of those that
// the VPC CNI discovers.
func (b *builder) podRanges(zones []string) ([]address.ExistingRange, error) {
	tag, values := "Name", []string{}
	for _, zone := range zones {
		values = append(values, network.PodSubnet(b.name, zone))
	}
	if b.spec.Network.PodCIDR == "" {
		tag, values = network.PodTag, []string{"1"}
	}
	subnets, err := b.stackSubnets(tag, values...)
	if err != nil {
		return nil, err
	}
	var ranges []address.ExistingRange
	for _, subnet := range subnets {
		pods, err := netip.ParsePrefix(subnet.CidrBlock)
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", subnet.Id, err)
		}
		ranges = append(ranges, address.ExistingRange{Subnet: subnet.Id, Range: pods, Discovered: subnet.Tags[network.PodTag] != ""})
	}
	return ranges, nil
}
