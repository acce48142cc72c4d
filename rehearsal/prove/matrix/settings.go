package matrix

// awsChanges change the settings of the AWS provider, tagChanges change the tags.
var awsChanges = []Row{
	{
		Key: "aws:region", Change: "changed alone", Stack: LocalStack,
		Edits:   edits{setKey("aws:region", "us-west-2")},
		Refused: `network.zones[0]: "ap-northeast-2a" is not a zone of aws:region us-west-2`,
	},
	{
		Key: "aws:allowedAccountIds", Change: "extended", Stack: LocalStack,
		Edits: edits{setKey("aws:allowedAccountIds", `["000000000000", "111122223333"]`)},
		Want:  `update pulumi:providers:aws aws (allowedAccountIds[1])`,
	},
	{
		Key: "aws:allowedAccountIds", Change: "changed to another account", Stack: LocalStack,
		Edits:   edits{setKey("aws:allowedAccountIds", `["111122223333"]`), setKey("cluster.admins", "[]")},
		Refused: "AWS account ID not allowed: 000000000000",
	},
	{
		Key: "aws:profile", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("aws:profile", "sandbox")},
		Want: `
			update eks:index:Cluster local
			update pulumi:providers:aws aws (profile)
			update pulumi:providers:kubernetes local (kubeconfig)
			update pulumi:providers:kubernetes local-eks-k8s (kubeconfig)`,
	},
	{
		Key: "aws:profile", Change: "changed", Stack: virginiaStack,
		Edits: edits{setKey("aws:profile", "production")},
		Want: `
			update eks:index:Cluster prod
			update pulumi:providers:aws aws (profile)
			update pulumi:providers:kubernetes prod (kubeconfig)
			update pulumi:providers:kubernetes prod-eks-k8s (kubeconfig)`,
	},
	{
		Key: "aws:profile", Change: "removed", Stack: virginiaStack,
		Edits: edits{dropKey("aws:profile")},
		Want: `
			update eks:index:Cluster prod
			update pulumi:providers:aws aws (profile)
			update pulumi:providers:kubernetes prod (kubeconfig)
			update pulumi:providers:kubernetes prod-eks-k8s (kubeconfig)`,
	},
	{
		Key: "aws:assumeRole.roleArn", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("aws:assumeRole", "{roleArn: 'arn:aws:iam::000000000000:role/eksnet-deployer'}")},
		Want: `
			update eks:index:Cluster local
			update pulumi:providers:aws aws (assumeRole)
			update pulumi:providers:kubernetes local (kubeconfig)
			update pulumi:providers:kubernetes local-eks-k8s (kubeconfig)
			update pulumi:providers:kubernetes local-provider (kubeconfig)`,
	},
	{
		Key: "aws:assumeRole.roleArn", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("aws:assumeRole.roleArn", "arn:aws:iam::222233334444:role/another-deployer")},
		Want: `
			update eks:index:Cluster staging
			update pulumi:providers:aws aws (assumeRole.roleArn)
			update pulumi:providers:kubernetes staging (kubeconfig)
			update pulumi:providers:kubernetes staging-eks-k8s (kubeconfig)
			update pulumi:providers:kubernetes staging-provider (kubeconfig)`,
	},
	{
		Key: "aws:assumeRole.roleArn", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("aws:assumeRole")},
		Want: `
			update eks:index:Cluster staging
			update pulumi:providers:aws aws (assumeRole)
			update pulumi:providers:kubernetes staging (kubeconfig)
			update pulumi:providers:kubernetes staging-eks-k8s (kubeconfig)
			update pulumi:providers:kubernetes staging-provider (kubeconfig)`,
	},
}

