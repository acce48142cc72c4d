package world

var nodeGroupFound = rule("a node group that is read exists",
	"reading EKS Node Group (%s): couldn't find resource",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/node_group_data_source.go")

// getClusters implements ListClusters in the call's region.
func getClusters(c *call, _ Properties) (Properties, error) {
	names := []any{}
	for _, cluster := range c.all(clusterType) {
		names = append(names, cluster.ID)
	}
	return Properties{"id": c.region, "names": names}, nil
}

// getNodeGroups implements ListNodegroups of a cluster. Node groups that are being deleted are listed too.
func getNodeGroups(c *call, args Properties) (Properties, error) {
	cluster, _ := args["clusterName"].(string)
	// A cluster of any status has a list (https://docs.aws.amazon.com/eks/latest/APIReference/API_ListNodegroups.html).
	listing := operation("listing", "EKS Node Groups", cluster, "ListNodegroups")
	if err := clusterNotFound.when(c.get(clusterType, cluster) == nil, listing, cluster); err != nil {
		return nil, err
	}
	names := []any{}
	for _, group := range c.with(nodeGroupType, "clusterName", cluster) {
		names = append(names, group.text("nodeGroupName"))
	}
	return Properties{"id": cluster, "clusterName": cluster, "names": names}, nil
}

// getNodeGroup implements DescribeNodegroup as the provider's data source returns it: single blocks are lists.
func getNodeGroup(c *call, args Properties) (Properties, error) {
	cluster, _ := args["clusterName"].(string)
	name, _ := args["nodeGroupName"].(string)
	id := cluster + ":" + name
	group := c.get(nodeGroupType, id)
	if err := nodeGroupFound.when(group == nil, id); err != nil || group == nil {
		return nil, err
	}
	found := Properties{"id": id, "clusterName": cluster, "nodeGroupName": name}
	for _, property := range []string{"amiType", "arn", "capacityType", "diskSize", "instanceTypes", "labels", "nodeRoleArn", "releaseVersion", "resources",
		"status", "subnetIds", "tags", "version"} {
		found[property] = cloneValue(group.at(property))
	}
	found["launchTemplates"], found["remoteAccesses"] = listed(group.at("launchTemplate")), listed(group.at("remoteAccess"))
	found["scalingConfigs"], found["taints"] = listed(group.at("scalingConfig")), orValue(cloneValue(group.at("taints")), []any{})
	return found, nil
}

// listed returns a block as a list of one, or of none for an absent block.
func listed(block any) []any {
	if block == nil {
		return []any{}
	}
	return []any{cloneValue(block)}
}
