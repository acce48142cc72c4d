package cluster

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// selfManagedAddons is the property of a cluster that lets EKS install copies of aws-node, kube-proxy and CoreDNS which
// are no add-ons (docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, bootstrapSelfManagedAddons).
const selfManagedAddons = "bootstrapSelfManagedAddons"

// transformCluster sets properties of the cluster for which the eks component has no arguments. EKS installs nothing in
// a new cluster that the stack's add-ons would overwrite. The property has an effect at the creation alone, and the
// provider replaces a cluster whose property changes, so the changes of an existing cluster are ignored.
func transformCluster(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	if args.Type != innerCluster {
		return nil
	}
	args.Props[selfManagedAddons] = pulumi.Bool(false)
	options := args.Opts
	options.IgnoreChanges = append(options.IgnoreChanges, selfManagedAddons)
	return &pulumi.ResourceTransformResult{Props: args.Props, Opts: options}
}
