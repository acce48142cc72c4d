package workloads

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// groupPolicyLabel is the label of pods with the name of their SecurityGroupPolicy. It is not the label of the
// application: when the stack file no longer has podSecurityGroup, the pods are replaced by others without it before
// the policy and the group are deleted.
const groupPolicyLabel = "eksnet/security-group-policy"

// groupAnnotation is the annotation of a namespace with the name of the security group of its pods. The namespace is
// therefore deleted before the group: its deletion ends pods that a stack does not know, whose interfaces have the
// group. The ID would be unknown in a preview, which would then show a replacement of everything in the namespace.
const groupAnnotation = "eksnet/security-group"

// addGroupPolicy registers the SecurityGroupPolicy by which the VPC resource controller of EKS gives each of the pods a
// network interface with a security group.
func (a *Application) addGroupPolicy(ctx *pulumi.Context, name string, group *PodSecurityGroup) error {
	policy, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: "vpcresources.k8s.aws/v1beta1", Kind: "SecurityGroupPolicy",
		Metadata: pulumi.Map{"namespace": a.Namespace, "name": pulumi.String(name)},
		Spec: pulumi.Map{
			"podSelector":    pulumi.Map{"matchLabels": pulumi.StringMap{groupPolicyLabel: pulumi.String(name)}},
			"securityGroups": pulumi.Map{"groupIds": pulumi.StringArray{group.ID}},
		},
	}, pulumi.Parent(a))
	if err != nil {
		return err
	}
	a.GroupPolicy = policy.Name()
	return nil
}
