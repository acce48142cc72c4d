package addons

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// PodIdentityAgentArgs holds the spec and wires of the EKS Pod Identity Agent.
type PodIdentityAgentArgs struct {
	Spec        config.Addon
	ClusterName pulumi.StringInput
}

// NewPodIdentityAgent registers the EKS Pod Identity Agent, from which pods get the credentials of their roles. It runs
// on each node, in the network of the node.
func NewPodIdentityAgent(ctx *pulumi.Context, name string, args *PodIdentityAgentArgs, opts ...pulumi.ResourceOption) (*Addon, error) {
	return newAddon(ctx, name, "PodIdentityAgent", &eks.AddonArgs{AddonName: pulumi.String("eks-pod-identity-agent")},
		&AddonArgs{Spec: args.Spec, ClusterName: args.ClusterName}, opts)
}

// Association is the role of the pods of one service account.
type Association struct {
	Namespace, ServiceAccount string
	Role                      pulumi.StringInput
}

// PodIdentityAssociationsArgs holds the wires of the associations of controllers.
type PodIdentityAssociationsArgs struct {
	ClusterName pulumi.StringInput
	// Associations holds the associations by the name of their controller.
	Associations map[string]Association
}

// PodIdentityAssociations are the EKS Pod Identity associations of the controllers, which need neither the namespace
// nor the service account to exist. That of the VPC CNI is part of its add-on.
type PodIdentityAssociations struct{ pulumi.ResourceState }

// NewPodIdentityAssociations registers the associations.
func NewPodIdentityAssociations(ctx *pulumi.Context, name string, args *PodIdentityAssociationsArgs, opts ...pulumi.ResourceOption) (*PodIdentityAssociations, error) {
	p := &PodIdentityAssociations{}
	if err := ctx.RegisterComponentResource("eksnet:addons:PodIdentityAssociations", name, p, opts...); err != nil {
		return nil, err
	}
	for _, controller := range slices.Sorted(maps.Keys(args.Associations)) {
		a := args.Associations[controller]
		// A service account has only one association, so the old one is deleted first.
		_, err := eks.NewPodIdentityAssociation(ctx, name+"-"+controller, &eks.PodIdentityAssociationArgs{
			ClusterName: args.ClusterName, Namespace: pulumi.String(a.Namespace), ServiceAccount: pulumi.String(a.ServiceAccount), RoleArn: a.Role,
		}, pulumi.Parent(p), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, fmt.Errorf("association of %s: %w", controller, err)
		}
	}
	component.Outputs(ctx, p, pulumi.Map{})
	return p, nil
}
