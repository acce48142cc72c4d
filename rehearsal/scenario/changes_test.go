package scenario_test

import "testing"

func TestANodeGroupComesAndGoesAlone(t *testing.T) {
	changing(t,
		change{
			edits: []edit{set("nodeGroups.more", "{instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 2}}")},
			want: `
				create eksnet:cluster:NodeGroup changes-more
				create LaunchTemplate changes-more
				create NodeGroup changes-more`,
		},
		change{
			edits: []edit{drop("nodeGroups.more")},
			want: `
				delete eksnet:cluster:NodeGroup changes-more
				delete LaunchTemplate changes-more
				delete NodeGroup changes-more`,
		},
	)
}

func TestANodeGroupThatIsRenamedIsAnotherOne(t *testing.T) {
	changing(t, change{
		edits: []edit{drop("nodeGroups.batch"), set("nodeGroups.work", "{instanceTypes: [c7g.large], scaling: {min: 0, desired: 1, max: 2}}")},
		want: `
			create eksnet:cluster:NodeGroup changes-work
			create LaunchTemplate changes-work
			create NodeGroup changes-work
			delete eksnet:cluster:NodeGroup changes-batch
			delete LaunchTemplate changes-batch
			delete NodeGroup changes-batch`,
	})
}

func TestTypesOfANodeGroupChangeByReplacement(t *testing.T) {
	changing(t, change{
		edits: []edit{set("nodeGroups.batch.instanceTypes", "[c7g.large, c6g.large]")},
		want:  `replace NodeGroup changes-batch (instanceTypes[1])`,
	})
}

func TestLabelsAndDiskOfANodeGroupChangeInPlace(t *testing.T) {
	changing(t, change{
		edits: []edit{set("nodeGroups.batch.labels", "{example.com/work: batch}"), set("nodeGroups.batch.diskGiB", "80")},
		want: `
			update LaunchTemplate changes-batch (blockDeviceMappings[0].ebs.volumeSize)
			update NodeGroup changes-batch (labels["example.com/work"], launchTemplate.version)`,
	})
}

func TestPrincipalsComeAndGoAlone(t *testing.T) {
	const roles = "arn:aws:iam::000000000000:role/"
	changing(t,
		change{
			edits: []edit{set("cluster.admins", "["+roles+"platform-admin, "+roles+"second]")},
			want: `
				create AccessEntry changes-000000000000-role/second
				create AccessPolicyAssociation changes-000000000000-role/second-AmazonEKSClusterAdminPolicy`,
		},
		change{
			edits: []edit{set("cluster.admins", "["+roles+"second]")},
			want: `
				delete AccessEntry changes-000000000000-role/platform-admin
				delete AccessPolicyAssociation changes-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
		},
		change{
			edits: []edit{set("cluster.viewers", "["+roles+"viewer]")},
			want: `
				create AccessEntry changes-000000000000-role/viewer
				create AccessPolicyAssociation changes-000000000000-role/viewer-AmazonEKSViewPolicy`,
		},
		change{
			edits: []edit{set("cluster.access", "[{principal: '"+roles+"team', policy: AmazonEKSEditPolicy, namespaces: [shop]}]")},
			want: `
				create AccessEntry changes-000000000000-role/team
				create AccessPolicyAssociation changes-000000000000-role/team-AmazonEKSEditPolicy`,
		},
	)
}

func TestNATMovesBetweenOneGatewayAndOneAZone(t *testing.T) {
	changing(t,
		change{
			edits: []edit{set("network.nat", "zone")},
			want: `
				create Eip changes-ap-northeast-2b
				create NatGateway changes-ap-northeast-2b
				update Route changes-private-ap-northeast-2b (natGatewayId)`,
		},
		change{
			edits: []edit{set("network.nat", "single")},
			want: `
				update Route changes-private-ap-northeast-2b (natGatewayId)
				delete NatGateway changes-ap-northeast-2b
				delete Eip changes-ap-northeast-2b`,
		},
	)
}

// EKS keeps the ranges while the endpoint is private, and gets the ones of the stack file with the public endpoint.
func TestTheEndpointChangesInPlace(t *testing.T) {
	changing(t,
		change{
			edits: []edit{set("cluster.endpoint.publicCidrs", "[203.0.113.0/24, 198.51.100.7/32]")},
			want: `
				update eks:index:Cluster changes
				update Cluster changes-eksCluster (vpcConfig.publicAccessCidrs[1])`,
		},
		change{
			edits: []edit{set("cluster.endpoint", "{private: true}")},
			want: `
				update eks:index:Cluster changes
				update Cluster changes-eksCluster (vpcConfig.endpointPublicAccess)`,
		},
		change{
			edits: []edit{set("cluster.endpoint", "{private: true, public: true, publicCidrs: [203.0.113.0/24]}")},
			want: `
				update eks:index:Cluster changes
				update Cluster changes-eksCluster (vpcConfig.endpointPublicAccess, vpcConfig.publicAccessCidrs[1])`,
		},
	)
}

func TestReplicasAndImageAreRolledOutInPlace(t *testing.T) {
	changing(t,
		change{edits: []edit{set("workloads.packets.replicas", "3")}, want: `update Deployment packets (spec.replicas)`},
		change{
			edits: []edit{set("workloads.shop.image", "registry.k8s.io/e2e-test-images/agnhost:2.52")},
			want:  `update Deployment shop (spec.template.spec.containers[0].image)`,
		},
	)
}
