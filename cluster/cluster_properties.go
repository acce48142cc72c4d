package cluster

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// selfManagedAddons is the property of a cluster that lets EKS install copies of aws-node, kube-proxy and CoreDNS which
// are no add-ons (docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, bootstrapSelfManagedAddons).
const selfManagedAddons = "bootstrapSelfManagedAddons"

// newClusterTransform returns a transform that sets the properties of the cluster for which the eks component has no
// arguments. EKS installs nothing in a new cluster that the stack's add-ons would overwrite. The property has an effect
// at the creation alone, and the provider replaces a cluster whose property changes, so the changes of an existing
// cluster are ignored.
func newClusterTransform(c *ControlPlaneArgs) pulumi.ResourceTransform {
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Type != innerCluster {
			return nil
		}
		props, options := args.Props, args.Opts
		props[selfManagedAddons] = pulumi.Bool(false)
		options.IgnoreChanges = append(options.IgnoreChanges, selfManagedAddons)
		props["upgradePolicy"] = pulumi.StringMap{"supportType": pulumi.String(strings.ToUpper(c.Spec.UpgradePolicy))}
		// Only a setting that exists is turned off: without it the provider would send an update of nothing, which EKS
		// refuses (terraform-provider-aws, internal/service/eks/cluster.go, resourceClusterUpdate).
		if c.Spec.ZonalShift || c.HasZonalShift {
			props["zonalShiftConfig"] = pulumi.BoolMap{"enabled": pulumi.Bool(c.Spec.ZonalShift)}
		}
		return &pulumi.ResourceTransformResult{Props: props, Opts: options}
	}
}