var tagChanges = []Row{
	{
		Key: "tags", Change: "changed", Stack: LocalStack,
		Edits: edits{setKey("tags", "{team: network}")},
		Count: "43 update",
		Want: `
			update Addon local-coredns (tags.team)
			update Cluster local-eksCluster (tags.team)
			update LaunchTemplate local-general (tagSpecifications[0].tags.team, tagSpecifications[1].tags.team, tags.team)
			update NodeGroup local-general (launchTemplate.version, tags.team)
			update OpenIdConnectProvider local (tags.team)
			update Release local-lbc (values.defaultTags.team)
			update Vpc local (tags.team)
			update VpcEndpoint local-s3 (tags.team)
			update pulumi:providers:aws aws (defaultTags.tags.team)`,
	},
	{
		Key: "tags", Change: "extended", Stack: LocalStack,
		Edits: edits{setKey("tags", "{team: platform, owner: net}")},
		Count: "43 update",
		Want: `
			update Addon local-coredns (tags.owner)
			update Cluster local-eksCluster (tags.owner)
			update LaunchTemplate local-general (tagSpecifications[0].tags.owner, tagSpecifications[1].tags.owner, tags.owner)
			update NodeGroup local-general (launchTemplate.version, tags.owner)
			update OpenIdConnectProvider local (tags.owner)
			update Release local-lbc (values.defaultTags.owner)
			update Vpc local (tags.owner)
			update VpcEndpoint local-s3 (tags.owner)
			update pulumi:providers:aws aws (defaultTags.tags.owner)`,
	},
	{
		Key: "tags", Change: "removed", Stack: LocalStack,
		Edits: edits{dropKey("tags")},
		Count: "43 update",
		Want: `
			update Addon local-coredns (tags.team)
			update Cluster local-eksCluster (tags.team)
			update LaunchTemplate local-general (tagSpecifications[0].tags.team, tagSpecifications[1].tags.team, tags.team)
			update NodeGroup local-general (launchTemplate.version, tags.team)
			update OpenIdConnectProvider local (tags.team)
			update Release local-lbc (values.defaultTags.team)
			update Vpc local (tags.team)
			update VpcEndpoint local-s3 (tags.team)
			update pulumi:providers:aws aws (defaultTags.tags.team)`,
	},
	{
		Key: "tags", Change: "changed for a key that is not on instances", Stack: LocalStack,
		Before: edits{setKey("tags", "{team: platform, release: '1'}"), setKey("tagsNotOnInstances", "[release]")},
		Edits:  edits{setKey("tags", "{team: platform, release: '2'}")},
		Count:  "43 update",
		Want: `
			update AccessEntry local-000000000000-role/platform-admin (tags.release)
			update AccessEntry local-defaultNodeGroupInstanceRole (tags.release)
			update Addon local-coredns (tags.release)
			update Addon local-kube-proxy (tags.release)
			update Addon local-vpc-cni (tags.release)
			update Cluster local-eksCluster (tags.release)
			update DefaultSecurityGroup local (tags.release)
			update Eip local-ap-northeast-2a (tags.release)
			update Eip local-ap-northeast-2b (tags.release)
			update Eip local-ap-northeast-2c (tags.release)
			update InternetGateway local (tags.release)
			update Key local (tags.release)
			update LaunchTemplate local-general (tags.release)
			update LogGroup local (tags.release)
			update NatGateway local-ap-northeast-2a (tags.release)
			update NatGateway local-ap-northeast-2b (tags.release)
			update NatGateway local-ap-northeast-2c (tags.release)
			update NodeGroup local-general (launchTemplate.version, tags.release)
			update OpenIdConnectProvider local (tags.release)
			update Policy local-lbc (tags.release)
			update Release local-lbc (values.defaultTags.release)
			update Role local-eksRole-role (tags.release)
			update Role local-lbc (tags.release)
			update Role local-node (tags.release)
			update Role local-vpc-cni (tags.release)
			update RouteTable local-private-ap-northeast-2a (tags.release)
			update RouteTable local-private-ap-northeast-2b (tags.release)
			update RouteTable local-private-ap-northeast-2c (tags.release)
			update RouteTable local-public-ap-northeast-2a (tags.release)
			update RouteTable local-public-ap-northeast-2b (tags.release)
			update RouteTable local-public-ap-northeast-2c (tags.release)
			update SecurityGroup local-eksClusterSecurityGroup (tags.release)
			update SecurityGroup local-lbc-backend (tags.release)
			update SecurityGroup local-nodeSecurityGroup (tags.release)
			update Subnet local-private-ap-northeast-2a (tags.release)
			update Subnet local-private-ap-northeast-2b (tags.release)
			update Subnet local-private-ap-northeast-2c (tags.release)
			update Subnet local-public-ap-northeast-2a (tags.release)
			update Subnet local-public-ap-northeast-2b (tags.release)
			update Subnet local-public-ap-northeast-2c (tags.release)
			update Vpc local (tags.release)
			update VpcEndpoint local-s3 (tags.release)
			update pulumi:providers:aws aws (defaultTags.tags.release)`,
	},
	{
		Key: "tagsNotOnInstances", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("tagsNotOnInstances", "[team]")},
		Want: `
			update LaunchTemplate local-general (tagSpecifications[0].tags.team, tagSpecifications[1].tags.team)
			update NodeGroup local-general (launchTemplate.version)`,
	},
	{
		Key: "tagsNotOnInstances", Change: "removed", Stack: LocalStack,
		Before: edits{setKey("tagsNotOnInstances", "[team]")},
		Edits:  edits{dropKey("tagsNotOnInstances")},
		Want: `
			update LaunchTemplate local-general (tagSpecifications[0].tags.team, tagSpecifications[1].tags.team)
			update NodeGroup local-general (launchTemplate.version)`,
	},
}
