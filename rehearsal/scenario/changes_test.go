package scenario_test

import "testing"

func TestANodeGroupIsAddedAndRemovedWithoutOtherChanges(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("nodeGroups.more", "{instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 2}}")},
			want: `
				create eksnet:cluster:NodeGroup changes-more
				create LaunchTemplate changes-more
				create NodeGroup changes-more`,
		},
		stackChange{
			edits: []edit{dropKey("nodeGroups.more")},
			want: `
				delete eksnet:cluster:NodeGroup changes-more
				delete LaunchTemplate changes-more
				delete NodeGroup changes-more`,
		},
	)
}

func TestARenamedNodeGroupIsCreatedAndTheOldOneDeleted(t *testing.T) {
	rehearseChanges(t, stackChange{
		edits: []edit{dropKey("nodeGroups.batch"), setKey("nodeGroups.work", "{instanceTypes: [c7g.large], scaling: {min: 0, desired: 1, max: 2}}")},
		want: `
			create eksnet:cluster:NodeGroup changes-work
			create LaunchTemplate changes-work
			create NodeGroup changes-work
			delete eksnet:cluster:NodeGroup changes-batch
			delete LaunchTemplate changes-batch
			delete NodeGroup changes-batch`,
	})
}

func TestNewInstanceTypesReplaceANodeGroup(t *testing.T) {
	rehearseChanges(t, stackChange{
		edits: []edit{setKey("nodeGroups.batch.instanceTypes", "[c7g.large, c6g.large]")},
		want:  `replace NodeGroup changes-batch (instanceTypes[1])`,
	})
}

func TestLabelsAndDiskOfANodeGroupChangeInPlace(t *testing.T) {
	rehearseChanges(t, stackChange{
		edits: []edit{setKey("nodeGroups.batch.labels", "{example.com/work: batch}"), setKey("nodeGroups.batch.diskGiB", "80")},
		want: `
			update LaunchTemplate changes-batch (blockDeviceMappings[0].ebs.volumeSize)
			update NodeGroup changes-batch (labels["example.com/work"], launchTemplate.version)`,
	})
}

func TestPrincipalsAreAddedAndRemovedWithoutOtherChanges(t *testing.T) {
	const roles = "arn:aws:iam::000000000000:role/"
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("cluster.admins", "["+roles+"platform-admin, "+roles+"second]")},
			want: `
				create AccessEntry changes-000000000000-role/second
				create AccessPolicyAssociation changes-000000000000-role/second-AmazonEKSClusterAdminPolicy`,
		},
		stackChange{
			edits: []edit{setKey("cluster.admins", "["+roles+"second]")},
			want: `
				delete AccessEntry changes-000000000000-role/platform-admin
				delete AccessPolicyAssociation changes-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
		},
		stackChange{
			edits: []edit{setKey("cluster.viewers", "["+roles+"viewer]")},
			want: `
				create AccessEntry changes-000000000000-role/viewer
				create AccessPolicyAssociation changes-000000000000-role/viewer-AmazonEKSViewPolicy`,
		},
		stackChange{
			edits: []edit{setKey("cluster.access", "[{principal: '"+roles+"team', policy: AmazonEKSEditPolicy, namespaces: [shop]}]")},
			want: `
				create AccessEntry changes-000000000000-role/team
				create AccessPolicyAssociation changes-000000000000-role/team-AmazonEKSEditPolicy`,
		},
	)
}

func TestNATChangesBetweenOneGatewayAndOnePerZone(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("network.nat", "zone")},
			want: `
				create Eip changes-ap-northeast-2b
				create NatGateway changes-ap-northeast-2b
				update Route changes-private-ap-northeast-2b (natGatewayId)`,
		},
		stackChange{
			edits: []edit{setKey("network.nat", "single")},
			want: `
				update Route changes-private-ap-northeast-2b (natGatewayId)
				delete NatGateway changes-ap-northeast-2b
				delete Eip changes-ap-northeast-2b`,
		},
	)
}

// EKS keeps the ranges while the endpoint is private, and gets those of the stack file with the public endpoint.
func TestTheEndpointChangesInPlace(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("cluster.endpoint.publicCidrs", "[203.0.113.0/24, 198.51.100.7/32]")},
			want: `
				update eks:index:Cluster changes
				update Cluster changes-eksCluster (vpcConfig.publicAccessCidrs[1])`,
		},
		stackChange{
			edits: []edit{setKey("cluster.endpoint", "{private: true}")},
			want: `
				update eks:index:Cluster changes
				update Cluster changes-eksCluster (vpcConfig.endpointPublicAccess)`,
		},
		stackChange{
			edits: []edit{setKey("cluster.endpoint", "{private: true, public: true, publicCidrs: [203.0.113.0/24]}")},
			want: `
				update eks:index:Cluster changes
				update Cluster changes-eksCluster (vpcConfig.endpointPublicAccess, vpcConfig.publicAccessCidrs[1])`,
		},
	)
}

func TestReplicasAndImageAreRolledOutInPlace(t *testing.T) {
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("workloads.packets.replicas", "3")}, want: `update Deployment packets (spec.replicas)`},
		stackChange{
			edits: []edit{setKey("workloads.shop.image", "registry.k8s.io/e2e-test-images/agnhost:2.52")},
			want:  `update Deployment shop (spec.template.spec.containers[0].image)`,
		},
	)
}
