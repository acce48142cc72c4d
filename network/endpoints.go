package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// EndpointsArgs are the spec and wires of the VPC endpoints.
type EndpointsArgs struct {
	Region string
	VPC    *VPC
}

// Endpoints are ways to AWS services that do not cross the internet.
type Endpoints struct{ pulumi.ResourceState }

// NewEndpoints registers the gateway endpoint of S3, which costs nothing and keeps image layers, which registries store in
// S3, off the NAT gateways.
func NewEndpoints(ctx *pulumi.Context, name string, args *EndpointsArgs, opts ...pulumi.ResourceOption) (*Endpoints, error) {
	e := &Endpoints{}
	if err := ctx.RegisterComponentResource("eksnet:network:Endpoints", name, e, opts...); err != nil {
		return nil, err
	}
	var tables pulumi.StringArray
	for _, subnet := range args.VPC.Private {
		tables = append(tables, subnet.RouteTable)
	}
	endpoint, err := ec2.NewVpcEndpoint(ctx, name+"-s3", &ec2.VpcEndpointArgs{
		VpcId:           args.VPC.ID,
		VpcEndpointType: pulumi.String("Gateway"),
		ServiceName:     pulumi.String(fmt.Sprintf("com.amazonaws.%s.s3", args.Region)),
		RouteTableIds:   tables,
		Tags:            named(name + "-s3"),
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("S3 endpoint: %w", err)
	}
	component.Outputs(ctx, e, pulumi.Map{"s3": endpoint.ID()})
	return e, nil
}
