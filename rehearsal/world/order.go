package world

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/istio"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// Thing is a resource of a stack: its type and its inputs with the ids in them.
type Thing struct {
	Type   string
	Inputs store.Properties
}

// text returns the string below nested names of inputs, "" if there is none.
func (t Thing) text(names ...string) string {
	return store.OrText(store.Nested(t.Inputs, names...), "")
}

func (t Thing) annotations() map[string]any {
	return store.MapOf(store.Nested(t.Inputs, "metadata", "annotations"))
}

// Need is an order that the rules require and that no data dependency implies. An edge of a program orders both
// directions, so whichever direction requires it, the later resource is created after the earlier one and deleted
// before it.
type Need struct {
	// Later and Earlier are descriptions: "a node group", "its default routes".
	Later, Earlier string
	// Up is the rule that refuses the later resource without the earlier one. Down is the rule that is violated in the
	// end if the earlier one is deleted first. The zero rule means that nothing is refused in that direction.
	Up, Down store.Rule

	later, earlier func(Thing) bool
	// by is what two resources must have in common to belong together; if nil, all belong together.
	by *common
}

// common is a property that a later resource and an earlier one share, such as a namespace.
type common struct{ later, earlier func(Thing) string }

// Pairs calls pair with the indexes of each two resources that the rules require to be in order.
func (n *Need) Pairs(things []Thing, pair func(later, earlier int)) {
	in := n.by
	if in == nil {
		all := func(Thing) string { return "" }
		in = &common{all, all}
	}
	earlier := map[string][]int{}
	for i, t := range things {
		if n.earlier(t) {
			earlier[in.earlier(t)] = append(earlier[in.earlier(t)], i)
		}
	}
	for i, t := range things {
		if !n.later(t) {
			continue
		}
		for _, j := range earlier[in.later(t)] {
			pair(i, j)
		}
	}
}

