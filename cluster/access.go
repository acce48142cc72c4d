package cluster

import (
	"fmt"
	"slices"
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
	grants := accessGrants(args.Spec)
	for _, grant := range grants {
		principal := name + "-" + principalName(grant.Principal)
		if entries[grant.Principal] == nil {
			entry, err := eks.NewAccessEntry(ctx, principal, &eks.AccessEntryArgs{
				ClusterName:      args.ClusterName,
				PrincipalArn:     pulumi.String(grant.Principal),
				KubernetesGroups: accessGroups(grants, grant.Principal),
			}, pulumi.Parent(a))
			if err != nil {
				return nil, fmt.Errorf("access entry of %s: %w", grant.Principal, err)
			}
			entries[grant.Principal] = entry
		}
		if grant.Policy == "" {
			continue
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

// accessGroups returns the Kubernetes groups of a principal, each once. Without groups the list is empty, not absent:
// the provider keeps the groups of an entry whose list is absent, so an entry would keep the groups that a stack file
// no longer has (github.com/hashicorp/terraform-provider-aws, internal/service/eks/access_entry.go: kubernetes_groups
// is optional and computed).
func accessGroups(grants []config.Access, principal string) pulumi.StringArray {
	var groups []string
	for _, grant := range grants {
		if grant.Principal == principal {
			groups = append(groups, grant.Groups...)
		}
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	all := pulumi.StringArray{}
	for _, group := range groups {
		all = append(all, pulumi.String(group))
	}
	return all
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
