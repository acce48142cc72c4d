package stack

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// autoNameSuffix matches the suffix that the AWS provider adds to a node group's logical name (pulumi-terraform-bridge,
// tfbridge.AutoName).
var autoNameSuffix = regexp.MustCompile(`-[0-9a-f]{7}$`)

// nodeGroupDeleting is the status of a node group that EKS is deleting
// (docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html).
const nodeGroupDeleting = "DELETING"

// nodeGroupSizes returns the current desired sizes of the stack's node groups on AWS, by their names in the stack file.
// An update of a node group sends a desired size, and only AWS has the current one after an autoscaler or an operator
// changed it: Pulumi's IgnoreChanges would send the size of the last up, which scales the node group back or is outside
// a new min and max.
func (b *builder) nodeGroupSizes() (map[string]int, error) {
	cluster, sizes := b.spec.Cluster.Name, map[string]int{}
	clusters, err := eks.GetClusters(b.ctx, pulumi.Provider(b.aws))
	if err != nil {
		return nil, fmt.Errorf("clusters of %s: %w", b.spec.Region, err)
	}
	if !slices.Contains(clusters.Names, cluster) {
		return sizes, nil
	}
	groups, err := eks.GetNodeGroups(b.ctx, &eks.GetNodeGroupsArgs{ClusterName: cluster}, pulumi.Provider(b.aws))
	if err != nil {
		return nil, fmt.Errorf("node groups of cluster %s: %w", cluster, err)
	}
	for _, physical := range groups.Names {
		name, ours := b.nodeGroupOf(physical)
		if !ours {
			continue
		}
		group, err := eks.LookupNodeGroup(b.ctx, &eks.LookupNodeGroupArgs{ClusterName: cluster, NodeGroupName: physical}, pulumi.Provider(b.aws))
		if err != nil {
			return nil, fmt.Errorf("node group %s of cluster %s: %w", physical, cluster, err)
		}
		if group.Status != nodeGroupDeleting && len(group.ScalingConfigs) > 0 {
			// Two node groups of one name exist during a replacement. The greater of their sizes terminates no node.
			sizes[name] = max(sizes[name], group.ScalingConfigs[0].DesiredSize)
		}
	}
	return sizes, nil
}

// nodeGroupOf returns the name in the stack file of a node group on AWS, and whether the stack file has it.
func (b *builder) nodeGroupOf(physical string) (name string, ours bool) {
	logical := autoNameSuffix.ReplaceAllString(physical, "")
	name, ours = strings.CutPrefix(logical, b.name+"-")
	_, listed := b.spec.NodeGroups[name]
	return name, ours && listed && logical != physical
}

// nodeGroupSpec returns the spec of a node group with the desired size to send: the current one, limited to min and
// max, or the stack file's for a node group that does not exist yet.
func (b *builder) nodeGroupSpec(name string) config.NodeGroup {
	spec := b.spec.NodeGroups[name]
	if size, exists := b.sizes[name]; exists {
		spec.Scaling.Desired = min(max(size, spec.Scaling.Min), spec.Scaling.Max)
	}
	return spec
}
