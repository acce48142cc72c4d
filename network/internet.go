package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// InternetArgs holds the wires of the internet gateway.
type InternetArgs struct {
	VPC *VPC
}

// Internet is the internet gateway and the public subnets' routes to it.
type Internet struct{ pulumi.ResourceState }

// NewInternet registers the internet gateway and a default route in each public subnet, one for each family of the VPC.
func NewInternet(ctx *pulumi.Context, name string, args *InternetArgs, opts ...pulumi.ResourceOption) (*Internet, error) {
	i := &Internet{}
	if err := ctx.RegisterComponentResource("eksnet:network:Internet", name, i, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(i)
	gateway, err := ec2.NewInternetGateway(ctx, name, &ec2.InternetGatewayArgs{VpcId: args.VPC.ID, Tags: nameTag(name)}, in)
	if err != nil {
		return nil, fmt.Errorf("internet gateway: %w", err)
	}
	for _, subnet := range args.VPC.Public {
		_, err := ec2.NewRoute(ctx, name+"-public-"+subnet.Zone, &ec2.RouteArgs{
			RouteTableId:         subnet.RouteTable,
			DestinationCidrBlock: allIPv4,
			GatewayId:            gateway.ID(),
		}, in)
		if err != nil {
			return nil, fmt.Errorf("default route of public subnet %s: %w", subnet.Zone, err)
		}
		if args.VPC.IPv6CIDR == nil {
			continue
		}
		_, err = ec2.NewRoute(ctx, name+"-public-"+subnet.Zone+"-ipv6", &ec2.RouteArgs{
			RouteTableId:             subnet.RouteTable,
			DestinationIpv6CidrBlock: allIPv6,
			GatewayId:                gateway.ID(),
		}, in)
		if err != nil {
			return nil, fmt.Errorf("IPv6 default route of public subnet %s: %w", subnet.Zone, err)
		}
	}
	component.Outputs(ctx, i, pulumi.Map{"gateway": gateway.ID()})
	return i, nil
}

// Destinations of default routes.
const (
	allIPv4 = pulumi.String("0.0.0.0/0")
	allIPv6 = pulumi.String("::/0")
)
