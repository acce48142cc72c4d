package prove

var networkChanges = []changeRow{
	{
		key: "network.cidr", change: "changed", stack: localStack,
		edits:   edits{setKey("network.cidr", "10.1.0.0/16")},
		refused: "the range of a VPC cannot change: write the existing range",
	},
	{
		key: "network.cidr", change: "widened", stack: govCloudStack,
		edits:   edits{setKey("network.cidr", "10.60.0.0/16")},
		refused: "the range of a VPC cannot change: write the existing range",
	},
	{
		key: "network.cidr", change: "removed", stack: stagingStack,
		edits:   edits{dropKey("network.cidr")},
		refused: "the range of a VPC cannot change: write the existing range",
	},
	{
		key: "network.zones", change: "extended by the fourth", stack: localStack,
		edits: edits{setKey("network.zones", "[ap-northeast-2a, ap-northeast-2b, ap-northeast-2c, ap-northeast-2d]")},
		want: `
			create Eip local-ap-northeast-2d
			create NatGateway local-ap-northeast-2d
			create Route local-private-ap-northeast-2d
			create Route local-public-ap-northeast-2d
			create RouteTable local-private-ap-northeast-2d
			create RouteTable local-public-ap-northeast-2d
			create RouteTableAssociation local-private-ap-northeast-2d
			create RouteTableAssociation local-public-ap-northeast-2d
			create Subnet local-private-ap-northeast-2d
			create Subnet local-public-ap-northeast-2d
			create SubnetCidrReservation local-private-ap-northeast-2d
			replace NodeGroup local-general (subnetIds[3])
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update VpcEndpoint local-s3 (routeTableIds[3])`,
	},
	{
		key: "network.zones", change: "shortened by the last", stack: localStack,
		edits: edits{setKey("network.zones", "[ap-northeast-2a, ap-northeast-2b]")},
		want: `
			delete Eip local-ap-northeast-2c
			delete NatGateway local-ap-northeast-2c
			delete Route local-private-ap-northeast-2c
			delete Route local-public-ap-northeast-2c
			delete RouteTable local-private-ap-northeast-2c
			delete RouteTable local-public-ap-northeast-2c
			delete RouteTableAssociation local-private-ap-northeast-2c
			delete RouteTableAssociation local-public-ap-northeast-2c
			delete Subnet local-private-ap-northeast-2c
			delete Subnet local-public-ap-northeast-2c
			delete SubnetCidrReservation local-private-ap-northeast-2c
			replace NodeGroup local-general (subnetIds[2])
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update VpcEndpoint local-s3 (routeTableIds[2])`,
	},
	{
		key: "network.zones", change: "reordered", stack: localStack,
		edits:   edits{setKey("network.zones", "[ap-northeast-2b, ap-northeast-2a, ap-northeast-2c]")},
		refused: "takes the place of",
	},
	{
		key: "network.zones", change: "changed at the first position", stack: govCloudStack,
		edits:   edits{setKey("network.zones", "[us-gov-west-1c, us-gov-west-1b]")},
		refused: "takes the place of",
	},
	{
		key: "network.nat", change: "single instead of zone", stack: localStack,
		edits: edits{setKey("network.nat", "single")},
		want: `
			delete Eip local-ap-northeast-2b
			delete Eip local-ap-northeast-2c
			delete NatGateway local-ap-northeast-2b
			delete NatGateway local-ap-northeast-2c
			update Route local-private-ap-northeast-2b (natGatewayId)
			update Route local-private-ap-northeast-2c (natGatewayId)`,
	},
	{
		key: "network.nat", change: "zone instead of single", stack: chinaStack,
		edits: edits{setKey("network.nat", "zone")},
		want: `
			create Eip test-cn-northwest-1b
			create Eip test-cn-northwest-1c
			create NatGateway test-cn-northwest-1b
			create NatGateway test-cn-northwest-1c
			update Route test-private-cn-northwest-1b (natGatewayId)
			update Route test-private-cn-northwest-1c (natGatewayId)`,
	},
	{
		key: "network.nat", change: "none instead of zone", stack: localStack,
		edits:   edits{setKey("network.nat", "none")},
		refused: `workloads["echo"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 cannot be pulled`,
	},
	{
		key: "network.nat", change: "single instead of none", stack: oregonStack,
		edits: edits{setKey("network.nat", "single")},
		want: `
			create Eip dev-us-west-2a
			create NatGateway dev-us-west-2a
			create Route dev-private-us-west-2a
			create Route dev-private-us-west-2b
			create eksnet:network:NAT dev
			update Release dev-lbc (values.enableShield, values.enableWaf, values.enableWafv2, values.image.repository)`,
	},
	{
		key: "network.nat", change: "none instead of single, with images from the registry of the account", stack: localStack,
		edits: edits{setKey("network.nat", "none"), setKey("workloads.echo.image", "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/agnhost:2.53"), setKey("workloads.echo.scheme", "internal")},
		want: `
			create SecurityGroup local-endpoints
			create SecurityGroupRule local-endpoints-https
			create VpcEndpoint local-ec2
			create VpcEndpoint local-ecr.api
			create VpcEndpoint local-ecr.dkr
			create VpcEndpoint local-eks
			create VpcEndpoint local-elasticloadbalancing
			create VpcEndpoint local-sts
			delete Eip local-ap-northeast-2a
			delete Eip local-ap-northeast-2b
			delete Eip local-ap-northeast-2c
			delete NatGateway local-ap-northeast-2a
			delete NatGateway local-ap-northeast-2b
			delete NatGateway local-ap-northeast-2c
			delete Route local-private-ap-northeast-2a
			delete Route local-private-ap-northeast-2b
			delete Route local-private-ap-northeast-2c
			delete eksnet:network:NAT local
			update Deployment echo (spec.template.spec.containers[0].image)
			update Release local-lbc (values.enableShield, values.enableWaf, values.enableWafv2, values.image.repository)
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		key: "network.endpoints", change: "added to an empty list", stack: oregonStack,
		edits: edits{setKey("network.endpoints", "[ecr.api, ecr.dkr]")},
		want: `
			create SecurityGroup dev-endpoints
			create SecurityGroupRule dev-endpoints-https
			create VpcEndpoint dev-ecr.api
			create VpcEndpoint dev-ecr.dkr`,
	},
	{
		key: "network.endpoints", change: "shortened", stack: stagingStack,
		edits: edits{setKey("network.endpoints", "[ecr.api, ecr.dkr]")},
		want:  `delete VpcEndpoint staging-sts`,
	},
	{
		key: "network.endpoints", change: "removed", stack: stagingStack,
		edits: edits{dropKey("network.endpoints")},
		want: `
			delete SecurityGroup staging-endpoints
			delete SecurityGroupRule staging-endpoints-https
			delete SecurityGroupRule staging-endpoints-https-pods
			delete VpcEndpoint staging-ecr.api
			delete VpcEndpoint staging-ecr.dkr
			delete VpcEndpoint staging-sts`,
	},
	{
		key: "network.endpoints", change: "auto instead of a list", stack: stagingStack,
		edits: edits{setKey("network.endpoints", "auto")},
		want: `
			create VpcEndpoint staging-ec2
			create VpcEndpoint staging-eks
			create VpcEndpoint staging-elasticloadbalancing`,
	},
	{
		key: "network.endpoints", change: "emptied without NAT", stack: frankfurtStack,
		edits:   edits{setKey("network.endpoints", "[]")},
		refused: "network.endpoints: network.nat is none, but endpoints that nodes in private subnets need are missing",
	},
	{
		key: "network.podCidr", change: "added", stack: localStack,
		edits: edits{setKey("network.podCidr", "100.64.0.0/16")},
		want: `
			create Route local-pods-ap-northeast-2a
			create Route local-pods-ap-northeast-2b
			create Route local-pods-ap-northeast-2c
			create RouteTable local-pods-ap-northeast-2a
			create RouteTable local-pods-ap-northeast-2b
			create RouteTable local-pods-ap-northeast-2c
			create RouteTableAssociation local-pods-ap-northeast-2a
			create RouteTableAssociation local-pods-ap-northeast-2b
			create RouteTableAssociation local-pods-ap-northeast-2c
			create Subnet local-pods-ap-northeast-2a
			create Subnet local-pods-ap-northeast-2b
			create Subnet local-pods-ap-northeast-2c
			create VpcIpv4CidrBlockAssociation local-pods
			delete SubnetCidrReservation local-private-ap-northeast-2a
			delete SubnetCidrReservation local-private-ap-northeast-2b
			delete SubnetCidrReservation local-private-ap-northeast-2c
			update Addon local-vpc-cni (configurationValues)
			update LaunchTemplate local-general (userData)
			update NodeGroup local-general (launchTemplate.version)
			update VpcEndpoint local-s3 (routeTableIds[3], routeTableIds[4], routeTableIds[5])`,
	},
	{
		key: "network.podCidr", change: "changed", stack: stagingStack,
		edits:   edits{setKey("network.podCidr", "100.65.0.0/16")},
		refused: "remove podCidr and run up, then set the new range",
	},
	{
		key: "network.podCidr", change: "removed", stack: stagingStack,
		edits: edits{dropKey("network.podCidr")},
		count: "3 create, 14 delete, 6 update",
		want: `
			delete VpcIpv4CidrBlockAssociation staging-pods
			update LaunchTemplate staging-batch (userData)
			update LaunchTemplate staging-general (userData)
			update NodeGroup staging-batch (launchTemplate.version)
			update NodeGroup staging-general (launchTemplate.version)
			update VpcEndpoint staging-s3 (routeTableIds[3], routeTableIds[4], routeTableIds[5])`,
	},
	{
		key: "network.controlPlaneSubnets", change: "turned on", stack: localStack,
		edits: edits{setKey("network.controlPlaneSubnets", "true")},
		want: `
			create RouteTable local-control-plane-ap-northeast-2a
			create RouteTable local-control-plane-ap-northeast-2b
			create RouteTableAssociation local-control-plane-ap-northeast-2a
			create RouteTableAssociation local-control-plane-ap-northeast-2b
			create Subnet local-control-plane-ap-northeast-2a
			create Subnet local-control-plane-ap-northeast-2b
			update Cluster local-eksCluster (vpcConfig.subnetIds[0], vpcConfig.subnetIds[1])
			update eks:index:Cluster local`,
	},
	{
		key: "network.controlPlaneSubnets", change: "turned off", stack: stagingStack,
		edits: edits{dropKey("network.controlPlaneSubnets")},
		want: `
			delete RouteTable staging-control-plane-eu-west-1a
			delete RouteTable staging-control-plane-eu-west-1b
			delete RouteTableAssociation staging-control-plane-eu-west-1a
			delete RouteTableAssociation staging-control-plane-eu-west-1b
			delete Subnet staging-control-plane-eu-west-1a
			delete Subnet staging-control-plane-eu-west-1b
			update Cluster staging-eksCluster (vpcConfig.subnetIds[0], vpcConfig.subnetIds[1])
			update eks:index:Cluster staging`,
	},
	{
		key: "network.flowLogs", change: "added", stack: localStack,
		edits: edits{setKey("network.flowLogs", "{}")},
		want: `
			create FlowLog local-flow
			create LogGroup local-flow
			create Role local-flow
			create RolePolicy local-flow
			create eksnet:network:FlowLogs local-flow`,
	},
	{
		key: "network.flowLogs", change: "removed", stack: stagingStack,
		edits: edits{dropKey("network.flowLogs")},
		want: `
			delete FlowLog staging-flow
			delete LogGroup staging-flow
			delete Role staging-flow
			delete RolePolicy staging-flow
			delete eksnet:network:FlowLogs staging-flow`,
	},
	{
		key: "network.flowLogs.retentionDays", change: "changed", stack: stagingStack,
		edits: edits{setKey("network.flowLogs.retentionDays", "30")},
		want:  `update LogGroup staging-flow (retentionInDays)`,
	},
}
