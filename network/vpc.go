// Package network holds the components of a VPC: the VPC with its subnets, the internet gateway, NAT gateways, VPC
// endpoints and flow logs.
package network

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan/address"
)

// VPCArgs holds the spec of a VPC.
type VPCArgs struct {
	CIDR  string
	Zones []address.Zone
	// IPAMPool is the ID of the IPAM pool from which CIDR is allocated, "" for none.
	IPAMPool string
	// PodCIDR is a second CIDR block, which holds the pod subnets; "" for none.
	PodCIDR string
	// PodDiscovery reports whether the VPC CNI discovers the pod subnets by their tag.
	PodDiscovery bool
	// IPv6 reports whether the VPC gets an IPv6 CIDR block from Amazon, of which each subnet gets a part.
	IPv6 bool
	// PublicNodes reports whether there are nodes in the public subnets. Instances in these subnets then get public
	// addresses: without one, a node there cannot reach the internet.
	PublicNodes bool
}

// VPC is a virtual private cloud with a public and a private subnet in each zone, and optional subnets for pods and the
// control plane. Its route tables have no default route: Internet and NAT add those.
type VPC struct {
	pulumi.ResourceState

	ID pulumi.IDOutput
	// Owner is the ID of the account that the VPC is in.
	Owner pulumi.StringOutput
	// Public, Private, Pods and ControlPlane hold the subnets in the order of the zones. Pods and ControlPlane may be
	// empty.
	Public, Private, Pods, ControlPlane []*Subnet
	// IPv6CIDR is the IPv6 CIDR block, which is known once the VPC exists; nil for none.
	IPv6CIDR pulumi.StringInput
}

// NewVPC registers a VPC, its default security group, and its subnets.
func NewVPC(ctx *pulumi.Context, name string, args *VPCArgs, opts ...pulumi.ResourceOption) (*VPC, error) {
	v := &VPC{}
	if err := ctx.RegisterComponentResource("eksnet:network:VPC", name, v, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(v)
	vpcArgs := &ec2.VpcArgs{
		CidrBlock: pulumi.String(args.CIDR),
		// Nodes resolve a private API endpoint by its DNS name
		// (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               nameTag(name),
	}
	if args.IPv6 {
		vpcArgs.AssignGeneratedIpv6CidrBlock = pulumi.Bool(true)
	}
	if args.IPAMPool != "" {
		vpcArgs.Ipv4IpamPoolId = pulumi.String(args.IPAMPool)
	}
	// Another pool would replace the VPC, and with it the cluster.
	vpc, err := ec2.NewVpc(ctx, name, vpcArgs, in, pulumi.IgnoreChanges([]string{"ipv4IpamPoolId"}))
	if err != nil {
		return nil, fmt.Errorf("VPC: %w", err)
	}
	v.ID, v.Owner = vpc.ID(), vpc.OwnerId
	if args.IPv6 {
		v.IPv6CIDR = vpc.Ipv6CidrBlock
	}
	// This removes all rules: a resource that gets the default security group by mistake can then neither send nor
	// receive traffic.
	_, err = ec2.NewDefaultSecurityGroup(ctx, name, &ec2.DefaultSecurityGroupArgs{VpcId: v.ID, Tags: nameTag(name + "-default")}, in)
	if err != nil {
		return nil, fmt.Errorf("default security group: %w", err)
	}
	podRange, err := v.addPodCIDR(ctx, name, args.PodCIDR, in)
	if err != nil {
		return nil, err
	}
	for _, zone := range args.Zones {
		if err := v.addZone(ctx, name, zone, args, podRange, in); err != nil {
			return nil, fmt.Errorf("zone %s: %w", zone.Name, err)
		}
	}
	component.Outputs(ctx, v, pulumi.Map{"id": v.ID})
	return v, nil
}

// addPodCIDR associates the second CIDR block with the VPC. It returns the VPC's ID as an output of the association, so
// that subnets in the block are created after the association and deleted before it.
func (v *VPC) addPodCIDR(ctx *pulumi.Context, name, cidr string, in pulumi.ResourceOption) (pulumi.StringInput, error) {
	if cidr == "" {
		return v.ID, nil
	}
	association, err := ec2.NewVpcIpv4CidrBlockAssociation(ctx, name+"-pods", &ec2.VpcIpv4CidrBlockAssociationArgs{
		VpcId:     v.ID,
		CidrBlock: pulumi.String(cidr),
	}, in)
	if err != nil {
		return nil, fmt.Errorf("second CIDR block %s: %w", cidr, err)
	}
	return association.VpcId, nil
}

// addZone registers a zone's subnets. Nodes in the public and private subnets have network interfaces in the pod
// subnet. When a zone is removed, its pod subnet must therefore be deleted after the others, so these depend on it.
// Without that dependency the order is not defined: Pulumi orders deletes only by the dependencies among the deleted
// resources, and the CNI add-on, which refers to the pod subnets, is not one of them (github.com/pulumi/pulumi,
// pkg/resource/deploy/step_generator.go, ScheduleDeletes).
func (v *VPC) addZone(ctx *pulumi.Context, name string, zone address.Zone, args *VPCArgs, podRange pulumi.StringInput, in pulumi.ResourceOption) error {
	var pods []*Subnet
	role := ""
	if args.PodDiscovery {
		role = PodTag
	}
	for _, planned := range []struct {
		vpc pulumi.StringInput
		subnetSpec
		list *[]*Subnet
	}{
		{podRange, subnetSpec{kind: "pods", cidr: zone.Pods, role: role}, &pods},
		{v.ID, subnetSpec{kind: "public", cidr: zone.Public, ipv6: zone.IPv6.Public, role: publicRole, publicAddresses: args.PublicNodes}, &v.Public},
		{v.ID, subnetSpec{kind: "private", cidr: zone.Private, ipv6: zone.IPv6.Private, role: privateRole, reserved: zone.Reserved}, &v.Private},
		{v.ID, subnetSpec{kind: "control-plane", cidr: zone.ControlPlane, ipv6: zone.IPv6.ControlPlane}, &v.ControlPlane},
	} {
		if !planned.cidr.IsValid() {
			continue
		}
		planned.zone, planned.vpcIPv6 = zone.Name, v.IPv6CIDR
		if planned.role == publicRole || planned.role == privateRole {
			planned.dependsOn = pods // nodes are only in these subnets
		}
		subnet, err := newSubnet(ctx, name, planned.vpc, planned.subnetSpec, in)
		if err != nil {
			return err
		}
		*planned.list = append(*planned.list, subnet)
	}
	v.Pods = append(v.Pods, pods...)
	return nil
}

// PrivateAndPods returns the private subnets and the pod subnets, which have the same routes.
func (v *VPC) PrivateAndPods() []*Subnet { return append(slices.Clone(v.Private), v.Pods...) }

// nameTag returns the tag that the AWS console shows as a resource's name.
func nameTag(name string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(name)}
}
