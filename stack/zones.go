package stack

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/plan"
)

// checkZones asks AWS for the zones that the account can build in, and refuses others before anything is made. Zones of other types, such as
// Local Zones, are left out: EKS takes none of them for a control plane.
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
	if err := plan.Unavailable(b.spec, offered).Err(); err != nil {
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
