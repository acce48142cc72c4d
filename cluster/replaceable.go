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

// replaceable changes what the component registers, so that a cluster whose creation failed can be replaced: it is deleted before the new one, as
// both have the name of the stack file, and with --replace Pulumi does not ask the provider for it. The component ends with the error of an
// update of the cluster or of its access entry, neither of which names the command.
func replaceable(ctx *pulumi.Context, name string) (pulumi.ResourceTransform, error) {
	advice, err := component.NewAdvice(ctx, name+"-cluster", component.Advice{"is not in ACTIVE status": func(urn string) string {
		return fmt.Sprintf("unless EKS changes the cluster at this moment, its creation failed, and no update ends that. Replace it: pulumi up --replace '%s'", clusterOf(urn, name))
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

// clusterOf is the URN of the component's cluster, by the URN of the cluster itself or of the access entry beside it.
func clusterOf(urn, name string) string {
	if strings.Contains(urn, "$"+innerCluster+"::") {
		return urn
	}
	within, _, _ := strings.Cut(urn, "$"+innerEntry)
	return within + "$" + innerCluster + "::" + name + "-eksCluster"
}
