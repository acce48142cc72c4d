package addons

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// AddonArgs holds the spec and wires of an EKS add-on.
type AddonArgs struct {
	Spec        config.Addon
	ClusterName pulumi.StringInput
}

// Addon is an EKS add-on. In a cluster that was created with self-managed copies of aws-node, kube-proxy and CoreDNS it
// replaces its copy.
type Addon struct{ pulumi.ResourceState }

// KubeProxyArgs holds the spec and wires of kube-proxy.
type KubeProxyArgs struct {
	Spec        config.KubeProxy
	ClusterName pulumi.StringInput
}

// NewKubeProxy registers kube-proxy, which translates Service addresses into pod addresses on each node. The mode is
// always written, because EKS keeps the last configuration of an add-on if it is omitted.
func NewKubeProxy(ctx *pulumi.Context, name string, args *KubeProxyArgs, opts ...pulumi.ResourceOption) (*Addon, error) {
	return newAddon(ctx, name, "KubeProxy",
		&eks.AddonArgs{AddonName: pulumi.String("kube-proxy"), ConfigurationValues: pulumi.String(fmt.Sprintf(`{"mode":%q}`, args.Spec.Mode))},
		&AddonArgs{Spec: config.Addon{Version: args.Spec.Version}, ClusterName: args.ClusterName}, opts)
}

// MetricsServerArgs holds the spec and wires of metrics-server.
type MetricsServerArgs struct {
	Spec        config.MetricsServer
	ClusterName pulumi.StringInput
}

// NewMetricsServer registers metrics-server, from which autoscalers read the load of pods. EKS does not install it.
func NewMetricsServer(ctx *pulumi.Context, name string, args *MetricsServerArgs, opts ...pulumi.ResourceOption) (*Addon, error) {
	return newAddon(ctx, name, "MetricsServer",
		&eks.AddonArgs{AddonName: pulumi.String("metrics-server"), ConfigurationValues: pulumi.String(fmt.Sprintf(`{"replicas":%d}`, args.Spec.Replicas))},
		&AddonArgs{Spec: config.Addon{Version: args.Spec.Version}, ClusterName: args.ClusterName}, opts)
}

func newAddon(ctx *pulumi.Context, name, typ string, addon *eks.AddonArgs, args *AddonArgs, opts []pulumi.ResourceOption) (*Addon, error) {
	a := &Addon{}
	if err := ctx.RegisterComponentResource("eksnet:addons:"+typ, name, a, opts...); err != nil {
		return nil, err
	}
	addon.ClusterName = args.ClusterName
	// A self-managed copy has other settings, and so may fields that people changed; overwrite them.
	addon.ResolveConflictsOnCreate = pulumi.String("OVERWRITE")
	addon.ResolveConflictsOnUpdate = pulumi.String("OVERWRITE")
	if args.Spec.Version != "" {
		addon.AddonVersion = pulumi.String(args.Spec.Version)
	}
	// A cluster has only one add-on of a name, so the old one is deleted first: with --replace Pulumi does not ask the
	// provider about that.
	made, err := eks.NewAddon(ctx, name, addon, pulumi.Parent(a), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, fmt.Errorf("add-on: %w", err)
	}
	component.Outputs(ctx, a, pulumi.Map{"arn": made.Arn})
	return a, nil
}
