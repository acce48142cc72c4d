package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan"
)

// ResourceControllerArgs holds the spec and wires of the policy of the VPC resource controller.
type ResourceControllerArgs struct {
	Partition plan.Partition
	// ClusterRole is the name of the role of the cluster.
	ClusterRole pulumi.StringInput
}

// ResourceController is what the VPC resource controller needs to create network interfaces for pods. It runs in the
// control plane with the role of the cluster, to which the eks component attaches the policy of the control plane alone
// (docs.aws.amazon.com/eks/latest/userguide/security-groups-pods-deployment.html).
type ResourceController struct{ pulumi.ResourceState }

// NewResourceController attaches the policy to the role.
func NewResourceController(ctx *pulumi.Context, name string, args *ResourceControllerArgs, opts ...pulumi.ResourceOption) (*ResourceController, error) {
	r := &ResourceController{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:ResourceController", name, r, opts...); err != nil {
		return nil, err
	}
	_, err := iam.NewRolePolicyAttachment(ctx, name, &iam.RolePolicyAttachmentArgs{
		Role:      args.ClusterRole.ToStringOutput(),
		PolicyArn: pulumi.String(args.Partition.ManagedPolicy("AmazonEKSVPCResourceController")),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("policy of the VPC resource controller: %w", err)
	}
	component.Outputs(ctx, r, pulumi.Map{})
	return r, nil
}
