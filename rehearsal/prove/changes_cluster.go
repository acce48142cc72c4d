package prove

var clusterChanges = []changeRow{
	{
		key: "cluster.name", change: "changed", stack: localStack,
		edits:   edits{setKey("cluster.name", "other")},
		refused: `cluster.name: "other", but the stack exists with the name local`,
	},
	{
		key: "cluster.version", change: "raised by one", stack: localStack,
		edits: edits{setKey("cluster.version", `"1.36"`)},
		want: `
			update Addon local-coredns (addonVersion)
			update Addon local-kube-proxy (addonVersion)
			update Cluster local-eksCluster (version)
			update NodeGroup local-general (version)
			update eks:index:Cluster local`,
	},
	{
		key: "cluster.version", change: "raised by one where add-ons have EKS's own versions", stack: chinaStack,
		edits: edits{setKey("cluster.version", `"1.35"`)},
		want: `
			update Cluster test-eksCluster (version)
			update NodeGroup test-general (version)
			update eks:index:Cluster test`,
	},
	{
		key: "cluster.version", change: "raised by two", stack: chinaStack,
		edits:   edits{setKey("cluster.version", `"1.36"`)},
		refused: `cluster.version: "1.36" is 2 minor versions after 1.34`,
	},
	{
		key: "cluster.version", change: "lowered", stack: localStack,
		edits:   edits{setKey("cluster.version", `"1.34"`)},
		refused: `cluster.version: "1.34" is older than 1.35, the version of the existing cluster`,
	},
	{
		key: "cluster.version", change: "removed where it is the default", stack: localStack,
		edits: edits{dropKey("cluster.version")},
	},
	{
		key: "cluster.serviceCidr", change: "added", stack: localStack,
		edits: edits{setKey("cluster.serviceCidr", "10.100.0.0/16")},
		want: `
			replace AccessEntry local-000000000000-role/platform-admin
			replace AccessEntry local-defaultNodeGroupInstanceRole
			replace AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy
			replace Addon local-coredns
			replace Addon local-kube-proxy
			replace Addon local-vpc-cni
			replace Cluster local-eksCluster (kubernetesNetworkConfig.serviceIpv4Cidr)
			replace Deployment echo
			replace Namespace echo
			replace NodeGroup local-general
			replace OpenIdConnectProvider local
			replace Release local-lbc
			replace Service echo-nlb
			replace ServiceAccount local-lbc
			replace pulumi:providers:kubernetes local
			replace pulumi:providers:kubernetes local-eks-k8s
			replace pulumi:providers:kubernetes local-provider
			update Role local-lbc (assumeRolePolicy)
			update Role local-vpc-cni (assumeRolePolicy)
			update eks:index:Cluster local`,
	},
	{
		key: "cluster.serviceCidr", change: "changed", stack: virginiaStack,
		edits: edits{setKey("cluster.serviceCidr", "10.101.0.0/16")},
		count: "40 replace, 3 update",
		want: `
			replace Addon prod-coredns
			replace Cluster prod-eksCluster (kubernetesNetworkConfig.serviceIpv4Cidr)
			replace NodeGroup prod-general
			replace NodeGroup prod-memory
			replace NodeGroup prod-x86
			replace OpenIdConnectProvider prod
			replace Release prod-lbc`,
	},
	{
		key: "cluster.serviceCidr", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("cluster.serviceCidr")},
		count: "40 replace, 3 update",
		want: `
			replace Addon prod-coredns
			replace Cluster prod-eksCluster (kubernetesNetworkConfig.serviceIpv4Cidr)
			replace NodeGroup prod-general
			replace NodeGroup prod-memory
			replace NodeGroup prod-x86
			replace OpenIdConnectProvider prod
			replace Release prod-lbc`,
	},
	{
		key: "cluster.endpoint", change: "removed", stack: localStack,
		edits:   edits{dropKey("cluster.endpoint")},
		refused: "cluster.endpoint: missing",
	},
	{
		key: "cluster.endpoint.public", change: "removed with its ranges", stack: localStack,
		edits: edits{setKey("cluster.endpoint", "{private: true}")},
		want: `
			update Cluster local-eksCluster (vpcConfig.endpointPublicAccess)
			update eks:index:Cluster local`,
	},
	{
		key: "cluster.endpoint.private", change: "turned off", stack: localStack,
		edits:   edits{setKey("cluster.endpoint.private", "false")},
		refused: "so nodes cannot join the cluster; set private: true",
	},
	{
		key: "cluster.endpoint.private", change: "turned on", stack: govCloudStack,
		edits: edits{setKey("cluster.endpoint.private", "true")},
		want: `
			update Cluster test-eksCluster (vpcConfig.endpointPrivateAccess)
			update eks:index:Cluster test`,
	},
	{
		key: "cluster.endpoint.public", change: "turned off", stack: govCloudStack,
		edits: edits{setKey("cluster.endpoint", "{private: true, public: false}")},
		want: `
			update Cluster test-eksCluster (vpcConfig.endpointPrivateAccess, vpcConfig.endpointPublicAccess)
			update eks:index:Cluster test`,
	},
	{
		key: "cluster.endpoint.public", change: "turned on", stack: frankfurtStack,
		edits: edits{setKey("cluster.endpoint", "{private: true, public: true, publicCidrs: [203.0.113.0/24]}")},
		want: `
			update Cluster prod-eksCluster (vpcConfig.endpointPublicAccess, vpcConfig.publicAccessCidrs[0])
			update eks:index:Cluster prod`,
	},
	{
		key: "cluster.endpoint.publicCidrs", change: "extended", stack: localStack,
		edits: edits{setKey("cluster.endpoint.publicCidrs", "[203.0.113.0/24, 198.51.100.7/32]")},
		want: `
			update Cluster local-eksCluster (vpcConfig.publicAccessCidrs[1])
			update eks:index:Cluster local`,
	},
	{
		key: "cluster.endpoint.publicCidrs", change: "shortened", stack: stagingStack,
		edits: edits{setKey("cluster.endpoint.publicCidrs", "[203.0.113.0/24]")},
		want: `
			update Cluster staging-eksCluster (vpcConfig.publicAccessCidrs[1])
			update eks:index:Cluster staging`,
	},
	{
		key: "cluster.endpoint.publicCidrs", change: "reordered", stack: stagingStack,
		edits: edits{setKey("cluster.endpoint.publicCidrs", "[198.51.100.7/32, 203.0.113.0/24]")},
		want:  `update eks:index:Cluster staging`,
	},
	{
		key: "cluster.endpoint.publicCidrs", change: "removed", stack: localStack,
		edits:   edits{dropKey("cluster.endpoint.publicCidrs")},
		refused: "cluster.endpoint.publicCidrs: missing while public is true",
	},
	{
		key: "cluster.endpoint.proxy", change: "added", stack: frankfurtStack,
		edits: edits{setKey("cluster.endpoint.proxy", "http://localhost:8888")},
		want:  `update pulumi:providers:kubernetes prod (kubeconfig)`,
	},
	{
		key: "cluster.endpoint.proxy", change: "changed", stack: virginiaStack,
		edits: edits{setKey("cluster.endpoint.proxy", "socks5://localhost:1080")},
		want:  `update pulumi:providers:kubernetes prod (kubeconfig)`,
	},
	{
		key: "cluster.endpoint.proxy", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("cluster.endpoint.proxy")},
		want:  `update pulumi:providers:kubernetes prod (kubeconfig)`,
	},
	{
		key: "cluster.admins", change: "changed", stack: localStack,
		edits: edits{setKey("cluster.admins", "[arn:aws:iam::000000000000:role/other-admin]")},
		want: `
			create AccessEntry local-000000000000-role/other-admin
			create AccessPolicyAssociation local-000000000000-role/other-admin-AmazonEKSClusterAdminPolicy
			delete AccessEntry local-000000000000-role/platform-admin
			delete AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
	},
	{
		key: "cluster.admins", change: "extended", stack: localStack,
		edits: edits{setKey("cluster.admins", "[arn:aws:iam::000000000000:role/platform-admin, arn:aws:iam::000000000000:user/second]")},
		want: `
			create AccessEntry local-000000000000-user/second
			create AccessPolicyAssociation local-000000000000-user/second-AmazonEKSClusterAdminPolicy`,
	},
	{
		key: "cluster.admins", change: "removed", stack: localStack,
		edits: edits{dropKey("cluster.admins")},
		want: `
			delete AccessEntry local-000000000000-role/platform-admin
			delete AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
	},
	{
		key: "cluster.viewers", change: "shortened", stack: stagingStack,
		edits: edits{setKey("cluster.viewers", "[arn:aws:iam::222233334444:role/on-call]")},
		want: `
			delete AccessEntry staging-222233334444-role/developer
			delete AccessPolicyAssociation staging-222233334444-role/developer-AmazonEKSViewPolicy`,
	},
	{
		key: "cluster.viewers", change: "one of the admins instead", stack: localStack,
		edits: edits{dropKey("cluster.admins"), setKey("cluster.viewers", "[arn:aws:iam::000000000000:role/platform-admin]")},
		want: `
			create AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSViewPolicy
			delete AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
	},
	{
		key: "cluster.access", change: "added", stack: localStack,
		edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::000000000000:role/team', policy: AmazonEKSEditPolicy}]")},
		want: `
			create AccessEntry local-000000000000-role/team
			create AccessPolicyAssociation local-000000000000-role/team-AmazonEKSEditPolicy`,
	},
	{
		key: "cluster.access", change: "removed", stack: devStack,
		edits: edits{dropKey("cluster.access")},
		want: `
			delete AccessEntry dev-111122223333-role/shop-team
			delete AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy`,
	},
	{
		key: "cluster.access[].principal", change: "changed", stack: devStack,
		edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/other-team', policy: AmazonEKSEditPolicy, namespaces: [shop, 'shop-*']}]")},
		want: `
			create AccessEntry dev-111122223333-role/other-team
			create AccessPolicyAssociation dev-111122223333-role/other-team-AmazonEKSEditPolicy
			delete AccessEntry dev-111122223333-role/shop-team
			delete AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy`,
	},
	{
		key: "cluster.access[].policy", change: "changed", stack: devStack,
		edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSViewPolicy, namespaces: [shop, 'shop-*']}]")},
		want: `
			create AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSViewPolicy
			delete AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy`,
	},
	{
		key: "cluster.access[].namespaces", change: "changed", stack: devStack,
		edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSEditPolicy, namespaces: [shop, cart]}]")},
		want:  `replace AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy (accessScope.namespaces[1])`,
	},
	{
		key: "cluster.access[].namespaces", change: "removed", stack: devStack,
		edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSEditPolicy}]")},
		want:  `replace AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy (accessScope.namespaces, accessScope.type)`,
	},
	{
		key: "cluster.secretsEncryption", change: "turned on", stack: chinaStack,
		edits: edits{setKey("cluster.secretsEncryption", "true")},
		want: `
			create Alias test
			create Key test
			update Cluster test-eksCluster (encryptionConfig)
			update eks:index:Cluster test`,
	},
	{
		key: "cluster.secretsEncryption", change: "turned off", stack: localStack,
		edits: edits{setKey("cluster.secretsEncryption", "false")},
		want: `
			delete Alias local
			delete Key local
			replace AccessEntry local-000000000000-role/platform-admin
			replace AccessEntry local-defaultNodeGroupInstanceRole
			replace AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy
			replace Addon local-coredns
			replace Addon local-kube-proxy
			replace Addon local-vpc-cni
			replace Cluster local-eksCluster (encryptionConfig)
			replace Deployment echo
			replace Namespace echo
			replace NodeGroup local-general
			replace OpenIdConnectProvider local
			replace Release local-lbc
			replace Service echo-nlb
			replace ServiceAccount local-lbc
			replace pulumi:providers:kubernetes local
			replace pulumi:providers:kubernetes local-eks-k8s
			replace pulumi:providers:kubernetes local-provider
			update Role local-lbc (assumeRolePolicy)
			update Role local-vpc-cni (assumeRolePolicy)
			update eks:index:Cluster local`,
	},
	{
		key: "cluster.logs.types", change: "added to none", stack: chinaStack,
		edits: edits{setKey("cluster.logs.types", "[audit]")},
		want: `
			create LogGroup test
			update Cluster test-eksCluster (enabledClusterLogTypes)
			update eks:index:Cluster test`,
	},
	{
		key: "cluster.logs.types", change: "extended", stack: devStack,
		edits: edits{setKey("cluster.logs.types", "[audit, api]")},
		want: `
			update Cluster dev-eksCluster (enabledClusterLogTypes[1])
			update eks:index:Cluster dev`,
	},
	{
		key: "cluster.logs.types", change: "emptied", stack: devStack,
		edits: edits{setKey("cluster.logs", "{types: []}")},
		want: `
			delete LogGroup dev
			update Cluster dev-eksCluster (enabledClusterLogTypes)
			update eks:index:Cluster dev`,
	},
	{
		key: "cluster.logs.types", change: "removed", stack: devStack,
		edits: edits{dropKey("cluster.logs.types")},
		want: `
			update Cluster dev-eksCluster (enabledClusterLogTypes[0], enabledClusterLogTypes[2])
			update eks:index:Cluster dev`,
	},
	{
		key: "cluster.logs.retentionDays", change: "changed", stack: devStack,
		edits: edits{setKey("cluster.logs.retentionDays", "14")},
		want:  `update LogGroup dev (retentionInDays)`,
	},
	{
		key: "cluster.logs.retentionDays", change: "removed", stack: devStack,
		edits: edits{dropKey("cluster.logs.retentionDays")},
		want:  `update LogGroup dev (retentionInDays)`,
	},
}
