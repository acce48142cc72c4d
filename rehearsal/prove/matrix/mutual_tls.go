package matrix

// mutualTLSChanges are changes of how HTTPS listeners handle the certificates of clients.
var mutualTLSChanges = []Row{
	{
		Key: "workloads.<name>.mutualTls", Change: "added, of a new alb", Stack: LocalStack,
		Before: edits{setKey("workloads.more", "{kind: alb, certificate: \"arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012\"}")},
		Edits:  edits{setKey("workloads.more.mutualTls", "{mode: passthrough}")},
		Want:   `update Ingress more-alb (metadata.annotations["alb.ingress.kubernetes.io/mutual-authentication"])`,
	},
	{
		Key: "workloads.<name>.mutualTls", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("workloads.shop.mutualTls")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/mutual-authentication"])`,
	},
	{
		Key: "workloads.<name>.mutualTls.mode", Change: "none", Stack: platformStack,
		Edits: edits{setKey("workloads.shop.mutualTls.mode", "none")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/mutual-authentication"])`,
	},
	{
		Key: "workloads.<name>.mutualTls.trustStore", Change: "changed, of a gateway-alb", Stack: platformStack,
		Edits: edits{setKey("workloads.front.mutualTls.trustStore", "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/partners/0123456789abcdef")},
		Want: `
			update GatewayPatch front (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration front (spec.listenerConfigurations[0].mutualAuthentication.trustStore)`,
	},
}
