// Package cluster holds the components of an EKS cluster: the control plane, its logs, its access entries and its
// nodes.
package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	policy "eksnet/internal/iam"
	"eksnet/plan"
)

// NodeRoleArgs holds the spec of the nodes' role.
type NodeRoleArgs struct {
	Partition plan.Partition
}

// NodeRole is the IAM role of every node. It may join the cluster, pull images and use Session Manager. The CNI has its
// own role for pod addresses.
type NodeRole struct {
	pulumi.ResourceState

	Role *iam.Role
}

// NewNodeRole registers the role and its policies.
func NewNodeRole(ctx *pulumi.Context, name string, args *NodeRoleArgs, opts ...pulumi.ResourceOption) (*NodeRole, error) {
	n := &NodeRole{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:NodeRole", name, n, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(n)
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(policy.TrustService("ec2." + args.Partition.DNSSuffix).JSON()),
	}, in)
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	n.Role = role
	for _, managed := range []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"} {
		_, err := iam.NewRolePolicyAttachment(ctx, name+"-"+managed, &iam.RolePolicyAttachmentArgs{
			Role:      role.Name,
			PolicyArn: pulumi.String(args.Partition.ManagedPolicy(managed)),
		}, in)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", managed, err)
		}
	}
	component.Outputs(ctx, n, pulumi.Map{"arn": role.Arn})
	return n, nil
}
