package matrix

import (
	"eksnet/internal/charts"
	"eksnet/rehearsal/world"
)

const (
	meshStack = "mesh-ap-northeast-2"
	// mixedStack has a mesh that accepts plain text, with routes of the Gateway API.
	mixedStack = "mesh-us-west-2"
)

// publishIstio publishes another version of Istio's charts, and copies of them in the operator's repository.
func publishIstio(version string) func(*world.World, string) (before, after edits, err error) {
	return func(w *world.World, _ string) (before, after edits, err error) {
		for _, name := range []string{charts.IstioBase, charts.Istiod, charts.IstioGateway} {
			chart := charts.Get(name)
			w.PublishChart(name, chart.Repository, version)
			w.PublishChart(name, "https://charts.example.com/mirror", chart.Version)
		}
		return nil, nil, nil
	}
}

// meshChanges are the changes of Istio.
var meshChanges = []Row{
	{
		Key: "addons.istio", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("addons", "{istio: {}}")},
		Want: `
			create Namespace istio-ingress
			create Namespace local-istio-base
			create Release local-istio-base
			create Release local-istio-gateway
			create Release local-istiod
			create Service istio-ingress-nlb
			create eksnet:addons:IstioBase local-istio-base
			create eksnet:addons:IstioGateway local-istio-gateway
			create eksnet:addons:IstioRoutes local-istio-routes
			create eksnet:addons:Istiod local-istiod
			create eksnet:workloads:Application istio-ingress
			create eksnet:workloads:NLB istio-ingress
			create Gateway local-istio-routes
			create PeerAuthentication local-istio-routes`,
	},
	{
		Key: "addons.istio", Change: "removed while workloads need it", Stack: meshStack,
		Edits:   edits{dropKey("addons.istio")},
		Refused: `workloads["cart"].kind: mesh, but the stack has no mesh`,
	},
	{
		Key: "addons.istio.version", Change: "lowered", Stack: meshStack, Own: publishIstio("1.30.3"),
		Edits: edits{setKey("addons.istio.version", "1.30.3")},
		Want: `
			update Deployment cart (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment hello (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment shop (spec.template.metadata.annotations["eksnet/proxy"])
			update Release mesh-istio-base (version)
			update Release mesh-istio-gateway (version)
			update Release mesh-istiod (values.global.tag, version)`,
	},
	{
		Key: "addons.istio.version", Change: "another minor version", Stack: meshStack,
		Edits:   edits{setKey("addons.istio.version", "1.31.0")},
		Refused: "addons.istio.version: 1.31.0, but eksnet writes values for Istio 1.30.x",
	},
	{
		Key: "addons.istio.charts", Change: "another repository", Stack: meshStack, Own: publishIstio("1.30.3"),
		Edits: edits{setKey("addons.istio.charts", "https://charts.example.com/mirror")},
		Want: `
			update Release mesh-istio-base (repositoryOpts.repo)
			update Release mesh-istio-gateway (repositoryOpts.repo)
			update Release mesh-istiod (repositoryOpts.repo)`,
	},
	{
		Key: "addons.istio.hub", Change: "a mirror", Stack: meshStack,
		Edits: edits{setKey("addons.istio.hub", "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/istio")},
		Want: `
			update Deployment cart (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment hello (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment shop (spec.template.metadata.annotations["eksnet/proxy"])
			update Release mesh-istiod (values.global.hub)`,
	},
	{
		Key: "addons.istio.mtls", Change: "permissive", Stack: meshStack,
		Edits: edits{setKey("addons.istio.mtls", "permissive")},
		Want:  `update PeerAuthentication mesh-istio-routes (spec.mtls.mode)`,
	},
	{
		Key: "addons.istio.mtls", Change: "strict while load balancers have pods with proxies", Stack: mixedStack,
		Edits:   edits{setKey("addons.istio.mtls", "strict")},
		Refused: `workloads["front"].mesh: true, but addons.istio.mtls is strict`,
	},
	{
		Key: "addons.istio.routes", Change: "objects of Istio", Stack: mixedStack,
		Edits: edits{setKey("addons.istio.routes", "istio")},
		Want: `
			create Gateway mixed-istio-routes
			create VirtualService mixed-istio-routes-shop.example.com
			delete Gateway mixed-istio-routes
			delete HTTPRoute mixed-istio-routes-cart
			delete HTTPRoute mixed-istio-routes-shop`,
	},
	{
		Key: "addons.istio.routes", Change: "the Gateway API without its definitions", Stack: meshStack,
		Edits:   edits{setKey("addons.istio.routes", "gatewayApi")},
		Refused: "addons.istio.routes: gatewayApi, but the stack has no definitions of the Gateway API",
	},
	{
		Key: "workloads.<name>.mesh", Change: "removed", Stack: mixedStack,
		Edits: edits{dropKey("workloads.front.mesh")},
		Want: `
			update Deployment front (spec.template.metadata.annotations)
			update Namespace front (metadata.labels)`,
	},
	{
		Key: "workloads.<name>.mesh", Change: "added", Stack: mixedStack, Before: edits{dropKey("workloads.front.mesh")},
		Edits: edits{setKey("workloads.front.mesh", "true")},
		Want: `
			update Deployment front (spec.template.metadata.annotations)
			update Namespace front (metadata.labels)`,
	},
	{
		Key: "addons.istio.istiod.replicas", Change: "raised", Stack: meshStack,
		Edits: edits{setKey("addons.istio.istiod.replicas", "3")},
		Want:  `update Release mesh-istiod (values.replicaCount)`,
	},
	{
		Key: "addons.istio.istiod.cpu", Change: "lowered", Stack: meshStack,
		Edits: edits{setKey("addons.istio.istiod.cpu", "200")},
		Want:  `update Release mesh-istiod (values.resources.requests.cpu)`,
	},
	{
		Key: "addons.istio.istiod.memoryMiB", Change: "raised", Stack: meshStack,
		Edits: edits{setKey("addons.istio.istiod.memoryMiB", "1024")},
		Want:  `update Release mesh-istiod (values.resources.requests.memory)`,
	},
	{
		Key: "addons.istio.sidecar.cpu", Change: "lowered", Stack: meshStack,
		Edits: edits{setKey("addons.istio.sidecar.cpu", "50")},
		Want: `
			update Deployment cart (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment hello (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment shop (spec.template.metadata.annotations["eksnet/proxy"])
			update Release mesh-istiod (values.global.proxy.resources.requests.cpu)`,
	},
	{
		Key: "addons.istio.sidecar.memoryMiB", Change: "raised", Stack: meshStack,
		Edits: edits{setKey("addons.istio.sidecar.memoryMiB", "256")},
		Want: `
			update Deployment cart (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment hello (spec.template.metadata.annotations["eksnet/proxy"])
			update Deployment shop (spec.template.metadata.annotations["eksnet/proxy"])
			update Release mesh-istiod (values.global.proxy.resources.requests.memory)`,
	},
	{
		Key: "addons.istio.gateway.replicas", Change: "raised", Stack: meshStack,
		Edits: edits{setKey("addons.istio.gateway.replicas", "3")},
		Want:  `update Release mesh-istio-gateway (values.replicaCount)`,
	},
	{
		Key: "addons.istio.gateway.sourceRanges", Change: "removed", Stack: meshStack,
		Edits: edits{dropKey("addons.istio.gateway.sourceRanges")},
		Want:  `update Service istio-ingress-nlb (spec.loadBalancerSourceRanges)`,
	},
	{
		Key: "addons.istio.gateway.prefixLists", Change: "removed", Stack: meshStack,
		Edits: edits{dropKey("addons.istio.gateway.prefixLists")},
		Want:  `update Service istio-ingress-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists"])`,
	},
	{
		Key: "addons.istio.gateway.scheme", Change: "internal", Stack: mixedStack,
		Edits: edits{setKey("addons.istio.gateway.scheme", "internal")},
		Want: `
			update Service istio-ingress-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`,
	},
	{
		Key: "addons.istio.gateway.clientAddress", Change: "none", Stack: meshStack,
		Edits: edits{setKey("addons.istio.gateway.clientAddress", "none")},
		Want:  `update Service istio-ingress-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
	{
		Key: "addons.istio.gateway.clientAddress", Change: "in the proxy protocol", Stack: meshStack,
		Edits: edits{setKey("addons.istio.gateway.clientAddress", "proxyProtocol")},
		Want: `
			update Release mesh-istio-gateway (values.podAnnotations)
			update Service istio-ingress-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])`,
	},
}
