package fabric

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Describe returns the Spec of a VPC as EC2 describes it. The name of a host is its instance ID; network interfaces
// without an instance are omitted, except those of NAT gateways. What EC2 does not describe is as in around: the hosts
// outside, the other network, existing namespaces and the MTU. Routes and rules for prefix lists are omitted.
func Describe(ctx context.Context, client *ec2.Client, vpc string, around Spec) (Spec, error) {
	s := Spec{Outside: around.Outside, Other: around.Other, Hosts: around.Hosts, MTU: around.MTU}
	d := description{client: client, vpc: vpc, Spec: &s}
	for _, describe := range []func(context.Context) error{d.describeRanges, d.describeSubnets, d.describeInternetGateway,
		d.describeEgressOnlyGateway, d.describeNATGateways, d.describeSecurityGroups, d.describeInterfaces, d.describeRouteTables} {
		if err := describe(ctx); err != nil {
			return Spec{}, fmt.Errorf("VPC %s: %w", vpc, err)
		}
	}
	return s, d.err
}

// description reads a VPC.
type description struct {
	*Spec
	client *ec2.Client
	vpc    string
	err    error // the first address that cannot be read
}

func (d *description) filter(name string) []types.Filter {
	return []types.Filter{{Name: &name, Values: []string{d.vpc}}}
}

// address returns an address that EC2 describes, an invalid one for none.
func (d *description) address(text *string) netip.Addr {
	if aws.ToString(text) == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(*text)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("VPC %s: %w", d.vpc, err)
	}
	return a
}

func (d *description) prefix(text *string) netip.Prefix {
	p, err := netip.ParsePrefix(aws.ToString(text))
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("VPC %s: %w", d.vpc, err)
	}
	return p
}

func (d *description) describeRanges(ctx context.Context) error {
	found, err := d.client.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{d.vpc}})
	if err != nil {
		return err
	}
	for _, vpc := range found.Vpcs {
		for _, block := range vpc.CidrBlockAssociationSet {
			if block.CidrBlockState == nil || block.CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
				d.Ranges = append(d.Ranges, d.prefix(block.CidrBlock))
			}
		}
		for _, block := range vpc.Ipv6CidrBlockAssociationSet {
			if block.Ipv6CidrBlockState == nil || block.Ipv6CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
				d.Ranges = append(d.Ranges, d.prefix(block.Ipv6CidrBlock))
			}
		}
	}
	return nil
}

