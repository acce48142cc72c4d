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

// AccessArgs holds the spec and wires of the cluster's access entries.
type AccessArgs struct {
	Spec        config.Cluster
	Partition   plan.Partition
	ClusterName pulumi.StringInput
}

// Access is the access entries of IAM principals other than the cluster's creator.
type Access struct{ pulumi.ResourceState }

// NewAccess registers an access entry for each principal and an association for each of its policies
// (docs.aws.amazon.com/eks/latest/userguide/access-policies.html).
func NewAccess(ctx *pulumi.Context, name string, args *AccessArgs, opts ...pulumi.ResourceOption) (*Access, error) {
	a := &Access{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:Access", name, a, opts...); err != nil {
		return nil, err
	}
	entries := map[string]*eks.AccessEntry{}
	for _, grant := range accessGrants(args.Spec) {
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
			AccessScope:  accessScope(grant.Namespaces),
		}, pulumi.Parent(a))
		if err != nil {
			return nil, fmt.Errorf("policy %s of %s: %w", grant.Policy, grant.Principal, err)
		}
	}
	component.Outputs(ctx, a, pulumi.Map{})
	return a, nil
}

// accessGrants returns the access policies of admins and viewers, followed by those that the stack file lists. Viewers
// get the policy that does not show Secrets: AmazonEKSAdminViewPolicy does
// (docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html).
func accessGrants(spec config.Cluster) []config.Access {
	var all []config.Access
	for _, arn := range spec.Admins {
		all = append(all, config.Access{Principal: arn, Policy: config.AdminPolicy})
	}
	for _, arn := range spec.Viewers {
		all = append(all, config.Access{Principal: arn, Policy: config.ViewerPolicy})
	}
	return append(all, spec.Access...)
}

// accessScope returns the scope of an access policy: some namespaces, or the whole cluster.
func accessScope(namespaces []string) *eks.AccessPolicyAssociationAccessScopeArgs {
	if len(namespaces) == 0 {
		return &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")}
	}
	return &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("namespace"), Namespaces: pulumi.ToStringArray(namespaces)}
}

// principalName returns the part of a resource name that identifies a principal: the account and path of its ARN, such
// as 111122223333-role/admin.
func principalName(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[4] + "-" + parts[5]
}
