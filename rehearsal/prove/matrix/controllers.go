package matrix

// controllerChanges are the changes of CoreDNS' pods, and of the add-ons that are off by default.
var controllerChanges = []Row{
	{
		Key: "addons.coreDns.replicas", Change: "lowered", Stack: virginiaStack,
		Edits: edits{setKey("addons.coreDns.replicas", "2")},
		Want:  `update Addon prod-coredns (configurationValues)`,
	},
	{
		Key: "addons.coreDns.replicas", Change: "replaced by autoscaling", Stack: virginiaStack,
		Edits: edits{dropKey("addons.coreDns.replicas"), setKey("addons.coreDns.autoscale", "{max: 6}")},
		Want:  `update Addon prod-coredns (configurationValues)`,
	},
	{
		Key: "addons.coreDns.autoscale", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("addons.coreDns.autoscale")},
		Want:  `update Addon dev-coredns (configurationValues)`,
	},
	{
		Key: "addons.coreDns.autoscale.min", Change: "raised", Stack: devStack,
		Edits: edits{setKey("addons.coreDns.autoscale.min", "3")},
		Want:  `update Addon dev-coredns (configurationValues)`,
	},
	{
		Key: "addons.coreDns.autoscale.max", Change: "lowered below the minimum", Stack: devStack,
		Edits:   edits{setKey("addons.coreDns.autoscale.max", "1")},
		Refused: "addons.coreDns.autoscale: min 2 is greater than max 1",
	},
	{
		Key: "addons.coreDns.maxUnavailable", Change: "raised to all pods", Stack: devStack,
		Edits:   edits{setKey("addons.coreDns.maxUnavailable", "2")},
		Refused: "addons.coreDns.maxUnavailable: 2 of 2 pods may be missing",
	},
	{
		Key: "addons.coreDns.spreadZones", Change: "turned off", Stack: devStack,
		Edits: edits{dropKey("addons.coreDns.spreadZones")},
		Want:  `update Addon dev-coredns (configurationValues)`,
	},
	{
		Key: "addons.metricsServer", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{metricsServer: {}}")},
		Want: `
			create Addon local-metrics-server
			create eksnet:addons:MetricsServer local-metrics-server`,
	},
	{
		Key: "addons.metricsServer", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("addons.metricsServer")},
		Want: `
			delete Addon dev-metrics-server
			delete eksnet:addons:MetricsServer dev-metrics-server`,
	},
	{
		Key: "addons.metricsServer.version", Change: "lowered", Stack: devStack,
		Edits: edits{setKey("addons.metricsServer.version", "v0.8.1-eksbuild.6")},
		Want:  `update Addon dev-metrics-server (addonVersion)`,
	},
	{
		Key: "addons.metricsServer.replicas", Change: "raised", Stack: devStack,
		Edits: edits{setKey("addons.metricsServer.replicas", "3")},
		Want:  `update Addon dev-metrics-server (configurationValues)`,
	},
	{
		Key: "addons.kubeOpsView", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{kubeOpsView: {}}")},
		Want: `
			create ClusterRole kube-ops-view
			create ClusterRoleBinding kube-ops-view
			create Deployment kube-ops-view
			create Namespace kube-ops-view
			create Service kube-ops-view-nlb
			create ServiceAccount kube-ops-view
			create eksnet:workloads:Application kube-ops-view
			create eksnet:workloads:NLB kube-ops-view
			create eksnet:workloads:Pods kube-ops-view`,
	},
	{
		Key: "addons.kubeOpsView", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("addons.kubeOpsView")},
		Want: `
			delete ClusterRole kube-ops-view
			delete ClusterRoleBinding kube-ops-view
			delete Deployment kube-ops-view
			delete Namespace kube-ops-view
			delete Service kube-ops-view-nlb
			delete ServiceAccount kube-ops-view
			delete eksnet:workloads:Application kube-ops-view
			delete eksnet:workloads:NLB kube-ops-view
			delete eksnet:workloads:Pods kube-ops-view`,
	},
	{
		Key: "addons.kubeOpsView.scheme", Change: "public", Stack: devStack,
		Edits: edits{setKey("addons.kubeOpsView.scheme", "internet-facing")},
		Want: `update Service kube-ops-view-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], ` +
			`metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		Key: "addons.kubeOpsView.sourceRanges", Change: "narrowed", Stack: devStack,
		Edits: edits{setKey("addons.kubeOpsView.sourceRanges", "[10.10.0.0/16]")},
		Want:  `update Service kube-ops-view-nlb (spec.loadBalancerSourceRanges[0])`,
	},
	{
		Key: "addons.kubeOpsView.prefixLists", Change: "added", Stack: devStack,
		Own:   ownPrefixLists,
		Edits: edits{setKey("addons.kubeOpsView.prefixLists", "{pl-0aaaaaaaaaaaaaaa1: 20}")},
		Want:  `update Service kube-ops-view-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists"])`,
	},
	{
		Key: "addons.kubeOpsView.prefixLists", Change: "removed", Stack: ipv6Stack,
		Edits: edits{dropKey("addons.kubeOpsView.prefixLists")},
		Want:  `update Service kube-ops-view-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists"])`,
	},
	{
		Key: "addons.kubeOpsView.image", Change: "a mirror", Stack: devStack,
		Edits: edits{setKey("addons.kubeOpsView.image", "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/kube-ops-view:23.5.0")},
		Want:  `update Deployment kube-ops-view (spec.template.spec.containers[0].image)`,
	},
}
