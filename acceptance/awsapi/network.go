package awsapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// networkService is EC2 with VPC and EBS.
type networkService struct {
	client *ec2.Client
	region string
}

func newNetworkService(c aws.Config) *networkService {
	return &networkService{client: ec2.NewFromConfig(c), region: c.Region}
}

// description lists the resources of a type.
type description struct {
	typ string
	// call is the API call, and vpcFilter the filter by VPC, "" for a type that is in no VPC.
	call, vpcFilter string
	list            func(ctx context.Context, filters []types.Filter) ([]leftover.Resource, error)
}

func (s *networkService) descriptions() []description {
	return []description{
		{leftover.FlowLogType, "ec2:DescribeFlowLogs", "resource-id", s.listFlowLogs},
		{leftover.InstanceType, "ec2:DescribeInstances", "vpc-id", s.listInstances},
		{leftover.TemplateType, "ec2:DescribeLaunchTemplates", "", s.listTemplates},
		{leftover.VolumeType, "ec2:DescribeVolumes", "", s.listVolumes},
		{leftover.SnapshotType, "ec2:DescribeSnapshots", "", s.listSnapshots},
		{leftover.EndpointType, "ec2:DescribeVpcEndpoints", "vpc-id", s.listEndpoints},
		{leftover.NATGatewayType, "ec2:DescribeNatGateways", "vpc-id", s.listNATGateways},
		{leftover.AddressType, "ec2:DescribeAddresses", "", s.listAddresses},
		{leftover.InterfaceType, "ec2:DescribeNetworkInterfaces", "vpc-id", s.listInterfaces},
		{leftover.SecurityGroupType, "ec2:DescribeSecurityGroups", "vpc-id", s.listSecurityGroups},
		{leftover.RouteTableType, "ec2:DescribeRouteTables", "vpc-id", s.listRouteTables},
		{leftover.SubnetType, "ec2:DescribeSubnets", "vpc-id", s.listSubnets},
		{leftover.GatewayType, "ec2:DescribeInternetGateways", "attachment.vpc-id", s.listGateways},
		{leftover.VPCType, "ec2:DescribeVpcs", "vpc-id", s.listVPCsWith},
	}
}

// Types implements account.Service.
func (s *networkService) Types() []string {
	all := []string{leftover.EgressGatewayType, leftover.ReservationType}
	for _, d := range s.descriptions() {
		all = append(all, d.typ)
	}
	return all
}

