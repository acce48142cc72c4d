// Package dns holds the components of Route 53: hosted zones, and records of load balancers in them.
package dns

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// ZoneArgs holds the spec and wires of a hosted zone.
type ZoneArgs struct {
	Spec config.HostedZone
	// ID is the ID of a zone that exists, "" for a zone of the stack.
	ID string
	// Region and VPC are those of the stack's VPC.
	Region string
	VPC    pulumi.StringInput
}

// Zone is a hosted zone that exists, or one that the stack creates.
type Zone struct {
	pulumi.ResourceState

	ID pulumi.StringOutput
	// NameServers are those of a zone of the stack. They are nil for a zone that exists.
	NameServers pulumi.StringArrayInput
}

// NewZone registers a zone of the stack, or the association of the stack's VPC with a private zone that exists. A zone
// is not emptied when it is deleted: Route 53 refuses to delete it as long as it has records of others.
func NewZone(ctx *pulumi.Context, name string, args *ZoneArgs, opts ...pulumi.ResourceOption) (*Zone, error) {
	z := &Zone{}
	if err := ctx.RegisterComponentResource("eksnet:dns:Zone", name, z, opts...); err != nil {
		return nil, err
	}
	var err error
	switch {
	case args.Spec.Own:
		err = z.create(ctx, name, args)
	case args.Spec.Private:
		err = z.associate(ctx, name, args)
	default:
		z.ID = pulumi.String(args.ID).ToStringOutput()
	}
	if err != nil {
		return nil, err
	}
	component.Outputs(ctx, z, pulumi.Map{"zoneId": z.ID})
	return z, nil
}

func (z *Zone) create(ctx *pulumi.Context, name string, args *ZoneArgs) error {
	zone := &route53.ZoneArgs{Name: pulumi.String(args.Spec.Domain), Comment: pulumi.String("Names of load balancers, created by eksnet")}
	if args.Spec.Private {
		zone.Vpcs = route53.ZoneVpcArray{route53.ZoneVpcArgs{VpcId: args.VPC, VpcRegion: pulumi.String(args.Region)}}
	}
	made, err := route53.NewZone(ctx, name, zone, pulumi.Parent(z))
	if err != nil {
		return fmt.Errorf("hosted zone: %w", err)
	}
	z.ID, z.NameServers = made.ZoneId, made.NameServers
	return nil
}

func (z *Zone) associate(ctx *pulumi.Context, name string, args *ZoneArgs) error {
	// A VPC can use one private zone of a domain, so the association with another zone must be deleted first.
	made, err := route53.NewZoneAssociation(ctx, name, &route53.ZoneAssociationArgs{
		ZoneId: pulumi.String(args.ID), VpcId: args.VPC, VpcRegion: pulumi.String(args.Region),
	}, pulumi.Parent(z), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("association with the VPC: %w", err)
	}
	z.ID = made.ZoneId
	return nil
}
