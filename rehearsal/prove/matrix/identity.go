package matrix

// identityChanges are the changes of how pods get credentials, and those of controllers in a stack with EKS Pod
// Identity.
var identityChanges = []Row{
	{
		Key: "cluster.identity", Change: "set to podIdentity", Stack: LocalStack,
		Edits:   edits{setKey("cluster.identity", "podIdentity")},
		Refused: `cluster.identity: podIdentity, but the existing cluster has irsa, and its pods would lose their credentials in between`,
	},
	{
		Key: "cluster.identity", Change: "removed", Stack: platformStack,
		Edits:   edits{dropKey("cluster.identity"), dropKey("addons.podIdentityAgent")},
		Refused: `cluster.identity: irsa, but the existing cluster has podIdentity, and its pods would lose their credentials in between`,
	},
	{
		Key: "cluster.identity", Change: "set to irsa, which the cluster has", Stack: LocalStack,
		Edits: edits{setKey("cluster.identity", "irsa")},
	},
	{
		Key: "addons.podIdentityAgent", Change: "set without podIdentity", Stack: LocalStack,
		Edits:   edits{setKey("addons", "{podIdentityAgent: {version: v1.3.10-eksbuild.3}}")},
		Refused: `addons.podIdentityAgent: has no effect with cluster.identity irsa`,
	},
	{
		Key: "addons.podIdentityAgent.version", Change: "raised", Stack: platformStack,
		Edits: edits{setKey("addons.podIdentityAgent.version", "v1.4.0-eksbuild.1")},
		Want:  `update Addon platform-pod-identity-agent (addonVersion)`,
	},
	{
		Key: "addons.podIdentityAgent", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("addons.podIdentityAgent")},
	},
	{
		Key: "addons.podIdentityAgent.version", Change: "a version that is not known", Stack: platformStack,
		Edits:   edits{setKey("addons.podIdentityAgent.version", "v1.2.0-eksbuild.1")},
		Refused: `addons.podIdentityAgent.version: v1.2.0-eksbuild.1 is not a known version for Kubernetes 1.35`,
	},
	{
		Key: "addons.cniMetricsHelper", Change: "removed with Pod Identity", Stack: platformStack,
		Edits: edits{dropKey("addons.cniMetricsHelper")},
		Want: `
			delete PodIdentityAssociation platform-cni-metrics
			delete Policy platform-cni-metrics
			delete Release platform-cni-metrics
			delete Role platform-cni-metrics
			delete RolePolicyAttachment platform-cni-metrics
			delete ServiceAccount platform-cni-metrics
			delete eksnet:addons:CNIMetricsHelper platform-cni-metrics
			delete eksnet:addons:ServiceAccountRole platform-cni-metrics`,
	},
	{
		Key: "addons.cniMetricsHelper", Change: "added with Pod Identity", Stack: platformStack,
		Before: edits{dropKey("addons.cniMetricsHelper")},
		Edits:  edits{setKey("addons.cniMetricsHelper", "{}")},
		Want: `
			create PodIdentityAssociation platform-cni-metrics
			create Policy platform-cni-metrics
			create Release platform-cni-metrics
			create Role platform-cni-metrics
			create RolePolicyAttachment platform-cni-metrics
			create ServiceAccount platform-cni-metrics
			create eksnet:addons:CNIMetricsHelper platform-cni-metrics
			create eksnet:addons:ServiceAccountRole platform-cni-metrics`,
	},
}
