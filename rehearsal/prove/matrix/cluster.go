package matrix

var clusterChanges = []Row{
	{
		Key: "cluster.name", Change: "changed", Stack: LocalStack,
		Edits:   edits{setKey("cluster.name", "other")},
		Refused: `cluster.name: "other", but the stack exists with the name local`,
	},
	{
		Key: "cluster.version", Change: "raised by one", Stack: LocalStack,
		Edits: edits{setKey("cluster.version", `"1.36"`)},
		Want: `
			update Addon local-coredns (addonVersion)
			update Addon local-kube-proxy (addonVersion)
			update Cluster local-eksCluster (version)
			update NodeGroup local-general (version)
			update eks:index:Cluster local`,
	},
	{
		Key: "cluster.version", Change: "raised by one where add-ons have EKS's own versions", Stack: chinaStack,
		Edits: edits{setKey("cluster.version", `"1.35"`)},
		Want: `
			update Cluster test-eksCluster (version)
			update NodeGroup test-general (version)
			update eks:index:Cluster test`,
	},
	{
		Key: "cluster.version", Change: "raised by two", Stack: chinaStack,
		Edits:   edits{setKey("cluster.version", `"1.36"`)},
		Refused: `cluster.version: "1.36" is 2 minor versions after 1.34`,
	},
	{
		Key: "cluster.version", Change: "lowered", Stack: LocalStack,
		Edits:   edits{setKey("cluster.version", `"1.34"`)},
		Refused: `cluster.version: "1.34" is older than 1.35, the version of the existing cluster`,
	},
	{
		Key: "cluster.version", Change: "removed where it is the default", Stack: LocalStack,
		Edits: edits{dropKey("cluster.version")},
	},
	{
		Key: "cluster.upgradePolicy", Change: "extended", Stack: LocalStack,
		Edits: edits{setKey("cluster.upgradePolicy", "extended")},
		Want:  `update Cluster local-eksCluster (upgradePolicy.supportType)`,
	},
	{
		Key: "cluster.upgradePolicy", Change: "standard", Stack: platformStack,
		Edits: edits{setKey("cluster.upgradePolicy", "standard")},
		Want:  `update Cluster platform-eksCluster (upgradePolicy.supportType)`,
	},
	{
		Key: "cluster.upgradePolicy", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("cluster.upgradePolicy")},
		Want:  `update Cluster platform-eksCluster (upgradePolicy.supportType)`,
	},
	{
		Key: "cluster.zonalShift", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("cluster.zonalShift", "true")},
		Want:  `update Cluster local-eksCluster (zonalShiftConfig)`,
	},
	{
		Key: "cluster.zonalShift", Change: "turned off", Stack: platformStack,
		Edits: edits{setKey("cluster.zonalShift", "false")},
		Want:  `update Cluster platform-eksCluster (zonalShiftConfig.enabled)`,
	},
	{
		Key: "cluster.zonalShift", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("cluster.zonalShift")},
		Want:  `update Cluster platform-eksCluster (zonalShiftConfig.enabled)`,
	},
	{
		Key: "cluster.serviceCidr", Change: "added", Stack: LocalStack,
		Edits:   edits{setKey("cluster.serviceCidr", "10.100.0.0/16")},
		Refused: `cluster.serviceCidr: "10.100.0.0/16", but the existing cluster has 172.20.0.0/16`,
	},
	{
		Key: "cluster.serviceCidr", Change: "changed", Stack: studyStack,
		Edits:   edits{setKey("cluster.serviceCidr", "10.101.0.0/16")},
		Refused: `cluster.serviceCidr: "10.101.0.0/16", but the existing cluster has `,
	},
	{
		Key: "cluster.serviceCidr", Change: "removed", Stack: virginiaStack,
		Edits:   edits{dropKey("cluster.serviceCidr")},
		Refused: `cluster.serviceCidr: "172.20.0.0/16", but the existing cluster has `,
	},
	{
		Key: "cluster.endpoint", Change: "removed", Stack: LocalStack,
		Edits:   edits{dropKey("cluster.endpoint")},
		Refused: "cluster.endpoint: missing",
	},
	{
		Key: "cluster.endpoint.public", Change: "removed with its ranges", Stack: LocalStack,
		Edits: edits{setKey("cluster.endpoint", "{private: true}")},
		Want: `
			update Cluster local-eksCluster (vpcConfig.endpointPublicAccess)
			update eks:index:Cluster local`,
	},
	{
		Key: "cluster.endpoint.private", Change: "turned off", Stack: LocalStack,
		Edits:   edits{setKey("cluster.endpoint.private", "false")},
		Refused: "so nodes cannot join the cluster; set private: true",
	},
	{
		Key: "cluster.endpoint.private", Change: "turned on", Stack: govCloudStack,
		Edits: edits{setKey("cluster.endpoint.private", "true")},
		Want: `
			update Cluster test-eksCluster (vpcConfig.endpointPrivateAccess)
			update eks:index:Cluster test`,
	},
	{
		Key: "cluster.endpoint.public", Change: "turned off", Stack: govCloudStack,
		Edits: edits{setKey("cluster.endpoint", "{private: true, public: false}")},
		Want: `
			update Cluster test-eksCluster (vpcConfig.endpointPrivateAccess, vpcConfig.endpointPublicAccess)
			update eks:index:Cluster test`,
	},
	{
		Key: "cluster.endpoint.public", Change: "turned on", Stack: frankfurtStack,
		Edits: edits{setKey("cluster.endpoint", "{private: true, public: true, publicCidrs: [203.0.113.0/24]}")},
		Want: `
			update Cluster prod-eksCluster (vpcConfig.endpointPublicAccess, vpcConfig.publicAccessCidrs[0])
			update eks:index:Cluster prod`,
	},
	{
		Key: "cluster.endpoint.publicCidrs", Change: "extended", Stack: LocalStack,
		Edits: edits{setKey("cluster.endpoint.publicCidrs", "[203.0.113.0/24, 198.51.100.7/32]")},
		Want: `
			update Cluster local-eksCluster (vpcConfig.publicAccessCidrs[1])
			update eks:index:Cluster local`,
	},
	{
		Key: "cluster.endpoint.publicCidrs", Change: "shortened", Stack: stagingStack,
		Edits: edits{setKey("cluster.endpoint.publicCidrs", "[203.0.113.0/24]")},
		Want: `
			update Cluster staging-eksCluster (vpcConfig.publicAccessCidrs[1])
			update eks:index:Cluster staging`,
	},
	{
		Key: "cluster.endpoint.publicCidrs", Change: "reordered", Stack: stagingStack,
		Edits: edits{setKey("cluster.endpoint.publicCidrs", "[198.51.100.7/32, 203.0.113.0/24]")},
		Want:  `update eks:index:Cluster staging`,
	},
	{
		Key: "cluster.endpoint.publicCidrs", Change: "removed", Stack: LocalStack,
		Edits:   edits{dropKey("cluster.endpoint.publicCidrs")},
		Refused: "cluster.endpoint.publicCidrs: missing while public is true",
	},
	{
		Key: "cluster.endpoint.proxy", Change: "added", Stack: frankfurtStack,
		Edits: edits{setKey("cluster.endpoint.proxy", "http://localhost:8888")},
		Want:  `update pulumi:providers:kubernetes prod (kubeconfig)`,
	},
	{
		Key: "cluster.endpoint.proxy", Change: "changed", Stack: virginiaStack,
		Edits: edits{setKey("cluster.endpoint.proxy", "socks5://localhost:1080")},
		Want:  `update pulumi:providers:kubernetes prod (kubeconfig)`,
	},
	{
		Key: "cluster.endpoint.proxy", Change: "removed", Stack: virginiaStack,
		Edits: edits{dropKey("cluster.endpoint.proxy")},
		Want:  `update pulumi:providers:kubernetes prod (kubeconfig)`,
	},
	{
		Key: "cluster.admins", Change: "changed", Stack: LocalStack,
		Edits: edits{setKey("cluster.admins", "[arn:aws:iam::000000000000:role/other-admin]")},
		Want: `
			create AccessEntry local-000000000000-role/other-admin
			create AccessPolicyAssociation local-000000000000-role/other-admin-AmazonEKSClusterAdminPolicy
			delete AccessEntry local-000000000000-role/platform-admin
			delete AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
	},
	{
		Key: "cluster.admins", Change: "extended", Stack: LocalStack,
		Edits: edits{setKey("cluster.admins", "[arn:aws:iam::000000000000:role/platform-admin, arn:aws:iam::000000000000:user/second]")},
		Want: `
			create AccessEntry local-000000000000-user/second
			create AccessPolicyAssociation local-000000000000-user/second-AmazonEKSClusterAdminPolicy`,
	},
	{
		Key: "cluster.admins", Change: "removed", Stack: LocalStack,
		Edits: edits{dropKey("cluster.admins")},
		Want: `
			delete AccessEntry local-000000000000-role/platform-admin
			delete AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
	},
	{
		Key: "cluster.viewers", Change: "shortened", Stack: stagingStack,
		Edits: edits{setKey("cluster.viewers", "[arn:aws:iam::222233334444:role/on-call]")},
		Want: `
			delete AccessEntry staging-222233334444-role/developer
			delete AccessPolicyAssociation staging-222233334444-role/developer-AmazonEKSViewPolicy`,
	},
	{
		Key: "cluster.viewers", Change: "one of the admins instead", Stack: LocalStack,
		Edits: edits{dropKey("cluster.admins"), setKey("cluster.viewers", "[arn:aws:iam::000000000000:role/platform-admin]")},
		Want: `
			create AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSViewPolicy
			delete AccessPolicyAssociation local-000000000000-role/platform-admin-AmazonEKSClusterAdminPolicy`,
	},
	{
		Key: "cluster.access", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::000000000000:role/team', policy: AmazonEKSEditPolicy}]")},
		Want: `
			create AccessEntry local-000000000000-role/team
			create AccessPolicyAssociation local-000000000000-role/team-AmazonEKSEditPolicy`,
	},
	{
		Key: "cluster.access", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("cluster.access")},
		Want: `
			delete AccessEntry dev-111122223333-role/shop-team
			delete AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy`,
	},
	{
		Key: "cluster.access[].principal", Change: "changed", Stack: devStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/other-team', policy: AmazonEKSEditPolicy, namespaces: [shop, 'shop-*']}]")},
		Want: `
			create AccessEntry dev-111122223333-role/other-team
			create AccessPolicyAssociation dev-111122223333-role/other-team-AmazonEKSEditPolicy
			delete AccessEntry dev-111122223333-role/shop-team
			delete AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy`,
	},
	{
		Key: "cluster.access[].policy", Change: "changed", Stack: devStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSViewPolicy, namespaces: [shop, 'shop-*']}]")},
		Want: `
			create AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSViewPolicy
			delete AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy`,
	},
	{
		Key: "cluster.access[].namespaces", Change: "changed", Stack: devStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSEditPolicy, namespaces: [shop, cart]}]")},
		Want:  `replace AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy (accessScope.namespaces[1])`,
	},
	{
		Key: "cluster.access[].namespaces", Change: "removed", Stack: devStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSEditPolicy}]")},
		Want:  `replace AccessPolicyAssociation dev-111122223333-role/shop-team-AmazonEKSEditPolicy (accessScope.namespaces, accessScope.type)`,
	},
	{
		Key: "cluster.access[].groups", Change: "added without a policy", Stack: LocalStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::000000000000:role/team', groups: [shop-team]}]")},
		Want:  `create AccessEntry local-000000000000-role/team`,
	},
	{
		Key: "cluster.access[].groups", Change: "added to a policy", Stack: devStack,
		Edits: edits{setKey("cluster.access", "[{principal: 'arn:aws:iam::111122223333:role/shop-team', policy: AmazonEKSEditPolicy, namespaces: [shop, 'shop-*'], groups: [shop-team]}]")},
		Want:  `update AccessEntry dev-111122223333-role/shop-team (kubernetesGroups[0])`,
	},
	{
		Key: "cluster.access[].groups", Change: "changed", Stack: platformStack,
		Edits: edits{setKey("cluster.access", platformAccess("groups: [shop-team, cart-team]", "groups: [on-call]"))},
		Want:  `update AccessEntry platform-111122223333-role/shop-team (kubernetesGroups[0])`,
	},
	{
		Key: "cluster.access[].groups", Change: "removed from a policy", Stack: platformStack,
		Edits: edits{setKey("cluster.access", platformAccess("groups: [shop-team]", ""))},
		Want:  `update AccessEntry platform-111122223333-role/on-call (kubernetesGroups[0])`,
	},
	{
		Key: "cluster.access[].groups", Change: "replaced by a policy", Stack: platformStack,
		Edits: edits{setKey("cluster.access", platformAccess("policy: AmazonEKSEditPolicy", "groups: [on-call]"))},
		Want: `
			create AccessPolicyAssociation platform-111122223333-role/shop-team-AmazonEKSEditPolicy
			update AccessEntry platform-111122223333-role/shop-team (kubernetesGroups[0])`,
	},
	{
		Key: "cluster.secretsEncryption", Change: "turned on", Stack: chinaStack,
		Edits: edits{setKey("cluster.secretsEncryption", "true")},
		Want: `
			create Alias test
			create Key test
			update Cluster test-eksCluster (encryptionConfig)
			update eks:index:Cluster test`,
	},
	{
		Key: "cluster.secretsEncryption", Change: "turned off", Stack: LocalStack,
		Edits:   edits{setKey("cluster.secretsEncryption", "false")},
		Refused: `cluster.secretsEncryption: false, but the existing cluster encrypts Secrets`,
	},
	{
		Key: "cluster.logs.types", Change: "added to none", Stack: chinaStack,
		Edits: edits{setKey("cluster.logs.types", "[audit]")},
		Want: `
			create LogGroup test
			update Cluster test-eksCluster (enabledClusterLogTypes)
			update eks:index:Cluster test`,
	},
	{
		Key: "cluster.logs.types", Change: "extended", Stack: devStack,
		Edits: edits{setKey("cluster.logs.types", "[audit, api]")},
		Want: `
			update Cluster dev-eksCluster (enabledClusterLogTypes[1])
			update eks:index:Cluster dev`,
	},
	{
		Key: "cluster.logs.types", Change: "emptied", Stack: devStack,
		Edits: edits{setKey("cluster.logs", "{types: []}")},
		Want: `
			delete LogGroup dev
			update Cluster dev-eksCluster (enabledClusterLogTypes)
			update eks:index:Cluster dev`,
	},
	{
		Key: "cluster.logs.types", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("cluster.logs.types")},
		Want: `
			update Cluster dev-eksCluster (enabledClusterLogTypes[0], enabledClusterLogTypes[2])
			update eks:index:Cluster dev`,
	},
	{
		Key: "cluster.logs.encryption", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("cluster.logs", "{encryption: true}")},
		Want: `
			create Key local-logs
			create eksnet:cluster:LogsKey local-logs
			update LogGroup local (kmsKeyId)`,
	},
	{
		Key: "cluster.logs.encryption", Change: "turned off", Stack: platformStack,
		Edits: edits{setKey("cluster.logs.encryption", "false")},
		Want:  `update LogGroup platform (kmsKeyId)`,
	},
	{
		Key: "cluster.logs.encryption", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("cluster.logs.encryption")},
		Want:  `update LogGroup platform (kmsKeyId)`,
	},
	{
		Key: "cluster.logs.retentionDays", Change: "changed", Stack: devStack,
		Edits: edits{setKey("cluster.logs.retentionDays", "14")},
		Want:  `update LogGroup dev (retentionInDays)`,
	},
	{
		Key: "cluster.logs.retentionDays", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("cluster.logs.retentionDays")},
		Want:  `update LogGroup dev (retentionInDays)`,
	},
}

// platformAccess returns the entries of the platform stack with a policy or groups of the team, and groups of those on
// call, who have a policy.
func platformAccess(team, onCall string) string {
	return "[{principal: 'arn:aws:iam::111122223333:role/shop-team', " + team + "}, " +
		"{principal: 'arn:aws:iam::111122223333:role/on-call', policy: AmazonEKSAdminViewPolicy, " + onCall + "}]"
}
