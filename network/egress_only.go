package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// EgressOnlyArgs holds the wires of the egress-only internet gateway.
type EgressOnlyArgs struct {
	VPC *VPC
}

// EgressOnly is the egress-only internet gateway, through which resources with IPv6 addresses in private subnets open
// connections to the internet. It accepts no connections from the internet and translates no addresses.
type EgressOnly struct{ pulumi.ResourceState }

// NewEgressOnly registers the gateway, of which a VPC needs one only, and an IPv6 default route in each private subnet.
func NewEgressOnly(ctx *pulumi.Context, name string, args *EgressOnlyArgs, opts ...pulumi.ResourceOption) (*EgressOnly, error) {
	e := &EgressOnly{}
	if err := ctx.RegisterComponentResource("eksnet:network:EgressOnly", name, e, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(e)
	gateway, err := ec2.NewEgressOnlyInternetGateway(ctx, name, &ec2.EgressOnlyInternetGatewayArgs{VpcId: args.VPC.ID, Tags: nameTag(name)}, in)
	if err != nil {
		return nil, fmt.Errorf("egress-only internet gateway: %w", err)
	}
	for _, subnet := range args.VPC.Private {
		_, err := ec2.NewRoute(ctx, name+"-private-"+subnet.Zone+"-ipv6", &ec2.RouteArgs{
			RouteTableId:             subnet.RouteTable,
			DestinationIpv6CidrBlock: allIPv6,
			EgressOnlyGatewayId:      gateway.ID(),
		}, in)
		if err != nil {
			return nil, fmt.Errorf("IPv6 default route of private subnet %s: %w", subnet.Zone, err)
		}
	}
	component.Outputs(ctx, e, pulumi.Map{"gateway": gateway.ID()})
	return e, nil
}
