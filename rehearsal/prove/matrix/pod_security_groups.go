package matrix

// podSecurityGroupChanges are changes of the security groups of pods.
var podSecurityGroupChanges = []Row{
	{
		Key: "addons.vpcCni.podSecurityGroups", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{vpcCni: {podSecurityGroups: {}}}")},
		Want: `
			create RolePolicyAttachment local-resource-controller
			create eksnet:cluster:ResourceController local-resource-controller
			update Addon local-vpc-cni (configurationValues)
			update LaunchTemplate local-general (userData)
			update NodeGroup local-general (launchTemplate.version)`,
	},
	{
		Key: "addons.vpcCni.podSecurityGroups", Change: "removed with the workload's", Stack: platformStack,
		Edits:   edits{dropKey("addons.vpcCni.podSecurityGroups"), dropKey("workloads.shop.podSecurityGroup")},
		Refused: "remove podSecurityGroup from the workloads, run up, and remove podSecurityGroups then",
	},
	{
		Key: "addons.vpcCni.podSecurityGroups", Change: "removed alone", Stack: platformStack,
		Edits:   edits{dropKey("addons.vpcCni.podSecurityGroups")},
		Refused: `workloads["shop"].podSecurityGroup: true, but without addons.vpcCni.podSecurityGroups`,
	},
	{
		Key: "addons.vpcCni.podSecurityGroups", Change: "removed once no workload has a group", Stack: platformStack,
		Before: edits{dropKey("workloads.shop.podSecurityGroup")},
		Edits:  edits{dropKey("addons.vpcCni.podSecurityGroups")},
		Want: `
			delete RolePolicyAttachment platform-resource-controller
			delete eksnet:cluster:ResourceController platform-resource-controller
			update Addon platform-vpc-cni (configurationValues)
			update LaunchTemplate platform-general (userData)
			update NodeGroup platform-general (launchTemplate.version)`,
	},
	{
		Key: "addons.vpcCni.podSecurityGroups.mode", Change: "strict", Stack: platformStack,
		Edits: edits{setKey("addons.vpcCni.podSecurityGroups.mode", "strict")},
		Want: `
			update Addon platform-vpc-cni (configurationValues)
			update Deployment shop (spec.template.metadata.annotations["eksnet/enforcing-mode"])`,
	},
	{
		Key: "workloads.<name>.podSecurityGroup", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("workloads.shop.podSecurityGroup")},
		Want: `
			delete SecurityGroup platform-shop-pods
			delete SecurityGroupPolicy shop
			delete SecurityGroupRule platform-shop-pods-dns-tcp
			delete SecurityGroupRule platform-shop-pods-dns-udp
			delete SecurityGroupRule platform-shop-pods-tcp-8080
			delete eksnet:workloads:PodSecurityGroup shop
			update Deployment shop (spec.template.metadata.annotations, spec.template.metadata.labels["eksnet/security-group-policy"])
			update Namespace shop (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.podSecurityGroup", Change: "added", Stack: platformStack,
		Edits: edits{setKey("workloads.docs.podSecurityGroup", "true")},
		Want: `
			create SecurityGroup platform-docs-pods
			create SecurityGroupPolicy docs
			create SecurityGroupRule platform-docs-pods-dns-tcp
			create SecurityGroupRule platform-docs-pods-dns-udp
			create SecurityGroupRule platform-docs-pods-tcp-8080
			create eksnet:workloads:PodSecurityGroup docs
			update Deployment docs (spec.template.metadata.annotations, spec.template.metadata.labels["eksnet/security-group-policy"])
			update Namespace docs (metadata.annotations)`,
	},
}