// Needs returns the orders that the rules require of one stack, which is one network with one cluster.
func Needs() []Need {
	nodes, cni, coreDNS := ofType(store.NodeGroupType), addonNamed("vpc-cni"), addonNamed("coredns")
	controller, deployment, ingress := releaseNamed(store.ControllerOwner), ofType(store.DeploymentType), ofType(store.IngressType)
	gateway, configuration := isControllersGateway, ofType(store.BalancerConfigurationType)
	return []Need{
		{"a NAT gateway", "the internet gateway", ec2.NatNetworkAttached, ec2.GatewayUnmapped, ofType(store.NatType), ofType(store.InternetGatewayType), nil},

		{"a cluster", "its role's policy", eks.ClusterRolePolicy, store.Rule{}, ofType(store.ClusterType), attaches("/AmazonEKSClusterPolicy"), sameRole("roleArn")},
		{"a cluster", "its log group, which EKS would make", logs.LogGroupUnique, logs.LogGroupUnique, ofType(store.ClusterType), ofType(store.LogGroupType), writesTo},

		{"a node group", "the CNI's add-on", node.NodeNetwork, ec2.SubnetEmpty, nodes, cni, nil},
		{"a node group", "the policy of the CNI's role", node.NodeNetwork, ec2.SubnetEmpty, nodes, attaches("/AmazonEKS_CNI_Policy"), nil},
		{"a node group", "the private default routes", node.NodeWayOut, ec2.SubnetEmpty, nodes, routeBy("natGatewayId"), nil},
		{"a node group", "the NAT gateways' default routes", node.NodeWayOut, ec2.SubnetEmpty, nodes, routeBy("gatewayId"), nil},
		{"a node group", "its role's right to join", node.NodeRolePolicy, store.Rule{}, nodes, attaches("/AmazonEKSWorkerNodePolicy"), sameRole("nodeRoleArn")},
		{"a node group", "its role's right to pull", node.NodePulls, store.Rule{}, nodes, attaches("/AmazonEC2ContainerRegistryPullOnly"), sameRole("nodeRoleArn")},
		{"a node group", "its role's access entry, which EKS would make", eks.EntryUnique, store.Rule{}, nodes, ofType(store.AccessEntryType), samePrincipal},

		{"CoreDNS", "a node group", addon.AddonReplicas, store.Rule{}, coreDNS, nodes, nil},
		{"metrics-server", "a node group", addon.AddonReplicas, store.Rule{}, addonNamed("metrics-server"), nodes, nil},
		{"a Deployment", "a node group", node.NodesExist, store.Rule{}, deployment, nodes, nil},
		{"a Helm release with pods", "a node group", node.NodesExist, store.Rule{}, hasPods, nodes, nil},

		{"a load balancer's Service", "the controller's release", lbc.ControllerInstalled, lbc.ControllerInstalled, hasBalancer, controller, nil},
		{"a load balancer's Service", "the controller's policy", lbc.ControllerAllowed, lbc.ControllerAllowed, hasBalancer, attachesControllers, nil},
		{"a load balancer's Service that waits for pods", "its Deployment", kube.ServiceTargets, store.Rule{}, waitsForPods(hasBalancer), deployment, sameNamespace},
		{"a load balancer's Service", "the public default routes", lbc.ControllerReaches, lbc.ControllerReaches, hasBalancer, routeBy("gatewayId"), nil},
		{"a load balancer's Service", "CoreDNS", store.Rule{}, kube.DNSRuns, hasBalancer, coreDNS, nil},
		{"a load balancer's Service", "the nodes", kube.ServiceTargets, lbc.ControllerRuns, waitsForPods(hasBalancer), nodes, nil},
		{"a load balancer's Service", "the private default routes", lbc.ControllerReaches, lbc.ControllerReaches, hasBalancer, routeBy("natGatewayId"), nil},

		{"an Ingress", "the controller's release", lbc.ControllerInstalled, lbc.ControllerInstalled, ingress, controller, nil},
		{"an Ingress", "its class", lbc.IngressClassLoads, lbc.IngressClassLoads, ingress, ofType(store.IngressClassType), ofClass},
		{"an Ingress", "its Service", kube.IngressTargeted, store.Rule{}, ingress, ofType(store.ServiceType), sameNamespace},
		{"an Ingress", "the controller's policy", lbc.ControllerAllowed, lbc.ControllerAllowed, ingress, attachesControllers, nil},
		{"an Ingress", "the public default routes", lbc.ControllerReaches, lbc.ControllerReaches, ingress, routeBy("gatewayId"), nil},
		{"an Ingress", "CoreDNS", store.Rule{}, kube.DNSRuns, ingress, coreDNS, nil},
		{"an Ingress", "the nodes", kube.WebhookServed, lbc.ControllerRuns, ingress, nodes, nil},
		{"an Ingress", "the private default routes", lbc.ControllerReaches, lbc.ControllerReaches, ingress, routeBy("natGatewayId"), nil},

		{"a Gateway", "its definition", kube.CustomServed, store.Rule{}, gateway, definitionOf("Gateway"), nil},
		{"a Gateway", "its class", lbc.GatewayServed, lbc.ClassUnused, gateway, ofType(store.GatewayClassType), ofGatewayClass},
		{"a Gateway", "its configuration", lbc.GatewayConfigured, lbc.BalancerConfigurationUnused, gateway, configuration, ofParameters},
		{"a Gateway", "the controller's release", lbc.ControllerInstalled, lbc.ControllerInstalled, gateway, controller, nil},
		{"a Gateway", "the controller's policy", lbc.ControllerAllowed, lbc.ControllerAllowed, gateway, attachesControllers, nil},
		{"a Gateway", "the public default routes", lbc.ControllerReaches, lbc.ControllerReaches, gateway, routeBy("gatewayId"), nil},
		{"a Gateway", "CoreDNS", kube.DNSRuns, kube.DNSRuns, gateway, coreDNS, nil},
		{"a Gateway", "the nodes", lbc.ControllerRuns, lbc.ControllerRuns, gateway, nodes, nil},
		{"a Gateway", "the private default routes", lbc.ControllerReaches, lbc.ControllerReaches, gateway, routeBy("natGatewayId"), nil},
		{"a route of a Gateway", "its Gateway", lbc.RouteAttached, store.Rule{}, waitsForGateway, gateway, ofParent},
		{"a Gateway's configuration", "the controller's release", store.Rule{}, lbc.ControllerInstalled, configuration, controller, nil},
		{"a configuration of target groups", "the controller's release", store.Rule{}, lbc.ControllerInstalled, ofType(store.TargetConfigurationType), controller, nil},
		{"a GatewayClass", "the controller's release", store.Rule{}, lbc.ControllerInstalled, ofType(store.GatewayClassType), controller, nil},

		{"an object of Istio", "istiod's release", store.Rule{}, kube.CollectorAllowed, isIstios, releaseNamed("istiod"), nil},
		{"the release of a mesh's gateway", "istiod's release", istio.ImageSet, store.Rule{}, releaseNamed("istio-ingress"), releaseNamed("istiod"), nil},

		{"a classic load balancer's Service", "its Deployment", kube.ServiceTargets, store.Rule{}, waitsForPods(hasClassic), deployment, sameNamespace},
		{"a public classic load balancer's Service", "the public default routes", ccm.CloudSubnets, store.Rule{}, hasPublicClassic, routeBy("gatewayId"), nil},
	}
}

func ofType(typ string) func(Thing) bool { return func(t Thing) bool { return t.Type == typ } }

// isControllersGateway reports whether a resource is a Gateway of the load balancer controller.
func isControllersGateway(t Thing) bool {
	return t.Type == store.GatewayType && t.text("spec", "gatewayClassName") != istio.Class
}