// List implements account.Service. EC2 combines filters with and, so each tag is a call of its own.
func (s *networkService) List(ctx context.Context, q account.Query) ([]leftover.Resource, error) {
	var all []leftover.Resource
	for _, d := range s.descriptions() {
		found, err := d.search(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	gateways, err := s.listEgressGateways(ctx)
	if err != nil {
		return nil, err
	}
	reservations, err := s.listReservations(ctx, all)
	return slices.Concat(all, gateways, reservations), err
}

// search returns the resources of a type that have one of its tags, or are in one of the VPCs.
func (d description) search(ctx context.Context, q account.Query) (all []leftover.Resource, err error) {
	var searches []types.Filter
	for _, tag := range q.Tags(d.typ) {
		searches = append(searches, filter("tag:"+tag.Key, tag.Value))
	}
	if d.vpcFilter != "" && len(q.VPCs) > 0 {
		searches = append(searches, filter(d.vpcFilter, q.VPCs...))
	}
	for _, search := range searches {
		found, err := d.list(ctx, []types.Filter{search})
		if err != nil {
			return nil, explain(d.call, err)
		}
		for _, r := range found {
			if !slices.ContainsFunc(all, func(other leftover.Resource) bool { return other.ID == r.ID }) {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

// tagsOf returns the tags of an EC2 resource by key.
func tagsOf(tags []types.Tag) map[string]string {
	all := map[string]string{}
	for _, tag := range tags {
		all[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return all
}

// resource returns a resource of EC2. kind is the resource type in its ARN
// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
func (s *networkService) resource(typ, kind string, id *string, tags []types.Tag) leftover.Resource {
	named := tagsOf(tags)
	return leftover.Resource{Type: typ, ID: aws.ToString(id), ARN: kind + "/" + aws.ToString(id), Name: named["Name"], Tags: named, Size: 1}
}

func (s *networkService) listVPCs(ctx context.Context) ([]leftover.Resource, error) {
	found, err := s.listVPCsWith(ctx, nil)
	return found, explain("ec2:DescribeVpcs", err)
}

func (s *networkService) listVPCsWith(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeVpcsPaginator(s.client, &ec2.DescribeVpcsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Vpcs {
			r := s.resource(leftover.VPCType, "vpc", v.VpcId, v.Tags)
			r.VPC = r.ID
			all = append(all, r)
		}
	}
	return all, nil
}

func (s *networkService) listSubnets(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeSubnetsPaginator(s.client, &ec2.DescribeSubnetsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Subnets {
			r := s.resource(leftover.SubnetType, "subnet", v.SubnetId, v.Tags)
			r.VPC = aws.ToString(v.VpcId)
			all = append(all, r)
		}
	}
	return all, nil
}

// listReservations returns the CIDR reservations of subnets, which have tags of their own or none.
func (s *networkService) listReservations(ctx context.Context, resources []leftover.Resource) (all []leftover.Resource, err error) {
	for _, subnet := range resources {
		if subnet.Type != leftover.SubnetType {
			continue
		}
		found, err := s.client.GetSubnetCidrReservations(ctx, &ec2.GetSubnetCidrReservationsInput{SubnetId: &subnet.ID})
		if err != nil {
			return nil, explain("ec2:GetSubnetCidrReservations", err)
		}
		for _, v := range slices.Concat(found.SubnetIpv4CidrReservations, found.SubnetIpv6CidrReservations) {
			r := s.resource(leftover.ReservationType, "subnet-cidr-reservation", v.SubnetCidrReservationId, v.Tags)
			r.VPC, r.Description = subnet.VPC, fmt.Sprintf("%s of %s", aws.ToString(v.Cidr), subnet.ID)
			if len(r.Tags) == 0 { // the AWS provider does not tag reservations: they belong to the subnet's owner
				r.Tags = subnet.Tags
			}
			all = append(all, r)
		}
	}
	return all, nil
}

// listRouteTables leaves out the main route tables of VPCs, which are deleted with the VPC.
func (s *networkService) listRouteTables(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeRouteTablesPaginator(s.client, &ec2.DescribeRouteTablesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.RouteTables {
			r := s.resource(leftover.RouteTableType, "route-table", v.RouteTableId, v.Tags)
			r.VPC = aws.ToString(v.VpcId)
			main := false
			for _, association := range v.Associations {
				main = main || aws.ToBool(association.Main)
				r.Before = append(r.Before, partCommand(leftover.AssociationType, aws.ToString(association.RouteTableAssociationId), nil))
			}
			if !main {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// partCommand is the command that deletes a part of a resource.
func partCommand(typ, id string, fields map[string]string) string {
	kind, _ := leftover.KindOf(typ)
	return kind.RemovalCommand(id, fields)
}

func (s *networkService) listGateways(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeInternetGatewaysPaginator(s.client, &ec2.DescribeInternetGatewaysInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.InternetGateways {
			r := s.resource(leftover.GatewayType, "internet-gateway", v.InternetGatewayId, v.Tags)
			for _, attachment := range v.Attachments {
				r.VPC = aws.ToString(attachment.VpcId)
			}
			r.Fields = map[string]string{"vpc": r.VPC}
			all = append(all, r)
		}
	}
	return all, nil
}

// listEgressGateways returns all egress-only gateways of the region, of which a VPC has one: EC2 has no filter by VPC.
func (s *networkService) listEgressGateways(ctx context.Context) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeEgressOnlyInternetGatewaysPaginator(s.client, &ec2.DescribeEgressOnlyInternetGatewaysInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("ec2:DescribeEgressOnlyInternetGateways", err)
		}
		for _, v := range page.EgressOnlyInternetGateways {
			r := s.resource(leftover.EgressGatewayType, "egress-only-internet-gateway", v.EgressOnlyInternetGatewayId, v.Tags)
			for _, attachment := range v.Attachments {
				r.VPC = aws.ToString(attachment.VpcId)
			}
			all = append(all, r)
		}
	}
	return all, nil
}

func (s *networkService) listFlowLogs(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeFlowLogsPaginator(s.client, &ec2.DescribeFlowLogsInput{Filter: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.FlowLogs {
			r := s.resource(leftover.FlowLogType, "vpc-flow-log", v.FlowLogId, v.Tags)
			r.Description = "of " + aws.ToString(v.ResourceId)
			all = append(all, r)
		}
	}
	return all, nil
}
