package matrix

import "eksnet/rehearsal/world"

var addonChanges = []Row{
	{
		Key: "addons.vpcCni.version", Change: "raised", Stack: virginiaStack,
		Edits: edits{setKey("addons.vpcCni.version", "v1.22.4-eksbuild.4")},
		Want:  `update Addon prod-vpc-cni (addonVersion)`,
	},
	{
		Key: "addons.vpcCni.version", Change: "lowered", Stack: virginiaStack,
		Edits: edits{setKey("addons.vpcCni.version", "v1.21.1-eksbuild.1")},
		Want:  `update Addon prod-vpc-cni (addonVersion)`,
	},
	{
		Key: "addons.vpcCni.version", Change: "removed", Stack: virginiaStack,
		Edits: edits{dropKey("addons.vpcCni")},
	},
	{
		Key: "addons.vpcCni.prefixDelegation", Change: "turned on", Stack: govCloudStack,
		Edits: edits{dropKey("addons.vpcCni"), dropKey("nodeGroups.general.maxPods")},
		Want: `
			create SubnetCidrReservation test-private-us-gov-west-1a
			create SubnetCidrReservation test-private-us-gov-west-1b
			update Addon test-vpc-cni (configurationValues)
			update LaunchTemplate test-general (userData)
			update NodeGroup test-general (launchTemplate.version)`,
	},
	{
		Key: "addons.vpcCni.prefixDelegation", Change: "turned off", Stack: LocalStack,
		Edits: edits{setKey("addons", "{vpcCni: {prefixDelegation: false}}")},
		Want: `
			delete SubnetCidrReservation local-private-ap-northeast-2a
			delete SubnetCidrReservation local-private-ap-northeast-2b
			delete SubnetCidrReservation local-private-ap-northeast-2c
			update Addon local-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.externalSnat", Change: "turned off", Stack: stagingStack,
		Edits: edits{dropKey("addons.vpcCni.externalSnat")},
		Want:  `update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.networkPolicy", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("addons", "{vpcCni: {networkPolicy: true}}")},
		Want:  `update Addon local-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.networkPolicy", Change: "turned off with the workload that needs it", Stack: stagingStack,
		Edits: edits{dropKey("addons.vpcCni.networkPolicy"), dropKey("workloads.fence")},
		Want: `
			delete Deployment fence
			delete Deployment fence-allowed
			delete Deployment fence-denied
			delete Namespace fence
			delete NetworkPolicy fence
			delete Service fence-policy
			delete eksnet:workloads:Application fence
			delete eksnet:workloads:Pods fence
			delete eksnet:workloads:Policy fence
			update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.networkPolicy", Change: "turned off alone", Stack: stagingStack,
		Edits:   edits{dropKey("addons.vpcCni.networkPolicy")},
		Refused: `workloads["fence"].kind: policy, but addons.vpcCni.networkPolicy is false`,
	},
	{
		Key: "addons.vpcCni.warm.enis", Change: "changed", Stack: chinaStack,
		Edits: edits{setKey("addons.vpcCni.warm.enis", "1")},
		Want:  `update Addon test-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.warm.ips", Change: "changed", Stack: govCloudStack,
		Edits: edits{setKey("addons.vpcCni.warm.ips", "4")},
		Want:  `update Addon test-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.warm.minimumIps", Change: "removed", Stack: govCloudStack,
		Edits: edits{dropKey("addons.vpcCni.warm.minimumIps")},
		Want:  `update Addon test-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.warm.prefixes", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("addons.vpcCni.warm.prefixes", "3")},
		Want:  `update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.vpcCni.warm.prefixes", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("addons.vpcCni.warm")},
		Want:  `update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		Key: "addons.kubeProxy.version", Change: "lowered", Stack: virginiaStack,
		Edits: edits{setKey("addons.kubeProxy.version", "v1.35.0-eksbuild.2")},
		Want:  `update Addon prod-kube-proxy (addonVersion)`,
	},
	{
		Key: "addons.kubeProxy.version", Change: "of another Kubernetes version", Stack: virginiaStack,
		Edits:   edits{setKey("addons.kubeProxy.version", "v1.36.0-eksbuild.2")},
		Refused: "addons.kubeProxy.version",
	},
	{
		Key: "addons.kubeProxy.version", Change: "removed", Stack: virginiaStack,
		Edits: edits{dropKey("addons.kubeProxy.version")},
	},
	{
		Key: "addons.kubeProxy.version", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{kubeProxy: {version: v1.35.0-eksbuild.2}}")},
		Want:  `update Addon local-kube-proxy (addonVersion)`,
	},
	{
		Key: "addons.kubeProxy.mode", Change: "iptables instead of nftables", Stack: virginiaStack,
		Edits: edits{dropKey("addons.kubeProxy.mode")},
		Want:  `update Addon prod-kube-proxy (configurationValues)`,
	},
	{
		Key: "addons.kubeProxy.mode", Change: "nftables instead of iptables", Stack: LocalStack,
		Edits: edits{setKey("addons", "{kubeProxy: {mode: nftables}}")},
		Want:  `update Addon local-kube-proxy (configurationValues)`,
	},
	{
		Key: "addons.kubeProxy.mode", Change: "ipvs", Stack: LocalStack,
		Edits:   edits{setKey("addons", "{kubeProxy: {mode: ipvs}}")},
		Refused: "addons.kubeProxy.mode: ipvs, which is deprecated since Kubernetes 1.35",
	},
	{
		Key: "addons.coreDns.version", Change: "lowered", Stack: virginiaStack,
		Edits: edits{setKey("addons.coreDns.version", "v1.13.2-eksbuild.1")},
		Want:  `update Addon prod-coredns (addonVersion)`,
	},
	{
		Key: "addons.coreDns.version", Change: "older than the supported versions", Stack: virginiaStack,
		Edits:   edits{setKey("addons.coreDns.version", "v1.12.4-eksbuild.1")},
		Refused: "addons.coreDns.version: v1.12.4-eksbuild.1 is not a known version for Kubernetes 1.35",
	},
	{
		Key: "addons.coreDns.version", Change: "raised", Stack: virginiaStack,
		Edits: edits{setKey("addons.coreDns.version", "v1.14.2-eksbuild.4")},
		Want:  `update Addon prod-coredns (addonVersion)`,
	},
	{
		Key: "addons.coreDns.version", Change: "removed where it is the default", Stack: virginiaStack,
		Edits: edits{dropKey("addons.coreDns.version")},
	},
	{
		Key: "addons.loadBalancerController.version", Change: "raised", Stack: virginiaStack,
		Own: publishedCharts, Edits: edits{setKey("addons.loadBalancerController.version", "3.3.0")},
		Want: `update Release prod-lbc (version)`,
	},
	{
		Key: "addons.loadBalancerController.version", Change: "lowered", Stack: virginiaStack,
		Own: publishedCharts, Edits: edits{setKey("addons.loadBalancerController.version", "3.0.0")},
		Want: `update Release prod-lbc (version)`,
	},
	{
		Key: "addons.loadBalancerController.replicas", Change: "changed", Stack: stagingStack,
		Edits: edits{setKey("addons.loadBalancerController.replicas", "2")},
		Want:  `update Release staging-lbc (values.replicaCount)`,
	},
	{
		Key: "addons.loadBalancerController.replicas", Change: "lowered to one", Stack: LocalStack,
		Edits: edits{setKey("addons", "{loadBalancerController: {replicas: 1}}")},
		Want:  `update Release local-lbc (values.replicaCount)`,
	},
	{
		Key: "addons.loadBalancerController.chart", Change: "changed to an OCI address", Stack: frankfurtStack, Own: publishedCharts,
		Edits: edits{setKey("addons.loadBalancerController.chart", "oci://333344445555.dkr.ecr.eu-central-1.amazonaws.com/charts/aws-load-balancer-controller")},
		Want:  `update Release prod-lbc (chart, repositoryOpts)`,
	},
	{
		Key: "addons.loadBalancerController.chart", Change: "another repository", Stack: frankfurtStack, Own: publishedCharts,
		Edits: edits{setKey("addons.loadBalancerController.chart", "https://charts.example.com/eks")},
		Want:  `update Release prod-lbc (repositoryOpts.repo)`,
	},
	{
		Key: "addons.loadBalancerController.chart", Change: "removed where it is the default", Stack: frankfurtStack,
		Edits: edits{dropKey("addons.loadBalancerController.chart")},
	},
	{
		Key: "addons.loadBalancerController.image", Change: "changed", Stack: frankfurtStack,
		Edits: edits{setKey("addons.loadBalancerController.image", "333344445555.dkr.ecr.eu-central-1.amazonaws.com/mirror/aws-load-balancer-controller")},
		Want:  `update Release prod-lbc (values.image.repository)`,
	},
	{
		Key: "addons.loadBalancerController.image", Change: "removed", Stack: frankfurtStack,
		Edits: edits{dropKey("addons.loadBalancerController.image")},
		Want:  `update Release prod-lbc (values.image.repository)`,
	},
}

// publishedCharts publishes other versions of the load balancer controller's chart, and copies in the operator's own
// repositories.
func publishedCharts(w *world.World, _ string) (before, after edits, err error) {
	const chart, repository = "aws-load-balancer-controller", "https://aws.github.io/eks-charts"
	w.PublishChart(chart, repository, "3.0.0")
	w.PublishChart(chart, repository, "3.3.0")
	w.PublishChart(chart, "https://charts.example.com/eks", "3.2.2")
	w.PublishChart("oci://333344445555.dkr.ecr.eu-central-1.amazonaws.com/charts/"+chart, "", "3.2.2")
	return nil, nil, nil
}
