package account

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// networkInterfaces returns the network interfaces of all nodes.
func (a *Account) networkInterfaces(s *rehearsed.Stack) (all []*resource) {
	for _, n := range s.Nodes {
		for _, i := range n.Interfaces {
			all = append(all, &resource{
				name: "network interface " + i.ID + " of node " + n.Name, id: i.ID, state: i,
				create: func(ctx context.Context) error { return a.createInterface(ctx, i) },
				change: func(ctx context.Context, before any) error {
					return a.changeInterface(ctx, before.(rehearsed.Interface), i)
				},
				delete: func(ctx context.Context) error {
					_, err := a.ec2.DeleteNetworkInterface(ctx,
						&ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: &i.ID})
					return err
				},
			})
		}
	}
	return all
}

// createInterface creates a network interface. Moto does not support prefixes of IPv4 addresses, so each address of one
// is a secondary address. A public address is given as an ID: EC2 assigns one to the interface of a new instance in a
// public subnet, and has no parameter for it.
func (a *Account) createInterface(ctx context.Context, i rehearsed.Interface) error {
	addresses := []types.PrivateIpAddressSpecification{{PrivateIpAddress: &i.PrivateIP, Primary: aws.Bool(true)}}
	for _, address := range i.PodIPs {
		addresses = append(addresses,
			types.PrivateIpAddressSpecification{PrivateIpAddress: &address, Primary: aws.Bool(false)})
	}
	ids := []string{i.ID}
	if i.PublicIP != "" {
		ids = append(ids, i.PublicIP)
	}
	input := &ec2.CreateNetworkInterfaceInput{
		SubnetId: &i.Subnet, Groups: i.SecurityGroups, PrivateIpAddresses: addresses,
		TagSpecifications: tagSpecification(types.ResourceTypeNetworkInterface, i.Tags)}
	if i.IPv6 != "" {
		input.Ipv6Addresses = []types.InstanceIpv6Address{{Ipv6Address: &i.IPv6}}
	}
	if i.IPv6Prefix != "" {
		input.Ipv6Prefixes = []types.Ipv6PrefixSpecificationRequest{{Ipv6Prefix: &i.IPv6Prefix}}
	}
	made, err := a.ec2.CreateNetworkInterface(withIDs(ctx, ids...), input)
	if err != nil {
		return err
	}
	return checkID(i.ID, made.NetworkInterface.NetworkInterfaceId)
}

// changeInterface changes the secondary addresses, IPv6 prefix, security groups and tags of a network interface.
func (a *Account) changeInterface(ctx context.Context, before, after rehearsed.Interface) error {
	if more := without(after.PodIPs, before.PodIPs); len(more) > 0 {
		if _, err := a.ec2.AssignPrivateIpAddresses(ctx,
			&ec2.AssignPrivateIpAddressesInput{NetworkInterfaceId: &after.ID, PrivateIpAddresses: more}); err != nil {
			return err
		}
	}
	if gone := without(before.PodIPs, after.PodIPs); len(gone) > 0 {
		if _, err := a.ec2.UnassignPrivateIpAddresses(ctx,
			&ec2.UnassignPrivateIpAddressesInput{NetworkInterfaceId: &after.ID, PrivateIpAddresses: gone}); err != nil {
			return err
		}
	}
	if !slices.Equal(before.SecurityGroups, after.SecurityGroups) {
		if _, err := a.ec2.ModifyNetworkInterfaceAttribute(ctx, &ec2.ModifyNetworkInterfaceAttributeInput{
			NetworkInterfaceId: &after.ID, Groups: after.SecurityGroups}); err != nil {
			return err
		}
	}
	if err := a.changePrefix(ctx, after.ID, before.IPv6Prefix, after.IPv6Prefix); err != nil {
		return err
	}
	return a.changeEC2Tags(ctx, after.ID, before.Tags, after.Tags)
}

// changePrefix changes the IPv6 prefix of a network interface; "" is none.
func (a *Account) changePrefix(ctx context.Context, id, before, after string) error {
	if before == after {
		return nil
	}
	if before != "" {
		if _, err := a.ec2.UnassignIpv6Addresses(ctx, &ec2.UnassignIpv6AddressesInput{NetworkInterfaceId: &id,
			Ipv6Prefixes: []string{before}}); err != nil {
			return err
		}
	}
	if after == "" {
		return nil
	}
	_, err := a.ec2.AssignIpv6Addresses(ctx, &ec2.AssignIpv6AddressesInput{NetworkInterfaceId: &id,
		Ipv6Prefixes: []string{after}})
	return err
}

// without returns the elements of a list that are not in another one.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(element string) bool { return slices.Contains(other, element) })
}

// attachedInterfaces returns the attachments of network interfaces to instances. An instance is created with its
// primary interface. Moto replaces an interface that has the same device index.
func (a *Account) attachedInterfaces(s *rehearsed.Stack) (all []*resource) {
	for _, n := range s.Nodes {
		for place, i := range n.Interfaces {
			if place == 0 {
				continue
			}
			var attachment *string
			var index int32
			all = append(all, &resource{
				name: "attachment of network interface " + i.ID + " to instance " + n.InstanceID,
				create: func(ctx context.Context) error {
					index = a.freeDevice(n.InstanceID)
					made, err := a.ec2.AttachNetworkInterface(ctx, &ec2.AttachNetworkInterfaceInput{
						NetworkInterfaceId: &i.ID, InstanceId: &n.InstanceID, DeviceIndex: &index})
					if err == nil {
						attachment, a.devices[n.InstanceID][index] = made.AttachmentId, true
					}
					return err
				},
				delete: func(ctx context.Context) error {
					_, err := a.ec2.DetachNetworkInterface(ctx,
						&ec2.DetachNetworkInterfaceInput{AttachmentId: attachment})
					if err == nil {
						delete(a.devices[n.InstanceID], index)
					}
					return err
				},
			})
		}
	}
	return all
}

// freeDevice returns the lowest free device index of an instance. ipamd assigns them in the same order, and the VPC
// resource controller from the highest that the instance type has (github.com/aws/amazon-vpc-resource-controller-k8s
// v1.8.2, pkg/aws/ec2/instance.go, GetHighestUnusedDeviceIndex).
func (a *Account) freeDevice(instance string) int32 {
	if a.devices[instance] == nil {
		a.devices[instance] = map[int32]bool{}
	}
	index := int32(1)
	for a.devices[instance][index] {
		index++
	}
	return index
}
