package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

func vpcName(v rehearsed.VPC) string { return "VPC " + v.ID + " with " + v.CIDR }

func (a *Account) vpcs(s *rehearsed.Stack) []*resource {
	v := s.Network.VPC
	if v.ID == "" {
		return nil
	}
	return []*resource{{
		name: vpcName(v), id: v.ID, state: v.Tags, change: a.ec2TagsChange(v.ID, v.Tags),
		create: func(ctx context.Context) error {
			made, err := a.ec2.CreateVpc(withIDs(ctx, v.ID), &ec2.CreateVpcInput{CidrBlock: &v.CIDR,
				TagSpecifications: tagSpecification(types.ResourceTypeVpc, v.Tags)})
			if err != nil {
				return err
			}
			return checkID(v.ID, made.Vpc.VpcId)
		},
		delete: func(ctx context.Context) error {
			_, err := a.ec2.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: &v.ID})
			return err
		},
	}}
}

// dnsSettings enables DNS support and DNS host names of the VPC. EC2 changes one attribute in a call.
func (a *Account) dnsSettings(s *rehearsed.Stack) []*resource {
	v := s.Network.VPC
	if v.ID == "" {
		return nil
	}
	enabled := &types.AttributeBooleanValue{Value: aws.Bool(true)}
	set := func(name string, attribute *ec2.ModifyVpcAttributeInput) *resource {
		return &resource{name: name + " of " + vpcName(v), create: func(ctx context.Context) error {
			_, err := a.ec2.ModifyVpcAttribute(ctx, attribute)
			return err
		}}
	}
	return []*resource{
		set("DNS support", &ec2.ModifyVpcAttributeInput{VpcId: &v.ID, EnableDnsSupport: enabled}),
		set("DNS host names", &ec2.ModifyVpcAttributeInput{VpcId: &v.ID, EnableDnsHostnames: enabled}),
	}
}

// cidrBlocks returns the VPC's further CIDR blocks.
func (a *Account) cidrBlocks(s *rehearsed.Stack) (all []*resource) {
	v := s.Network.VPC
	for _, cidr := range v.MoreCIDRs {
		var association *string
		all = append(all, &resource{
			name: "CIDR block " + cidr + " of " + vpcName(v),
			create: func(ctx context.Context) error {
				made, err := a.ec2.AssociateVpcCidrBlock(ctx, &ec2.AssociateVpcCidrBlockInput{VpcId: &v.ID,
					CidrBlock: &cidr})
				if err == nil {
					association = made.CidrBlockAssociation.AssociationId
				}
				return err
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.DisassociateVpcCidrBlock(ctx,
					&ec2.DisassociateVpcCidrBlockInput{AssociationId: association})
				return err
			},
		})
	}
	if v.IPv6CIDR != "" {
		all = append(all, a.ipv6Block(v))
	}
	return all
}

// ipv6Block returns the VPC's IPv6 CIDR block. It is given as an ID: Amazon assigns one.
func (a *Account) ipv6Block(v rehearsed.VPC) *resource {
	var association *string
	return &resource{
		name: "IPv6 CIDR block " + v.IPv6CIDR + " of " + vpcName(v),
		create: func(ctx context.Context) error {
			made, err := a.ec2.AssociateVpcCidrBlock(withIDs(ctx, v.IPv6CIDR),
				&ec2.AssociateVpcCidrBlockInput{VpcId: &v.ID, AmazonProvidedIpv6CidrBlock: aws.Bool(true)})
			if err != nil {
				return err
			}
			association = made.Ipv6CidrBlockAssociation.AssociationId
			return checkID(v.IPv6CIDR, made.Ipv6CidrBlockAssociation.Ipv6CidrBlock)
		},
		delete: func(ctx context.Context) error {
			_, err := a.ec2.DisassociateVpcCidrBlock(ctx,
				&ec2.DisassociateVpcCidrBlockInput{AssociationId: association})
			return err
		},
	}
}

// ipv6Subnets returns the IPv6 CIDR blocks of subnets.
func (a *Account) ipv6Subnets(s *rehearsed.Stack) (all []*resource) {
	for _, subnet := range s.Network.Subnets {
		if subnet.IPv6CIDR == "" {
			continue
		}
		var association *string
		all = append(all, &resource{
			name: "IPv6 CIDR block " + subnet.IPv6CIDR + " of subnet " + subnet.ID,
			create: func(ctx context.Context) error {
				made, err := a.ec2.AssociateSubnetCidrBlock(ctx,
					&ec2.AssociateSubnetCidrBlockInput{SubnetId: &subnet.ID, Ipv6CidrBlock: &subnet.IPv6CIDR})
				if err == nil {
					association = made.Ipv6CidrBlockAssociation.AssociationId
				}
				return err
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.DisassociateSubnetCidrBlock(ctx,
					&ec2.DisassociateSubnetCidrBlockInput{AssociationId: association})
				return err
			},
		})
	}
	return all
}

func (a *Account) subnets(s *rehearsed.Stack) (all []*resource) {
	for _, subnet := range s.Network.Subnets {
		all = append(all, &resource{
			name: "subnet " + subnet.ID + " with " + subnet.CIDR, id: subnet.ID,
			state: subnet.Tags, change: a.ec2TagsChange(subnet.ID, subnet.Tags),
			create: func(ctx context.Context) error {
				made, err := a.ec2.CreateSubnet(withIDs(ctx, subnet.ID),
					&ec2.CreateSubnetInput{VpcId: &s.Network.VPC.ID, CidrBlock: &subnet.CIDR,
						AvailabilityZone: &subnet.Zone, TagSpecifications: tagSpecification(types.ResourceTypeSubnet,
							subnet.Tags)})
				if err != nil {
					return err
				}
				return checkID(subnet.ID, made.Subnet.SubnetId)
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.DeleteSubnet(ctx, &ec2.DeleteSubnetInput{SubnetId: &subnet.ID})
				return err
			},
		})
	}
	return all
}

// publicAddressSettings returns for each subnet whether its instances get public addresses.
func (a *Account) publicAddressSettings(s *rehearsed.Stack) (all []*resource) {
	for _, subnet := range s.Network.Subnets {
		set := func(ctx context.Context) error {
			_, err := a.ec2.ModifySubnetAttribute(ctx, &ec2.ModifySubnetAttributeInput{SubnetId: &subnet.ID,
				MapPublicIpOnLaunch: &types.AttributeBooleanValue{Value: &subnet.Public}})
			return err
		}
		all = append(all, &resource{name: "public addresses in subnet " + subnet.ID, state: subnet.Public,
			create: set, change: func(ctx context.Context, _ any) error { return set(ctx) }})
	}
	return all
}
