package world

import "slices"

func awsKinds() []*kind {
	return slices.Concat(vpcKinds(), subnetKinds(), reservationKinds(), routeKinds(), gatewayKinds(), addressKinds(), securityGroupKinds(), endpointKinds(),
		launchTemplateKinds(), kmsKinds(), logKinds(), iamKinds(), oidcKinds(), inlinePolicyKinds(), flowLogKinds(), egressGatewayKinds(), clusterKinds(), accessEntryKinds(), addonKinds(), nodeGroupKinds())
}

func awsFunctions() map[string]function {
	return map[string]function{
		"aws:eks/getCluster:getCluster":                             getCluster,
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

// awsActors are the actors outside the cluster, and those of a node that work below Kubernetes: the kubelet's start and the CNI.
func awsActors() []actor {
	return []actor{
		{"control plane logs", "writes to the cluster's log group and makes it again where it is missing, without retention; the last events may come after the cluster is gone",
			"a cluster with log types",
			keysOf(clusterType), watchControlPlaneLogs, writeControlPlaneLogs},
		{"nodes", "join their cluster and become ready; one that cannot reach the API any more is not ready",
			"the node role with its policies and access entry, a way to EC2, ECR, S3 and STS, a way to the API, the control plane's security group, a CNI with its rights",
			keysOf(nodeType), watchNodes, joinNode},
		{"vpc-cni", "holds as many addresses ready on each node as its warm targets say, single ones or prefixes, gives pods addresses, gives back what no pod needs, and takes its interfaces away when a node ends",
			"the add-on's pods, a role with the CNI's policy (the node's, or its own through the OIDC provider), a way to EC2 and, for a role of its own, to STS",
			keysOf(nodeType), watchNodes, warmAddresses},
	}
}
