package prove

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/world"
)

const (
	vpcType    = "aws:ec2/vpc:Vpc"
	subnetType = "aws:ec2/subnet:Subnet"
	groupType  = "aws:ec2/securityGroup:SecurityGroup"
)

// accountFaults returns the faults of the account around the cluster.
func accountFaults() []fault {
	return []fault{
		{name: "a security group is created by hand in the VPC", happen: createSecurityGroup},
		{name: "a network interface is created by hand in a subnet", happen: createInterface},
		{name: "a load balancer is created by hand in the public subnets", happen: createLoadBalancer},
		{name: "a subnet is created by hand in the VPC", happen: createSubnet},
		{name: "the control plane's log group is deleted by hand, and EKS creates it again", happen: deleteResource(logGroupType, ""), clean: always},
	}
}

func createSecurityGroup(s *faultyStack) error {
	vpc, err := s.id(vpcType, "")
	if err != nil {
		return err
	}
	_, err = s.aws.Create(groupType, world.Properties{"name": "by-hand", "description": "made in the console", "vpcId": vpc})
	return err
}

func createInterface(s *faultyStack) error {
	subnet, err := s.id(subnetType, "private")
	if err != nil {
		return err
	}
	_, err = s.world.MakeInterface(subnet, "made in the console")
	return err
}

func createLoadBalancer(s *faultyStack) error {
	var subnets []string
	for _, r := range s.resources {
		if tags, _ := r.Inputs["tags"].(map[string]any); string(r.Type) == subnetType && tags["kubernetes.io/role/elb"] != nil {
			subnets = append(subnets, string(r.ID))
		}
	}
	if len(subnets) == 0 {
		return fmt.Errorf("public subnets: %w", errAbsent)
	}
	_, err := s.world.MakeLoadBalancer("by-hand", subnets)
	return err
}

func createSubnet(s *faultyStack) error {
	vpc, err := s.findFirst(vpcType, "")
	if err != nil {
		return err
	}
	free, err := s.freeBlock(vpc)
	if err != nil {
		return err
	}
	_, err = s.aws.Create(subnetType, world.Properties{"vpcId": string(vpc.ID), "cidrBlock": free.String()})
	return err
}

// freeBlock returns a /28 of a VPC that no subnet uses.
func (s *faultyStack) freeBlock(vpc apitype.ResourceV3) (netip.Prefix, error) {
	text, _ := vpc.Inputs["cidrBlock"].(string)
	whole, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	var taken []netip.Prefix
	for _, subnet := range s.findAll(subnetType, "") {
		text, _ := subnet.Inputs["cidrBlock"].(string)
		if prefix, err := netip.ParsePrefix(text); err == nil {
			taken = append(taken, prefix)
		}
	}
	for at := whole.Addr(); whole.Contains(at); {
		block := netip.PrefixFrom(at, 28)
		if !slices.ContainsFunc(taken, block.Overlaps) {
			return block, nil
		}
		for range 16 {
			at = at.Next()
		}
	}
	return netip.Prefix{}, fmt.Errorf("a free /28 in %s: %w", whole, errAbsent)
}
