package cluster

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

const (
	innerCluster = "aws:eks/cluster:Cluster"
	innerEntry   = "aws:eks/accessEntry:AccessEntry"
)

// newReplacementTransform returns a transform of the resources in the eks component, with which a cluster whose
// creation failed can be replaced. The old cluster is deleted first because both have the same name, and with --replace
// Pulumi does not ask the provider about that. The component fails with the error of an update of the cluster or of its
// access entry, neither of which names the command; the hook prints it.
func newReplacementTransform(ctx *pulumi.Context, name string) (pulumi.ResourceTransform, error) {
	advice, err := component.NewAdvice(ctx, name+"-cluster", component.Advice{"is not in ACTIVE status": func(urn string) string {
		return fmt.Sprintf("unless EKS is changing the cluster now, its creation failed, and no update can repair it. Replace it: pulumi up --replace '%s'", clusterURN(urn, name))
	}})
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		options := args.Opts
		switch args.Type {
		case innerCluster:
			options.DeleteBeforeReplace, options.Hooks = true, advice
		case innerEntry:
			options.Hooks = advice
		default:
			return nil
		}
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: options}
	}, nil
}

// clusterURN returns the URN of the component's cluster, given the URN of the cluster or of its access entry.
func clusterURN(urn, name string) string {
	if strings.Contains(urn, "$"+innerCluster+"::") {
		return urn
	}
	within, _, _ := strings.Cut(urn, "$"+innerEntry)
	return within + "$" + innerCluster + "::" + name + "-eksCluster"
}
