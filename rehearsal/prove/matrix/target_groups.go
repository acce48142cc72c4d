package matrix

// targetGroupChanges are changes of health checks, and of how targets get and lose requests.
var targetGroupChanges = []Row{
	{
		Key: "workloads.<name>.health", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.checked.health")},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold"])`,
	},
	{
		Key: "workloads.<name>.health", Change: "removed, of a port alone", Stack: studyStack,
		Edits: edits{dropKey("workloads.svc-nlb-ip-type.health")},
		Want:  `update Service svc-nlb-ip-type-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"])`,
	},
	{
		Key: "workloads.<name>.health", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.health", "{protocol: HTTP, path: /healthz}")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"])`,
	},
	{
		Key: "workloads.<name>.health.protocol", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.checked.health", "{protocol: TCP, port: 8080, interval: 10, healthyThreshold: 2, unhealthyThreshold: 2}")},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"])`,
	},
	{
		Key: "workloads.<name>.health.port", Change: "removed", Stack: studyStack,
		Edits: edits{dropKey("workloads.svc-nlb-ip-type.health.port")},
		Want:  `update Service svc-nlb-ip-type-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"])`,
	},
	{
		Key: "workloads.<name>.health.path", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.checked.health.path", "/hostname")},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"])`,
	},
	{
		Key: "workloads.<name>.health.interval", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.checked.health.interval", "20")},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"])`,
	},
	{
		Key: "workloads.<name>.health.healthyThreshold", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.checked.health.healthyThreshold", "4")},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"])`,
	},
	{
		Key: "workloads.<name>.health.unhealthyThreshold", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.checked.health.unhealthyThreshold", "4")},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold"])`,
	},
	{
		Key: "workloads.<name>.deregistrationDelay", Change: "changed", Stack: oregonStack,
		Edits: edits{setKey("workloads.web.deregistrationDelay", "60")},
		Want:  `update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])`,
	},
	{
		Key: "workloads.<name>.deregistrationDelay", Change: "removed", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.deregistrationDelay")},
		Want:  `update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])`,
	},
	{
		Key: "workloads.<name>.draining", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.classic-inside.draining", "120")},
		Want:  `update Service classic-inside-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"])`,
	},
	{
		Key: "workloads.<name>.draining", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.classic-inside.draining")},
		Want:  `update Service classic-inside-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"])`,
	},
	{
		Key: "workloads.<name>.targetGroupAttributes", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.checked.targetGroupAttributes", `{stickiness.enabled: "false", stickiness.type: source_ip}`)},
		Want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		Key: "workloads.<name>.targetGroupAttributes", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.secure.targetGroupAttributes")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])`,
	},
}
