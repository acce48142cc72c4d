package cluster

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan"
)

// AccessArgs are the spec and wires of who may use the cluster.
type AccessArgs struct {
	// Admins are ARNs of IAM roles and users.
	Admins      []string
	Partition   plan.Partition
	ClusterName pulumi.StringInput
}

// Access lets IAM principals into the cluster beside its creator.
type Access struct{ pulumi.ResourceState }

// NewAccess registers an access entry with the administrator's policy for each admin
// (docs.aws.amazon.com/eks/latest/userguide/access-policies.html).
func NewAccess(ctx *pulumi.Context, name string, args *AccessArgs, opts ...pulumi.ResourceOption) (*Access, error) {
	a := &Access{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:Access", name, a, opts...); err != nil {
		return nil, err
	}
	for _, arn := range args.Admins {
		principal := name + "-" + principalName(arn)
		entry, err := eks.NewAccessEntry(ctx, principal, &eks.AccessEntryArgs{
			ClusterName:  args.ClusterName,
			PrincipalArn: pulumi.String(arn),
		}, pulumi.Parent(a))
		if err != nil {
			return nil, fmt.Errorf("access entry of %s: %w", arn, err)
		}
		_, err = eks.NewAccessPolicyAssociation(ctx, principal, &eks.AccessPolicyAssociationArgs{
			ClusterName:  args.ClusterName,
			PrincipalArn: entry.PrincipalArn,
			PolicyArn:    pulumi.String(args.Partition.AccessPolicy("AmazonEKSClusterAdminPolicy")),
			AccessScope:  &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")},
		}, pulumi.Parent(a))
		if err != nil {
			return nil, fmt.Errorf("access policy of %s: %w", arn, err)
		}
	}
	component.Outputs(ctx, a, pulumi.Map{})
	return a, nil
}

// principalName tells principals apart in names: account and path of an ARN, such as 111122223333-role/admin.
func principalName(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[4] + "-" + parts[5]
}
