package addons

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// The service account of the add-on's pods. The add-on's role trusts only this one.
const (
	CNINamespace      = "kube-system"
	CNIServiceAccount = "aws-node"
)

// CNIArgs holds the spec and wires of the VPC CNI.
type CNIArgs struct {
	Spec config.VPCCNI
	// IPv6 reports whether pods have IPv6 addresses.
	IPv6        bool
	Region      string
	ClusterName pulumi.StringInput
	Role        pulumi.StringInput
	// PodIdentity reports whether pods get the credentials of the role by EKS Pod Identity.
	PodIdentity bool
	// PodSubnets holds the IDs of the pod subnets by zone, for custom networking; none if pods use their nodes' subnets,
	// or subnets that the CNI discovers. Interfaces in them use SecurityGroup.
	PodSubnets    pulumi.StringMap
	SecurityGroup pulumi.StringInput
}

// NewCNI registers the VPC CNI, which assigns pods addresses of their node's subnet, or of the pod subnet in its zone.
func NewCNI(ctx *pulumi.Context, name string, args *CNIArgs, opts ...pulumi.ResourceOption) (*Addon, error) {
	addon := &eks.AddonArgs{AddonName: pulumi.String("vpc-cni"), ConfigurationValues: args.configuration()}
	if args.PodIdentity {
		// EKS creates the association with the add-on, and deletes it with the add-on.
		addon.PodIdentityAssociations = eks.AddonPodIdentityAssociationArray{
			eks.AddonPodIdentityAssociationArgs{ServiceAccount: pulumi.String(CNIServiceAccount), RoleArn: args.Role.ToStringOutput()},
		}
	} else {
		addon.ServiceAccountRoleArn = args.Role.ToStringOutput().ToStringPtrOutput()
	}
	return newAddon(ctx, name, "CNI", addon, &AddonArgs{Spec: config.Addon{Version: args.Spec.Version}, ClusterName: args.ClusterName}, opts)
}

func (a *CNIArgs) configuration() pulumi.StringOutput {
	settings := newCNISettings(a.Spec, a.IPv6)
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
