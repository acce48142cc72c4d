package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

// natGateways returns the NAT gateways with their network interfaces.
func (a *Account) natGateways(s *rehearsed.Stack) (all []*resource) {
	for _, g := range s.Network.NATGateways {
		all = append(all, &resource{
			name: "NAT gateway " + g.ID, id: g.ID, networkInterface: g.Interface, state: g.Tags,
			change: a.ec2TagsChange(g.ID, g.Tags),
			create: func(ctx context.Context) error {
				made, err := a.ec2.CreateNatGateway(withIDs(ctx, g.ID, g.Interface), natGatewayInput(g))
				if err != nil {
					return err
				}
				return checkID(g.ID, made.NatGateway.NatGatewayId)
			},
			delete: func(ctx context.Context) error {
				_, err := a.ec2.DeleteNatGateway(ctx, &ec2.DeleteNatGatewayInput{NatGatewayId: &g.ID})
				return err
			},
		})
	}
	return all
}

func natGatewayInput(g rehearsed.NATGateway) *ec2.CreateNatGatewayInput {
	input := &ec2.CreateNatGatewayInput{SubnetId: &g.Subnet, PrivateIpAddress: &g.PrivateIP,
		ConnectivityType:  types.ConnectivityTypePrivate,
		TagSpecifications: tagSpecification(types.ResourceTypeNatgateway, g.Tags)}
	if g.Allocation != "" {
		input.AllocationId, input.ConnectivityType = &g.Allocation, types.ConnectivityTypePublic
	}
	return input
}