// hasPods reports whether a resource is a release of a chart that has pods, which that of Istio's definitions has not.
func hasPods(t Thing) bool { return t.Type == store.ReleaseType && t.text("name") != "istio-base" }

// isIstios reports whether a resource is an object of Istio's definitions.
func isIstios(t Thing) bool {
	return slices.Contains([]string{store.VirtualServiceType, store.IstioGatewayType, store.PeerAuthenticationType}, t.Type)
}

func addonNamed(name string) func(Thing) bool {
	return func(t Thing) bool { return t.Type == store.AddonType && t.text("addonName") == name }
}

func releaseNamed(name string) func(Thing) bool {
	return func(t Thing) bool { return t.Type == store.ReleaseType && t.text("name") == name }
}

// attaches returns a condition for an attachment of an AWS managed policy, attachesControllers for that of the load
// balancer controller, which the program names NAME-lbc.
func attaches(policy string) func(Thing) bool {
	return func(t Thing) bool {
		return t.Type == store.AttachmentType && strings.HasSuffix(t.text("policyArn"), policy)
	}
}

func attachesControllers(t Thing) bool {
	return t.Type == store.AttachmentType && strings.Contains("-"+store.LastOf(t.text("policyArn"), "/")+"-", "-lbc-")
}

// routeBy returns a condition for a default route to a kind of gateway.
func routeBy(target string) func(Thing) bool {
	return func(t Thing) bool {
		return t.Type == store.RouteType && t.text(target) != "" && t.text("destinationCidrBlock") == "0.0.0.0/0"
	}
}

// hasBalancer reports whether the load balancer controller reconciles a Service.
func hasBalancer(t Thing) bool {
	return t.Type == store.ServiceType && t.text("spec", "type") == "LoadBalancer" && t.text("spec", "loadBalancerClass") != ""
}

// waitsForPods returns a condition for those Services without an annotation that skips the wait.
func waitsForPods(some func(Thing) bool) func(Thing) bool {
	return func(t Thing) bool {
		annotations := t.annotations()
		return some(t) && annotations[kube.WaitForAnnotation] == nil && annotations["pulumi.com/skipAwait"] != "true"
	}
}

// hasClassic reports whether the cloud controller reconciles a Service.
func hasClassic(t Thing) bool {
	return t.Type == store.ServiceType && t.text("spec", "type") == "LoadBalancer" && t.text("spec", "loadBalancerClass") == ""
}

func hasPublicClassic(t Thing) bool {
	return hasClassic(t) && t.annotations()[ccm.InternalClassic] == nil
}

// waitsForGateway reports whether a route waits for its Gateway.
func waitsForGateway(t Thing) bool {
	return slices.Contains([]string{store.HTTPRouteType, store.GRPCRouteType, store.TLSRouteType, store.TCPRouteType, store.UDPRouteType}, t.Type) &&
		t.annotations()[kube.WaitForAnnotation] != nil
}

// definitionOf returns a condition for the definition of a kind.
func definitionOf(kind string) func(Thing) bool {
	return func(t Thing) bool { return t.Type == store.CrdType && t.text("spec", "names", "kind") == kind }
}

// propertyOf returns a function that reads a property of a resource.
func propertyOf(names ...string) func(Thing) string {
	return func(t Thing) string { return t.text(names...) }
}

var (
	ofGatewayClass = &common{propertyOf("spec", "gatewayClassName"), propertyOf("metadata", "name")}
	ofParameters   = &common{propertyOf("spec", "infrastructure", "parametersRef", "name"), propertyOf("metadata", "name")}
	ofClass        = &common{propertyOf("spec", "ingressClassName"), propertyOf("metadata", "name")}
	samePrincipal  = &common{propertyOf("nodeRoleArn"), propertyOf("principalArn")}
	sameNamespace  = &common{propertyOf("metadata", "namespace"), propertyOf("metadata", "namespace")}
	writesTo       = &common{func(cluster Thing) string { return logs.ControlPlaneLogs(cluster.text("name")) }, propertyOf("name")}
)

// sameRole returns the role that a property has by ARN, and an attachment's.
func sameRole(property string) *common {
	return &common{func(later Thing) string { return store.LastOf("/"+later.text(property), "/") }, propertyOf("role")}
}

// ofParent relates a route to the Gateway that it names.
var ofParent = &common{
	func(later Thing) string {
		for _, parent := range store.ListOf(store.Nested(later.Inputs, "spec", "parentRefs")) {
			return store.OrText(parent["namespace"], later.text("metadata", "namespace")) + "/" + store.OrText(parent["name"], "")
		}
		return ""
	},
	func(earlier Thing) string {
		return earlier.text("metadata", "namespace") + "/" + earlier.text("metadata", "name")
	},
}
