package network

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// NATArgs are the spec and wires of the NAT gateways.
type NATArgs struct {
	// Gateway tells which zone's NAT gateway serves a zone.
	Gateway func(zone string) string
	VPC     *VPC
	// Advise registers what to do when a route's creation fails; nil for none, as under the SDK's mocks, which have no hooks.
	Advise func(ctx *pulumi.Context, name string, advice component.Advice) (*pulumi.ResourceHookBinding, error)
}

// NAT is the way of private subnets and pods' subnets to the internet. Nobody gets in by it.
type NAT struct {
	pulumi.ResourceState

	// Addresses are the public IPv4 addresses by zone: what the outside sees of the stack's nodes.
	Addresses pulumi.StringMap
}

// NewNAT registers NAT gateways in public subnets and a default route in each private subnet and each of
// pods.
func NewNAT(ctx *pulumi.Context, name string, args *NATArgs, opts ...pulumi.ResourceOption) (*NAT, error) {
	n := &NAT{Addresses: pulumi.StringMap{}}
	if err := ctx.RegisterComponentResource("eksnet:network:NAT", name, n, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(n)
	gateways := map[string]*ec2.NatGateway{}
	for _, subnet := range args.VPC.Public {
		if args.Gateway(subnet.Zone) != subnet.Zone {
			continue
		}
		gateway, err := newGateway(ctx, name+"-"+subnet.Zone, subnet, in)
		if err != nil {
			return nil, fmt.Errorf("NAT gateway %s: %w", subnet.Zone, err)
		}
		gateways[subnet.Zone] = gateway
		n.Addresses[subnet.Zone] = gateway.PublicIp
	}
	for _, subnet := range args.VPC.Inner() {
		zone, route := args.Gateway(subnet.Zone), name+"-"+subnet.Kind+"-"+subnet.Zone
		advice, err := args.gatewayAdvice(ctx, route, name+"-"+zone)
		if err == nil {
			_, err = ec2.NewRoute(ctx, route, &ec2.RouteArgs{
				RouteTableId:         subnet.RouteTable,
				DestinationCidrBlock: anywhere,
				NatGatewayId:         gateways[zone].ID(),
			}, in, pulumi.ResourceHooks(advice))
		}
		if err != nil {
			return nil, fmt.Errorf("default route of %s subnet %s: %w", subnet.Kind, subnet.Zone, err)
		}
	}
	component.Outputs(ctx, n, pulumi.Map{"addresses": n.Addresses})
	return n, nil
}

// gatewayAdvice is what to do when a route is refused because the creation of its NAT gateway failed: EC2's error does not say that.
func (args *NATArgs) gatewayAdvice(ctx *pulumi.Context, route, gateway string) (*pulumi.ResourceHookBinding, error) {
	if args.Advise == nil {
		return &pulumi.ResourceHookBinding{}, nil
	}
	return args.Advise(ctx, route+"-route", component.Advice{"InvalidNatGatewayID.NotFound": func(urn string) string {
		within, _, _ := strings.Cut(urn, "$aws:ec2/route:Route::")
		return fmt.Sprintf("unless somebody deleted the NAT gateway, its creation failed. Replace it: pulumi up --replace '%s$aws:ec2/natGateway:NatGateway::%s'", within, gateway)
	}})
}

func newGateway(ctx *pulumi.Context, name string, subnet *Subnet, in pulumi.ResourceOption) (*ec2.NatGateway, error) {
	address, err := ec2.NewEip(ctx, name, &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: named(name)}, in)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	return ec2.NewNatGateway(ctx, name, &ec2.NatGatewayArgs{
		AllocationId: address.ID(),
		SubnetId:     subnet.ID,
		Tags:         named(name),
	}, in)
}
