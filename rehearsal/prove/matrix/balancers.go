package matrix

const (
	threeAddresses = "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa3]"
	otherAddresses = "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa4]"
)

// balancerChanges are changes of the load balancers of workloads, of their listeners and of their rules.
var balancerChanges = []Row{
	{
		Key: "workloads.<name>.scheme", Change: "internet-facing, of an alb", Stack: govCloudStack,
		Edits: edits{dropKey("workloads.game.scheme")},
		Want:  `update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/scheme"], metadata.annotations["alb.ingress.kubernetes.io/subnets"])`,
	},
	{
		Key: "workloads.<name>.scheme", Change: "internal, of an nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.scheme", "internal")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		Key: "workloads.<name>.scheme", Change: "internal, of a clb", Stack: chinaStack,
		Edits: edits{setKey("workloads.classic.scheme", "internal")},
		Want:  `replace Service classic-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-internal"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		Key: "workloads.<name>.target", Change: "ip instead of instance", Stack: govCloudStack,
		Edits: edits{dropKey("workloads.echo.target")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)`,
	},
	{
		Key: "workloads.<name>.target", Change: "instance instead of ip", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.target", "instance")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP instead of UDP", Stack: labStack,
		Edits: edits{dropKey("workloads.datagrams.protocol")},
		Want: `
			update Deployment datagrams (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Service datagrams-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[0].name, spec.ports[0].protocol, spec.ports[0].targetPort)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "UDP instead of TCP", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.protocol", "UDP")},
		Want: `
			update Deployment echo (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[0].name, spec.ports[0].protocol, spec.ports[0].targetPort)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP_UDP instead of TCP", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.protocol", "TCP_UDP")},
		Want: `
			update Deployment echo (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[1])`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP instead of TCP_UDP", Stack: platformStack,
		Edits: edits{dropKey("workloads.names.protocol")},
		Want: `
			update Deployment names (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Service names-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[1])`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP instead of TLS", Stack: labStack,
		Edits: edits{dropKey("workloads.encrypted.protocol"), dropKey("workloads.encrypted.certificate")},
		Want:  `update Service encrypted-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"], spec.ports[0].port)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP instead of TLS, of a dual-stack nlb", Stack: ipv6Stack,
		Edits: edits{dropKey("workloads.secure.protocol"), dropKey("workloads.secure.certificate")},
		Want:  `update Service secure-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"], spec.ports[0].port)`,
	},
	{
		Key: "workloads.<name>.port", Change: "changed, of a clb", Stack: labStack,
		Edits: edits{setKey("workloads.classic-inside.port", "8443")},
		Want:  `update Service classic-inside-clb (spec.ports[0].port)`,
	},
	{
		Key: "workloads.<name>.port", Change: "removed, of an nlb", Stack: labStack,
		Edits: edits{dropKey("workloads.local-datagrams.port")},
		Want:  `update Service local-datagrams-nlb (spec.ports[0].port)`,
	},
	{
		Key: "workloads.<name>.port", Change: "added, of an nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.port", "8080")},
		Want:  `update Service echo-nlb (spec.ports[0].port)`,
	},
	{
		Key: "workloads.<name>.trafficPolicy", Change: "Cluster instead of Local, of a clb", Stack: labStack,
		Edits: edits{dropKey("workloads.classic-local.trafficPolicy")},
		Want:  `update Service classic-local-clb (spec.externalTrafficPolicy)`,
	},
	{
		Key: "workloads.<name>.trafficPolicy", Change: "Cluster instead of Local, of an nlb", Stack: labStack,
		Edits: edits{dropKey("workloads.local-nodes.trafficPolicy")},
		Want:  `update Service local-nodes-nlb (spec.externalTrafficPolicy)`,
	},
	{
		Key: "workloads.<name>.trafficPolicy", Change: "Cluster instead of Local, of an alb", Stack: labStack,
		Edits: edits{dropKey("workloads.alone-local.trafficPolicy")},
		Want:  `update Service alone-local-alb (spec.externalTrafficPolicy)`,
	},
	{
		Key: "workloads.<name>.trafficPolicy", Change: "Local instead of Cluster", Stack: govCloudStack,
		Edits: edits{setKey("workloads.echo.trafficPolicy", "Local")},
		Want:  `update Service echo-nlb (spec.externalTrafficPolicy)`,
	},
	{
		Key: "workloads.<name>.proxyProtocol", Change: "turned off, of a clb", Stack: labStack,
		Edits: edits{dropKey("workloads.classic-proxied.proxyProtocol")},
		Want: `
			update Deployment classic-proxied (spec.template.spec.containers[0].env[0].value)
			update Service classic-proxied-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"])`,
	},
	{
		Key: "workloads.<name>.proxyProtocol", Change: "turned off, of an nlb", Stack: studyStack,
		Edits: edits{dropKey("workloads.ppv2.proxyProtocol")},
		Want: `
			update Deployment ppv2 (spec.template.spec.containers[0].env[0].value)
			update Service ppv2-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"])`,
	},
	{
		Key: "workloads.<name>.preserveClientAddress", Change: "turned off", Stack: labStack,
		Edits: edits{setKey("workloads.kept.preserveClientAddress", "false")},
		Want:  `update Service kept-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		Key: "workloads.<name>.preserveClientAddress", Change: "turned off, of a dual-stack nlb", Stack: ipv6Stack,
		Edits: edits{setKey("workloads.direct.preserveClientAddress", "false")},
		Want:  `update Service direct-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		Key: "workloads.<name>.preserveClientAddress", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.kept.preserveClientAddress")},
		Want:  `update Service kept-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		Key: "workloads.<name>.crossZone", Change: "turned off, of an nlb", Stack: studyStack,
		Edits: edits{dropKey("workloads.svc-nlb-ip-type.crossZone")},
		Want:  `update Service svc-nlb-ip-type-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.crossZone", Change: "turned off, of a clb", Stack: labStack,
		Edits: edits{dropKey("workloads.classic-proxied.crossZone")},
		Want:  `update Service classic-proxied-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled"])`,
	},
	{
		Key: "workloads.<name>.sourceRanges", Change: "changed, of an nlb", Stack: labStack,
		Edits: edits{setKey("workloads.kept.sourceRanges", "[198.51.100.0/24]")},
		Want:  `update Service kept-nlb (spec.loadBalancerSourceRanges[0])`,
	},
	{
		Key: "workloads.<name>.sourceRanges", Change: "IPv6 alone, of a dual-stack nlb", Stack: ipv6Stack,
		Edits: edits{setKey("workloads.direct.sourceRanges", `["2001:db8:40::/48"]`)},
		Want:  `update Service direct-nlb (spec.loadBalancerSourceRanges[0], spec.loadBalancerSourceRanges[1])`,
	},
	{
		Key: "workloads.<name>.sourceRanges", Change: "removed, of a clb", Stack: labStack,
		Edits: edits{dropKey("workloads.classic-inside.sourceRanges")},
		Want:  `update Service classic-inside-clb (spec.loadBalancerSourceRanges)`,
	},
	{
		Key: "workloads.<name>.sourceRanges", Change: "added, of an nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.sourceRanges", "[203.0.113.0/24]")},
		Want:  `update Service echo-nlb (spec.loadBalancerSourceRanges)`,
	},
	{
		Key: "workloads.<name>.prefixLists", Change: "added, of an nlb", Stack: LocalStack,
		Own:   ownPrefixLists,
		Edits: edits{setKey("workloads.echo.prefixLists", "{pl-0aaaaaaaaaaaaaaa1: 20}")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists"])`,
	},
	{
		Key: "workloads.<name>.prefixLists", Change: "another list, of an alb", Stack: platformStack,
		Own:   ownPrefixLists,
		Edits: edits{setKey("workloads.docs.prefixLists", "{pl-0aaaaaaaaaaaaaaa1: 20, pl-0aaaaaaaaaaaaaaa2: 5}")},
		Want:  `update Ingress docs-alb (metadata.annotations["alb.ingress.kubernetes.io/security-group-prefix-lists"])`,
	},
	{
		Key: "workloads.<name>.prefixLists", Change: "another number of entries, which AWS has", Stack: platformStack,
		Edits: edits{setKey("workloads.docs.prefixLists", "{pl-0123456789abcdef1: 15}")},
	},
	{
		Key: "workloads.<name>.prefixLists", Change: "removed", Stack: platformStack,
		Edits: edits{dropKey("workloads.stream.prefixLists")},
		Want:  `update Service stream-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists"])`,
	},
	{
		Key: "workloads.<name>.zones", Change: "shortened", Stack: labStack,
		Edits: edits{setKey("workloads.inside.zones", "[ap-northeast-2a, ap-northeast-2b]")},
		Want:  `update Service inside-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
		Lost:  "Target.NotInUse", // a pod may be in the zone that the load balancer leaves
	},
	{
		Key: "workloads.<name>.zones", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.inside.zones")},
	},
	{
		Key: "workloads.<name>.securityGroups", Change: "added", Stack: LocalStack,
		Own:  ownSecurityGroup,
		Want: `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-groups"])`,
	},
	{
		Key: "workloads.<name>.securityGroups", Change: "removed", Stack: LocalStack,
		Own:   ownSecurityGroupBefore,
		Edits: edits{dropKey("workloads.echo.securityGroups")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-groups"])`,
	},
	{
		Key: "workloads.<name>.elasticIps", Change: "added", Stack: LocalStack,
		Own:   ownAddresses,
		Edits: edits{setKey("workloads.echo.elasticIps", threeAddresses)},
		Want:  `replace Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])`,
	},
	{
		Key: "workloads.<name>.elasticIps", Change: "changed", Stack: LocalStack,
		Own:    ownAddresses,
		Before: edits{setKey("workloads.echo.elasticIps", threeAddresses)},
		Edits:  edits{setKey("workloads.echo.elasticIps", otherAddresses)},
		Want:   `replace Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])`,
	},
	{
		Key: "workloads.<name>.elasticIps", Change: "removed", Stack: LocalStack,
		Own:    ownAddresses,
		Before: edits{setKey("workloads.echo.elasticIps", threeAddresses)},
		Edits:  edits{dropKey("workloads.echo.elasticIps")},
		Want:   `replace Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])`,
	},
	{
		Key: "workloads.<name>.attributes", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.secure.attributes", `{idle_timeout.timeout_seconds: "60", routing.http.drop_invalid_header_fields.enabled: "true"}`)},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.attributes", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.secure.attributes")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.secure.certificate", "arn:aws:acm:ap-northeast-2:111122223333:certificate/87654321-4321-4321-4321-210987654321")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"])`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "changed, of a dual-stack nlb", Stack: ipv6Stack,
		Edits: edits{setKey("workloads.secure.certificate", "arn:aws:acm:eu-north-1:111122223333:certificate/87654321-4321-4321-4321-210987654321")},
		Want:  `update Service secure-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"])`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.secure.certificate"), dropKey("workloads.secure.redirect"), dropKey("workloads.secure.tlsPolicy")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"], metadata.annotations["alb.ingress.kubernetes.io/listen-ports"], metadata.annotations["alb.ingress.kubernetes.io/ssl-policy"], metadata.annotations["alb.ingress.kubernetes.io/ssl-redirect"])`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "removed from an nlb with TLS", Stack: labStack,
		Edits:   edits{dropKey("workloads.encrypted.certificate")},
		Refused: `workloads["encrypted"].certificate: missing`,
	},
	{
		Key: "workloads.<name>.idleTimeout", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.idleTimeout", "600")},
		Want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-80"])`,
	},
	{
		Key: "workloads.<name>.idleTimeout", Change: "removed", Stack: LocalStack,
		Before: edits{setKey("workloads.echo.idleTimeout", "600")},
		Edits:  edits{dropKey("workloads.echo.idleTimeout")},
		Want:   `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-80"])`,
	},
	{
		Key: "workloads.<name>.idleTimeout", Change: "changed", Stack: oregonStack,
		Edits: edits{setKey("workloads.steady.idleTimeout", "900")},
		Want:  `update Service steady-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-80"])`,
	},
	{
		Key: "workloads.<name>.tlsPolicy", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.secure.tlsPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/ssl-policy"])`,
	},
	{
		Key: "workloads.<name>.tlsPolicy", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.secure.tlsPolicy")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/ssl-policy"])`,
	},
	{
		Key: "workloads.<name>.tlsPolicy", Change: "added to an nlb", Stack: ipv6Stack,
		Edits: edits{setKey("workloads.secure.tlsPolicy", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09")},
		Want:  `update Service secure-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"])`,
	},
	{
		Key: "workloads.<name>.tlsPolicy", Change: "one that AWS does not have", Stack: ipv6Stack,
		Edits:   edits{setKey("workloads.secure.tlsPolicy", "ELBSecurityPolicy-TLS13-1-4")},
		Refused: `workloads["secure"].tlsPolicy: "ELBSecurityPolicy-TLS13-1-4" is not a security policy of load balancers`,
	},
	{
		Key: "workloads.<name>.redirect", Change: "turned off", Stack: labStack,
		Edits: edits{setKey("workloads.secure.redirect", "false")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/ssl-redirect"])`,
	},
	{
		Key: "workloads.<name>.redirect", Change: "removed where it is the default", Stack: labStack,
		Edits: edits{dropKey("workloads.secure.redirect")},
	},
	{
		Key: "workloads.<name>.group", Change: "removed", Stack: studyStack,
		Edits: edits{dropKey("workloads.my-nginx.group")},
		Want:  `update Ingress my-nginx-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		Key: "workloads.<name>.group", Change: "added", Stack: devStack,
		Edits: edits{setKey("workloads.alone.group", "demo")},
		Want:  `update Ingress alone-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		Key: "workloads.<name>.group", Change: "renamed for all members", Stack: virginiaStack,
		Edits: edits{setKey("workloads.shop.group", "front"), setKey("workloads.game.group", "front")},
		Want: `
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"])
			update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"])`,
	},
	{
		Key: "workloads.<name>.order", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.early.order", "-2")},
		Want:  `update Ingress early-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		Key: "workloads.<name>.order", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.early.order")},
		Want:  `update Ingress early-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		Key: "workloads.<name>.hostname", Change: "changed", Stack: ipv6Stack,
		Edits: edits{setKey("workloads.echo.hostname", "tcp.dev6.example.com")},
		Want: `
			create Record dev6-tcp.dev6.example.com-A
			create Record dev6-tcp.dev6.example.com-AAAA
			create Record dev6-tcp.dev6.example.com-private-A
			create Record dev6-tcp.dev6.example.com-private-AAAA
			create eksnet:dns:Record dev6-tcp.dev6.example.com
			create eksnet:dns:Record dev6-tcp.dev6.example.com-private
			delete Record dev6-echo.dev6.example.com-A
			delete Record dev6-echo.dev6.example.com-AAAA
			delete Record dev6-echo.dev6.example.com-private-A
			delete Record dev6-echo.dev6.example.com-private-AAAA
			delete eksnet:dns:Record dev6-echo.dev6.example.com
			delete eksnet:dns:Record dev6-echo.dev6.example.com-private
			update Policy dev6-external-dns (policy)`,
	},
	{
		Key: "workloads.<name>.hostname", Change: "removed", Stack: ipv6Stack,
		Edits: edits{dropKey("workloads.echo.hostname")},
		Want: `
			delete Record dev6-echo.dev6.example.com-A
			delete Record dev6-echo.dev6.example.com-AAAA
			delete Record dev6-echo.dev6.example.com-private-A
			delete Record dev6-echo.dev6.example.com-private-AAAA
			delete eksnet:dns:Record dev6-echo.dev6.example.com
			delete eksnet:dns:Record dev6-echo.dev6.example.com-private
			update Policy dev6-external-dns (policy)`,
	},
	{
		Key: "workloads.<name>.hosts", Change: "changed", Stack: devStack,
		Edits: edits{setKey("workloads.game.hosts", "[play.example.com]")},
		Want:  `update Ingress game-alb (spec.rules[0].host)`,
	},
	{
		Key: "workloads.<name>.hosts", Change: "removed", Stack: devStack,
		Edits: edits{dropKey("workloads.game.hosts")},
		Want:  `update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.rules[0].host)`,
	},
	{
		Key: "workloads.<name>.hosts", Change: "added", Stack: devStack,
		Edits: edits{setKey("workloads.alone.hosts", "[alone.example.com]")},
		Want:  `update Ingress alone-alb (spec.rules[0].host)`,
	},
	{
		Key: "workloads.<name>.paths", Change: "changed", Stack: devStack,
		Edits: edits{setKey("workloads.shop-cart.paths", "[/cart, /checkout]")},
		Want:  `update Ingress shop-cart-alb (spec.rules[0].http.paths[1])`,
	},
	{
		Key: "workloads.<name>.paths", Change: "equal to those of another member", Stack: devStack,
		Edits:   edits{dropKey("workloads.shop-cart.paths")},
		Refused: `workloads["shop-cart"]: host "shop.example.com" and path / are also those of workload shop`,
	},
	{
		Key: "workloads.<name>.defaultBackend", Change: "turned off", Stack: labStack,
		Edits: edits{dropKey("workloads.rest.defaultBackend")},
		Want:  `update Ingress rest-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.defaultBackend, spec.rules)`,
	},
	{
		Key: "workloads.<name>.defaultBackend", Change: "moved to another member", Stack: labStack,
		Edits: edits{dropKey("workloads.rest.defaultBackend"), setKey("workloads.rest.paths", "[/rest]"), setKey("workloads.game.defaultBackend", "true")},
		Want: `
			update Ingress game-alb (spec.defaultBackend)
			update Ingress rest-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.defaultBackend, spec.rules)`,
	},
}
