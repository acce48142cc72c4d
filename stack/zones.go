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
// zones whose subnets would overlap those of an existing zone. Zones of other types, such as Local Zones, are not
// requested: EKS does not accept them for a control plane.
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
	existing, err := b.existingZones(found.Names)
	if err != nil {
		return err
	}
	if err := plan.CheckZones(b.spec, offered).With(address.CheckExistingZones(b.spec, existing)).Err(); err != nil {
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

// existingZones requests the zones in which the stack's private subnets exist from AWS, among the region's zones.
func (b *builder) existingZones(zones []string) ([]address.ExistingZone, error) {
	var names []string
	for _, zone := range zones {
		names = append(names, network.PrivateSubnet(b.name, zone))
	}
	found, err := ec2.GetSubnets(b.ctx, &ec2.GetSubnetsArgs{Filters: []ec2.GetSubnetsFilter{
		{Name: "tag:" + stackTag, Values: []string{b.ctx.Stack()}}, {Name: "tag:Name", Values: names},
	}}, pulumi.Provider(b.aws))
	if err != nil {
		return nil, fmt.Errorf("subnets of the stack: %w", err)
	}
	var existing []address.ExistingZone
	for _, id := range found.Ids {
		subnet, err := ec2.LookupSubnet(b.ctx, &ec2.LookupSubnetArgs{Id: &id}, pulumi.Provider(b.aws))
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", id, err)
		}
		private, err := netip.ParsePrefix(subnet.CidrBlock)
		if err != nil {
			return nil, fmt.Errorf("subnet %s: %w", id, err)
		}
		existing = append(existing, address.ExistingZone{Name: subnet.AvailabilityZone, Subnet: id, Private: private})
	}
	return existing, nil
}
