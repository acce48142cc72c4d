package scenario_test

import "testing"

const flowLogs = `
	eksnet:network:FlowLogs changes-flow
	LogGroup changes-flow
	Role changes-flow
	RolePolicy changes-flow
	FlowLog changes-flow`

func TestFlowLogsAreAddedAndRemovedWithoutOtherChanges(t *testing.T) {
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("network.flowLogs", "{retentionDays: 7}")}, want: setEach("create", flowLogs)},
		stackChange{edits: []edit{setKey("network.flowLogs", "{retentionDays: 14}")}, want: `update LogGroup changes-flow (retentionInDays)`},
		stackChange{edits: []edit{dropKey("network.flowLogs")}, want: setEach("delete", flowLogs)},
	)
}

const controlPlanesSubnets = `
	Subnet changes-control-plane-ap-northeast-2a
	Subnet changes-control-plane-ap-northeast-2b
	RouteTable changes-control-plane-ap-northeast-2a
	RouteTable changes-control-plane-ap-northeast-2b
	RouteTableAssociation changes-control-plane-ap-northeast-2a
	RouteTableAssociation changes-control-plane-ap-northeast-2b`

func TestTheControlPlaneMovesToSeparateSubnetsAndBack(t *testing.T) {
	const moved = `
		update eks:index:Cluster changes
		update Cluster changes-eksCluster (vpcConfig.subnetIds[0], vpcConfig.subnetIds[1])`
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("network.controlPlaneSubnets", "true")}, want: setEach("create", controlPlanesSubnets) + moved},
		stackChange{edits: []edit{setKey("network.controlPlaneSubnets", "false")}, want: setEach("delete", controlPlanesSubnets) + moved},
	)
}

const (
	podsSubnets = `
		VpcIpv4CidrBlockAssociation changes-pods
		Subnet changes-pods-ap-northeast-2a
		Subnet changes-pods-ap-northeast-2b
		RouteTable changes-pods-ap-northeast-2a
		RouteTable changes-pods-ap-northeast-2b
		RouteTableAssociation changes-pods-ap-northeast-2a
		RouteTableAssociation changes-pods-ap-northeast-2b
		Route changes-pods-ap-northeast-2a
		Route changes-pods-ap-northeast-2b`
	reservations = `
		SubnetCidrReservation changes-private-ap-northeast-2a
		SubnetCidrReservation changes-private-ap-northeast-2b`
)

// Nodes get the number of pods in their user data, so EKS replaces them, and pods get their new addresses.
func TestASeparateRangeForPodsReplacesTheNodesOfTheSameGroups(t *testing.T) {
	const configured = `
		update VpcEndpoint changes-s3 (routeTableIds[2], routeTableIds[3])
		update Addon changes-vpc-cni (configurationValues)
		update LaunchTemplate changes-batch (userData)
		update LaunchTemplate changes-general (userData)
		update NodeGroup changes-batch (launchTemplate.version)
		update NodeGroup changes-general (launchTemplate.version)`
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("network.podCidr", "100.64.0.0/16")},
			want:  setEach("create", podsSubnets) + "\n" + setEach("delete", reservations) + configured,
		},
		stackChange{
			edits: []edit{dropKey("network.podCidr")},
			want:  setEach("delete", podsSubnets) + "\n" + setEach("create", reservations) + configured,
		},
	)
}

// Nodes have interfaces in subnets that the CNI discovers, and new nodes would have them until the subnets are deleted:
// custom networking comes between, with which new nodes have none there once it is removed.
func TestDiscoveredSubnetsForPodsAreRemovedByWayOfCustomNetworking(t *testing.T) {
	const nodes = `
		update LaunchTemplate changes-batch (userData)
		update LaunchTemplate changes-general (userData)
		update NodeGroup changes-batch (launchTemplate.version)
		update NodeGroup changes-general (launchTemplate.version)`
	const configured = "\nupdate Addon changes-vpc-cni (configurationValues)" + nodes
	const tables = "\nupdate VpcEndpoint changes-s3 (routeTableIds[2], routeTableIds[3])"
	const tags = `
		update Subnet changes-pods-ap-northeast-2a (tags["kubernetes.io/role/cni"])
		update Subnet changes-pods-ap-northeast-2b (tags["kubernetes.io/role/cni"])`
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("addons", "{vpcCni: {prefixDelegation: false}}")}, want: setEach("delete", reservations) + "\nupdate Addon changes-vpc-cni (configurationValues)"},
		stackChange{
			edits: []edit{setKey("network.podCidr", "100.64.0.0/16"), setKey("network.podSubnets", "discovery")},
			want:  setEach("create", podsSubnets) + tables + nodes,
		},
		stackChange{edits: []edit{dropKey("network.podSubnets")}, want: configured + tags},
		stackChange{edits: []edit{dropKey("network.podCidr")}, want: setEach("delete", podsSubnets) + tables + configured},
	)
}

func TestTheCNIIsReconfiguredInPlace(t *testing.T) {
	const configured = "\nupdate Addon changes-vpc-cni (configurationValues)"
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("addons", "{vpcCni: {externalSnat: true, networkPolicy: true, warm: {prefixes: 2}}}")}, want: configured},
		stackChange{edits: []edit{setKey("addons", "{vpcCni: {prefixDelegation: false}}")}, want: setEach("delete", reservations) + configured},
		stackChange{edits: []edit{setKey("addons", "{}")}, want: setEach("create", reservations) + configured},
	)
}
