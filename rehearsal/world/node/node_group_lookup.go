package node

import (
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

var NodeGroupFound = store.NewRule("a node group that is read exists",
	"reading EKS Node Group (%s): couldn't find resource",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group_data_source.go")

// getNodeGroups implements ListNodegroups of a cluster. Node groups that are being deleted are listed too.
func getNodeGroups(c *store.Call, args store.Properties) (store.Properties, error) {
	cluster, _ := args["clusterName"].(string)
	// A cluster of any status has a list (https://docs.aws.amazon.com/eks/latest/APIReference/API_ListNodegroups.html).
	listing := eks.Operation("listing", "EKS Node Groups", cluster, "ListNodegroups")
	if err := eks.ClusterNotFound.When(c.Get(store.ClusterType, cluster) == nil, listing, cluster); err != nil {
		return nil, err
	}
	names := []any{}
	for _, group := range c.With(store.NodeGroupType, "clusterName", cluster) {
		names = append(names, NodeGroupOf(group).Name)
	}
	return store.Properties{"id": cluster, "clusterName": cluster, "names": names}, nil
}

// getNodeGroup implements DescribeNodegroup as the provider's data source returns it: single blocks are lists.
func getNodeGroup(c *store.Call, args store.Properties) (store.Properties, error) {
	cluster, _ := args["clusterName"].(string)
	name, _ := args["nodeGroupName"].(string)
	id := cluster + ":" + name
	group := c.Get(store.NodeGroupType, id)
	if err := NodeGroupFound.When(group == nil, id); err != nil || group == nil {
		return nil, err
	}
	found := store.Properties{"id": id, "clusterName": cluster, "nodeGroupName": name}
	for _, property := range []string{"amiType", "arn", "capacityType", "diskSize", "instanceTypes", "labels", "nodeRoleArn", "releaseVersion", "resources",
		"status", "subnetIds", "tags", "version"} {
		found[property] = store.CloneValue(group.At(property))
	}
	found["launchTemplates"], found["remoteAccesses"] = store.BlockList(group.At("launchTemplate")), store.BlockList(group.At("remoteAccess"))
	found["scalingConfigs"], found["taints"] = store.BlockList(group.At("scalingConfig")), store.OrValue(store.CloneValue(group.At("taints")), []any{})
	return found, nil
}
