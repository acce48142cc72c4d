package cluster

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan"
)

// AccessArgs are the spec and wires of who may use the cluster.
type AccessArgs struct {
	Spec        config.Cluster
	Partition   plan.Partition
	ClusterName pulumi.StringInput
}

// Access lets IAM principals into the cluster beside its creator.
type Access struct{ pulumi.ResourceState }

// NewAccess registers an access entry for each principal and an association for each of its policies
// (docs.aws.amazon.com/eks/latest/userguide/access-policies.html).
func NewAccess(ctx *pulumi.Context, name string, args *AccessArgs, opts ...pulumi.ResourceOption) (*Access, error) {
	a := &Access{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:Access", name, a, opts...); err != nil {
		return nil, err
	}
	entries := map[string]*eks.AccessEntry{}
	for _, grant := range grants(args.Spec) {
		principal := name + "-" + principalName(grant.Principal)
		if entries[grant.Principal] == nil {
			entry, err := eks.NewAccessEntry(ctx, principal, &eks.AccessEntryArgs{
				ClusterName:  args.ClusterName,
				PrincipalArn: pulumi.String(grant.Principal),
			}, pulumi.Parent(a))
			if err != nil {
				return nil, fmt.Errorf("access entry of %s: %w", grant.Principal, err)
			}
			entries[grant.Principal] = entry
		}
		_, err := eks.NewAccessPolicyAssociation(ctx, principal+"-"+grant.Policy, &eks.AccessPolicyAssociationArgs{
			ClusterName:  args.ClusterName,
			PrincipalArn: entries[grant.Principal].PrincipalArn,
			PolicyArn:    pulumi.String(args.Partition.AccessPolicy(grant.Policy)),
			AccessScope:  scope(grant.Namespaces),
		}, pulumi.Parent(a))
		if err != nil {
			return nil, fmt.Errorf("policy %s of %s: %w", grant.Policy, grant.Principal, err)
		}
	}
	component.Outputs(ctx, a, pulumi.Map{})
	return a, nil
}

// grants are admins and viewers in the words of EKS, and what the stack file says in these words itself. The policy of viewers is the one
// that shows no Secrets: AmazonEKSAdminViewPolicy does (docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html).
func grants(spec config.Cluster) []config.Access {
	var all []config.Access
	for _, arn := range spec.Admins {
		all = append(all, config.Access{Principal: arn, Policy: config.AdminPolicy})
	}
	for _, arn := range spec.Viewers {
		all = append(all, config.Access{Principal: arn, Policy: config.ViewerPolicy})
	}
	return append(all, spec.Access...)
}

// scope is where a policy holds: in some namespaces, or in the whole cluster.
func scope(namespaces []string) *eks.AccessPolicyAssociationAccessScopeArgs {
	if len(namespaces) == 0 {
		return &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")}
	}
	return &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("namespace"), Namespaces: pulumi.ToStringArray(namespaces)}
}

// principalName tells principals apart in names: account and path of an ARN, such as 111122223333-role/admin.
func principalName(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[4] + "-" + parts[5]
}
