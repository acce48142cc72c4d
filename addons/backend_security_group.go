package addons

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// BackendSecurityGroupArgs holds the spec and wires of the security group.
type BackendSecurityGroupArgs struct {
	VPC pulumi.StringInput
	// IPv6 reports whether load balancers send to IPv6 addresses.
	IPv6 bool
}

// BackendSecurityGroup is the security group that the load balancers of the load balancer controller share. Its rules
// in the security groups of nodes and pods name it as their source.
type BackendSecurityGroup struct {
	pulumi.ResourceState

	ID pulumi.StringOutput
}

// NewBackendSecurityGroup registers the security group in a VPC. A group of the controller's own may remain when load
// balancers are deleted at the same time, and then prevents the deletion of the VPC
// (github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/networking/backend_sg_provider.go, Release).
func NewBackendSecurityGroup(ctx *pulumi.Context, name string, args *BackendSecurityGroupArgs, opts ...pulumi.ResourceOption) (*BackendSecurityGroup, error) {
	b := &BackendSecurityGroup{}
	if err := ctx.RegisterComponentResource("eksnet:addons:BackendSecurityGroup", name, b, opts...); err != nil {
		return nil, err
	}
	// Load balancers connect to their targets. AWS gives a new security group this rule, and the provider removes it
	// unless it is listed.
	everywhere := ec2.SecurityGroupEgressArgs{
		Description: pulumi.String("Targets of load balancers"),
		Protocol:    pulumi.String("-1"),
		FromPort:    pulumi.Int(0),
		ToPort:      pulumi.Int(0),
		CidrBlocks:  pulumi.StringArray{pulumi.String("0.0.0.0/0")},
	}
	if args.IPv6 {
		everywhere.Ipv6CidrBlocks = pulumi.StringArray{pulumi.String("::/0")}
	}
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.VPC,
		Description: pulumi.String("Shared backend security group of the AWS Load Balancer Controller"),
		Egress:      ec2.SecurityGroupEgressArray{everywhere},
		Tags:        pulumi.StringMap{"Name": pulumi.String(name)},
	}, pulumi.Parent(b))
	if err != nil {
		return nil, fmt.Errorf("security group: %w", err)
	}
	b.ID = group.ID().ToStringOutput()
	component.Outputs(ctx, b, pulumi.Map{"id": b.ID})
	return b, nil
}
