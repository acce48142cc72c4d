package matrix

// wafChanges are changes of the web ACLs of load balancers. One of local's account is accepted there.
var wafChanges = []Row{
	{
		Key: "workloads.<name>.waf", Change: "added, of a new alb", Stack: LocalStack,
		Before: edits{setKey("workloads.more", "{kind: alb}")},
		Edits:  edits{setKey("workloads.more.waf", "arn:aws:wafv2:ap-northeast-2:000000000000:regional/webacl/shop/12345678-1234-1234-1234-123456789012")},
		Want:   `update Ingress more-alb (metadata.annotations["alb.ingress.kubernetes.io/wafv2-acl-arn"])`,
	},
	{
		Key: "workloads.<name>.waf", Change: "changed", Stack: platformStack,
		Edits: edits{setKey("workloads.shop.waf", "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/other/12345678-1234-1234-1234-123456789012")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/wafv2-acl-arn"])`,
	},
	{
		Key: "workloads.<name>.waf", Change: "none", Stack: platformStack,
		Edits: edits{setKey("workloads.shop.waf", "none")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/wafv2-acl-arn"])`,
	},
	{
		Key: "workloads.<name>.waf", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("workloads.shop.waf")},
		Want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/wafv2-acl-arn"])`,
	},
	{
		Key: "workloads.<name>.waf", Change: "removed, of a gateway-alb", Stack: platformStack,
		Edits: edits{dropKey("workloads.front.waf")},
		Want: `
			update GatewayPatch front (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration front (spec.wafV2)`,
	},
}
