package addons

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newRoleAccount registers a service account whose pods assume a role. role is nil with EKS Pod Identity: the role is
// then in an association of the service account.
func newRoleAccount(ctx *pulumi.Context, name string, parent pulumi.Resource, namespace pulumi.StringInput, account string, role pulumi.StringInput) (pulumi.StringInput, error) {
	metadata := &metav1.ObjectMetaArgs{Namespace: namespace.ToStringOutput().ToStringPtrOutput(), Name: pulumi.String(account)}
	if role != nil {
		metadata.Annotations = pulumi.StringMap{"eks.amazonaws.com/role-arn": role}
	}
	made, err := corev1.NewServiceAccount(ctx, name, &corev1.ServiceAccountArgs{Metadata: metadata}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("service account: %w", err)
	}
	return made.Metadata.Name().Elem(), nil
}
