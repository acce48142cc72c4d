// Package network holds the components of a VPC: places (VPC, subnets) and ways out of them (routes, NAT, endpoints).
package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan"
)

// VPCArgs are the spec and wires of a VPC.
type VPCArgs struct {
	CIDR  string
	Zones []plan.Zone
	// PublicNodes tells that nodes are in the public subnets; they get public addresses there, their only way out.
	PublicNodes bool
}

// VPC is a virtual private cloud with a public and a private subnet in each zone. Its subnets have route tables without a
// default route: Internet and NAT add those.
type VPC struct {
	pulumi.ResourceState

	ID pulumi.IDOutput
	// Public and Private are the subnets by zone, in the order of the zones.
	Public, Private []*Subnet
}

// NewVPC registers a VPC, its locked default security group and its subnets.
func NewVPC(ctx *pulumi.Context, name string, args *VPCArgs, opts ...pulumi.ResourceOption) (*VPC, error) {
	v := &VPC{}
	if err := ctx.RegisterComponentResource("eksnet:network:VPC", name, v, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(v)
	vpc, err := ec2.NewVpc(ctx, name, &ec2.VpcArgs{
		CidrBlock: pulumi.String(args.CIDR),
		// Nodes find a private API endpoint by its name (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               named(name),
	}, in)
	if err != nil {
		return nil, fmt.Errorf("VPC: %w", err)
	}
	v.ID = vpc.ID()
	// A default group without rules, so that nothing uses it by accident.
	_, err = ec2.NewDefaultSecurityGroup(ctx, name, &ec2.DefaultSecurityGroupArgs{VpcId: v.ID, Tags: named(name + "-default")}, in)
	if err != nil {
		return nil, fmt.Errorf("default security group: %w", err)
	}
	for _, zone := range args.Zones {
		if err := v.addZone(ctx, name, zone, args.PublicNodes, in); err != nil {
			return nil, fmt.Errorf("zone %s: %w", zone.Name, err)
		}
	}
	component.Outputs(ctx, v, pulumi.Map{"id": v.ID})
	return v, nil
}

func (v *VPC) addZone(ctx *pulumi.Context, name string, zone plan.Zone, publicNodes bool, in pulumi.ResourceOption) error {
	public, err := newSubnet(ctx, name+"-public-"+zone.Name, v.ID, place{zone.Name, zone.Public, publicRole, publicNodes}, in)
	if err != nil {
		return err
	}
	private, err := newSubnet(ctx, name+"-private-"+zone.Name, v.ID, place{zone.Name, zone.Private, privateRole, false}, in)
	if err != nil {
		return err
	}
	v.Public, v.Private = append(v.Public, public), append(v.Private, private)
	return nil
}

// named is the tag that consoles show as a resource's name.
func named(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}
