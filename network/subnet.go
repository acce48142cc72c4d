package network

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The tags by which the load balancer controller finds subnets for internet-facing and internal load balancers
// (docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).
const (
	publicRole  = "kubernetes.io/role/elb"
	privateRole = "kubernetes.io/role/internal-elb"
)

// Subnet is a subnet with a route table of its own.
type Subnet struct {
	Zone string
	// ID is the subnet's id as its route table association tells it, so that whatever is in the subnet has its routes, from
	// the first packet to the last.
	ID         pulumi.StringOutput
	RouteTable pulumi.IDOutput
}

// place is what a subnet is for.
type place struct {
	zone string
	cidr netip.Prefix
	// role is the tag by which load balancers find it.
	role string
	// publicAddresses tells that what starts in it gets one.
	publicAddresses bool
}

func newSubnet(ctx *pulumi.Context, name string, vpc pulumi.IDOutput, p place, in pulumi.ResourceOption) (*Subnet, error) {
	tags := named(name)
	tags[p.role] = pulumi.String("1")
	subnet, err := ec2.NewSubnet(ctx, name, &ec2.SubnetArgs{
		VpcId:               vpc,
		AvailabilityZone:    pulumi.String(p.zone),
		CidrBlock:           pulumi.String(p.cidr.String()),
		MapPublicIpOnLaunch: pulumi.Bool(p.publicAddresses),
		Tags:                tags,
	}, in)
	if err != nil {
		return nil, fmt.Errorf("subnet %s: %w", p.cidr, err)
	}
	table, err := ec2.NewRouteTable(ctx, name, &ec2.RouteTableArgs{VpcId: vpc, Tags: named(name)}, in)
	if err != nil {
		return nil, fmt.Errorf("route table of subnet %s: %w", p.cidr, err)
	}
	association, err := ec2.NewRouteTableAssociation(ctx, name, &ec2.RouteTableAssociationArgs{SubnetId: subnet.ID(), RouteTableId: table.ID()}, in)
	if err != nil {
		return nil, fmt.Errorf("route table association of subnet %s: %w", p.cidr, err)
	}
	return &Subnet{Zone: p.zone, ID: association.SubnetId.Elem(), RouteTable: table.ID()}, nil
}

// IDs are the ids of some subnets.
func IDs(subnets []*Subnet) pulumi.StringArray {
	ids := make(pulumi.StringArray, len(subnets))
	for i, subnet := range subnets {
		ids[i] = subnet.ID
	}
	return ids
}
