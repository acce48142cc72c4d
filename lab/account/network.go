package account

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// tagSpecification returns the tags of an EC2 resource.
func tagSpecification(kind types.ResourceType, tags map[string]string) []types.TagSpecification {
	var list []types.Tag
	for _, key := range sortedKeys(tags) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	if len(list) == 0 {
		return nil
	}
	return []types.TagSpecification{{ResourceType: kind, Tags: list}}
}

func (m *creator) createVPC() error {
	v := m.stack.Network.VPC
	made, err := m.ec2.CreateVpc(withIDs(m.ctx, v.ID), &ec2.CreateVpcInput{CidrBlock: &v.CIDR, TagSpecifications: tagSpecification(types.ResourceTypeVpc, v.Tags)})
	if err != nil {
		return fmt.Errorf("VPC %s: %w", v.CIDR, err)
	}
	id := made.Vpc.VpcId
	if err := checkID(v.ID, id); err != nil {
		return err
	}
	for _, attribute := range []*ec2.ModifyVpcAttributeInput{
		{VpcId: id, EnableDnsSupport: &types.AttributeBooleanValue{Value: aws.Bool(true)}},
		{VpcId: id, EnableDnsHostnames: &types.AttributeBooleanValue{Value: aws.Bool(true)}},
	} {
		if _, err := m.ec2.ModifyVpcAttribute(m.ctx, attribute); err != nil {
			return fmt.Errorf("VPC %s: %w", v.CIDR, err)
		}
	}
	for _, cidr := range v.MoreCIDRs {
		if _, err := m.ec2.AssociateVpcCidrBlock(m.ctx, &ec2.AssociateVpcCidrBlockInput{VpcId: id, CidrBlock: &cidr}); err != nil {
			return fmt.Errorf("VPC CIDR block %s: %w", cidr, err)
		}
	}
	for _, subnet := range m.stack.Network.Subnets {
		if err := m.createSubnet(id, subnet); err != nil {
			return fmt.Errorf("subnet %s: %w", subnet.CIDR, err)
		}
	}
	return nil
}

func (m *creator) createSubnet(vpc *string, s rehearsed.Subnet) error {
	made, err := m.ec2.CreateSubnet(withIDs(m.ctx, s.ID), &ec2.CreateSubnetInput{VpcId: vpc, CidrBlock: &s.CIDR, AvailabilityZone: &s.Zone,
		TagSpecifications: tagSpecification(types.ResourceTypeSubnet, s.Tags)})
	if err != nil {
		return err
	}
	if err := checkID(s.ID, made.Subnet.SubnetId); err != nil {
		return err
	}
	_, err = m.ec2.ModifySubnetAttribute(m.ctx, &ec2.ModifySubnetAttributeInput{SubnetId: made.Subnet.SubnetId,
		MapPublicIpOnLaunch: &types.AttributeBooleanValue{Value: &s.Public}})
	return err
}

// createRoutes creates the internet gateway and the route tables.
func (m *creator) createRoutes() error {
	vpc := &m.stack.Network.VPC.ID
	var gateway *string
	if id := m.stack.Network.InternetGateway; id != "" {
		made, err := m.ec2.CreateInternetGateway(withIDs(m.ctx, id), &ec2.CreateInternetGatewayInput{})
		if err != nil {
			return fmt.Errorf("internet gateway: %w", err)
		}
		gateway = made.InternetGateway.InternetGatewayId
		if err := checkID(id, gateway); err != nil {
			return err
		}
		if _, err := m.ec2.AttachInternetGateway(m.ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: gateway, VpcId: vpc}); err != nil {
			return fmt.Errorf("internet gateway: %w", err)
		}
	}
	for _, table := range m.stack.Network.RouteTables {
		if err := m.createRouteTable(vpc, gateway, table); err != nil {
			return fmt.Errorf("route table %s: %w", table.Tags["Name"], err)
		}
	}
	return nil
}

func (m *creator) createRouteTable(vpc, gateway *string, t rehearsed.RouteTable) error {
	made, err := m.ec2.CreateRouteTable(withIDs(m.ctx, t.ID), &ec2.CreateRouteTableInput{VpcId: vpc, TagSpecifications: tagSpecification(types.ResourceTypeRouteTable, t.Tags)})
	if err != nil {
		return err
	}
	id := made.RouteTable.RouteTableId
	if err := checkID(t.ID, id); err != nil {
		return err
	}
	if t.Internet {
		if _, err := m.ec2.CreateRoute(m.ctx, &ec2.CreateRouteInput{RouteTableId: id, GatewayId: gateway, DestinationCidrBlock: aws.String("0.0.0.0/0")}); err != nil {
			return err
		}
	}
	for _, subnet := range t.Subnets {
		if _, err := m.ec2.AssociateRouteTable(m.ctx, &ec2.AssociateRouteTableInput{RouteTableId: id, SubnetId: &subnet}); err != nil {
			return err
		}
	}
	return nil
}

// createSecurityGroups creates all security groups, then their rules, which may refer to any of them. Egress rules are
// skipped: a new security group allows all egress.
func (m *creator) createSecurityGroups() error {
	for _, g := range m.stack.SecurityGroups {
		made, err := m.ec2.CreateSecurityGroup(withIDs(m.ctx, g.ID), &ec2.CreateSecurityGroupInput{GroupName: &g.Name, Description: &g.Description,
			VpcId: &m.stack.Network.VPC.ID, TagSpecifications: tagSpecification(types.ResourceTypeSecurityGroup, g.Tags)})
		if err != nil {
			return fmt.Errorf("security group %s: %w", g.Name, err)
		}
		if err := checkID(g.ID, made.GroupId); err != nil {
			return err
		}
	}
	for _, g := range m.stack.SecurityGroups {
		for _, r := range g.Rules {
			if r.Egress {
				continue
			}
			if _, err := m.ec2.AuthorizeSecurityGroupIngress(m.ctx, &ec2.AuthorizeSecurityGroupIngressInput{
				GroupId: &g.ID, IpPermissions: []types.IpPermission{permission(r)}}); err != nil {
				return fmt.Errorf("rule %q of security group %s: %w", r.Description, g.Name, err)
			}
		}
	}
	return nil
}

func permission(r rehearsed.GroupRule) types.IpPermission {
	p := types.IpPermission{IpProtocol: &r.Protocol}
	if r.Protocol != "-1" {
		p.FromPort, p.ToPort = aws.Int32(int32(r.FromPort)), aws.Int32(int32(r.ToPort))
	}
	for _, cidr := range r.CIDRs {
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: &cidr, Description: &r.Description})
	}
	if r.Source != "" {
		p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: &r.Source, Description: &r.Description}}
	}
	return p
}
