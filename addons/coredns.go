package addons

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// CoreDNSArgs holds the spec and wires of CoreDNS.
type CoreDNSArgs struct {
	Spec        config.CoreDNS
	ClusterName pulumi.StringInput
}

// NewCoreDNS registers CoreDNS, the cluster's DNS server. Its configuration is always written, because EKS keeps the
// last configuration of an add-on if it is omitted.
func NewCoreDNS(ctx *pulumi.Context, name string, args *CoreDNSArgs, opts ...pulumi.ResourceOption) (*Addon, error) {
	settings, err := json.Marshal(coreDNSSettings(args.Spec))
	if err != nil {
		return nil, err
	}
	return newAddon(ctx, name, "CoreDNS",
		&eks.AddonArgs{AddonName: pulumi.String("coredns"), ConfigurationValues: pulumi.String(settings)},
		&AddonArgs{Spec: config.Addon{Version: args.Spec.Version}, ClusterName: args.ClusterName}, opts)
}

// coreDNSSettings returns the add-on's configuration (aws eks describe-addon-configuration --addon-name coredns). With
// autoscaling, EKS owns the number of pods, so it is not written.
func coreDNSSettings(spec config.CoreDNS) map[string]any {
	all := map[string]any{"podDisruptionBudget": map[string]any{"enabled": true, "maxUnavailable": spec.MaxUnavailable}}
	if spec.Autoscale != nil {
		all["autoScaling"] = map[string]any{"enabled": true, "minReplicas": spec.Autoscale.Min, "maxReplicas": spec.Autoscale.Max}
	} else {
		all["replicaCount"] = spec.Replicas
	}
	if spec.SpreadZones {
		all["topologySpreadConstraints"] = []any{map[string]any{
			"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": map[string]any{"matchLabels": map[string]any{"k8s-app": "kube-dns"}},
		}}
	}
	return all
}
