package eks

import (
	"maps"

	"eksnet/rehearsal/world/store"
)

var ClusterFound = store.NewRule("a cluster that is read exists",
	"reading EKS Cluster (%s): couldn't find resource",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/cluster_data_source.go")

// getClusters is ListClusters of the call's region.
func getClusters(c *store.Call, _ store.Properties) (store.Properties, error) {
	names := []any{}
	for _, cluster := range c.All(store.ClusterType) {
		names = append(names, cluster.ID)
	}
	return store.Properties{"id": c.Region, "names": names}, nil
}

// getCluster is DescribeCluster as the provider's data source shows it: single blocks but that of the VPC are lists.
func getCluster(c *store.Call, args store.Properties) (store.Properties, error) {
	name, _ := args["name"].(string)
	cluster := c.Get(store.ClusterType, name)
	if err := ClusterFound.When(cluster == nil, name); err != nil || cluster == nil {
		return nil, err
	}
	found := store.Properties{"id": name, "name": name}
	for _, property := range []string{"arn", "certificateAuthorities", "createdAt", "enabledClusterLogTypes", "endpoint", "identities", "platformVersion", "roleArn",
		"status", "tags", "version", "vpcConfig"} {
		found[property] = store.CloneValue(cluster.At(property))
	}
	services := store.Properties{}
	maps.Copy(services, store.Clone(store.MapOf(cluster.At("kubernetesNetworkConfig"))))
	services["elasticLoadBalancings"] = store.BlockList(services["elasticLoadBalancing"])
	delete(services, "elasticLoadBalancing")
	found["zonalShiftConfigs"] = store.BlockList(cluster.At("zonalShiftConfig"))
	found["accessConfigs"], found["kubernetesNetworkConfigs"] = store.BlockList(cluster.At("accessConfig")), store.BlockList(services)
	return found, nil
}
