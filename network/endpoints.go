package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan"
)

// EndpointsArgs are the spec and wires of the VPC endpoints.
type EndpointsArgs struct {
	Region    string
	Partition plan.Partition
	// Services have an interface endpoint, such as ecr.api.
	Services []string
	// CIDR is the VPC's range, PodCIDR its second one, "" for none.
	CIDR, PodCIDR string
	VPC           *VPC
}

// Endpoints are ways to AWS services that do not cross the internet.
type Endpoints struct{ pulumi.ResourceState }

// NewEndpoints registers the gateway endpoint of S3, which costs nothing and keeps image layers, which registries store in
// S3, off the NAT gateways, and the interface endpoints of the services.
func NewEndpoints(ctx *pulumi.Context, name string, args *EndpointsArgs, opts ...pulumi.ResourceOption) (*Endpoints, error) {
	e := &Endpoints{}
	if err := ctx.RegisterComponentResource("eksnet:network:Endpoints", name, e, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(e)
	var tables pulumi.StringArray
	for _, subnet := range args.VPC.Inner() {
		tables = append(tables, subnet.RouteTable)
	}
	endpoint, err := ec2.NewVpcEndpoint(ctx, name+"-s3", &ec2.VpcEndpointArgs{
		VpcId:           args.VPC.ID,
		VpcEndpointType: pulumi.String("Gateway"),
		// This name is the same in all partitions.
		ServiceName:   pulumi.String(fmt.Sprintf("com.amazonaws.%s.s3", args.Region)),
		RouteTableIds: tables,
		Tags:          named(name + "-s3"),
	}, in, pulumi.DeleteBeforeReplace(true)) // a route table has one route to S3
	if err != nil {
		return nil, fmt.Errorf("S3 endpoint: %w", err)
	}
	if err := addInterfaces(ctx, name, args, in); err != nil {
		return nil, err
	}
	component.Outputs(ctx, e, pulumi.Map{"s3": endpoint.ID()})
	return e, nil
}

// addInterfaces registers an interface endpoint for each service, in each private subnet. In the whole VPC the service's usual name
// then leads to it.
func addInterfaces(ctx *pulumi.Context, name string, args *EndpointsArgs, in pulumi.ResourceOption) error {
	if len(args.Services) == 0 {
		return nil
	}
	group, err := newDoor(ctx, name+"-endpoints", args, in)
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
			Tags:              named(name + "-" + service),
		}, in, pulumi.DeleteBeforeReplace(true)) // a VPC has the service's usual name once
		if err != nil {
			return fmt.Errorf("endpoint of %s: %w", service, err)
		}
	}
	return nil
}

// newDoor registers a security group that lets the VPC in by HTTPS, and nothing else. Its id is taken from the rule, so that an endpoint
// answers from its first moment to its last: a name that leads to a closed door is worse than none.
func newDoor(ctx *pulumi.Context, name string, args *EndpointsArgs, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.VPC.ID,
		Description: pulumi.String("Interface endpoints: HTTPS from the VPC"),
		Tags:        named(name),
	}, in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("security group of the endpoints: %w", err)
	}
	id, err := letIn(ctx, name+"-https", group.ID(), args.CIDR, in)
	if err != nil || args.PodCIDR == "" {
		return id, err
	}
	// Pods keep their own address on the way to endpoints.
	return letIn(ctx, name+"-https-pods", id, args.PodCIDR, in)
}

// letIn registers the rule that lets a range in, and returns the group's id as the rule tells it.
func letIn(ctx *pulumi.Context, name string, group pulumi.StringInput, cidr string, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
	rule, err := ec2.NewSecurityGroupRule(ctx, name, &ec2.SecurityGroupRuleArgs{
		SecurityGroupId: group,
		Type:            pulumi.String("ingress"),
		Protocol:        pulumi.String("tcp"),
		FromPort:        pulumi.Int(443),
		ToPort:          pulumi.Int(443),
		CidrBlocks:      pulumi.StringArray{pulumi.String(cidr)},
		Description:     pulumi.String("HTTPS from the VPC"),
	}, in)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("rule of the endpoints' security group for %s: %w", cidr, err)
	}
	return rule.SecurityGroupId, nil
}
