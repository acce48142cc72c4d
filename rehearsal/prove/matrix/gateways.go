package matrix

import (
	"strings"

	"eksnet/rehearsal/changes"
)

// gatewayWorkloads are the workloads behind Gateways of the stack with Gateways.
var gatewayWorkloads = []string{"packets-gateway", "web-gateway", "nodes-gateway", "secure-gateway", "steady-gateway", "shop", "shop-next", "cart", "encrypted", "plain", "datagrams"}

// dropGateways removes the workloads behind Gateways.
func dropGateways() (all edits) {
	for _, name := range gatewayWorkloads {
		all = append(all, dropKey("workloads."+name))
	}
	return all
}

// definitionsOf returns the definitions of the Gateway API of a cluster, and the policy for their upgrades.
func definitionsOf(cluster string) string {
	return strings.ReplaceAll(`
		CustomResourceDefinition NAME-backendtlspolicies
		CustomResourceDefinition NAME-gatewayclasses
		CustomResourceDefinition NAME-gateways
		CustomResourceDefinition NAME-grpcroutes
		CustomResourceDefinition NAME-httproutes
		CustomResourceDefinition NAME-listenersets
		CustomResourceDefinition NAME-referencegrants
		CustomResourceDefinition NAME-tcproutes
		CustomResourceDefinition NAME-tlsroutes
		CustomResourceDefinition NAME-udproutes
		ValidatingAdmissionPolicy NAME-safe-upgrades
		ValidatingAdmissionPolicyBinding NAME-safe-upgrades
		eksnet:addons:GatewayAPI NAME`, "NAME", cluster+"-gateway-api")
}

