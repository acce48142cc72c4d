package network

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/plan/address"
)

// Tags by which the load balancer controller discovers subnets for internet-facing and internal load balancers
// (docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).
const (
	publicRole  = "kubernetes.io/role/elb"
	privateRole = "kubernetes.io/role/internal-elb"
)

// PodTag is the tag by which the VPC CNI discovers subnets for further interfaces of nodes
// (github.com/aws/amazon-vpc-cni-k8s, README.md, ENABLE_SUBNET_DISCOVERY).
const PodTag = "kubernetes.io/role/cni"

// PrivateTag is a tag of private subnets that other subnets of the stack do not have.
const PrivateTag = privateRole

// Subnet is a subnet with its own route table.
type Subnet struct {
	// Kind is public, private, pods or control-plane.
	Kind, Zone string
	// ID is the subnet's ID as an output of the route table association, so that the association exists as long as any
	// resource in the subnet does.
	ID         pulumi.StringOutput
	RouteTable pulumi.IDOutput

	association *ec2.RouteTableAssociation
}

// subnetSpec is the spec of a subnet.
type subnetSpec struct {
	kind, zone string
	cidr       netip.Prefix
	// vpcIPv6 is the VPC's IPv6 CIDR block, nil for none, and ipv6 the index of the subnet's /64 in it.
	vpcIPv6 pulumi.StringInput
	ipv6    int
	// role is the tag by which the load balancer controller or the VPC CNI discovers the subnet, "" for none.
	role string
	// publicAddresses reports whether instances in the subnet get public IPv4 addresses.
	publicAddresses bool
	// dependsOn holds subnets that are created before this one and deleted after it.
	dependsOn []*Subnet
	// reserved is the part of the CIDR block that is reserved for /28 prefixes of nodes; the zero value for none.
	reserved netip.Prefix
}

// PodSubnet returns the name of a zone's subnet for pods.
func PodSubnet(stack, zone string) string { return subnetName(stack, "pods", zone) }

// ClusterOf returns the cluster's name in the name of a private subnet, CLUSTER-private-ZONE, and whether the name has
// that form.
func ClusterOf(subnet, zone string) (cluster string, ok bool) {
	return strings.CutSuffix(subnet, subnetName("", "private", zone))
}

func subnetName(stack, kind, zone string) string { return stack + "-" + kind + "-" + zone }

func newSubnet(ctx *pulumi.Context, name string, vpc pulumi.StringInput, p subnetSpec, in pulumi.ResourceOption) (*Subnet, error) {
	name = subnetName(name, p.kind, p.zone)
	tags := nameTag(name)
	if p.role != "" {
		tags[p.role] = pulumi.String("1")
	}
	args := &ec2.SubnetArgs{
		VpcId:               vpc,
		AvailabilityZone:    pulumi.String(p.zone),
		CidrBlock:           pulumi.String(p.cidr.String()),
		MapPublicIpOnLaunch: pulumi.Bool(p.publicAddresses),
		Tags:                tags,
	}
	if p.vpcIPv6 != nil {
		args.Ipv6CidrBlock = p.ipv6CIDR()
		// EKS refuses node groups in subnets that do not assign IPv6 addresses (Ec2SubnetMissingIpv6Assignment,
		// docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html).
		args.AssignIpv6AddressOnCreation = pulumi.Bool(true)
	}
	subnet, err := ec2.NewSubnet(ctx, name, args, in)
	if err != nil {
		return nil, fmt.Errorf("subnet %s: %w", p.cidr, err)
	}
	table, err := ec2.NewRouteTable(ctx, name, &ec2.RouteTableArgs{VpcId: vpc, Tags: nameTag(name)}, in)
	if err != nil {
		return nil, fmt.Errorf("route table of subnet %s: %w", p.cidr, err)
	}
	var dependencies []pulumi.Resource
	for _, other := range p.dependsOn {
		dependencies = append(dependencies, other.association)
	}
	association, err := ec2.NewRouteTableAssociation(ctx, name, &ec2.RouteTableAssociationArgs{SubnetId: subnet.ID(), RouteTableId: table.ID()},
		in, pulumi.DependsOn(dependencies))
	if err != nil {
		return nil, fmt.Errorf("route table association of subnet %s: %w", p.cidr, err)
	}
	id, err := reservePrefixes(ctx, name, association.SubnetId.Elem(), p.reserved, in)
	if err != nil {
		return nil, err
	}
	return &Subnet{Kind: p.kind, Zone: p.zone, ID: id, RouteTable: table.ID(), association: association}, nil
}

// ipv6CIDR returns the subnet's /64 of the VPC's IPv6 CIDR block.
func (p subnetSpec) ipv6CIDR() pulumi.StringPtrOutput {
	return p.vpcIPv6.ToStringOutput().ApplyT(func(whole string) (string, error) {
		block, err := netip.ParsePrefix(whole)
		if err != nil {
			return "", fmt.Errorf("IPv6 CIDR block of the VPC: %w", err)
		}
		return address.IPv6Subnet(block, p.ipv6).String(), nil
	}).(pulumi.StringOutput).ToStringPtrOutput()
}

// reservePrefixes reserves a part of a subnet for prefixes. It returns the subnet's ID as an output of the reservation,
// so that network interfaces are created later: earlier ones could get single addresses in the reserved part.
func reservePrefixes(ctx *pulumi.Context, name string, subnet pulumi.StringOutput, part netip.Prefix, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
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

// IDs returns the IDs of subnets.
func IDs(subnets []*Subnet) pulumi.StringArray {
	ids := make(pulumi.StringArray, len(subnets))
	for i, subnet := range subnets {
		ids[i] = subnet.ID
	}
	return ids
}

// IDsByZone returns the IDs of subnets by zone.
func IDsByZone(subnets []*Subnet) pulumi.StringMap {
	ids := pulumi.StringMap{}
	for _, subnet := range subnets {
		ids[subnet.Zone] = subnet.ID
	}
	return ids
}
