package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan"
)

// EndpointsArgs holds the spec and wires of the VPC endpoints.
type EndpointsArgs struct {
	Region    string
	Partition plan.Partition
	// Services are the AWS services that get an interface endpoint, such as ecr.api.
	Services []string
	// CIDR is the VPC's CIDR block, and PodCIDR its second CIDR block for pods, "" for none.
	CIDR, PodCIDR string
	VPC           *VPC
}

// Endpoints is the VPC endpoints, over which traffic reaches AWS services without crossing the internet.
type Endpoints struct{ pulumi.ResourceState }

// NewEndpoints registers the gateway endpoint of S3 and an interface endpoint for each service. The gateway endpoint is
// free of charge. Registries store image layers in S3, so without it the layers would pass through the NAT gateways.
func NewEndpoints(ctx *pulumi.Context, name string, args *EndpointsArgs, opts ...pulumi.ResourceOption) (*Endpoints, error) {
	e := &Endpoints{}
	if err := ctx.RegisterComponentResource("eksnet:network:Endpoints", name, e, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(e)
	var tables pulumi.StringArray
	for _, subnet := range args.VPC.PrivateAndPods() {
		tables = append(tables, subnet.RouteTable)
	}
	endpoint, err := ec2.NewVpcEndpoint(ctx, name+"-s3", &ec2.VpcEndpointArgs{
		VpcId:           args.VPC.ID,
		VpcEndpointType: pulumi.String("Gateway"),
		// This name is the same in all partitions.
		ServiceName:   pulumi.String(fmt.Sprintf("com.amazonaws.%s.s3", args.Region)),
		RouteTableIds: tables,
		Tags:          nameTag(name + "-s3"),
	}, in, pulumi.DeleteBeforeReplace(true)) // a route table accepts only one route to S3
	if err != nil {
		return nil, fmt.Errorf("S3 endpoint: %w", err)
	}
	if err := addInterfaceEndpoints(ctx, name, args, in); err != nil {
		return nil, err
	}
	component.Outputs(ctx, e, pulumi.Map{"s3": endpoint.ID()})
	return e, nil
}

// addInterfaceEndpoints registers an interface endpoint for each service, in every private subnet. Everywhere in the
// VPC, the service's default DNS name then resolves to the endpoint.
func addInterfaceEndpoints(ctx *pulumi.Context, name string, args *EndpointsArgs, in pulumi.ResourceOption) error {
	if len(args.Services) == 0 {
		return nil
	}
	group, err := newEndpointSecurityGroup(ctx, name+"-endpoints", args, in)
	if err != nil {
		return err
	}
	for _, service := range args.Services {
		_, err := ec2.NewVpcEndpoint(ctx, name+"-"+service, &ec2.VpcEndpointArgs{
			VpcId:             args.VPC.ID,
			VpcEndpointType:   pulumi.String("Interface"),
			ServiceName:       pulumi.String(args.Partition.EndpointService(args.Region, service)),
			SubnetIds:         IDs(args.VPC.Private),
			SecurityGroupIds:  pulumi.StringArray{group},
			PrivateDnsEnabled: pulumi.Bool(true),
			Tags:              nameTag(name + "-" + service),
		}, in, pulumi.DeleteBeforeReplace(true)) // only one endpoint of a VPC can have the service's default DNS name
		if err != nil {
			return fmt.Errorf("endpoint of %s: %w", service, err)
		}
	}
	return nil
}

// newEndpointSecurityGroup registers a security group that allows only HTTPS from the VPC. It returns the group's ID as
// an output of the ingress rule, so that the rule exists as long as any endpoint does. With an endpoint's private DNS
// name and without the rule, clients in the VPC could not connect to the service.
func newEndpointSecurityGroup(ctx *pulumi.Context, name string, args *EndpointsArgs, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.VPC.ID,
		Description: pulumi.String("Interface endpoints: HTTPS from the VPC"),
		Tags:        nameTag(name),
	}, in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("security group of the endpoints: %w", err)
	}
	id, err := allowHTTPS(ctx, name+"-https", group.ID(), &ec2.SecurityGroupRuleArgs{CidrBlocks: pulumi.StringArray{pulumi.String(args.CIDR)}}, in)
	switch {
	case err != nil:
		return id, err
	case args.PodCIDR != "":
		// Traffic from pods to endpoints keeps the pods' own addresses.
		return allowHTTPS(ctx, name+"-https-pods", id, &ec2.SecurityGroupRuleArgs{CidrBlocks: pulumi.StringArray{pulumi.String(args.PodCIDR)}}, in)
	case args.VPC.IPv6CIDR != nil:
		return allowHTTPS(ctx, name+"-https-ipv6", id, &ec2.SecurityGroupRuleArgs{Ipv6CidrBlocks: pulumi.StringArray{args.VPC.IPv6CIDR}}, in)
	}
	return id, nil
}

// allowHTTPS completes and registers an ingress rule for HTTPS from a CIDR block, and returns the security group's ID
// as an output of the rule.
func allowHTTPS(ctx *pulumi.Context, name string, group pulumi.StringInput, args *ec2.SecurityGroupRuleArgs, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
	args.SecurityGroupId, args.Type, args.Protocol = group, pulumi.String("ingress"), pulumi.String("tcp")
	args.FromPort, args.ToPort = pulumi.Int(443), pulumi.Int(443)
	args.Description = pulumi.String("HTTPS from the VPC")
	rule, err := ec2.NewSecurityGroupRule(ctx, name, args, in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("rule %s of the endpoints' security group: %w", name, err)
	}
	return rule.SecurityGroupId, nil
}
