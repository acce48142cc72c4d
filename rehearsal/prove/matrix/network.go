package matrix

var networkChanges = []Row{
	{
		Key: "network.ipFamily", Change: "set to ipv6", Stack: LocalStack,
		Edits:   edits{setKey("network.ipFamily", "ipv6")},
		Refused: "ipv6, but the existing cluster has ipv4, and EKS cannot change it; write ipv4",
	},
	{
		Key: "network.cidr", Change: "changed", Stack: LocalStack,
		Edits:   edits{setKey("network.cidr", "10.1.0.0/16")},
		Refused: "the range of a VPC cannot change: write the existing range",
	},
	{
		Key: "network.cidr", Change: "widened", Stack: govCloudStack,
		Edits:   edits{setKey("network.cidr", "10.60.0.0/16")},
		Refused: "the range of a VPC cannot change: write the existing range",
	},
	{
		Key: "network.cidr", Change: "removed", Stack: stagingStack,
		Edits:   edits{dropKey("network.cidr")},
		Refused: "the range of a VPC cannot change: write the existing range",
	},
	{
		Key: "network.ipFamily", Change: "set to ipv4", Stack: ipv6Stack,
		Edits: edits{setKey("network.ipFamily", "ipv4"), setKey("cluster.endpoint.publicCidrs", "[203.0.113.0/24]"),
			dropKey("workloads.direct.sourceRanges"), dropKey("workloads.admin.sourceRanges"), dropKey("addons.kubeOpsView.sourceRanges")},
		Refused: "ipv4, but the existing cluster has ipv6, and EKS cannot change it; write ipv6",
	},
	{
		Key: "network.zones", Change: "extended by the fourth", Stack: LocalStack,
		Edits: edits{setKey("network.zones", "[ap-northeast-2a, ap-northeast-2b, ap-northeast-2c, ap-northeast-2d]")},
		Want: `
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
		Key: "network.zones", Change: "shortened by the last", Stack: LocalStack,
		Edits: edits{setKey("network.zones", "[ap-northeast-2a, ap-northeast-2b]")},
		Want: `
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
		Key: "network.zones", Change: "shortened by the last", Stack: ipv6Stack,
		Edits: edits{setKey("network.zones", "[eu-north-1a, eu-north-1b]")},
		Want: `
			delete Route dev6-private-eu-north-1c
			delete Route dev6-private-eu-north-1c-ipv6
			delete Route dev6-public-eu-north-1c
			delete Route dev6-public-eu-north-1c-ipv6
			delete RouteTable dev6-private-eu-north-1c
			delete RouteTable dev6-public-eu-north-1c
			delete RouteTableAssociation dev6-private-eu-north-1c
			delete RouteTableAssociation dev6-public-eu-north-1c
			delete Subnet dev6-private-eu-north-1c
			delete Subnet dev6-public-eu-north-1c
			replace NodeGroup dev6-edge (subnetIds[2])
			replace NodeGroup dev6-general (subnetIds[2])
			update Deployment speed (spec.replicas)
			update Ingress admin-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])
			update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])
			update Ingress site-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])
			update Service direct-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Service inside-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Service kube-ops-view-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Service proxied-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Service secure-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update VpcEndpoint dev6-s3 (routeTableIds[2])
			update VpcEndpoint dev6-sts (subnetIds[2])`,
	},
	{
		Key: "network.zones", Change: "reordered", Stack: LocalStack,
		Edits:   edits{setKey("network.zones", "[ap-northeast-2b, ap-northeast-2a, ap-northeast-2c]")},
		Refused: "takes the place of",
	},
	{
		Key: "network.zones", Change: "changed at the first position", Stack: govCloudStack,
		Edits:   edits{setKey("network.zones", "[us-gov-west-1c, us-gov-west-1b]")},
		Refused: "takes the place of",
	},
	{
		Key: "network.nat", Change: "single instead of zone", Stack: LocalStack,
		Edits: edits{setKey("network.nat", "single")},
		Want: `
			delete Eip local-ap-northeast-2b
			delete Eip local-ap-northeast-2c
			delete NatGateway local-ap-northeast-2b
			delete NatGateway local-ap-northeast-2c
			update Route local-private-ap-northeast-2b (natGatewayId)
			update Route local-private-ap-northeast-2c (natGatewayId)`,
	},
	{
		Key: "network.nat", Change: "zone instead of single", Stack: chinaStack,
		Edits: edits{setKey("network.nat", "zone")},
		Want: `
			create Eip test-cn-northwest-1b
			create Eip test-cn-northwest-1c
			create NatGateway test-cn-northwest-1b
			create NatGateway test-cn-northwest-1c
			update Route test-private-cn-northwest-1b (natGatewayId)
			update Route test-private-cn-northwest-1c (natGatewayId)`,
	},
	{
		Key: "network.nat", Change: "none instead of zone", Stack: LocalStack,
		Edits:   edits{setKey("network.nat", "none")},
		Refused: `workloads["echo"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 cannot be pulled`,
	},
	{
		Key: "network.nat", Change: "single instead of none", Stack: oregonStack,
		Edits: edits{setKey("network.nat", "single")},
		Want: `
			create Eip dev-us-west-2a
			create NatGateway dev-us-west-2a
			create Route dev-private-us-west-2a
			create Route dev-private-us-west-2b
			create eksnet:network:NAT dev
			update Release dev-lbc (values.enableShield, values.enableWaf, values.enableWafv2, values.image.repository)`,
	},
	{
		Key: "network.nat", Change: "none instead of single, with images from the registry of the account", Stack: LocalStack,
		Edits: edits{setKey("network.nat", "none"), setKey("workloads.echo.image", "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/agnhost:2.53"), setKey("workloads.echo.scheme", "internal")},
		Want: `
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
		Key: "network.endpoints", Change: "added to an empty list", Stack: oregonStack,
		Edits: edits{setKey("network.endpoints", "[ecr.api, ecr.dkr]")},
		Want: `
			create SecurityGroup dev-endpoints
			create SecurityGroupRule dev-endpoints-https
			create VpcEndpoint dev-ecr.api
			create VpcEndpoint dev-ecr.dkr`,
	},
	{
		Key: "network.endpoints", Change: "shortened", Stack: stagingStack,
		Edits: edits{setKey("network.endpoints", "[ecr.api, ecr.dkr]")},
		Want:  `delete VpcEndpoint staging-sts`,
	},
	{
		Key: "network.endpoints", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("network.endpoints")},
		Want: `
			delete SecurityGroup staging-endpoints
			delete SecurityGroupRule staging-endpoints-https
			delete SecurityGroupRule staging-endpoints-https-pods
			delete VpcEndpoint staging-ecr.api
			delete VpcEndpoint staging-ecr.dkr
			delete VpcEndpoint staging-sts`,
	},
	{
		Key: "network.endpoints", Change: "auto instead of a list", Stack: stagingStack,
		Edits: edits{setKey("network.endpoints", "auto")},
		Want: `
			create VpcEndpoint staging-ec2
			create VpcEndpoint staging-eks
			create VpcEndpoint staging-elasticloadbalancing`,
	},
	{
		Key: "network.endpoints", Change: "emptied without NAT", Stack: frankfurtStack,
		Edits:   edits{setKey("network.endpoints", "[]")},
		Refused: "network.endpoints: network.nat is none, but endpoints that nodes in private subnets need are missing",
	},
	{
		Key: "network.ipamPool", Change: "added, which has no effect on a VPC that exists", Stack: LocalStack,
		Edits: edits{setKey("network.ipamPool", "ipam-pool-0aaaaaaaaaaaaaaa1")},
	},
	{
		Key: "network.ipamPool", Change: "changed, which has no effect on a VPC that exists", Stack: platformStack,
		Edits: edits{setKey("network.ipamPool", "ipam-pool-0aaaaaaaaaaaaaaa1")},
	},
	{
		Key: "network.ipamPool", Change: "removed, which has no effect on a VPC that exists", Stack: platformStack,
		Edits: edits{dropKey("network.ipamPool")},
	},
	{
		Key: "network.podCidr", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("network.podCidr", "100.64.0.0/16")},
		Want: `
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
		Key: "network.podCidr", Change: "removed from subnets that the VPC CNI discovers", Stack: platformStack,
		Edits:   edits{dropKey("network.podSubnets"), dropKey("network.podCidr")},
		Refused: "write podCidr again with podSubnets: customNetworking, run up, and remove podCidr then",
	},
	{
		Key: "network.podSubnets", Change: "added with podCidr", Stack: LocalStack,
		Edits: edits{setKey("network.podCidr", "100.64.0.0/16"), setKey("network.podSubnets", "discovery")},
		Want: `
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
			update LaunchTemplate local-general (userData)
			update NodeGroup local-general (launchTemplate.version)
			update VpcEndpoint local-s3 (routeTableIds[3], routeTableIds[4], routeTableIds[5])`,
	},
	{
		Key: "network.podSubnets", Change: "removed, for custom networking", Stack: platformStack,
		Edits: edits{dropKey("network.podSubnets")},
		Want: `
			update Addon platform-vpc-cni (configurationValues)
			update LaunchTemplate platform-general (userData)
			update NodeGroup platform-general (launchTemplate.version)
			update Subnet platform-pods-ap-northeast-2a (tags["kubernetes.io/role/cni"])
			update Subnet platform-pods-ap-northeast-2b (tags["kubernetes.io/role/cni"])`,
	},
	{
		Key: "network.podSubnets", Change: "changed from custom networking", Stack: stagingStack,
		Edits: edits{setKey("network.podSubnets", "discovery")},
		Want: `
			create SubnetCidrReservation staging-private-eu-west-1a
			create SubnetCidrReservation staging-private-eu-west-1b
			create SubnetCidrReservation staging-private-eu-west-1c
			update Addon staging-vpc-cni (configurationValues)
			update Subnet staging-pods-eu-west-1a (tags["kubernetes.io/role/cni"])
			update Subnet staging-pods-eu-west-1b (tags["kubernetes.io/role/cni"])
			update Subnet staging-pods-eu-west-1c (tags["kubernetes.io/role/cni"])`,
	},
	{
		Key: "network.podCidr", Change: "changed", Stack: stagingStack,
		Edits:   edits{setKey("network.podCidr", "100.65.0.0/16")},
		Refused: "remove podCidr and run up, then set the new range",
	},
	{
		Key: "network.podCidr", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("network.podCidr")},
		Count: "3 create, 14 delete, 6 update",
		Want: `
			delete VpcIpv4CidrBlockAssociation staging-pods
			update LaunchTemplate staging-batch (userData)
			update LaunchTemplate staging-general (userData)
			update NodeGroup staging-batch (launchTemplate.version)
			update NodeGroup staging-general (launchTemplate.version)
			update VpcEndpoint staging-s3 (routeTableIds[3], routeTableIds[4], routeTableIds[5])`,
	},
	{
		Key: "network.controlPlaneSubnets", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("network.controlPlaneSubnets", "true")},
		Want: `
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
		Key: "network.controlPlaneSubnets", Change: "turned off", Stack: stagingStack,
		Edits: edits{dropKey("network.controlPlaneSubnets")},
		Want: `
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
		Key: "network.flowLogs", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("network.flowLogs", "{}")},
		Want: `
			create FlowLog local-flow
			create LogGroup local-flow
			create Role local-flow
			create RolePolicy local-flow
			create eksnet:network:FlowLogs local-flow`,
	},
	{
		Key: "network.flowLogs", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("network.flowLogs")},
		Want: `
			delete FlowLog staging-flow
			delete LogGroup staging-flow
			delete Role staging-flow
			delete RolePolicy staging-flow
			delete eksnet:network:FlowLogs staging-flow`,
	},
	{
		Key: "network.flowLogs.encryption", Change: "turned on", Stack: stagingStack,
		Edits: edits{setKey("network.flowLogs.encryption", "true")},
		Want: `
			create Key staging-logs
			create eksnet:cluster:LogsKey staging-logs
			update LogGroup staging-flow (kmsKeyId)`,
	},
	{
		Key: "network.flowLogs.encryption", Change: "turned off", Stack: platformStack,
		Edits: edits{setKey("network.flowLogs.encryption", "false")},
		Want:  `update LogGroup platform-flow (kmsKeyId)`,
	},
	{
		Key: "network.flowLogs.encryption", Change: "removed with that of the control plane", Stack: platformStack,
		Edits: edits{dropKey("network.flowLogs.encryption"), dropKey("cluster.logs.encryption")},
		Want: `
			delete Key platform-logs
			delete eksnet:cluster:LogsKey platform-logs
			update LogGroup platform (kmsKeyId)
			update LogGroup platform-flow (kmsKeyId)`,
	},
	{
		Key: "network.flowLogs.retentionDays", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("network.flowLogs.retentionDays", "30")},
		Want:  `update LogGroup staging-flow (retentionInDays)`,
	},
}
