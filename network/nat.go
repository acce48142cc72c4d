package network

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// NATArgs holds the spec and wires of the NAT gateways.
type NATArgs struct {
	// Gateway returns the zone whose NAT gateway serves the given zone.
	Gateway func(zone string) string
	VPC     *VPC
	// Advise registers the advice that is printed if the creation of a route fails. It is nil in tests with the SDK's
	// mocks, which do not support hooks.
	Advise func(ctx *pulumi.Context, name string, advice component.Advice) (*pulumi.ResourceHookBinding, error)
}

// NAT is the NAT gateways, through which resources in private and pod subnets open connections to the internet. They
// accept no connections from the internet.
type NAT struct {
	pulumi.ResourceState

	// Addresses holds the public IPv4 addresses by zone: the source addresses of the nodes' traffic on the internet.
	Addresses pulumi.StringMap
}

// NewNAT registers the NAT gateways in public subnets and a default route for each private subnet and each pod subnet.
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
	for _, subnet := range args.VPC.PrivateAndPods() {
		zone, route := args.Gateway(subnet.Zone), name+"-"+subnet.Kind+"-"+subnet.Zone
		advice, err := args.gatewayAdvice(ctx, route, name+"-"+zone)
		if err == nil {
			_, err = ec2.NewRoute(ctx, route, &ec2.RouteArgs{
				RouteTableId:         subnet.RouteTable,
				DestinationCidrBlock: allIPv4,
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

// gatewayAdvice registers the advice for a route that EC2 refuses because the creation of its NAT gateway failed. EC2's
// error does not mention that failure.
func (args *NATArgs) gatewayAdvice(ctx *pulumi.Context, route, gateway string) (*pulumi.ResourceHookBinding, error) {
	if args.Advise == nil {
		return &pulumi.ResourceHookBinding{}, nil
	}
	return args.Advise(ctx, route+"-route", component.Advice{"InvalidNatGatewayID.NotFound": func(urn string) string {
		parents, _, _ := strings.Cut(urn, "$aws:ec2/route:Route::")
		return fmt.Sprintf("unless the NAT gateway was deleted outside of Pulumi, its creation failed. Replace it: pulumi up --replace '%s$aws:ec2/natGateway:NatGateway::%s'", parents, gateway)
	}})
}

func newGateway(ctx *pulumi.Context, name string, subnet *Subnet, in pulumi.ResourceOption) (*ec2.NatGateway, error) {
	address, err := ec2.NewEip(ctx, name, &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: nameTag(name)}, in)
	if err != nil {
		return nil, fmt.Errorf("EIP: %w", err)
	}
	return ec2.NewNatGateway(ctx, name, &ec2.NatGatewayArgs{
		AllocationId: address.ID(),
		SubnetId:     subnet.ID,
		Tags:         nameTag(name),
	}, in)
}
