package network

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The tags by which the load balancer controller finds subnets for internet-facing and internal load balancers
// (docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).
const (
	publicRole  = "kubernetes.io/role/elb"
	privateRole = "kubernetes.io/role/internal-elb"
)

// PrivateTag is a tag that private subnets have and others of the stack do not.
const PrivateTag = privateRole

// Subnet is a subnet with a route table of its own.
type Subnet struct {
	// Kind is public, private, pods or control-plane.
	Kind, Zone string
	// ID is the subnet's id as its route table association tells it, so that whatever is in the subnet has its routes, from
	// the first packet to the last.
	ID         pulumi.StringOutput
	RouteTable pulumi.IDOutput

	association *ec2.RouteTableAssociation
}

// place is what a subnet is for.
type place struct {
	kind, zone string
	cidr       netip.Prefix
	// role is the tag by which load balancers find it, "" where none belongs.
	role string
	// publicAddresses tells that what starts in it gets one.
	publicAddresses bool
	// after are subnets that stay as long as this one does.
	after []*Subnet
	// reserved is the part that is kept for prefixes, the zero prefix for none.
	reserved netip.Prefix
}

// PodSubnet is the name of a zone's subnet of pods.
func PodSubnet(stack, zone string) string { return subnetName(stack, "pods", zone) }

// ClusterOf returns the cluster's name in the name of a zone's private subnet, and whether it is such a name.
func ClusterOf(subnet, zone string) (cluster string, ok bool) {
	return strings.CutSuffix(subnet, subnetName("", "private", zone))
}

func subnetName(stack, kind, zone string) string { return stack + "-" + kind + "-" + zone }

func newSubnet(ctx *pulumi.Context, name string, vpc pulumi.StringInput, p place, in pulumi.ResourceOption) (*Subnet, error) {
	name = subnetName(name, p.kind, p.zone)
	tags := named(name)
	if p.role != "" {
		tags[p.role] = pulumi.String("1")
	}
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
	var stay []pulumi.Resource
	for _, other := range p.after {
		stay = append(stay, other.association)
	}
	association, err := ec2.NewRouteTableAssociation(ctx, name, &ec2.RouteTableAssociationArgs{SubnetId: subnet.ID(), RouteTableId: table.ID()},
		in, pulumi.DependsOn(stay))
	if err != nil {
		return nil, fmt.Errorf("route table association of subnet %s: %w", p.cidr, err)
	}
	id, err := reserve(ctx, name, association.SubnetId.Elem(), p.reserved, in)
	if err != nil {
		return nil, err
	}
	return &Subnet{Kind: p.kind, Zone: p.zone, ID: id, RouteTable: table.ID(), association: association}, nil
}

// reserve keeps a part of a subnet for prefixes. What it returns is the subnet's id as the reservation tells it: what came earlier could
// take its addresses from that part, one of each block.
func reserve(ctx *pulumi.Context, name string, subnet pulumi.StringOutput, part netip.Prefix, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if !part.IsValid() {
		return subnet, nil
	}
	reservation, err := ec2.NewSubnetCidrReservation(ctx, name, &ec2.SubnetCidrReservationArgs{
		SubnetId:        subnet,
		CidrBlock:       pulumi.String(part.String()),
		ReservationType: pulumi.String("prefix"),
		Description:     pulumi.String("Prefixes of nodes"),
	}, in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("reservation of %s: %w", part, err)
	}
	return reservation.SubnetId, nil
}

// IDs are the ids of some subnets.
func IDs(subnets []*Subnet) pulumi.StringArray {
	ids := make(pulumi.StringArray, len(subnets))
	for i, subnet := range subnets {
		ids[i] = subnet.ID
	}
	return ids
}

// ByZone are the ids of some subnets by zone.
func ByZone(subnets []*Subnet) pulumi.StringMap {
	ids := pulumi.StringMap{}
	for _, subnet := range subnets {
		ids[subnet.Zone] = subnet.ID
	}
	return ids
}
