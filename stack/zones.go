package stack

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/network"
	"eksnet/plan"
)

// checkZones asks AWS for the zones that the account can build in, and refuses others before anything changes; zones that would take the
// addresses of a zone that exists too, and another name of the cluster or range of pods than the stack was made with. Zones of other types, such as Local Zones, are
// left out: EKS takes none of them for a control plane.
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
	standing, err := b.standingZones()
	if err != nil {
		return err
	}
	if err := plan.Renamed(b.spec, standing).Err(); err != nil {
		return err
	}
	pods, err := b.podRanges(found.Names)
	if err != nil {
		return err
	}
	if err := plan.Unavailable(b.spec, offered).With(plan.Displaced(b.spec, standing)).With(plan.MovedPods(b.spec, pods)).Err(); err != nil {
		return err
	}
	return b.checkInstanceTypes()
}

// checkInstanceTypes asks AWS in which zones the instance types are offered, and refuses groups that could not start nodes in one of theirs.
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
	return plan.NotOffered(b.spec, offered).Err()
}

// stackSubnets asks AWS for the subnets of the stack with one of some values of a tag.
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

// standingZones are the zones in which the stack's private subnets exist.
func (b *builder) standingZones() ([]plan.StandingZone, error) {
	subnets, err := b.stackSubnets(network.PrivateTag, "1")
	if err != nil {
		return nil, err
	}
	var standing []plan.StandingZone
	for _, subnet := range subnets {
		private, err := netip.ParsePrefix(subnet.CidrBlock)
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", subnet.Id, err)
		}
		if cluster, ok := network.ClusterOf(subnet.Tags["Name"], subnet.AvailabilityZone); ok {
			standing = append(standing, plan.StandingZone{Name: subnet.AvailabilityZone, Cluster: cluster, Subnet: subnet.Id, Private: private})
		}
	}
	return standing, nil
}

// podRanges are the ranges of the pods' subnets that exist in some zones, where the stack has a range for pods.
func (b *builder) podRanges(zones []string) ([]plan.StandingRange, error) {
	if b.spec.Network.PodCIDR == "" {
		return nil, nil
	}
	var names []string
	for _, zone := range zones {
		names = append(names, network.PodSubnet(b.name, zone))
	}
	subnets, err := b.stackSubnets("Name", names...)
	if err != nil {
		return nil, err
	}
	var ranges []plan.StandingRange
	for _, subnet := range subnets {
		pods, err := netip.ParsePrefix(subnet.CidrBlock)
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", subnet.Id, err)
		}
		ranges = append(ranges, plan.StandingRange{Subnet: subnet.Id, Range: pods})
	}
	return ranges, nil
}
