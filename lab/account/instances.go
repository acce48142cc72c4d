package account

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// imageID is the AMI of instances, on which nothing runs.
const imageID = "ami-0123456789abcdef0"

func (m *creator) createNodes() error {
	for _, n := range m.stack.Nodes {
		if err := m.createNode(n); err != nil {
			return fmt.Errorf("node %s: %w", n.Name, err)
		}
	}
	return nil
}

// createNode creates a node's network interfaces, with pod addresses as secondary ones, and the instance.
func (m *creator) createNode(n rehearsed.Node) error {
	node := Node{Name: n.Name, Zone: n.Zone, InstanceType: n.InstanceType, Labels: n.Labels, Taints: n.Taints, MaxPods: n.MaxPods}
	run := &ec2.RunInstancesInput{ImageId: aws.String(imageID), InstanceType: types.InstanceType(n.InstanceType), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		Placement: &types.Placement{AvailabilityZone: &n.Zone}, TagSpecifications: tagSpecification(types.ResourceTypeInstance, n.Tags)}
	for place, i := range n.Interfaces {
		id, err := m.createInterface(i)
		if err != nil {
			return fmt.Errorf("interface %s: %w", i.PrivateIP, err)
		}
		run.NetworkInterfaces = append(run.NetworkInterfaces, types.InstanceNetworkInterfaceSpecification{DeviceIndex: aws.Int32(int32(place)), NetworkInterfaceId: id})
		if place == 0 {
			node.PrivateIP = i.PrivateIP
		}
		node.PodIPs = append(node.PodIPs, i.PodIPs...)
	}
	made, err := m.ec2.RunInstances(withIDs(m.ctx, n.InstanceID), run)
	if err != nil {
		return err
	}
	if err := checkID(n.InstanceID, made.Instances[0].InstanceId); err != nil {
		return err
	}
	node.InstanceID = n.InstanceID
	node.ProviderID = "aws:///" + n.Zone + "/" + node.InstanceID
	m.account.Nodes = append(m.account.Nodes, node)
	return m.setSecurityGroups(node.InstanceID, n)
}

// setSecurityGroups gives an instance the security groups of its first interface: moto ignores those of an existing
// interface.
func (m *creator) setSecurityGroups(instance string, n rehearsed.Node) error {
	for _, i := range n.Interfaces {
		_, err := m.ec2.ModifyInstanceAttribute(m.ctx, &ec2.ModifyInstanceAttributeInput{InstanceId: &instance, Groups: i.SecurityGroups})
		return err
	}
	return nil
}

// createInterface creates a network interface. Moto does not support prefixes, so each address of a prefix is a
// secondary address.
func (m *creator) createInterface(i rehearsed.Interface) (*string, error) {
	addresses := []types.PrivateIpAddressSpecification{{PrivateIpAddress: &i.PrivateIP, Primary: aws.Bool(true)}}
	for _, address := range i.PodIPs {
		addresses = append(addresses, types.PrivateIpAddressSpecification{PrivateIpAddress: &address, Primary: aws.Bool(false)})
	}
	made, err := m.ec2.CreateNetworkInterface(withIDs(m.ctx, i.ID), &ec2.CreateNetworkInterfaceInput{SubnetId: &i.Subnet, Groups: i.SecurityGroups,
		PrivateIpAddresses: addresses, TagSpecifications: tagSpecification(types.ResourceTypeNetworkInterface, i.Tags)})
	if err != nil {
		return nil, err
	}
	id := made.NetworkInterface.NetworkInterfaceId
	return id, checkID(i.ID, id)
}
