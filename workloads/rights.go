package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// addRights registers the service account of an application that calls the API server, with its rights in the whole
// cluster. Pods take the account's name from the output, so the account exists before them.
func (a *Application) addRights(ctx *pulumi.Context, name string, rights rbacv1.PolicyRuleArray) error {
	in := pulumi.Parent(a)
	account, err := corev1.NewServiceAccount(ctx, name, &corev1.ServiceAccountArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: a.Namespace, Name: pulumi.String(name)},
	}, in)
	if err != nil {
		return fmt.Errorf("service account: %w", err)
	}
	role, err := rbacv1.NewClusterRole(ctx, name, &rbacv1.ClusterRoleArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(name)},
		Rules:    rights,
	}, in)
	if err != nil {
		return fmt.Errorf("cluster role: %w", err)
	}
	a.ServiceAccount = account.Metadata.Name().Elem()
	_, err = rbacv1.NewClusterRoleBinding(ctx, name, &rbacv1.ClusterRoleBindingArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(name)},
		RoleRef:  &rbacv1.RoleRefArgs{ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String("ClusterRole"), Name: role.Metadata.Name().Elem()},
		Subjects: rbacv1.SubjectArray{&rbacv1.SubjectArgs{Kind: pulumi.String("ServiceAccount"), Namespace: a.Namespace, Name: a.ServiceAccount}},
	}, in)
	if err != nil {
		return fmt.Errorf("cluster role binding: %w", err)
	}
	return nil
}
