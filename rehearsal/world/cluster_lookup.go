package world

import "maps"

var clusterFound = rule("a cluster that is read exists",
	"reading EKS Cluster (%s): couldn't find resource",
	"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/cluster_data_source.go")

// getClusters is ListClusters of the call's region.
func getClusters(c *call, _ Properties) (Properties, error) {
	names := []any{}
	for _, cluster := range c.all(clusterType) {
		names = append(names, cluster.ID)
	}
	return Properties{"id": c.region, "names": names}, nil
}

// getCluster is DescribeCluster as the provider's data source shows it: single blocks but that of the VPC are lists.
func getCluster(c *call, args Properties) (Properties, error) {
	name, _ := args["name"].(string)
	cluster := c.get(clusterType, name)
	if err := clusterFound.when(cluster == nil, name); err != nil || cluster == nil {
		return nil, err
	}
	found := Properties{"id": name, "name": name}
	for _, property := range []string{"arn", "certificateAuthorities", "createdAt", "enabledClusterLogTypes", "endpoint", "identities", "platformVersion", "roleArn",
		"status", "tags", "version", "vpcConfig"} {
		found[property] = cloneValue(cluster.at(property))
	}
	services := Properties{}
	maps.Copy(services, clone(mapOf(cluster.at("kubernetesNetworkConfig"))))
	services["elasticLoadBalancings"] = listed(services["elasticLoadBalancing"])
	delete(services, "elasticLoadBalancing")
	found["accessConfigs"], found["kubernetesNetworkConfigs"] = listed(cluster.at("accessConfig")), listed(services)
	return found, nil
}
