package addons

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// The service account that the add-on's pods run as. Its role trusts this one alone.
const (
	CNINamespace      = "kube-system"
	CNIServiceAccount = "aws-node"
)

// CNIArgs are the spec and wires of the VPC CNI.
type CNIArgs struct {
	Spec        config.VPCCNI
	Region      string
	ClusterName pulumi.StringInput
	Role        pulumi.StringInput
	// PodSubnets are the ids of the pods' own subnets by zone, none where pods share those of their nodes. Interfaces in them wear
	// SecurityGroup.
	PodSubnets    pulumi.StringMap
	SecurityGroup pulumi.StringInput
}

// NewCNI registers the VPC CNI, which gives pods addresses of their node's subnet, or of their own in its zone.
func NewCNI(ctx *pulumi.Context, name string, args *CNIArgs, opts ...pulumi.ResourceOption) (*Addon, error) {
	return newAddon(ctx, name, "CNI",
		&eks.AddonArgs{AddonName: pulumi.String("vpc-cni"), ServiceAccountRoleArn: args.Role, ConfigurationValues: args.configuration()},
		&AddonArgs{Spec: config.Addon{Version: args.Spec.Version}, ClusterName: args.ClusterName}, opts)
}

func (a *CNIArgs) configuration() pulumi.StringOutput {
	settings := settingsOf(a.Spec)
	if len(a.PodSubnets) == 0 {
		return pulumi.String(settings.JSON()).ToStringOutput()
	}
	return pulumi.All(a.PodSubnets, a.SecurityGroup).ApplyT(func(values []any) string {
		subnets, group := values[0].(map[string]string), values[1].(string)
		settings := settings
		settings.Env.CustomNetwork, settings.Env.ENIConfigLabel = "true", "topology.kubernetes.io/zone"
		settings.ENIConfig = &eniConfig{Create: true, Region: a.Region, Subnets: map[string]eniSubnet{}}
		for _, zone := range slices.Sorted(maps.Keys(subnets)) {
			settings.ENIConfig.Subnets[zone] = eniSubnet{ID: subnets[zone], SecurityGroups: []string{group}}
		}
		return settings.JSON()
	}).(pulumi.StringOutput)
}
