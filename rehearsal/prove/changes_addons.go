package prove

import "eksnet/rehearsal/world"

var addonChanges = []changeRow{
	{
		key: "addons.vpcCni.version", change: "raised", stack: virginiaStack,
		edits: edits{setKey("addons.vpcCni.version", "v1.22.4-eksbuild.4")},
		want:  `update Addon prod-vpc-cni (addonVersion)`,
	},
	{
		key: "addons.vpcCni.version", change: "lowered", stack: virginiaStack,
		edits: edits{setKey("addons.vpcCni.version", "v1.21.1-eksbuild.1")},
		want:  `update Addon prod-vpc-cni (addonVersion)`,
	},
	{
		key: "addons.vpcCni.version", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("addons.vpcCni")},
	},
	{
		key: "addons.vpcCni.prefixDelegation", change: "switched on", stack: govCloudStack,
		edits: edits{dropKey("addons.vpcCni"), dropKey("nodeGroups.general.maxPods")},
		want: `
			create SubnetCidrReservation test-private-us-gov-west-1a
			create SubnetCidrReservation test-private-us-gov-west-1b
			update Addon test-vpc-cni (configurationValues)
			update LaunchTemplate test-general (userData)
			update NodeGroup test-general (launchTemplate.version)`,
	},
	{
		key: "addons.vpcCni.prefixDelegation", change: "switched off", stack: localStack,
		edits: edits{setKey("addons", "{vpcCni: {prefixDelegation: false}}")},
		want: `
			delete SubnetCidrReservation local-private-ap-northeast-2a
			delete SubnetCidrReservation local-private-ap-northeast-2b
			delete SubnetCidrReservation local-private-ap-northeast-2c
			update Addon local-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.externalSnat", change: "switched off", stack: stagingStack,
		edits: edits{dropKey("addons.vpcCni.externalSnat")},
		want:  `update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.networkPolicy", change: "switched on", stack: localStack,
		edits: edits{setKey("addons", "{vpcCni: {networkPolicy: true}}")},
		want:  `update Addon local-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.networkPolicy", change: "switched off with the workload that needs it", stack: stagingStack,
		edits: edits{dropKey("addons.vpcCni.networkPolicy"), dropKey("workloads.fence")},
		want: `
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
		key: "addons.vpcCni.networkPolicy", change: "switched off alone", stack: stagingStack,
		edits:   edits{dropKey("addons.vpcCni.networkPolicy")},
		refused: `workloads["fence"].kind: policy, but addons.vpcCni.networkPolicy is false`,
	},
	{
		key: "addons.vpcCni.warm.enis", change: "changed", stack: chinaStack,
		edits: edits{setKey("addons.vpcCni.warm.enis", "1")},
		want:  `update Addon test-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.warm.ips", change: "changed", stack: govCloudStack,
		edits: edits{setKey("addons.vpcCni.warm.ips", "4")},
		want:  `update Addon test-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.warm.minimumIps", change: "removed", stack: govCloudStack,
		edits: edits{dropKey("addons.vpcCni.warm.minimumIps")},
		want:  `update Addon test-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.warm.prefixes", change: "changed", stack: stagingStack,
		edits: edits{setKey("addons.vpcCni.warm.prefixes", "3")},
		want:  `update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.vpcCni.warm.prefixes", change: "removed", stack: stagingStack,
		edits: edits{dropKey("addons.vpcCni.warm")},
		want:  `update Addon staging-vpc-cni (configurationValues)`,
	},
	{
		key: "addons.kubeProxy.version", change: "lowered", stack: virginiaStack,
		edits: edits{setKey("addons.kubeProxy.version", "v1.35.0-eksbuild.2")},
		want:  `update Addon prod-kube-proxy (addonVersion)`,
	},
	{
		key: "addons.kubeProxy.version", change: "of another Kubernetes version", stack: virginiaStack,
		edits:   edits{setKey("addons.kubeProxy.version", "v1.36.0-eksbuild.2")},
		refused: "addons.kubeProxy.version",
	},
	{
		key: "addons.kubeProxy.version", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("addons.kubeProxy")},
	},
	{
		key: "addons.kubeProxy.version", change: "added", stack: localStack,
		edits: edits{setKey("addons", "{kubeProxy: {version: v1.35.0-eksbuild.2}}")},
		want:  `update Addon local-kube-proxy (addonVersion)`,
	},
	{
		key: "addons.coreDns.version", change: "lowered", stack: virginiaStack,
		edits: edits{setKey("addons.coreDns.version", "v1.13.2-eksbuild.1")},
		want:  `update Addon prod-coredns (addonVersion)`,
	},
	{
		key: "addons.coreDns.version", change: "older than those that are known", stack: virginiaStack,
		edits:   edits{setKey("addons.coreDns.version", "v1.12.4-eksbuild.1")},
		refused: "addons.coreDns.version: v1.12.4-eksbuild.1 is not a known version for Kubernetes 1.35",
	},
	{
		key: "addons.coreDns.version", change: "raised", stack: virginiaStack,
		edits: edits{setKey("addons.coreDns.version", "v1.14.2-eksbuild.4")},
		want:  `update Addon prod-coredns (addonVersion)`,
	},
	{
		key: "addons.coreDns.version", change: "removed", stack: virginiaStack,
		edits: edits{dropKey("addons.coreDns")},
	},
	{
		key: "addons.loadBalancerController.version", change: "raised", stack: virginiaStack,
		own: publishedCharts, edits: edits{setKey("addons.loadBalancerController.version", "3.3.0")},
		want: `update Release prod-lbc (version)`,
	},
	{
		key: "addons.loadBalancerController.version", change: "lowered", stack: virginiaStack,
		own: publishedCharts, edits: edits{setKey("addons.loadBalancerController.version", "3.0.0")},
		want: `update Release prod-lbc (version)`,
	},
	{
		key: "addons.loadBalancerController.replicas", change: "changed", stack: stagingStack,
		edits: edits{setKey("addons.loadBalancerController.replicas", "2")},
		want:  `update Release staging-lbc (values.replicaCount)`,
	},
	{
		key: "addons.loadBalancerController.replicas", change: "lowered to one", stack: localStack,
		edits: edits{setKey("addons", "{loadBalancerController: {replicas: 1}}")},
		want:  `update Release local-lbc (values.replicaCount)`,
	},
	{
		key: "addons.loadBalancerController.chart", change: "changed to an OCI address", stack: frankfurtStack, own: publishedCharts,
		edits: edits{setKey("addons.loadBalancerController.chart", "oci://333344445555.dkr.ecr.eu-central-1.amazonaws.com/charts/aws-load-balancer-controller")},
		want:  `update Release prod-lbc (chart, repositoryOpts)`,
	},
	{
		key: "addons.loadBalancerController.chart", change: "another repository", stack: frankfurtStack, own: publishedCharts,
		edits: edits{setKey("addons.loadBalancerController.chart", "https://charts.example.com/eks")},
		want:  `update Release prod-lbc (repositoryOpts.repo)`,
	},
	{
		key: "addons.loadBalancerController.chart", change: "removed where it is the default", stack: frankfurtStack,
		edits: edits{dropKey("addons.loadBalancerController.chart")},
	},
	{
		key: "addons.loadBalancerController.image", change: "changed", stack: frankfurtStack,
		edits: edits{setKey("addons.loadBalancerController.image", "333344445555.dkr.ecr.eu-central-1.amazonaws.com/mirror/aws-load-balancer-controller")},
		want:  `update Release prod-lbc (values.image.repository)`,
	},
	{
		key: "addons.loadBalancerController.image", change: "removed", stack: frankfurtStack,
		edits: edits{dropKey("addons.loadBalancerController.image")},
		want:  `update Release prod-lbc (values.image.repository)`,
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
