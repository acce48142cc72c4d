package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// imageID is the AMI of instances, on which nothing runs.
const imageID = "ami-0123456789abcdef0"

// Node describes a node that joins the cluster.
type Node struct {
	Name, Zone, InstanceID, InstanceType string
	// ProviderID is aws:///ZONE/INSTANCE-ID.
	ProviderID string
	// Address is the node's own address of the cluster's family, PodIPs holds the addresses for its pods, in order.
	Address string
	PodIPs  []string
	Labels  map[string]string
	Taints  []rehearsed.Taint
	MaxPods int
	// BranchInterfaces is the number of branch interfaces that its trunk interface may have, 0 without one. The account
	// does not know it: the VPC resource controller writes it into the node.
	BranchInterfaces int
}

func newNode(n rehearsed.Node, ipv6 bool) Node {
	node := Node{Name: n.Name, Zone: n.Zone, InstanceID: n.InstanceID, InstanceType: n.InstanceType,
		ProviderID: "aws:///" + n.Zone + "/" + n.InstanceID, Labels: n.Labels, Taints: n.Taints, MaxPods: n.MaxPods}
	if ipv6 && len(n.Interfaces) > 0 {
		primary := n.Interfaces[0]
		node.Address, node.PodIPs = primary.IPv6, primary.FirstPodIPs(n.MaxPods)
		return node
	}
	for place, i := range n.Interfaces {
		if place == 0 {
			node.Address = i.PrivateIP
		}
		node.PodIPs = append(node.PodIPs, i.PodIPs...)
	}
	return node
}

func instanceName(n rehearsed.Node) string { return "instance " + n.InstanceID + " of node " + n.Name }

// instances returns the instances of all nodes, with their primary network interfaces.
func (a *Account) instances(s *rehearsed.Stack) (all []*resource) {
	for _, n := range s.Nodes {
		all = append(all, &resource{
			name: instanceName(n), id: n.InstanceID, state: n.Tags, change: a.ec2TagsChange(n.InstanceID, n.Tags),
			create: func(ctx context.Context) error {
				run := &ec2.RunInstancesInput{ImageId: aws.String(imageID),
					InstanceType: types.InstanceType(n.InstanceType), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
					Placement:         &types.Placement{AvailabilityZone: &n.Zone},
					TagSpecifications: tagSpecification(types.ResourceTypeInstance, n.Tags)}
				if len(n.Interfaces) > 0 {
					run.NetworkInterfaces = []types.InstanceNetworkInterfaceSpecification{
						{DeviceIndex: aws.Int32(0), NetworkInterfaceId: &n.Interfaces[0].ID}}
				}
				made, err := a.ec2.RunInstances(withIDs(ctx, n.InstanceID), run)
				if err != nil {
					return err
				}
				return checkID(n.InstanceID, made.Instances[0].InstanceId)
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.TerminateInstances(ctx,
					&ec2.TerminateInstancesInput{InstanceIds: []string{n.InstanceID}})
				return err
			},
		})
	}
	return all
}

// instanceSecurityGroups gives instances the security groups of their primary interfaces: moto ignores those of an
// existing interface.
func (a *Account) instanceSecurityGroups(s *rehearsed.Stack) (all []*resource) {
	for _, n := range s.Nodes {
		if len(n.Interfaces) == 0 {
			continue
		}
		groups := n.Interfaces[0].SecurityGroups
		set := func(ctx context.Context) error {
			_, err := a.ec2.ModifyInstanceAttribute(ctx, &ec2.ModifyInstanceAttributeInput{InstanceId: &n.InstanceID,
				Groups: groups})
			return err
		}
		all = append(all, &resource{name: "security groups of instance " + n.InstanceID, state: groups,
			create: set, change: func(ctx context.Context, _ any) error { return set(ctx) }})
	}
	return all
}
