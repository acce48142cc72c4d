package cluster

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// selfManagedAddons is the property of a cluster that lets EKS install copies of aws-node, kube-proxy and CoreDNS which
// are no add-ons (docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, bootstrapSelfManagedAddons).
const selfManagedAddons = "bootstrapSelfManagedAddons"

// newClusterTransform returns a transform that sets the properties of the cluster for which the eks component has no
// arguments. EKS installs nothing in a new cluster that the stack's add-ons would overwrite. The property has an effect
// at the creation alone, and the provider replaces a cluster whose property changes, so the changes of an existing
// cluster are ignored.
func newClusterTransform(spec config.Cluster) pulumi.ResourceTransform {
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Type != innerCluster {
			return nil
		}
		props, options := args.Props, args.Opts
		props[selfManagedAddons] = pulumi.Bool(false)
		options.IgnoreChanges = append(options.IgnoreChanges, selfManagedAddons)
		props["upgradePolicy"] = pulumi.StringMap{"supportType": pulumi.String(strings.ToUpper(spec.UpgradePolicy))}
		return &pulumi.ResourceTransformResult{Props: props, Opts: options}
	}
}
