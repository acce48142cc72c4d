package prove

var nodeGroupChanges = []changeRow{
	{
		key: "nodeGroups.<name>", change: "added", stack: localStack,
		edits: edits{setKey("nodeGroups.more", "{instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 2}}")},
		want: `
			create LaunchTemplate local-more
			create NodeGroup local-more
			create eksnet:cluster:NodeGroup local-more`,
	},
	{
		key: "nodeGroups.<name>", change: "removed", stack: stagingStack,
		edits: edits{dropKey("nodeGroups.batch")},
		want: `
			delete LaunchTemplate staging-batch
			delete NodeGroup staging-batch
			delete eksnet:cluster:NodeGroup staging-batch`,
	},
	{
		key: "nodeGroups.<name>", change: "renamed", stack: localStack,
		edits: edits{dropKey("nodeGroups.general"), setKey("nodeGroups.usual", "{instanceTypes: [m7g.large], scaling: {min: 2, desired: 3, max: 6}}")},
		want: `
			create LaunchTemplate local-usual
			create NodeGroup local-usual
			create eksnet:cluster:NodeGroup local-usual
			delete LaunchTemplate local-general
			delete NodeGroup local-general
			delete eksnet:cluster:NodeGroup local-general`,
	},
	{
		key: "nodeGroups.<name>.instanceTypes", change: "changed", stack: localStack,
		edits: edits{setKey("nodeGroups.general.instanceTypes", "[m6g.large]")},
		want:  `replace NodeGroup local-general (instanceTypes[0])`,
	},
	{
		key: "nodeGroups.<name>.instanceTypes", change: "extended", stack: localStack,
		edits: edits{setKey("nodeGroups.general.instanceTypes", "[m7g.large, m6g.large]")},
		want:  `replace NodeGroup local-general (instanceTypes[1])`,
	},
	{
		key: "nodeGroups.<name>.instanceTypes", change: "of another architecture", stack: localStack,
		edits: edits{setKey("nodeGroups.general.instanceTypes", "[m7i.large]")},
		want:  `replace NodeGroup local-general (amiType, instanceTypes[0])`,
	},
	{
		key: "nodeGroups.<name>.ami", change: "added", stack: localStack,
		edits: edits{setKey("nodeGroups.general.ami", "bottlerocket-arm64")},
		want: `
			replace NodeGroup local-general (amiType, launchTemplate.version)
			update LaunchTemplate local-general (blockDeviceMappings[1], userData)`,
	},
	{
		key: "nodeGroups.<name>.ami", change: "written where it is the default", stack: localStack,
		edits: edits{setKey("nodeGroups.general.ami", "al2023-arm64")},
	},
	{
		key: "nodeGroups.<name>.ami", change: "removed", stack: govCloudStack,
		edits: edits{dropKey("nodeGroups.general.ami")},
		want: `
			replace NodeGroup test-general (amiType, launchTemplate.version)
			update LaunchTemplate test-general (blockDeviceMappings[0].ebs.volumeSize, blockDeviceMappings[1], userData)`,
	},
	{
		key: "nodeGroups.<name>.capacity", change: "added", stack: localStack,
		edits: edits{setKey("nodeGroups.general.capacity", "spot")},
		want:  `replace NodeGroup local-general (capacityType)`,
	},
	{
		key: "nodeGroups.<name>.capacity", change: "removed", stack: stagingStack,
		edits: edits{dropKey("nodeGroups.batch.capacity")},
		want:  `replace NodeGroup staging-batch (capacityType)`,
	},
	{
		key: "nodeGroups.<name>.scaling.min", change: "raised above the current size", stack: localStack,
		edits: edits{setKey("nodeGroups.general.scaling", "{min: 4, desired: 4, max: 6}")},
		want:  `update NodeGroup local-general (scalingConfig.desiredSize, scalingConfig.minSize)`,
	},
	{
		key: "nodeGroups.<name>.scaling.min", change: "lowered", stack: localStack,
		edits: edits{setKey("nodeGroups.general.scaling.min", "1")},
		want:  `update NodeGroup local-general (scalingConfig.minSize)`,
	},
	{
		key: "nodeGroups.<name>.scaling.desired", change: "changed", stack: localStack,
		edits: edits{setKey("nodeGroups.general.scaling.desired", "5")},
	},
	{
		key: "nodeGroups.<name>.scaling.max", change: "raised", stack: localStack,
		edits: edits{setKey("nodeGroups.general.scaling.max", "9")},
		want:  `update NodeGroup local-general (scalingConfig.maxSize)`,
	},
	{
		key: "nodeGroups.<name>.scaling.max", change: "lowered below the current size", stack: localStack,
		edits: edits{setKey("nodeGroups.general.scaling", "{min: 2, desired: 2, max: 2}")},
		want:  `update NodeGroup local-general (scalingConfig.desiredSize, scalingConfig.maxSize)`,
	},
	{
		key: "nodeGroups.<name>.labels", change: "added", stack: localStack,
		edits: edits{setKey("nodeGroups.general.labels", "{example.com/work: web}")},
		want:  `update NodeGroup local-general (labels["example.com/work"])`,
	},
	{
		key: "nodeGroups.<name>.labels", change: "changed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.batch.labels", "{example.com/work: night}")},
		want:  `update NodeGroup staging-batch (labels["example.com/work"])`,
	},
	{
		key: "nodeGroups.<name>.labels", change: "removed", stack: stagingStack,
		edits: edits{dropKey("nodeGroups.batch.labels")},
		want:  `update NodeGroup staging-batch (labels["example.com/work"])`,
	},
	{
		key: "nodeGroups.<name>.taints", change: "added", stack: virginiaStack,
		edits: edits{setKey("nodeGroups.x86.taints", "[{key: example.com/work, value: x86, effect: PreferNoSchedule}]")},
		want:  `update NodeGroup prod-x86 (taints)`,
	},
	{
		key: "nodeGroups.<name>.taints", change: "added to the only group", stack: localStack,
		edits:   edits{setKey("nodeGroups.general.taints", "[{key: example.com/work, effect: NoSchedule}]")},
		refused: "no node group starts an untainted node",
	},
	{
		key: "nodeGroups.<name>.taints", change: "removed", stack: stagingStack,
		edits: edits{dropKey("nodeGroups.batch.taints")},
		want:  `update NodeGroup staging-batch (taints)`,
	},
	{
		key: "nodeGroups.<name>.taints[].key", change: "changed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/job, value: batch, effect: NoSchedule}]")},
		want:  `update NodeGroup staging-batch (taints[0].key)`,
	},
	{
		key: "nodeGroups.<name>.taints[].value", change: "changed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/work, value: night, effect: NoSchedule}]")},
		want:  `update NodeGroup staging-batch (taints[0].value)`,
	},
	{
		key: "nodeGroups.<name>.taints[].value", change: "removed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/work, effect: NoSchedule}]")},
		want:  `update NodeGroup staging-batch (taints[0].value)`,
	},
	{
		key: "nodeGroups.<name>.taints[].effect", change: "changed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.batch.taints", "[{key: example.com/work, value: batch, effect: NoExecute}]")},
		want:  `update NodeGroup staging-batch (taints[0].effect)`,
	},
	{
		key: "nodeGroups.<name>.subnets", change: "private instead of public", stack: devStack,
		edits: edits{dropKey("nodeGroups.edge.subnets")},
		want: `
			replace NodeGroup dev-edge (subnetIds[0], subnetIds[1], subnetIds[2])
			update Subnet dev-public-ap-northeast-2a (mapPublicIpOnLaunch)
			update Subnet dev-public-ap-northeast-2b (mapPublicIpOnLaunch)
			update Subnet dev-public-ap-northeast-2c (mapPublicIpOnLaunch)`,
	},
	{
		key: "nodeGroups.<name>.subnets", change: "private where private subnets have no internet access", stack: oregonStack,
		edits:   edits{dropKey("nodeGroups.general.subnets")},
		refused: "network.endpoints: network.nat is none",
	},
	{
		key: "nodeGroups.<name>.subnets", change: "public instead of private", stack: localStack,
		edits: edits{setKey("nodeGroups.general.subnets", "public")},
		want: `
			delete SubnetCidrReservation local-private-ap-northeast-2a
			delete SubnetCidrReservation local-private-ap-northeast-2b
			delete SubnetCidrReservation local-private-ap-northeast-2c
			replace NodeGroup local-general (subnetIds[0], subnetIds[1], subnetIds[2])
			update Subnet local-public-ap-northeast-2a (mapPublicIpOnLaunch)
			update Subnet local-public-ap-northeast-2b (mapPublicIpOnLaunch)
			update Subnet local-public-ap-northeast-2c (mapPublicIpOnLaunch)`,
	},
	{
		key: "nodeGroups.<name>.update.maxUnavailable", change: "added", stack: localStack,
		edits: edits{setKey("nodeGroups.general.update", "{maxUnavailable: 2}")},
		want:  `update NodeGroup local-general (updateConfig.maxUnavailable)`,
	},
	{
		key: "nodeGroups.<name>.update.maxUnavailable", change: "changed", stack: virginiaStack,
		edits: edits{setKey("nodeGroups.general.update.maxUnavailable", "3")},
		want:  `update NodeGroup prod-general (updateConfig.maxUnavailable)`,
	},
	{
		key: "nodeGroups.<name>.update.maxUnavailable", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("nodeGroups.general.update")},
		want:  `update NodeGroup prod-general (updateConfig.maxUnavailable)`,
	},
	{
		key: "nodeGroups.<name>.update.maxUnavailablePercentage", change: "changed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.general.update.maxUnavailablePercentage", "50")},
		want:  `update NodeGroup staging-general (updateConfig.maxUnavailablePercentage)`,
	},
	{
		key: "nodeGroups.<name>.update.maxUnavailablePercentage", change: "removed", stack: stagingStack,
		edits: edits{dropKey("nodeGroups.general.update")},
		want:  `update NodeGroup staging-general (updateConfig.maxUnavailable, updateConfig.maxUnavailablePercentage)`,
	},
	{
		key: "nodeGroups.<name>.tags", change: "changed", stack: stagingStack,
		edits: edits{setKey("nodeGroups.batch.tags", "{cost-centre: night}")},
		want: `
			update LaunchTemplate staging-batch (tagSpecifications[0].tags["cost-centre"], tagSpecifications[1].tags["cost-centre"])
			update NodeGroup staging-batch (launchTemplate.version, tags["cost-centre"])`,
	},
	{
		key: "nodeGroups.<name>.tags", change: "removed", stack: stagingStack,
		edits: edits{dropKey("nodeGroups.batch.tags")},
		want: `
			update LaunchTemplate staging-batch (tagSpecifications[0].tags["cost-centre"], tagSpecifications[1].tags["cost-centre"])
			update NodeGroup staging-batch (launchTemplate.version, tags["cost-centre"])`,
	},
	{
		key: "nodeGroups.<name>.diskGiB", change: "raised", stack: devStack,
		edits: edits{setKey("nodeGroups.x86.diskGiB", "60")},
		want: `
			update LaunchTemplate dev-x86 (blockDeviceMappings[1].ebs.volumeSize)
			update NodeGroup dev-x86 (launchTemplate.version)`,
	},
	{
		key: "nodeGroups.<name>.diskGiB", change: "lowered", stack: localStack,
		edits: edits{setKey("nodeGroups.general.diskGiB", "30")},
		want: `
			update LaunchTemplate local-general (blockDeviceMappings[0].ebs.volumeSize)
			update NodeGroup local-general (launchTemplate.version)`,
	},
	{
		key: "nodeGroups.<name>.maxPods", change: "lowered", stack: govCloudStack,
		edits: edits{setKey("nodeGroups.general.maxPods", "20")},
		want: `
			update LaunchTemplate test-general (userData)
			update NodeGroup test-general (launchTemplate.version)`,
	},
	{
		key: "nodeGroups.<name>.maxPods", change: "removed", stack: govCloudStack,
		edits: edits{dropKey("nodeGroups.general.maxPods")},
		want: `
			update LaunchTemplate test-general (userData)
			update NodeGroup test-general (launchTemplate.version)`,
	},
	{
		key: "nodeGroups.<name>.maxPods", change: "added", stack: localStack,
		edits: edits{setKey("nodeGroups.general.maxPods", "40")},
		want: `
			update LaunchTemplate local-general (userData)
			update NodeGroup local-general (launchTemplate.version)`,
	},
}
