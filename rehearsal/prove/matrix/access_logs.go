package matrix

// accessLogChanges are changes of the access logs of load balancers.
var accessLogChanges = []Row{
	{
		Key: "workloads.<name>.accessLogs", Change: "added, of an nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.accessLogs", "{bucket: logs-of-the-operator}")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.accessLogs", Change: "removed, of an nlb", Stack: platformStack,
		Edits: edits{dropKey("workloads.stream.accessLogs")},
		Want:  `update Service stream-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.accessLogs", Change: "removed, of a clb", Stack: platformStack,
		Edits: edits{dropKey("workloads.legacy.accessLogs")},
		Want:  `update Service legacy-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-access-log-enabled"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-name"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-prefix"])`,
	},
	{
		Key: "workloads.<name>.accessLogs.enabled", Change: "turned off, of an alb", Stack: platformStack,
		Edits: edits{setKey("workloads.shop.accessLogs.enabled", "false")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.accessLogs.bucket", Change: "changed, of a clb", Stack: platformStack,
		Edits: edits{setKey("workloads.legacy.accessLogs.bucket", "other-logs")},
		Want:  `update Service legacy-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-name"])`,
	},
	{
		Key: "workloads.<name>.accessLogs.prefix", Change: "removed, of an alb", Stack: platformStack,
		Edits: edits{dropKey("workloads.shop.accessLogs.prefix")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.accessLogs.prefix", Change: "changed, of a gateway-alb", Stack: platformStack,
		Edits: edits{setKey("workloads.front.accessLogs.prefix", "other")},
		Want: `
			update GatewayPatch front (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration front (spec.loadBalancerAttributes[2].value)`,
	},
}
