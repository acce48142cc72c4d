package prove

// awsChanges change the settings of the AWS provider, tagChanges change the tags.
var awsChanges = []changeRow{
	{
		key: "aws:region", change: "changed alone", stack: localStack,
		edits:   edits{setKey("aws:region", "us-west-2")},
		refused: `network.zones[0]: "ap-northeast-2a" is not a zone of aws:region us-west-2`,
	},
	{
		key: "aws:allowedAccountIds", change: "extended", stack: localStack,
		edits: edits{setKey("aws:allowedAccountIds", `["000000000000", "111122223333"]`)},
		want:  `update pulumi:providers:aws aws (allowedAccountIds[1])`,
	},
	{
		key: "aws:allowedAccountIds", change: "another account's", stack: localStack,
		edits:   edits{setKey("aws:allowedAccountIds", `["111122223333"]`), setKey("cluster.admins", "[]")},
		refused: "AWS account ID not allowed: 000000000000",
	},
	{
		key: "aws:profile", change: "added", stack: localStack,
		edits: edits{setKey("aws:profile", "sandbox")},
		want: `
			update eks:index:Cluster local
			update pulumi:providers:aws aws (profile)
			update pulumi:providers:kubernetes local (kubeconfig)
			update pulumi:providers:kubernetes local-eks-k8s (kubeconfig)`,
	},
	{
		key: "aws:profile", change: "changed", stack: virginiaStack,
		edits: edits{setKey("aws:profile", "production")},
		want: `
			update eks:index:Cluster prod
			update pulumi:providers:aws aws (profile)
			update pulumi:providers:kubernetes prod (kubeconfig)
			update pulumi:providers:kubernetes prod-eks-k8s (kubeconfig)`,
	},
	{
		key: "aws:profile", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("aws:profile")},
		want: `
			update eks:index:Cluster prod
			update pulumi:providers:aws aws (profile)
			update pulumi:providers:kubernetes prod (kubeconfig)
			update pulumi:providers:kubernetes prod-eks-k8s (kubeconfig)`,
	},
	{
		key: "aws:assumeRole.roleArn", change: "added", stack: localStack,
		edits: edits{setKey("aws:assumeRole", "{roleArn: 'arn:aws:iam::000000000000:role/eksnet-deployer'}")},
		want: `
			update eks:index:Cluster local
			update pulumi:providers:aws aws (assumeRole)
			update pulumi:providers:kubernetes local (kubeconfig)
			update pulumi:providers:kubernetes local-eks-k8s (kubeconfig)
			update pulumi:providers:kubernetes local-provider (kubeconfig)`,
	},
	{
		key: "aws:assumeRole.roleArn", change: "changed", stack: stagingStack,
		edits: edits{setKey("aws:assumeRole.roleArn", "arn:aws:iam::222233334444:role/another-deployer")},
		want: `
			update eks:index:Cluster staging
			update pulumi:providers:aws aws (assumeRole.roleArn)
			update pulumi:providers:kubernetes staging (kubeconfig)
			update pulumi:providers:kubernetes staging-eks-k8s (kubeconfig)
			update pulumi:providers:kubernetes staging-provider (kubeconfig)`,
	},
	{
		key: "aws:assumeRole.roleArn", change: "removed", stack: stagingStack,
		edits: edits{dropKey("aws:assumeRole")},
		want: `
			update eks:index:Cluster staging
			update pulumi:providers:aws aws (assumeRole)
			update pulumi:providers:kubernetes staging (kubeconfig)
			update pulumi:providers:kubernetes staging-eks-k8s (kubeconfig)
			update pulumi:providers:kubernetes staging-provider (kubeconfig)`,
	},
}

var tagChanges = []changeRow{
	{
		key: "tags", change: "changed", stack: localStack,
		edits: edits{setKey("tags", "{team: network}")},
		count: "42 update",
		want: `
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
		key: "tags", change: "extended", stack: localStack,
		edits: edits{setKey("tags", "{team: platform, owner: net}")},
		count: "42 update",
		want: `
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
		key: "tags", change: "removed", stack: localStack,
		edits: edits{dropKey("tags")},
		count: "42 update",
		want: `
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
		key: "tags", change: "changed for a key that is not on instances", stack: localStack,
		before: edits{setKey("tags", "{team: platform, release: '1'}"), setKey("tagsNotOnInstances", "[release]")},
		edits:  edits{setKey("tags", "{team: platform, release: '2'}")},
		count:  "42 update",
		want: `
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
		key: "tagsNotOnInstances", change: "added", stack: localStack,
		edits: edits{setKey("tagsNotOnInstances", "[team]")},
		want: `
			update LaunchTemplate local-general (tagSpecifications[0].tags.team, tagSpecifications[1].tags.team)
			update NodeGroup local-general (launchTemplate.version)`,
	},
	{
		key: "tagsNotOnInstances", change: "removed", stack: localStack,
		before: edits{setKey("tagsNotOnInstances", "[team]")},
		edits:  edits{dropKey("tagsNotOnInstances")},
		want: `
			update LaunchTemplate local-general (tagSpecifications[0].tags.team, tagSpecifications[1].tags.team)
			update NodeGroup local-general (launchTemplate.version)`,
	},
}