// gatewayChanges are changes of the Gateway API, and of workloads behind Gateways.
var gatewayChanges = []Row{
	{
		Key: "addons.gatewayApi", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{gatewayApi: {}}")},
		Want: changes.Each("create", definitionsOf("local")) + `
			create GatewayClass local-alb
			create GatewayClass local-nlb
			create eksnet:addons:GatewayClasses local
			update Release local-lbc (values.podAnnotations)`,
	},
	{
		Key: "addons.gatewayApi", Change: "removed with its workloads", Stack: gatewayStack,
		Edits: append(dropGateways(), dropKey("addons.gatewayApi")),
		Count: "173 delete, 1 update",
		Want: `
			delete CustomResourceDefinition gateway-gateway-api-gateways
			delete Gateway gateway-store
			delete GatewayClass gateway-alb
			delete GatewayClass gateway-nlb
			delete HTTPRoute shop-next
			delete eksnet:addons:GatewayAPI gateway-gateway-api
			delete eksnet:addons:GatewayClasses gateway
			delete eksnet:workloads:Gateway gateway-store
			update Release gateway-lbc (values.podAnnotations)`,
	},
	{
		Key: "addons.gatewayApi", Change: "removed alone", Stack: gatewayStack,
		Edits:   edits{dropKey("addons.gatewayApi")},
		Refused: `workloads["cart"].kind: "gateway-alb", but the stack has no Gateway API`,
	},
	{
		Key: "addons.gatewayApi.crds", Change: "existing instead of own", Stack: gatewayStack,
		Edits: edits{setKey("addons.gatewayApi.crds", "existing")},
		Want: changes.Each("delete", definitionsOf("gateway")) + `
			update Release gateway-lbc (values.podAnnotations["eksnet/gateway-api"])`,
	},
	{
		Key: "addons.gatewayApi.crds", Change: "own instead of existing", Stack: gatewayStack,
		Before: edits{setKey("addons.gatewayApi.crds", "existing")},
		Edits:  edits{dropKey("addons.gatewayApi.crds")},
		Want: changes.Each("create", definitionsOf("gateway")) + `
			update Release gateway-lbc (values.podAnnotations["eksnet/gateway-api"])`,
	},
	{
		Key: "workloads.<name>.kind", Change: "gateway-alb instead of alb", Stack: gatewayStack,
		Edits: edits{setKey("workloads.web.kind", "gateway-alb")},
		Want: `
			create Gateway web
			create GatewayPatch web
			create HTTPRoute web
			create LoadBalancerConfiguration web
			create Service web
			create TargetGroupConfiguration web
			create eksnet:workloads:Gateway web
			create eksnet:workloads:GatewayRevision web
			create eksnet:workloads:Route web
			create eksnet:workloads:TargetGroup web
			delete Ingress web-alb
			delete Service web-alb
			delete eksnet:workloads:ALB web
			update Record gateway-web.example.com-private-A (aliases[0].name)`,
	},
	{
		Key: "workloads.<name>.kind", Change: "gateway-nlb instead of gateway-alb", Stack: gatewayStack,
		Edits: edits{setKey("workloads.nodes-gateway.kind", "gateway-nlb")},
		Want: `
			create TCPRoute nodes-gateway
			delete HTTPRoute nodes-gateway
			replace Gateway nodes-gateway (spec.gatewayClassName, spec.listeners[0].name, spec.listeners[0].protocol)
			replace GatewayPatch nodes-gateway
			update LoadBalancerConfiguration nodes-gateway (spec.loadBalancerAttributes)
			update TargetGroupConfiguration nodes-gateway (spec.defaultConfiguration.healthCheckConfig.healthCheckInterval, spec.defaultConfiguration.healthCheckConfig.healthCheckPath, spec.defaultConfiguration.healthCheckConfig.healthCheckProtocol, spec.defaultConfiguration.healthCheckConfig.healthCheckTimeout, spec.defaultConfiguration.healthCheckConfig.healthyThresholdCount, spec.defaultConfiguration.healthCheckConfig.matcher, spec.defaultConfiguration.healthCheckConfig.unhealthyThresholdCount, spec.defaultConfiguration.targetGroupAttributes[1], spec.defaultConfiguration.targetGroupAttributes[2])`,
	},
	{
		Key: "workloads.<name>.scheme", Change: "internal, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.packets-gateway.scheme", "internal")},
		Want: `
			replace Gateway packets-gateway (metadata.annotations["eksnet/scheme"])
			replace GatewayPatch packets-gateway
			update LoadBalancerConfiguration packets-gateway (spec.loadBalancerSubnets[0].identifier, spec.loadBalancerSubnets[1].identifier, spec.scheme)
			update Record gateway-packets-gateway.example.com-private-A (aliases[0].name)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TCP instead of UDP, of a Gateway", Stack: gatewayStack,
		Edits: edits{dropKey("workloads.datagrams.protocol")},
		Want: `
			create TCPRoute datagrams
			delete UDPRoute datagrams
			update Deployment datagrams (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
			update Gateway gateway-edge (spec.listeners[0].name, spec.listeners[0].protocol)
			update GatewayPatch gateway-edge (spec.infrastructure.annotations["eksnet/revision"])
			update Service datagrams (spec.ports[0].name, spec.ports[0].protocol, spec.ports[0].targetPort)
			update TargetGroupConfiguration datagrams (spec.defaultConfiguration.targetGroupAttributes[1].value)`,
	},
	{
		Key: "workloads.<name>.protocol", Change: "TLS instead of TCP, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.packets-gateway", `{kind: gateway-nlb, hostname: packets-gateway.example.com, protocol: TLS, certificate: "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"}`)},
		Want: `
			update Gateway packets-gateway (spec.listeners[0].name, spec.listeners[0].port, spec.listeners[0].protocol, spec.listeners[0].tls)
			update GatewayPatch packets-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration packets-gateway (spec.listenerConfigurations)
			update Service packets-gateway (spec.ports[0].port)
			update TCPRoute packets-gateway (spec.parentRefs[0].sectionName, spec.rules[0].backendRefs[0].port)`,
	},
	{
		Key: "workloads.<name>.port", Change: "changed, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.plain.port", "8080")},
		Want: `
			update Gateway gateway-edge (spec.listeners[1].name, spec.listeners[1].port, spec.listeners[1].protocol, spec.listeners[1].tls, spec.listeners[2].name, spec.listeners[2].port, spec.listeners[2].protocol, spec.listeners[2].tls)
			update GatewayPatch gateway-edge (spec.infrastructure.annotations["eksnet/revision"])
			update Service plain (spec.ports[0].port)
			update TCPRoute plain (spec.parentRefs[0].sectionName, spec.rules[0].backendRefs[0].port)`,
	},
	{
		Key: "workloads.<name>.crossZone", Change: "turned on for a member of a Gateway's group", Stack: gatewayStack,
		Edits:   edits{setKey("workloads.plain.crossZone", "true")},
		Refused: `workloads["plain"].crossZone: true, but workload datagrams of group edge has false`,
	},
	{
		Key: "workloads.<name>.prefixLists", Change: "added, of a Gateway", Stack: gatewayStack,
		Own:   ownPrefixLists,
		Edits: edits{setKey("workloads.packets-gateway.prefixLists", "{pl-0aaaaaaaaaaaaaaa1: 20}")},
		Want: `
			update GatewayPatch packets-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration packets-gateway (spec.securityGroupPrefixes, spec.sourceRanges)`,
	},
	{
		Key: "workloads.<name>.elasticIps", Change: "added, of a Gateway", Stack: gatewayStack,
		Own:   ownAddresses,
		Edits: edits{setKey("workloads.packets-gateway.elasticIps", "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2]")},
		Want: `
			replace Gateway packets-gateway (metadata.annotations["eksnet/elastic-ips"])
			replace GatewayPatch packets-gateway
			update LoadBalancerConfiguration packets-gateway (spec.loadBalancerSubnets[0].eipAllocation, spec.loadBalancerSubnets[1].eipAllocation)
			update Record gateway-packets-gateway.example.com-private-A (aliases[0].name)`,
	},
	{
		Key: "workloads.<name>.attributes", Change: "changed, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.secure-gateway.attributes", `{idle_timeout.timeout_seconds: "90"}`)},
		Want: `
			update GatewayPatch secure-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration secure-gateway (spec.loadBalancerAttributes[0].value)`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "changed, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.secure-gateway.certificate", "arn:aws:acm:ap-northeast-2:111122223333:certificate/87654321-4321-4321-4321-210987654321")},
		Want: `
			update GatewayPatch secure-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration secure-gateway (spec.listenerConfigurations[0].defaultCertificate)`,
	},
	{
		Key: "workloads.<name>.idleTimeout", Change: "added, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.packets-gateway.idleTimeout", "600")},
		Want: `
			update GatewayPatch packets-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration packets-gateway (spec.listenerConfigurations)`,
	},
	{
		Key: "workloads.<name>.tlsPolicy", Change: "added, of a Gateway", Stack: gatewayStack,
		Edits: edits{setKey("workloads.secure-gateway.tlsPolicy", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09")},
		Want: `
			update GatewayPatch secure-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update LoadBalancerConfiguration secure-gateway (spec.listenerConfigurations[0].sslPolicy)`,
	},
	{
		Key: "workloads.<name>.certificate", Change: "removed, of a Gateway", Stack: gatewayStack,
		Edits: edits{dropKey("workloads.secure-gateway.certificate")},
		Want: `
			delete HTTPRoute secure-gateway-redirect
			update Gateway secure-gateway (spec.listeners[1])
			update GatewayPatch secure-gateway (spec.infrastructure.annotations["eksnet/revision"])
			update HTTPRoute secure-gateway (spec.parentRefs[0].sectionName)
			update LoadBalancerConfiguration secure-gateway (spec.listenerConfigurations)`,
	},
	{
		Key: "workloads.<name>.group", Change: "removed from a member of a Gateway's group", Stack: gatewayStack,
		Edits: edits{dropKey("workloads.cart.group"), setKey("workloads.cart.hosts", "[cart.example.com]")},
		Want: `
			create Gateway cart
			create GatewayPatch cart
			create LoadBalancerConfiguration cart
			create Record gateway-cart.example.com-private-A
			create eksnet:dns:Record gateway-cart.example.com-private
			create eksnet:workloads:Gateway cart
			create eksnet:workloads:GatewayRevision cart
			update GatewayPatch gateway-store (spec.infrastructure.annotations["eksnet/revision"])
			update HTTPRoute cart (spec.hostnames[0], spec.parentRefs[0].name, spec.parentRefs[0].namespace)
			update Namespace cart (metadata.labels)`,
	},
	{
		Key: "workloads.<name>.weight", Change: "changed", Stack: gatewayStack,
		Edits: edits{setKey("workloads.shop.weight", "50"), setKey("workloads.shop-next.weight", "50")},
		Want: `
			update GatewayPatch gateway-store (spec.infrastructure.annotations["eksnet/revision"])
			update HTTPRoute shop-next (spec.rules[0].backendRefs[0].weight, spec.rules[0].backendRefs[1].weight)`,
	},
	{
		Key: "workloads.<name>.weight", Change: "removed alone", Stack: gatewayStack,
		Edits:   edits{dropKey("workloads.shop.weight")},
		Refused: `workloads["shop-next"]`,
	},
	{
		Key: "workloads.<name>.hosts", Change: "removed, with a path of another member's hosts", Stack: gatewayStack,
		Edits:   edits{dropKey("workloads.cart.hosts"), dropKey("workloads.cart.paths")},
		Refused: `workloads["cart"].hosts: requests for host "shop.example.com" and path / match rules of this workload and of workload shop of group store`,
	},
	{
		Key: "workloads.<name>.kind", Change: "gateway-alb instead of alb, with records of its hosts", Stack: ipv6Stack,
		Before: edits{setKey("addons.gatewayApi", "{}")},
		Edits:  edits{setKey("workloads.admin.kind", "gateway-alb")},
		Want: `
			create Gateway admin
			create GatewayPatch admin
			create HTTPRoute admin
			create LoadBalancerConfiguration admin
			create Service admin
			create TargetGroupConfiguration admin
			create eksnet:workloads:Gateway admin
			create eksnet:workloads:GatewayRevision admin
			create eksnet:workloads:Route admin
			create eksnet:workloads:TargetGroup admin
			delete Ingress admin-alb
			delete Service admin-alb
			delete eksnet:workloads:ALB admin
			update Record dev6-admin.corp.example.com-private-A (aliases[0].name)
			update Record dev6-admin.corp.example.com-private-AAAA (aliases[0].name)
			update Record dev6-admin.dev6.example.com-private-A (aliases[0].name)
			update Record dev6-admin.dev6.example.com-private-AAAA (aliases[0].name)`,
	},
	{
		Key: "workloads.<name>.kind", Change: "gateway-nlb instead of nlb, with a record of its hostname", Stack: ipv6Stack,
		Before: edits{setKey("addons.gatewayApi", "{}")},
		Edits:  edits{setKey("workloads.echo.kind", "gateway-nlb")},
		Want: `
			create Gateway echo
			create GatewayPatch echo
			create LoadBalancerConfiguration echo
			create Service echo
			create TCPRoute echo
			create TargetGroupConfiguration echo
			create eksnet:workloads:Backend echo
			create eksnet:workloads:Gateway echo
			create eksnet:workloads:GatewayRevision echo
			create eksnet:workloads:Route echo
			create eksnet:workloads:TargetGroup echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo
			update Record dev6-echo.dev6.example.com-A (aliases[0].name)
			update Record dev6-echo.dev6.example.com-AAAA (aliases[0].name)
			update Record dev6-echo.dev6.example.com-private-A (aliases[0].name)
			update Record dev6-echo.dev6.example.com-private-AAAA (aliases[0].name)`,
	},
}
