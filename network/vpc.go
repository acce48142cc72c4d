// Package network holds the components of a VPC: places (VPC, subnets) and ways out of them (routes, NAT, endpoints).
package network

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan/address"
)

// VPCArgs are the spec and wires of a VPC.
type VPCArgs struct {
	CIDR  string
	Zones []address.Zone
	// PodCIDR is a second range, which holds the zones' subnets of pods; "" for none.
	PodCIDR string
	// PublicNodes tells that nodes are in the public subnets; they get public addresses there, their only way out.
	PublicNodes bool
}

// VPC is a virtual private cloud with a public and a private subnet in each zone, and with further ones where they are planned. Its
// subnets have route tables without a default route: Internet and NAT add those.
type VPC struct {
	pulumi.ResourceState

	ID pulumi.IDOutput
	// Owner is the account that the VPC is in.
	Owner pulumi.StringOutput
	// Public and Private are the subnets by zone, in the order of the zones. Pods and ControlPlane are empty where they are not
	// planned.
	Public, Private, Pods, ControlPlane []*Subnet
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
	v.ID, v.Owner = vpc.ID(), vpc.OwnerId
	// A default group without rules, so that nothing uses it by accident.
	_, err = ec2.NewDefaultSecurityGroup(ctx, name, &ec2.DefaultSecurityGroupArgs{VpcId: v.ID, Tags: named(name + "-default")}, in)
	if err != nil {
		return nil, fmt.Errorf("default security group: %w", err)
	}
	podRange, err := v.extend(ctx, name, args.PodCIDR, in)
	if err != nil {
		return nil, err
	}
	for _, zone := range args.Zones {
		if err := v.addZone(ctx, name, zone, args.PublicNodes, podRange, in); err != nil {
			return nil, fmt.Errorf("zone %s: %w", zone.Name, err)
		}
	}
	component.Outputs(ctx, v, pulumi.Map{"id": v.ID})
	return v, nil
}

// extend gives the VPC its second range. What it returns is the VPC's id as the association tells it, so that subnets of the range
// come after it and go before it.
func (v *VPC) extend(ctx *pulumi.Context, name, cidr string, in pulumi.ResourceOption) (pulumi.StringInput, error) {
	if cidr == "" {
		return v.ID, nil
	}
	association, err := ec2.NewVpcIpv4CidrBlockAssociation(ctx, name+"-pods", &ec2.VpcIpv4CidrBlockAssociationArgs{
		VpcId:     v.ID,
		CidrBlock: pulumi.String(cidr),
	}, in)
	if err != nil {
		return nil, fmt.Errorf("second range %s: %w", cidr, err)
	}
	return association.VpcId, nil
}

// addZone registers a zone's subnets. Nodes in the public and the private one hold interfaces in the pods' subnet, so when a zone is removed
// that goes after them: the engine orders deletes by the dependencies among what it deletes, and the CNI's add-on, which names the pods'
// subnets, stays (github.com/pulumi/pulumi, pkg/resource/deploy/step_generator.go, ScheduleDeletes).
func (v *VPC) addZone(ctx *pulumi.Context, name string, zone address.Zone, publicNodes bool, podRange pulumi.StringInput, in pulumi.ResourceOption) error {
	var pods []*Subnet
	for _, planned := range []struct {
		in pulumi.StringInput
		place
		into *[]*Subnet
	}{
		{podRange, place{kind: "pods", cidr: zone.Pods}, &pods},
		{v.ID, place{kind: "public", cidr: zone.Public, role: publicRole, publicAddresses: publicNodes}, &v.Public},
		{v.ID, place{kind: "private", cidr: zone.Private, role: privateRole, reserved: zone.Reserved}, &v.Private},
		{v.ID, place{kind: "control-plane", cidr: zone.ControlPlane}, &v.ControlPlane},
	} {
		if !planned.cidr.IsValid() {
			continue
		}
		planned.zone = zone.Name
		if planned.role != "" {
			planned.after = pods
		}
		subnet, err := newSubnet(ctx, name, planned.in, planned.place, in)
		if err != nil {
			return err
		}
		*planned.into = append(*planned.into, subnet)
	}
	v.Pods = append(v.Pods, pods...)
	return nil
}

// Inner are the subnets that share the private ones' way out.
func (v *VPC) Inner() []*Subnet { return append(slices.Clone(v.Private), v.Pods...) }

// named is the tag that consoles show as a resource's name.
func named(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}
