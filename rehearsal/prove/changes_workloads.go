package prove

import "eksnet/rehearsal/world"

const (
	threeAddresses = "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa3]"
	otherAddresses = "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa4]"
)

var workloadChanges = []changeRow{
	{
		key: "workloads.<name>", change: "added", stack: localStack,
		edits: edits{setKey("workloads.more", "{kind: alb}")},
		want: `
			create Deployment more
			create Ingress more-alb
			create IngressClass local-alb
			create Namespace more
			create Service more-alb
			create eksnet:addons:IngressClass local-alb
			create eksnet:workloads:ALB more
			create eksnet:workloads:Application more
			create eksnet:workloads:Backend more
			create eksnet:workloads:Pods more`,
	},
	{
		key: "workloads.<name>", change: "removed", stack: localStack,
		edits: edits{dropKey("workloads.echo")},
		want: `
			delete Deployment echo
			delete Namespace echo
			delete Service echo-nlb
			delete eksnet:workloads:Application echo
			delete eksnet:workloads:NLB echo
			delete eksnet:workloads:Pods echo`,
	},
	{
		key: "workloads.<name>", change: "renamed", stack: localStack,
		edits: edits{dropKey("workloads.echo"), setKey("workloads.call", "{kind: nlb}")},
		want: `
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
		key: "workloads.<name>.kind", change: "clb instead of nlb", stack: localStack,
		edits: edits{setKey("workloads.echo.kind", "clb")},
		want: `
			create Service echo-clb
			create eksnet:workloads:CLB echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo`,
	},
	{
		key: "workloads.<name>.kind", change: "alb instead of nlb", stack: localStack,
		edits: edits{setKey("workloads.echo.kind", "alb")},
		want: `
			create Ingress echo-alb
			create IngressClass local-alb
			create Service echo-alb
			create eksnet:addons:IngressClass local-alb
			create eksnet:workloads:ALB echo
			create eksnet:workloads:Backend echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo`,
	},
	{
		key: "workloads.<name>.kind", change: "nlb instead of clb", stack: chinaStack,
		edits: edits{setKey("workloads.classic.kind", "nlb")},
		want: `
			create Service classic-nlb
			create eksnet:workloads:NLB classic
			delete Service classic-clb
			delete eksnet:workloads:CLB classic`,
	},
	{
		key: "workloads.<name>.app", change: "changed", stack: govCloudStack,
		edits: edits{setKey("workloads.game.app", "nginx")},
		want: `
			update Deployment game (spec.template.spec.containers[0].command, spec.template.spec.containers[0].env, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports[0].containerPort, spec.template.spec.containers[0].ports[1], spec.template.spec.containers[0].readinessProbe.httpGet.path, spec.template.spec.containers[0].readinessProbe.httpGet.port, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.containers[0].volumeMounts, spec.template.spec.nodeSelector, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser, spec.template.spec.volumes)
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"])`,
	},
	{
		key: "workloads.<name>.app", change: "removed", stack: govCloudStack,
		edits: edits{dropKey("workloads.game.app")},
		want: `
			update Deployment game (spec.template.spec.containers[0].args, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports[0].containerPort, spec.template.spec.containers[0].readinessProbe.httpGet.path, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.nodeSelector, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser)
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"])`,
	},
	{
		key: "workloads.<name>.scheme", change: "internet-facing, of an alb", stack: govCloudStack,
		edits: edits{dropKey("workloads.game.scheme")},
		want:  `update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/scheme"], metadata.annotations["alb.ingress.kubernetes.io/subnets"])`,
	},
	{
		key: "workloads.<name>.scheme", change: "internal, of an nlb", stack: localStack,
		edits: edits{setKey("workloads.echo.scheme", "internal")},
		want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		key: "workloads.<name>.scheme", change: "internal, of a clb", stack: chinaStack,
		edits: edits{setKey("workloads.classic.scheme", "internal")},
		want:  `replace Service classic-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-internal"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		key: "workloads.<name>.target", change: "ip instead of instance", stack: govCloudStack,
		edits: edits{dropKey("workloads.echo.target")},
		want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)`,
	},
	{
		key: "workloads.<name>.target", change: "instance instead of ip", stack: localStack,
		edits: edits{setKey("workloads.echo.target", "instance")},
		want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)`,
	},
	{
		key: "workloads.<name>.protocol", change: "TCP instead of UDP", stack: labStack,
		edits: edits{dropKey("workloads.datagrams.protocol")},
		want: `
			update Deployment datagrams (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Service datagrams-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[0].name, spec.ports[0].protocol, spec.ports[0].targetPort)`,
	},
	{
		key: "workloads.<name>.protocol", change: "UDP instead of TCP", stack: localStack,
		edits: edits{setKey("workloads.echo.protocol", "UDP")},
		want: `
			update Deployment echo (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[0].name, spec.ports[0].protocol, spec.ports[0].targetPort)`,
	},
	{
		key: "workloads.<name>.protocol", change: "TCP instead of TLS", stack: labStack,
		edits: edits{dropKey("workloads.encrypted.protocol"), dropKey("workloads.encrypted.certificate")},
		want:  `update Service encrypted-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"], spec.ports[0].port)`,
	},
	{
		key: "workloads.<name>.trafficPolicy", change: "Cluster instead of Local, of a clb", stack: labStack,
		edits: edits{dropKey("workloads.classic-local.trafficPolicy")},
		want:  `update Service classic-local-clb (spec.externalTrafficPolicy)`,
	},
	{
		key: "workloads.<name>.trafficPolicy", change: "Cluster instead of Local, of an nlb", stack: labStack,
		edits: edits{dropKey("workloads.local-nodes.trafficPolicy")},
		want:  `update Service local-nodes-nlb (spec.externalTrafficPolicy)`,
	},
	{
		key: "workloads.<name>.trafficPolicy", change: "Local instead of Cluster", stack: govCloudStack,
		edits: edits{setKey("workloads.echo.trafficPolicy", "Local")},
		want:  `update Service echo-nlb (spec.externalTrafficPolicy)`,
	},
	{
		key: "workloads.<name>.proxyProtocol", change: "switched off, of a clb", stack: labStack,
		edits: edits{dropKey("workloads.classic-proxied.proxyProtocol")},
		want: `
			update Deployment classic-proxied (spec.template.spec.containers[0].env[0].value)
			update Service classic-proxied-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"])`,
	},
	{
		key: "workloads.<name>.proxyProtocol", change: "switched off, of an nlb", stack: labStack,
		edits: edits{dropKey("workloads.proxied.proxyProtocol")},
		want: `
			update Deployment proxied (spec.template.spec.containers[0].env[0].value)
			update Service proxied-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"])`,
	},
	{
		key: "workloads.<name>.preserveClientAddress", change: "switched off", stack: labStack,
		edits: edits{setKey("workloads.kept.preserveClientAddress", "false")},
		want:  `update Service kept-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		key: "workloads.<name>.preserveClientAddress", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.kept.preserveClientAddress")},
		want:  `update Service kept-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		key: "workloads.<name>.crossZone", change: "switched off, of an nlb", stack: labStack,
		edits: edits{dropKey("workloads.kept.crossZone")},
		want:  `update Service kept-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])`,
	},
	{
		key: "workloads.<name>.crossZone", change: "switched off, of a clb", stack: labStack,
		edits: edits{dropKey("workloads.classic-proxied.crossZone")},
		want:  `update Service classic-proxied-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled"])`,
	},
	{
		key: "workloads.<name>.sourceRanges", change: "changed, of an nlb", stack: labStack,
		edits: edits{setKey("workloads.kept.sourceRanges", "[198.51.100.0/24]")},
		want:  `update Service kept-nlb (spec.loadBalancerSourceRanges[0])`,
	},
	{
		key: "workloads.<name>.sourceRanges", change: "removed, of a clb", stack: labStack,
		edits: edits{dropKey("workloads.classic-inside.sourceRanges")},
		want:  `update Service classic-inside-clb (spec.loadBalancerSourceRanges)`,
	},
	{
		key: "workloads.<name>.sourceRanges", change: "added, of an nlb", stack: localStack,
		edits: edits{setKey("workloads.echo.sourceRanges", "[203.0.113.0/24]")},
		want:  `update Service echo-nlb (spec.loadBalancerSourceRanges)`,
	},
	{
		key: "workloads.<name>.zones", change: "shortened", stack: labStack,
		edits: edits{setKey("workloads.inside.zones", "[ap-northeast-2a, ap-northeast-2b]")},
		want:  `update Service inside-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
		lost:  "Target.NotInUse", // a pod may be in the zone that the load balancer leaves
	},
	{
		key: "workloads.<name>.zones", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.inside.zones")},
	},
	{
		key: "workloads.<name>.securityGroups", change: "added", stack: localStack,
		own:  ownSecurityGroup,
		want: `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-groups"])`,
	},
	{
		key: "workloads.<name>.securityGroups", change: "removed", stack: localStack,
		own:   ownSecurityGroupBefore,
		edits: edits{dropKey("workloads.echo.securityGroups")},
		want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-groups"])`,
	},
	{
		key: "workloads.<name>.elasticIps", change: "added", stack: localStack,
		own:   ownAddresses,
		edits: edits{setKey("workloads.echo.elasticIps", threeAddresses)},
		want:  `replace Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])`,
	},
	{
		key: "workloads.<name>.elasticIps", change: "changed", stack: localStack,
		own:    ownAddresses,
		before: edits{setKey("workloads.echo.elasticIps", threeAddresses)},
		edits:  edits{setKey("workloads.echo.elasticIps", otherAddresses)},
		want:   `replace Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])`,
	},
	{
		key: "workloads.<name>.elasticIps", change: "removed", stack: localStack,
		own:    ownAddresses,
		before: edits{setKey("workloads.echo.elasticIps", threeAddresses)},
		edits:  edits{dropKey("workloads.echo.elasticIps")},
		want:   `replace Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])`,
	},
	{
		key: "workloads.<name>.attributes", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.secure.attributes", `{idle_timeout.timeout_seconds: "60", routing.http.drop_invalid_header_fields.enabled: "true"}`)},
		want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])`,
	},
	{
		key: "workloads.<name>.attributes", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.secure.attributes")},
		want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])`,
	},
	{
		key: "workloads.<name>.certificate", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.secure.certificate", "arn:aws:acm:ap-northeast-2:111122223333:certificate/87654321-4321-4321-4321-210987654321")},
		want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"])`,
	},
	{
		key: "workloads.<name>.certificate", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.secure.certificate"), dropKey("workloads.secure.redirect")},
		want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"], metadata.annotations["alb.ingress.kubernetes.io/listen-ports"], metadata.annotations["alb.ingress.kubernetes.io/ssl-redirect"])`,
	},
	{
		key: "workloads.<name>.certificate", change: "removed from an nlb with TLS", stack: labStack,
		edits:   edits{dropKey("workloads.encrypted.certificate")},
		refused: `workloads["encrypted"].certificate: missing`,
	},
	{
		key: "workloads.<name>.redirect", change: "switched off", stack: labStack,
		edits: edits{setKey("workloads.secure.redirect", "false")},
		want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/ssl-redirect"])`,
	},
	{
		key: "workloads.<name>.redirect", change: "removed where it is the default", stack: labStack,
		edits: edits{dropKey("workloads.secure.redirect")},
	},
	{
		key: "workloads.<name>.group", change: "removed", stack: devStack,
		edits: edits{dropKey("workloads.shop.group")},
		want:  `update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		key: "workloads.<name>.group", change: "added", stack: devStack,
		edits: edits{setKey("workloads.alone.group", "demo")},
		want:  `update Ingress alone-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		key: "workloads.<name>.group", change: "renamed for all members", stack: virginiaStack,
		edits: edits{setKey("workloads.shop.group", "front"), setKey("workloads.game.group", "front")},
		want: `
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"])
			update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"])`,
	},
	{
		key: "workloads.<name>.order", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.early.order", "-2")},
		want:  `update Ingress early-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		key: "workloads.<name>.order", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.early.order")},
		want:  `update Ingress early-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
	},
	{
		key: "workloads.<name>.hosts", change: "changed", stack: devStack,
		edits: edits{setKey("workloads.game.hosts", "[play.example.com]")},
		want:  `update Ingress game-alb (spec.rules[0].host)`,
	},
	{
		key: "workloads.<name>.hosts", change: "removed", stack: devStack,
		edits: edits{dropKey("workloads.game.hosts")},
		want:  `update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.rules[0].host)`,
	},
	{
		key: "workloads.<name>.hosts", change: "added", stack: devStack,
		edits: edits{setKey("workloads.alone.hosts", "[alone.example.com]")},
		want:  `update Ingress alone-alb (spec.rules[0].host)`,
	},
	{
		key: "workloads.<name>.paths", change: "changed", stack: devStack,
		edits: edits{setKey("workloads.shop-cart.paths", "[/cart, /checkout]")},
		want:  `update Ingress shop-cart-alb (spec.rules[0].http.paths[1])`,
	},
	{
		key: "workloads.<name>.paths", change: "those of another member", stack: devStack,
		edits:   edits{dropKey("workloads.shop-cart.paths")},
		refused: `workloads["shop-cart"]: host "shop.example.com" and path / are also those of workload shop`,
	},
	{
		key: "workloads.<name>.defaultBackend", change: "switched off", stack: labStack,
		edits: edits{dropKey("workloads.rest.defaultBackend")},
		want:  `update Ingress rest-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.defaultBackend, spec.rules)`,
	},
	{
		key: "workloads.<name>.defaultBackend", change: "moved to another member", stack: labStack,
		edits: edits{dropKey("workloads.rest.defaultBackend"), setKey("workloads.rest.paths", "[/rest]"), setKey("workloads.game.defaultBackend", "true")},
		want: `
			update Ingress game-alb (spec.defaultBackend)
			update Ingress rest-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.defaultBackend, spec.rules)`,
	},
	{
		key: "workloads.<name>.health", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.checked.health")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold"])`,
	},
	{
		key: "workloads.<name>.health", change: "added", stack: localStack,
		edits: edits{setKey("workloads.echo.health", "{protocol: HTTP, path: /healthz}")},
		want:  `update Service echo-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"])`,
	},
	{
		key: "workloads.<name>.health.protocol", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.checked.health", "{protocol: TCP, port: 8080, interval: 10, healthyThreshold: 2, unhealthyThreshold: 2}")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"])`,
	},
	{
		key: "workloads.<name>.health.port", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.checked.health.port")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"])`,
	},
	{
		key: "workloads.<name>.health.path", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.checked.health.path", "/hostname")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"])`,
	},
	{
		key: "workloads.<name>.health.interval", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.checked.health.interval", "20")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"])`,
	},
	{
		key: "workloads.<name>.health.healthyThreshold", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.checked.health.healthyThreshold", "4")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"])`,
	},
	{
		key: "workloads.<name>.health.unhealthyThreshold", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.checked.health.unhealthyThreshold", "4")},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold"])`,
	},
	{
		key: "workloads.<name>.deregistrationDelay", change: "changed", stack: oregonStack,
		edits: edits{setKey("workloads.web.deregistrationDelay", "60")},
		want:  `update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])`,
	},
	{
		key: "workloads.<name>.deregistrationDelay", change: "removed", stack: oregonStack,
		edits: edits{dropKey("workloads.web.deregistrationDelay")},
		want:  `update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])`,
	},
	{
		key: "workloads.<name>.draining", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.classic-inside.draining", "120")},
		want:  `update Service classic-inside-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"])`,
	},
	{
		key: "workloads.<name>.draining", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.classic-inside.draining")},
		want:  `update Service classic-inside-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"])`,
	},
	{
		key: "workloads.<name>.targetGroupAttributes", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.checked.targetGroupAttributes", `{stickiness.enabled: "false", stickiness.type: source_ip}`)},
		want:  `update Service checked-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		key: "workloads.<name>.targetGroupAttributes", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.secure.targetGroupAttributes")},
		want:  `update Ingress secure-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])`,
	},
	{
		key: "workloads.<name>.readinessGate", change: "switched off", stack: oregonStack,
		edits: edits{dropKey("workloads.web.readinessGate")},
		want: `
			update Ingress web-alb (metadata.annotations["pulumi.com/waitFor"])
			update Namespace web (metadata.labels)
			update Service web-alb (metadata.annotations["pulumi.com/skipAwait"])`,
	},
	{
		key: "workloads.<name>.readinessGate", change: "switched on", stack: localStack,
		edits: edits{setKey("workloads.echo.readinessGate", "true")},
		want: `
			update Namespace echo (metadata.labels)
			update Service echo-nlb (metadata.annotations["pulumi.com/waitFor"])`,
		lost: "it started before its load balancer's Service or Ingress",
	},
	{
		key: "workloads.<name>.preStop", change: "changed", stack: oregonStack,
		edits: edits{setKey("workloads.web.preStop", "20")},
		want:  `update Deployment web (spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds)`,
	},
	{
		key: "workloads.<name>.preStop", change: "removed", stack: oregonStack,
		edits: edits{dropKey("workloads.web.preStop")},
		want:  `update Deployment web (spec.template.spec.containers[0].lifecycle)`,
	},
	{
		key: "workloads.<name>.gracePeriod", change: "changed", stack: oregonStack,
		edits: edits{setKey("workloads.web.gracePeriod", "120")},
		want:  `update Deployment web (spec.template.spec.terminationGracePeriodSeconds)`,
	},
	{
		key: "workloads.<name>.gracePeriod", change: "removed", stack: oregonStack,
		edits: edits{dropKey("workloads.web.gracePeriod")},
		want:  `update Deployment web (spec.template.spec.terminationGracePeriodSeconds)`,
	},
	{
		key: "workloads.<name>.minAvailable", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.steady-packets.minAvailable", "1")},
		want:  `update PodDisruptionBudget steady-packets (spec.minAvailable)`,
	},
	{
		key: "workloads.<name>.minAvailable", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.steady-packets.minAvailable")},
		want:  `delete PodDisruptionBudget steady-packets`,
	},
	{
		key: "workloads.<name>.minAvailable", change: "added", stack: localStack,
		edits: edits{setKey("workloads.echo.minAvailable", "1")},
		want:  `create PodDisruptionBudget echo`,
	},
	{
		key: "workloads.<name>.autoscale", change: "added", stack: localStack,
		edits: edits{setKey("workloads.echo.autoscale", "{max: 4}")},
		want: `
			create HorizontalPodAutoscaler echo
			update Deployment echo (metadata.annotations)`,
	},
	{
		key: "workloads.<name>.autoscale", change: "removed", stack: labStack,
		edits: edits{dropKey("workloads.steady-web.autoscale")},
		want: `
			delete HorizontalPodAutoscaler steady-web
			update Deployment steady-web (metadata.annotations)`,
	},
	{
		key: "workloads.<name>.autoscale.min", change: "raised", stack: labStack,
		edits: edits{setKey("workloads.steady-web.autoscale.min", "3")},
		want:  `update HorizontalPodAutoscaler steady-web (spec.minReplicas)`,
	},
	{
		key: "workloads.<name>.autoscale.max", change: "lowered", stack: labStack,
		edits: edits{setKey("workloads.steady-web.autoscale.max", "4")},
		want:  `update HorizontalPodAutoscaler steady-web (spec.maxReplicas)`,
	},
	{
		key: "workloads.<name>.autoscale.cpu", change: "changed", stack: labStack,
		edits: edits{setKey("workloads.steady-web.autoscale.cpu", "50")},
		want:  `update HorizontalPodAutoscaler steady-web (spec.metrics[0].resource.target.averageUtilization)`,
	},
	{
		key: "workloads.<name>.replicas", change: "raised", stack: stagingStack,
		edits: edits{setKey("workloads.web.replicas", "4")},
		want:  `update Deployment web (spec.replicas)`,
	},
	{
		key: "workloads.<name>.replicas", change: "removed", stack: stagingStack,
		edits: edits{dropKey("workloads.web.replicas")},
		want:  `update Deployment web (spec.replicas)`,
	},
	{
		key: "workloads.<name>.image", change: "changed", stack: chinaStack,
		edits: edits{setKey("workloads.web.image", "444455556666.dkr.ecr.cn-northwest-1.amazonaws.com.cn/agnhost:2.54")},
		want:  `update Deployment web (spec.template.spec.containers[0].image)`,
	},
	{
		key: "workloads.<name>.image", change: "removed where nodes have no way to the internet", stack: frankfurtStack,
		edits:   edits{dropKey("workloads.web.image")},
		refused: `workloads["web"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 cannot be pulled`,
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
