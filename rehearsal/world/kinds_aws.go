package world

import "slices"

func awsKinds() []*kind {
	return slices.Concat(vpcKinds(), subnetKinds(), reservationKinds(), routeKinds(), gatewayKinds(), addressKinds(), securityGroupKinds(), endpointKinds(),
		launchTemplateKinds(), kmsKinds(), logKinds(), iamKinds(), oidcKinds(), inlinePolicyKinds(), flowLogKinds(), egressGatewayKinds(), clusterKinds(), accessEntryKinds(), addonKinds(), nodeGroupKinds())
}

func awsFunctions() map[string]function {
	return map[string]function{
		"aws:eks/getClusters:getClusters":                           getClusters,
		"aws:eks/getNodeGroup:getNodeGroup":                         getNodeGroup,
		"aws:eks/getNodeGroups:getNodeGroups":                       getNodeGroups,
		"aws:index/getPartition:getPartition":                       getPartition,
		"aws:index/getRegion:getRegion":                             getRegion,
		"aws:index/getCallerIdentity:getCallerIdentity":             getCallerIdentity,
		"aws:index/getAvailabilityZones:getAvailabilityZones":       getAvailabilityZones,
		"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": getInstanceTypeOfferings,
		"aws:ec2/getSubnet:getSubnet":                               getSubnet,
		"aws:ec2/getSubnets:getSubnets":                             getSubnets,
	}
}

// awsActors are the actors outside the cluster, and those of a node below Kubernetes: the start of the kubelet and the
// CNI.
func awsActors() []actor {
	return []actor{
		{"control plane logs", "writes to the cluster's log group and creates a missing one again, without retention; the last events may be written after the cluster is deleted",
			"a cluster with log types",
			keysOf(clusterType), watchControlPlaneLogs, writeControlPlaneLogs},
		{"nodes", "join their cluster and become ready; a node that can no longer reach the API is not ready",
			"the node role with its policies and access entry, network access to EC2, ECR, S3 and STS and to the API, the control plane's security group, a CNI with its permissions",
			keysOf(nodeType), watchNodes, joinNode},
		{"vpc-cni", "keeps addresses ready on each node according to its warm targets, single ones or prefixes, assigns them to pods, releases unused ones, and deletes its interfaces when a node is terminated",
			"the add-on's pods, a role with the CNI's policy (the node's, or its own through the OIDC provider), network access to EC2 and, for a role of its own, to STS",
			keysOf(nodeType), watchNodes, warmAddresses},
	}
}
