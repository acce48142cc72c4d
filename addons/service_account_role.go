// Package addons holds the components that a cluster needs before workloads: EKS add-ons and the load balancer
// controller.
package addons

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	policy "eksnet/internal/iam"
)

// ServiceAccountRoleArgs holds the spec and wires of an IAM role for pods.
type ServiceAccountRoleArgs struct {
	// Namespace and ServiceAccount name the service account whose pods may assume the role.
	Namespace, ServiceAccount string
	// ProviderARN and Issuer are the cluster's OIDC provider's; the issuer has no https:// prefix. ProviderARN is nil
	// with EKS Pod Identity, for which ClusterARN is set.
	ProviderARN, Issuer, ClusterARN pulumi.StringInput
	// Managed is the ARN of an AWS managed policy, Policy the JSON of a customer managed one; exactly one of them is
	// set.
	Managed string
	Policy  pulumi.StringInput
}

// ServiceAccountRole is an IAM role for the pods of one service account.
type ServiceAccountRole struct {
	pulumi.ResourceState

	ARN pulumi.StringOutput
	// Annotation is the ARN for the annotation of the service account, nil with EKS Pod Identity.
	Annotation pulumi.StringInput
}

// NewServiceAccountRole registers the role and its policy.
func NewServiceAccountRole(ctx *pulumi.Context, name string, args *ServiceAccountRoleArgs, opts ...pulumi.ResourceOption) (*ServiceAccountRole, error) {
	s := &ServiceAccountRole{}
	if err := ctx.RegisterComponentResource("eksnet:addons:ServiceAccountRole", name, s, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(s)
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{AssumeRolePolicy: args.trust()}, in)
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	s.ARN = role.Arn
	if args.ProviderARN != nil {
		s.Annotation = role.Arn
	}

	granted := pulumi.String(args.Managed).ToStringOutput()
	if args.Policy != nil {
		own, err := iam.NewPolicy(ctx, name, &iam.PolicyArgs{Policy: args.Policy}, in)
		if err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		granted = own.Arn
	}
	_, err = iam.NewRolePolicyAttachment(ctx, name, &iam.RolePolicyAttachmentArgs{Role: role.Name, PolicyArn: granted}, in)
	if err != nil {
		return nil, fmt.Errorf("policy attachment: %w", err)
	}
	component.Outputs(ctx, s, pulumi.Map{"arn": s.ARN})
	return s, nil
}

// trust returns the role's trust policy.
func (a *ServiceAccountRoleArgs) trust() pulumi.StringOutput {
	if a.ProviderARN == nil {
		return a.ClusterARN.ToStringOutput().ApplyT(func(cluster string) string {
			return policy.TrustPods(cluster, a.Namespace, a.ServiceAccount).JSON()
		}).(pulumi.StringOutput)
	}
	return pulumi.All(a.ProviderARN, a.Issuer).ApplyT(func(values []any) string {
		return policy.TrustServiceAccount(values[0].(string), values[1].(string), a.Namespace, a.ServiceAccount).JSON()
	}).(pulumi.StringOutput)
}
