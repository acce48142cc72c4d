package matrix

import "eksnet/rehearsal/world"

var nodeGroupChanges = []Row{
	{
		Key: "nodeGroups.<name>", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.more", "{instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 2}}")},
		Want: `
			create LaunchTemplate local-more
			create NodeGroup local-more
			create eksnet:cluster:NodeGroup local-more`,
	},
	{
		Key: "nodeGroups.<name>", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("nodeGroups.batch")},
		Want: `
			delete LaunchTemplate staging-batch
			delete NodeGroup staging-batch
			delete eksnet:cluster:NodeGroup staging-batch`,
	},
	{
		Key: "nodeGroups.<name>", Change: "renamed", Stack: LocalStack,
		Edits: edits{dropKey("nodeGroups.general"), setKey("nodeGroups.usual", "{instanceTypes: [m7g.large], scaling: {min: 2, desired: 3, max: 6}}")},
		Want: `
			create LaunchTemplate local-usual
			create NodeGroup local-usual
			create eksnet:cluster:NodeGroup local-usual
			delete LaunchTemplate local-general
			delete NodeGroup local-general
			delete eksnet:cluster:NodeGroup local-general`,
	},
	{
		Key: "nodeGroups.<name>.instanceTypes", Change: "changed", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.instanceTypes", "[m6g.large]")},
		Want:  `replace NodeGroup local-general (instanceTypes[0])`,
	},
	{
		Key: "nodeGroups.<name>.instanceTypes", Change: "extended", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.instanceTypes", "[m7g.large, m6g.large]")},
		Want:  `replace NodeGroup local-general (instanceTypes[1])`,
	},
	{
		Key: "nodeGroups.<name>.instanceTypes", Change: "of another architecture", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.instanceTypes", "[m7i.large]")},
		Want:  `replace NodeGroup local-general (amiType, instanceTypes[0])`,
	},
	{
		Key: "nodeGroups.<name>.ami", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.ami", "bottlerocket-arm64")},
		Want: `
			replace NodeGroup local-general (amiType, launchTemplate.version)
			update LaunchTemplate local-general (blockDeviceMappings[1], userData)`,
	},
	{
		Key: "nodeGroups.<name>.ami", Change: "written where it is the default", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.ami", "al2023-arm64")},
	},
	{
		Key: "nodeGroups.<name>.ami", Change: "removed", Stack: govCloudStack,
		Edits: edits{dropKey("nodeGroups.general.ami")},
		Want: `
			replace NodeGroup test-general (amiType, launchTemplate.version)
			update LaunchTemplate test-general (blockDeviceMappings[0].ebs.volumeSize, blockDeviceMappings[1], userData)`,
	},
	{
		Key: "nodeGroups.<name>.capacity", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.capacity", "spot")},
		Want:  `replace NodeGroup local-general (capacityType)`,
	},
	{
		Key: "nodeGroups.<name>.capacity", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("nodeGroups.batch.capacity")},
		Want:  `replace NodeGroup staging-batch (capacityType)`,
	},
	{
		Key: "nodeGroups.<name>.scaling.min", Change: "raised above the current size", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.scaling", "{min: 4, desired: 4, max: 6}")},
		Want:  `update NodeGroup local-general (scalingConfig.desiredSize, scalingConfig.minSize)`,
	},
	{
		Key: "nodeGroups.<name>.scaling.min", Change: "lowered", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.scaling.min", "1")},
		Want:  `update NodeGroup local-general (scalingConfig.minSize)`,
	},
	{
		Key: "nodeGroups.<name>.scaling.desired", Change: "changed", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.scaling.desired", "5")},
	},
	{
		Key: "nodeGroups.<name>.scaling.max", Change: "raised", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.scaling.max", "9")},
		Want:  `update NodeGroup local-general (scalingConfig.maxSize)`,
	},
	{
		Key: "nodeGroups.<name>.scaling.max", Change: "lowered below the current size", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.scaling", "{min: 2, desired: 2, max: 2}")},
		Want:  `update NodeGroup local-general (scalingConfig.desiredSize, scalingConfig.maxSize)`,
	},
	{
		Key: "nodeGroups.<name>.labels", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.labels", "{example.com/work: web}")},
		Want:  `update NodeGroup local-general (labels["example.com/work"])`,
	},
	{
		Key: "nodeGroups.<name>.labels", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.batch.labels", "{example.com/work: night}")},
		Want:  `update NodeGroup staging-batch (labels["example.com/work"])`,
	},
	{
		Key: "nodeGroups.<name>.labels", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("nodeGroups.batch.labels")},
		Want:  `update NodeGroup staging-batch (labels["example.com/work"])`,
	},
	{
		Key: "nodeGroups.<name>.taints", Change: "added", Stack: virginiaStack,
		Edits: edits{setKey("nodeGroups.x86.taints", "[{key: example.com/work, value: x86, effect: PreferNoSchedule}]")},
		Want:  `update NodeGroup prod-x86 (taints)`,
	},
	{
		Key: "nodeGroups.<name>.taints", Change: "added to the only group", Stack: LocalStack,
		Edits:   edits{setKey("nodeGroups.general.taints", "[{key: example.com/work, effect: NoSchedule}]")},
		Refused: "no node group starts an untainted node",
	},
	{
		Key: "nodeGroups.<name>.taints", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("nodeGroups.batch.taints")},
		Want:  `update NodeGroup staging-batch (taints)`,
	},
	{
		Key: "nodeGroups.<name>.taints[].key", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/job, value: batch, effect: NoSchedule}]")},
		Want:  `update NodeGroup staging-batch (taints[0].key)`,
	},
	{
		Key: "nodeGroups.<name>.taints[].value", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/work, value: night, effect: NoSchedule}]")},
		Want:  `update NodeGroup staging-batch (taints[0].value)`,
	},
	{
		Key: "nodeGroups.<name>.taints[].value", Change: "removed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/work, effect: NoSchedule}]")},
		Want:  `update NodeGroup staging-batch (taints[0].value)`,
	},
	{
		Key: "nodeGroups.<name>.taints[].effect", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/work, value: batch, effect: NoExecute}]")},
		Want:  `update NodeGroup staging-batch (taints[0].effect)`,
	},
	{
		Key: "nodeGroups.<name>.subnets", Change: "private instead of public", Stack: devStack,
		Edits: edits{dropKey("nodeGroups.edge.subnets")},
		Want: `
			replace NodeGroup dev-edge (subnetIds[0], subnetIds[1], subnetIds[2])
			update Subnet dev-public-ap-northeast-2a (mapPublicIpOnLaunch)
			update Subnet dev-public-ap-northeast-2b (mapPublicIpOnLaunch)
			update Subnet dev-public-ap-northeast-2c (mapPublicIpOnLaunch)`,
	},
	{
		Key: "nodeGroups.<name>.subnets", Change: "private where private subnets have no internet access", Stack: oregonStack,
		Edits:   edits{dropKey("nodeGroups.general.subnets")},
		Refused: "network.endpoints: network.nat is none",
	},
	{
		Key: "nodeGroups.<name>.subnets", Change: "public instead of private", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.subnets", "public")},
		Want: `
			delete SubnetCidrReservation local-private-ap-northeast-2a
			delete SubnetCidrReservation local-private-ap-northeast-2b
			delete SubnetCidrReservation local-private-ap-northeast-2c
			replace NodeGroup local-general (subnetIds[0], subnetIds[1], subnetIds[2])
			update Subnet local-public-ap-northeast-2a (mapPublicIpOnLaunch)
			update Subnet local-public-ap-northeast-2b (mapPublicIpOnLaunch)
			update Subnet local-public-ap-northeast-2c (mapPublicIpOnLaunch)`,
	},
	{
		Key: "nodeGroups.<name>.update.maxUnavailable", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.update", "{maxUnavailable: 2}")},
		Want:  `update NodeGroup local-general (updateConfig.maxUnavailable)`,
	},
	{
		Key: "nodeGroups.<name>.update.maxUnavailable", Change: "changed", Stack: virginiaStack,
		Edits: edits{setKey("nodeGroups.general.update.maxUnavailable", "3")},
		Want:  `update NodeGroup prod-general (updateConfig.maxUnavailable)`,
	},
	{
		Key: "nodeGroups.<name>.update.maxUnavailable", Change: "removed", Stack: virginiaStack,
		Edits: edits{dropKey("nodeGroups.general.update")},
		Want:  `update NodeGroup prod-general (updateConfig.maxUnavailable)`,
	},
	{
		Key: "nodeGroups.<name>.update.maxUnavailablePercentage", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.general.update.maxUnavailablePercentage", "50")},
		Want:  `update NodeGroup staging-general (updateConfig.maxUnavailablePercentage)`,
	},
	{
		Key: "nodeGroups.<name>.update.maxUnavailablePercentage", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("nodeGroups.general.update")},
		Want:  `update NodeGroup staging-general (updateConfig.maxUnavailable, updateConfig.maxUnavailablePercentage)`,
	},
	{
		Key: "nodeGroups.<name>.repair", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.repair", "true")},
		Want:  `update NodeGroup local-general (nodeRepairConfig.enabled)`,
	},
	{
		Key: "nodeGroups.<name>.repair", Change: "turned off", Stack: platformStack,
		Edits: edits{setKey("nodeGroups.general.repair", "false")},
		Want:  `update NodeGroup platform-general (nodeRepairConfig.enabled)`,
	},
	{
		Key: "nodeGroups.<name>.repair", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("nodeGroups.general.repair")},
		Want:  `update NodeGroup platform-general (nodeRepairConfig.enabled)`,
	},
	{
		Key: "nodeGroups.<name>.keyName", Change: "added", Stack: LocalStack, Own: ownKeyPair("admin"),
		Edits: edits{setKey("nodeGroups.general.keyName", "admin")},
		Want: `
			update LaunchTemplate local-general (keyName)
			update NodeGroup local-general (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.keyName", Change: "changed", Stack: platformStack, Own: ownKeyPair("another"),
		Edits: edits{setKey("nodeGroups.general.keyName", "another")},
		Want: `
			update LaunchTemplate platform-general (keyName)
			update NodeGroup platform-general (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.keyName", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("nodeGroups.general.keyName")},
		Want: `
			update LaunchTemplate platform-general (keyName)
			update NodeGroup platform-general (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.tags", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("nodeGroups.batch.tags", "{cost-centre: night}")},
		Want: `
			update LaunchTemplate staging-batch (tagSpecifications[0].tags["cost-centre"], tagSpecifications[1].tags["cost-centre"])
			update NodeGroup staging-batch (launchTemplate.version, tags["cost-centre"])`,
	},
	{
		Key: "nodeGroups.<name>.tags", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("nodeGroups.batch.tags")},
		Want: `
			update LaunchTemplate staging-batch (tagSpecifications[0].tags["cost-centre"], tagSpecifications[1].tags["cost-centre"])
			update NodeGroup staging-batch (launchTemplate.version, tags["cost-centre"])`,
	},
	{
		Key: "nodeGroups.<name>.diskGiB", Change: "raised", Stack: devStack,
		Edits: edits{setKey("nodeGroups.x86.diskGiB", "60")},
		Want: `
			update LaunchTemplate dev-x86 (blockDeviceMappings[1].ebs.volumeSize)
			update NodeGroup dev-x86 (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.diskGiB", Change: "lowered", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.diskGiB", "30")},
		Want: `
			update LaunchTemplate local-general (blockDeviceMappings[0].ebs.volumeSize)
			update NodeGroup local-general (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.maxPods", Change: "lowered", Stack: govCloudStack,
		Edits: edits{setKey("nodeGroups.general.maxPods", "20")},
		Want: `
			update LaunchTemplate test-general (userData)
			update NodeGroup test-general (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.maxPods", Change: "removed", Stack: govCloudStack,
		Edits: edits{dropKey("nodeGroups.general.maxPods")},
		Want: `
			update LaunchTemplate test-general (userData)
			update NodeGroup test-general (launchTemplate.version)`,
	},
	{
		Key: "nodeGroups.<name>.maxPods", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("nodeGroups.general.maxPods", "40")},
		Want: `
			update LaunchTemplate local-general (userData)
			update NodeGroup local-general (launchTemplate.version)`,
	},
}

// ownKeyPair makes a key pair of the operator's own.
func ownKeyPair(name string) func(w *world.World, vpc string) (before, after edits, err error) {
	return func(w *world.World, _ string) (before, after edits, err error) {
		w.HoldKeyPair(name)
		return nil, nil, nil
	}
}
