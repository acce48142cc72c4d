package prove

import (
	"errors"

	"eksnet/rehearsal/world"
)

const (
	vpcType    = "aws:ec2/vpc:Vpc"
	subnetType = "aws:ec2/subnet:Subnet"
	groupType  = "aws:ec2/securityGroup:SecurityGroup"
)

// accountFaults are those of the account around the cluster.
func accountFaults() []fault {
	return []fault{
		{name: "a security group is made by hand in the VPC", happen: groupByHand},
		{name: "a network interface is made by hand in a subnet", happen: interfaceByHand},
		{name: "a load balancer is made by hand in the public subnets", happen: balancerByHand},
		{name: "a subnet is made by hand in the VPC", happen: subnetByHand},
		{name: "the control plane's log group is deleted by hand, and EKS makes it anew", happen: removed(logGroupType, ""), clean: true},
	}
}

func groupByHand(s *scene) error {
	vpc, err := s.id(vpcType, "")
	if err != nil {
		return err
	}
	_, err = s.aws.Create(groupType, world.Properties{"name": "by-hand", "description": "made in the console", "vpcId": vpc})
	return err
}

func interfaceByHand(s *scene) error {
	subnet, err := s.id(subnetType, "private")
	if err != nil {
		return err
	}
	_, err = s.world.MakeInterface(subnet, "made in the console")
	return err
}

func balancerByHand(s *scene) error {
	var subnets []string
	for _, r := range s.resources {
		if tags, _ := r.Inputs["tags"].(map[string]any); string(r.Type) == subnetType && tags["kubernetes.io/role/elb"] != nil {
			subnets = append(subnets, string(r.ID))
		}
	}
	if len(subnets) == 0 {
		return errors.New("the stack has no public subnets")
	}
	_, err := s.world.MakeLoadBalancer("by-hand", subnets)
	return err
}

func subnetByHand(s *scene) error {
	vpc, err := s.id(vpcType, "")
	if err != nil {
		return err
	}
	_, err = s.aws.Create(subnetType, world.Properties{"vpcId": vpc, "cidrBlock": "10.0.250.0/24"})
	return err
}
