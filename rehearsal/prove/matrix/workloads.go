package matrix

import "eksnet/rehearsal/world"

const (
	threeAddresses = "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa3]"
	otherAddresses = "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa4]"
)

var workloadChanges = []Row{
	{
		Key: "workloads.<name>", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.more", "{kind: alb}")},
		Want: `
			create Deployment more
			create Ingress more-alb
			create Namespace more
			create Service more-alb
			create eksnet:workloads:ALB more
			create eksnet:workloads:Application more
			create eksnet:workloads:Backend more
			create eksnet:workloads:Pods more`,
	},
	{
		Key: "workloads.<name>", Change: "removed", Stack: LocalStack,
		Edits: edits{dropKey("workloads.echo")},
		Want: `
			delete Deployment echo
			delete Namespace echo
			delete Service echo-nlb
			delete eksnet:workloads:Application echo
			delete eksnet:workloads:NLB echo
			delete eksnet:workloads:Pods echo`,
	},
	{
		Key: "workloads.<name>", Change: "renamed", Stack: LocalStack,
		Edits: edits{dropKey("workloads.echo"), setKey("workloads.call", "{kind: nlb}")},
		Want: `
			create Deployment call
			create Namespace call
			create Service call-nlb
			create eksnet:workloads:Application call
			create eksnet:workloads:NLB call
			create eksnet:workloads:Pods call
			delete Deployment echo
			delete Namespace echo
			delete Service echo-nlb
			delete eksnet:workloads:Application echo
			delete eksnet:workloads:NLB echo
			delete eksnet:workloads:Pods echo`,
	},
	{
		Key: "workloads.<name>.kind", Change: "clb instead of nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.kind", "clb")},
		Want: `
			create Service echo-clb
			create eksnet:workloads:CLB echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo`,
	},
	{
		Key: "workloads.<name>.kind", Change: "alb instead of nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.kind", "alb")},
		Want: `
			create Ingress echo-alb
			create Service echo-alb
			create eksnet:workloads:ALB echo
			create eksnet:workloads:Backend echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo`,
	},
	{
		Key: "workloads.<name>.kind", Change: "nlb instead of clb", Stack: chinaStack,
		Edits: edits{setKey("workloads.classic.kind", "nlb")},
		Want: `
			create Service classic-nlb
			create eksnet:workloads:NLB classic
			delete Service classic-clb
			delete eksnet:workloads:CLB classic`,
	},
	{
		Key: "workloads.<name>.kind", Change: "speed instead of nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.kind", "speed")},
		Want: `
			create Deployment echo-server
			create Service echo-speed
			create eksnet:workloads:Speed echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo
			update Deployment echo (spec.replicas, spec.template.spec.containers[0].args, spec.template.spec.containers[0].command, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports, spec.template.spec.containers[0].readinessProbe, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser, spec.template.spec.terminationGracePeriodSeconds, spec.template.spec.topologySpreadConstraints[1])`,
	},
	{
		Key: "workloads.<name>", Change: "removed, of kind speed", Stack: devStack,
		Edits: edits{dropKey("workloads.speed")},
		Want: `
			delete Deployment speed
			delete Deployment speed-server
			delete Namespace speed
			delete Service speed-speed
			delete eksnet:workloads:Application speed
			delete eksnet:workloads:Pods speed
			delete eksnet:workloads:Speed speed`,
	},
	{
		Key: "workloads.<name>.app", Change: "changed", Stack: govCloudStack,
		Edits: edits{setKey("workloads.game.app", "nginx")},
		Want: `
			update Deployment game (spec.template.spec.containers[0].command, spec.template.spec.containers[0].env, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports[0].containerPort, spec.template.spec.containers[0].ports[1], spec.template.spec.containers[0].readinessProbe.httpGet.path, spec.template.spec.containers[0].readinessProbe.httpGet.port, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.containers[0].volumeMounts, spec.template.spec.nodeSelector, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser, spec.template.spec.volumes)
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"])`,
	},
	{
		Key: "workloads.<name>.app", Change: "removed", Stack: govCloudStack,
		Edits: edits{dropKey("workloads.game.app")},
		Want: `
			update Deployment game (spec.template.spec.containers[0].args, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports[0].containerPort, spec.template.spec.containers[0].readinessProbe.httpGet.path, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.nodeSelector, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser)
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"])`,
	},
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
		Key: "workloads.<name>.protocol", Change: "TCP instead of TLS", Stack: labStack,
		Edits: edits{dropKey("workloads.encrypted.protocol"), dropKey("workloads.encrypted.certificate")},
		Want:  `update Service encrypted-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"], spec.ports[0].port)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP instead of TLS, of a dual-stack nlb", Stack: ipv6Stack,
		Edits: edits{dropKey("workloads.secure.protocol"), dropKey("workloads.secure.certificate")},
		Want:  `update Service secure-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"], spec.ports[0].port)`,
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
		Edits: edits{dropKey("workloads.secure.certificate"), dropKey("workloads.secure.redirect")},
		Want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"], metadata.annotations["alb.ingress.kubernetes.io/listen-ports"], metadata.annotations["alb.ingress.kubernetes.io/ssl-redirect"])`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "removed from an nlb with TLS", Stack: labStack,
		Edits:   edits{dropKey("workloads.encrypted.certificate")},
		Refused: `workloads["encrypted"].certificate: missing`,
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
	{
		Key: "workloads.<name>.readinessGate", Change: "turned off", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.readinessGate")},
		Want: `
			update Ingress web-alb (metadata.annotations["pulumi.com/waitFor"])
			update Namespace web (metadata.labels)
			update Service web-alb (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.readinessGate", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.readinessGate", "true")},
		Want: `
			update Namespace echo (metadata.labels)
			update Service echo-nlb (metadata.annotations["pulumi.com/waitFor"])`,
		Lost: "it started before its load balancer's Service or Ingress",
	},
	{
		Key: "workloads.<name>.preStop", Change: "changed", Stack: oregonStack,
		Edits: edits{setKey("workloads.web.preStop", "20")},
		Want:  `update Deployment web (spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds)`,
	},
	{
		Key: "workloads.<name>.preStop", Change: "removed", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.preStop")},
		Want:  `update Deployment web (spec.template.spec.containers[0].lifecycle)`,
	},
	{
		Key: "workloads.<name>.gracePeriod", Change: "changed", Stack: oregonStack,
		Edits: edits{setKey("workloads.web.gracePeriod", "120")},
		Want:  `update Deployment web (spec.template.spec.terminationGracePeriodSeconds)`,
	},
	{
		Key: "workloads.<name>.gracePeriod", Change: "removed", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.gracePeriod")},
		Want:  `update Deployment web (spec.template.spec.terminationGracePeriodSeconds)`,
	},
	{
		Key: "workloads.<name>.minAvailable", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.steady-packets.minAvailable", "1")},
		Want:  `update PodDisruptionBudget steady-packets (spec.minAvailable)`,
	},
	{
		Key: "workloads.<name>.minAvailable", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.steady-packets.minAvailable")},
		Want:  `delete PodDisruptionBudget steady-packets`,
	},
	{
		Key: "workloads.<name>.minAvailable", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.minAvailable", "1")},
		Want:  `create PodDisruptionBudget echo`,
	},
	{
		Key: "workloads.<name>.autoscale", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.autoscale", "{max: 4}")},
		Want: `
			create HorizontalPodAutoscaler echo
			update Deployment echo (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.autoscale", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.steady-web.autoscale")},
		Want: `
			delete HorizontalPodAutoscaler steady-web
			update Deployment steady-web (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.autoscale.min", Change: "raised", Stack: labStack,
		Edits: edits{setKey("workloads.steady-web.autoscale.min", "3")},
		Want:  `update HorizontalPodAutoscaler steady-web (spec.minReplicas)`,
	},
	{
		Key: "workloads.<name>.autoscale.max", Change: "lowered", Stack: labStack,
		Edits: edits{setKey("workloads.steady-web.autoscale.max", "4")},
		Want:  `update HorizontalPodAutoscaler steady-web (spec.maxReplicas)`,
	},
	{
		Key: "workloads.<name>.autoscale.cpu", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.steady-web.autoscale.cpu", "50")},
		Want:  `update HorizontalPodAutoscaler steady-web (spec.metrics[0].resource.target.averageUtilization)`,
	},
	{
		Key: "workloads.<name>.replicas", Change: "raised", Stack: stagingStack,
		Edits: edits{setKey("workloads.web.replicas", "4")},
		Want:  `update Deployment web (spec.replicas)`,
	},
	{
		Key: "workloads.<name>.replicas", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("workloads.web.replicas")},
		Want:  `update Deployment web (spec.replicas)`,
	},
	{
		Key: "workloads.<name>.image", Change: "changed", Stack: chinaStack,
		Edits: edits{setKey("workloads.web.image", "444455556666.dkr.ecr.cn-northwest-1.amazonaws.com.cn/agnhost:2.54")},
		Want:  `update Deployment web (spec.template.spec.containers[0].image)`,
	},
	{
		Key: "workloads.<name>.image", Change: "removed where nodes have no internet access", Stack: frankfurtStack,
		Edits:   edits{dropKey("workloads.web.image")},
		Refused: `workloads["web"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 cannot be pulled`,
	},
}

// ownAddresses makes an elastic IP of the operator's own for each of three zones.
func ownAddresses(w *world.World, _ string) (before, after edits, err error) {
	w.Hold("eipalloc-0aaaaaaaaaaaaaaa1", "eipalloc-0aaaaaaaaaaaaaaa2", "eipalloc-0aaaaaaaaaaaaaaa3", "eipalloc-0aaaaaaaaaaaaaaa4")
	return nil, nil, nil
}

// ownSecurityGroup makes a security group of the operator's own, which a workload then has.
func ownSecurityGroup(w *world.World, vpc string) (before, after edits, err error) {
	id, err := w.MakeSecurityGroup(vpc, "edge")
	return nil, edits{setKey("workloads.echo.securityGroups", "["+id+"]")}, err
}

// ownSecurityGroupBefore does so before the change.
func ownSecurityGroupBefore(w *world.World, vpc string) (before, after edits, err error) {
	_, before, err = ownSecurityGroup(w, vpc)
	return before, nil, err
}