func (d *description) describeSubnets(ctx context.Context) error {
	pages := ec2.NewDescribeSubnetsPaginator(d.client, &ec2.DescribeSubnetsInput{Filters: d.filter("vpc-id")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, s := range page.Subnets {
			subnet := Subnet{ID: aws.ToString(s.SubnetId), Range: d.prefix(s.CidrBlock)}
			for _, block := range s.Ipv6CidrBlockAssociationSet {
				subnet.IPv6 = d.prefix(block.Ipv6CidrBlock)
			}
			d.Subnets = append(d.Subnets, subnet)
		}
	}
	return nil
}

func (d *description) describeInternetGateway(ctx context.Context) error {
	found, err := d.client.DescribeInternetGateways(ctx,
		&ec2.DescribeInternetGatewaysInput{Filters: d.filter("attachment.vpc-id")})
	if err != nil {
		return err
	}
	for _, g := range found.InternetGateways {
		d.InternetGateway = aws.ToString(g.InternetGatewayId)
	}
	return nil
}

// describeEgressOnlyGateway filters gateways itself: EC2 has no filter for their VPC.
func (d *description) describeEgressOnlyGateway(ctx context.Context) error {
	pages := ec2.NewDescribeEgressOnlyInternetGatewaysPaginator(d.client,
		&ec2.DescribeEgressOnlyInternetGatewaysInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, g := range page.EgressOnlyInternetGateways {
			if slices.ContainsFunc(g.Attachments, func(a types.InternetGatewayAttachment) bool {
				return aws.ToString(a.VpcId) == d.vpc
			}) {
				d.EgressOnlyGateway = aws.ToString(g.EgressOnlyInternetGatewayId)
			}
		}
	}
	return nil
}

func (d *description) describeNATGateways(ctx context.Context) error {
	pages := ec2.NewDescribeNatGatewaysPaginator(d.client, &ec2.DescribeNatGatewaysInput{Filter: d.filter("vpc-id")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, g := range page.NatGateways {
			if g.State == types.NatGatewayStateAvailable && len(g.NatGatewayAddresses) > 0 {
				a := g.NatGatewayAddresses[0]
				d.NATGateways = append(d.NATGateways, NATGateway{ID: aws.ToString(g.NatGatewayId),
					Subnet: aws.ToString(g.SubnetId), Private: d.address(a.PrivateIp), Public: d.address(a.PublicIp)})
			}
		}
	}
	return nil
}

func (d *description) describeInterfaces(ctx context.Context) error {
	pages := ec2.NewDescribeNetworkInterfacesPaginator(d.client,
		&ec2.DescribeNetworkInterfacesInput{Filters: d.filter("vpc-id")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, i := range page.NetworkInterfaces {
			if i.Attachment == nil || aws.ToString(i.Attachment.InstanceId) == "" {
				continue
			}
			described, err := d.describeInterface(i)
			if err != nil {
				return err
			}
			d.Interfaces = append(d.Interfaces, described)
		}
	}
	return nil
}

func (d *description) describeInterface(i types.NetworkInterface) (Interface, error) {
	described := Interface{ID: aws.ToString(i.NetworkInterfaceId), Subnet: aws.ToString(i.SubnetId),
		Host: aws.ToString(i.Attachment.InstanceId), DeviceIndex: int(aws.ToInt32(i.Attachment.DeviceIndex)),
		Primary: d.address(i.PrivateIpAddress)}
	if i.Association != nil {
		described.Public = d.address(i.Association.PublicIp)
	}
	for _, a := range i.PrivateIpAddresses {
		if secondary := d.address(a.PrivateIpAddress); secondary != described.Primary {
			described.Secondary = append(described.Secondary, secondary)
		}
	}
	for _, p := range i.Ipv4Prefixes {
		described.Prefixes = append(described.Prefixes, d.prefix(p.Ipv4Prefix))
	}
	for _, a := range i.Ipv6Addresses {
		if address := d.address(a.Ipv6Address); !described.IPv6.IsValid() {
			described.IPv6 = address
		} else {
			described.Secondary = append(described.Secondary, address)
		}
	}
	for _, p := range i.Ipv6Prefixes {
		described.Prefixes = append(described.Prefixes, d.prefix(p.Ipv6Prefix))
	}
	for _, g := range i.Groups {
		described.Groups = append(described.Groups, aws.ToString(g.GroupId))
	}
	mac, err := net.ParseMAC(aws.ToString(i.MacAddress))
	if err != nil {
		return described, fmt.Errorf("network interface %s: %w", described.ID, err)
	}
	described.MAC = mac
	return described, nil
}

// describeRouteTables also sets the route tables of subnets: a subnet without an association has the main one.
func (d *description) describeRouteTables(ctx context.Context) error {
	pages := ec2.NewDescribeRouteTablesPaginator(d.client, &ec2.DescribeRouteTablesInput{Filters: d.filter("vpc-id")})
	tableOf, main := map[string]string{}, ""
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, t := range page.RouteTables {
			id := aws.ToString(t.RouteTableId)
			for _, association := range t.Associations {
				tableOf[aws.ToString(association.SubnetId)] = id
				if aws.ToBool(association.Main) {
					main = id
				}
			}
			d.RouteTables = append(d.RouteTables, RouteTable{ID: id, Routes: d.routes(t.Routes)})
		}
	}
	for place := range d.Subnets {
		s := &d.Subnets[place]
		if s.RouteTable = tableOf[s.ID]; s.RouteTable == "" {
			s.RouteTable = main
		}
	}
	return nil
}

// routes returns routes without the local ones. The target of a route is "" if it no longer exists or is unknown here.
func (d *description) routes(described []types.Route) (routes []Route) {
	for _, r := range described {
		destination := r.DestinationCidrBlock
		if aws.ToString(destination) == "" {
			destination = r.DestinationIpv6CidrBlock
		}
		if aws.ToString(r.GatewayId) == "local" || aws.ToString(destination) == "" {
			continue
		}
		target := ""
		for _, id := range []*string{r.GatewayId, r.EgressOnlyInternetGatewayId, r.NatGatewayId, r.NetworkInterfaceId, r.TransitGatewayId,
			r.VpcPeeringConnectionId} {
			if text := aws.ToString(id); d.isTarget(text) {
				target = text
			}
		}
		routes = append(routes, Route{Destination: d.prefix(destination), Target: target})
	}
	return routes
}

func (d *description) describeSecurityGroups(ctx context.Context) error {
	var found []types.SecurityGroup
	pages := ec2.NewDescribeSecurityGroupsPaginator(d.client,
		&ec2.DescribeSecurityGroupsInput{Filters: d.filter("vpc-id")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		found = append(found, page.SecurityGroups...)
	}
	for _, g := range found {
		group := SecurityGroup{ID: aws.ToString(g.GroupId)}
		for _, p := range g.IpPermissions {
			group.Rules = append(group.Rules, d.rule(p, false, found))
		}
		for _, p := range g.IpPermissionsEgress {
			group.Rules = append(group.Rules, d.rule(p, true, found))
		}
		d.SecurityGroups = append(d.SecurityGroups, group)
	}
	return nil
}

// rule returns a rule without the security groups of other VPCs, which have no interfaces here.
func (d *description) rule(p types.IpPermission, egress bool, groups []types.SecurityGroup) Rule {
	r := Rule{Egress: egress, Protocol: aws.ToString(p.IpProtocol), FromPort: -1, ToPort: -1}
	if p.FromPort != nil {
		r.FromPort = int(*p.FromPort)
	}
	if p.ToPort != nil {
		r.ToPort = int(*p.ToPort)
	}
	for _, cidr := range p.IpRanges {
		r.CIDRs = append(r.CIDRs, d.prefix(cidr.CidrIp))
	}
	for _, cidr := range p.Ipv6Ranges {
		r.CIDRs = append(r.CIDRs, d.prefix(cidr.CidrIpv6))
	}
	for _, pair := range p.UserIdGroupPairs {
		id := aws.ToString(pair.GroupId)
		if slices.ContainsFunc(groups, func(g types.SecurityGroup) bool { return aws.ToString(g.GroupId) == id }) {
			r.Groups = append(r.Groups, id)
		}
	}
	return r
}
