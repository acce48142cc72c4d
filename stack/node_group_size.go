package stack

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// automatic is what the aws provider adds to a node group's logical name (pulumi-terraform-bridge, tfbridge.AutoName).
var automatic = regexp.MustCompile(`-[0-9a-f]{7}$`)

// nodeGroupDeleting is the status of a group whose nodes EKS is removing (docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html).
const nodeGroupDeleting = "DELETING"

// nodeGroupSizes are the desired sizes that the stack's node groups have on AWS, by their names in the stack file. An update of a group
// sends a desired size, and only AWS has the current one after an autoscaler or an operator has changed it: Pulumi's IgnoreChanges would
// send the size of the last up, which scales the group back or is outside of a new min and max.
func (b *builder) nodeGroupSizes() (map[string]int, error) {
	cluster, sizes := b.spec.Cluster.Name, map[string]int{}
	if !b.exists {
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
			// Two groups of one name exist while one replaces the other. Of their sizes the greater one ends no node.
			sizes[name] = max(sizes[name], group.ScalingConfigs[0].DesiredSize)
		}
	}
	return sizes, nil
}

// nodeGroupOf returns the name in the stack file of a node group on AWS, and whether the stack file has it.
func (b *builder) nodeGroupOf(physical string) (name string, ours bool) {
	logical := automatic.ReplaceAllString(physical, "")
	name, ours = strings.CutPrefix(logical, b.name+"-")
	_, listed := b.spec.NodeGroups[name]
	return name, ours && listed && logical != physical
}

// sized is the spec of a node group with the desired size to send: the one that the group has, brought into min and max, or the stack
// file's for a group that does not exist.
func (b *builder) sized(name string) config.NodeGroup {
	spec := b.spec.NodeGroups[name]
	if size, exists := b.sizes[name]; exists {
		spec.Scaling.Desired = min(max(size, spec.Scaling.Min), spec.Scaling.Max)
	}
	return spec
}
