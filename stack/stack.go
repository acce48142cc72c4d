// Package stack holds the Pulumi program: it turns a stack file into one dependency graph of all components.
package stack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// Program registers all resources of a stack. `pulumi up` runs it, and so does the rehearsal.
//
// Data dependencies order most of the graph. All other ordering edges are here and nowhere else: a component with
// after(x) is created later than x and deleted before it. docs/ordering.md shows what breaks without each edge.
func Program(ctx *pulumi.Context) error {
	b, err := newBuilder(ctx)
	if err != nil {
		return err
	}

	// The VPC and its routes, and the hosted zones that it uses.
	vpc := b.vpc()
	internet := b.internet(vpc)
	endpoints := b.endpoints(vpc)
	egressOnly := b.egressOnly(vpc)
	logsKey := b.logsKey(vpc)
	b.flowLogs(vpc, logsKey)
	zones := b.hostedZones(vpc)
	nat := b.nat(vpc,
		b.after(internet)) // NAT gateways need it, and it cannot be detached while it has mapped public addresses

	// The control plane. Routes and NAT gateways are created in parallel: EKS needs only subnets.
	nodeRole := b.nodeRole()
	logs := b.logs(logsKey)
	control := b.controlPlane(vpc, nodeRole,
		b.after(logs)) // EKS would create the log group itself, and writes to it until the cluster is deleted
	access := b.access(control)
	resourceController := b.resourceController(control)

	// The roles of pods. With EKS Pod Identity, pods get credentials from an agent, for the role of their association.
	cniRole := b.cniRole(control)
	controllerRole := b.controllerRole(control)
	externalDNSRole := b.externalDNSRole(control, zones)
	teardownRole := b.externalDNSTeardownRole(control, zones)
	cniMetricsRole := b.cniMetricsRole(control)
	associations := b.podIdentityAssociations(control, controllerRoles{controllerRole, externalDNSRole, teardownRole, cniMetricsRole})
	agent := b.podIdentityAgent(control,
		b.after(associations)) // pods that are created before their association have no credentials until they are replaced

	// Nodes.
	cni := b.cni(vpc, control, cniRole,
		b.after(cniRole), // without its policy the CNI can neither assign nor release addresses
		b.after(agent))   // without it neither the CNI nor controllers have credentials, on new nodes too
	kubeProxy := b.kubeProxy(control)
	nodes := b.nodeGroups(vpc, control, nodeRole,
		b.after(nodeRole),   // without its policies nodes cannot join or pull images
		b.after(kubeProxy),  // pods reach the API server through a Service address, on nodes that are replaced too
		b.after(cni),        // earlier nodes have no addresses for pods; ENIs of nodes that are deleted later are left over
		b.after(internet),   // nodes in public subnets join and pull images through it
		b.after(nat),        // nodes in private subnets join and pull images through it
		b.after(egressOnly), // and in an IPv6 cluster also through this
		b.after(endpoints))  // or through these without a NAT gateway

	// Add-ons and controllers on the nodes.
	kubernetes := b.kubernetes(control,
		b.after(access)) // an admin running destroy needs its access entry until the last Kubernetes object is deleted
	coreDNS := b.coreDNS(control,
		b.after(nodes...)) // its pods need nodes
	b.metricsServer(control,
		b.after(nodes...)) // its pods need nodes
	b.cniMetricsHelper(kubernetes, control, cniMetricsRole,
		b.after(nodes...)) // its pod needs a node
	gatewayAPI := b.gatewayAPI(kubernetes)
	backendGroup := b.backendSecurityGroup(vpc)
	controller := b.controller(kubernetes, vpc, control, controllerRole, backendGroup,
		b.after(controllerRole), // without its policy it can neither create nor delete load balancers
		b.after(gatewayAPI),     // it looks for the definitions of the Gateway API only when it starts
		b.after(coreDNS))        // its pods resolve the names of AWS APIs
	class := b.ingressClass(kubernetes)
	gatewayClasses := b.gatewayClasses(kubernetes,
		b.after(controller)) // the controller accepts them, and removes their finalizers

	// ExternalDNS, for objects that people create, and the last step of their records.
	externalDNS := b.externalDNS(kubernetes, externalDNSRole, zones,
		b.after(externalDNSRole), // without its policy it can neither create nor delete records
		b.after(coreDNS))         // its pod resolves the names of AWS APIs
	teardown := b.externalDNSTeardown(kubernetes, externalDNS, teardownRole, zones,
		b.after(teardownRole), // without its policy the Job cannot list the records that remain
		b.after(controller),   // a name has records as long as its object, and so its load balancer, exists
		b.after(externalDNS))  // deleting it waits until ExternalDNS has deleted its records

	// The mesh. Its gateway is among the workloads.
	istioBase := b.istioBase(kubernetes)
	istiod := b.istiod(kubernetes, istioBase,
		b.after(coreDNS)) // the proxies that it injects resolve its name
	behind := newBehindMesh()

	// Workloads, each with a load balancer or a policy. Pods are created first, or after the load balancer if they have
	// a readiness gate.
	for _, name := range b.workloads() {
		podSecurityGroup := b.podSecurityGroup(name, vpc, control,
			b.after(resourceController)) // without its policy interfaces of pods can neither be created nor deleted
		application := b.application(kubernetes, name, podSecurityGroup,
			b.after(teardown), // objects that people created in its namespace are deleted before the wait for their records
			b.after(istiod))   // istiod adds proxies to pods, and completes those of the gateway, only when they are created
		pods := b.pods(kubernetes, name, application,
			b.after(nodes...)) // pods need nodes
		meshGateway := b.istioGateway(kubernetes, name, application)
		switch b.kind(name) {
		case config.KindCLB:
			b.clb(kubernetes, name, application, vpc,
				b.after(pods)) // the load balancer has targets from its creation until its deletion
		case config.KindNLB:
			nlb := b.nlb(kubernetes, name, application, vpc,
				b.after(controller),  // the controller creates and deletes the load balancer
				b.after(pods),        // the load balancer has targets from its creation until its deletion
				b.after(meshGateway)) // and so has that of the mesh
			b.setMeshGateway(behind, name, application, nlb)
			b.gatedPods(kubernetes, name, application,
				b.after(nlb)) // the controller injects readiness gates only into pods that are created after the Service
		case config.KindALB:
			backend := b.backend(kubernetes, name, application,
				b.after(pods)) // the Service has endpoints when it is created
			alb := b.alb(kubernetes, name, backend, class, vpc,
				b.after(controller)) // the controller validates the Ingress, and creates and deletes the load balancer
			b.gatedPods(kubernetes, name, application,
				b.after(alb)) // the controller injects readiness gates only into pods that are created after the Ingress
		case config.KindGatewayNLB, config.KindGatewayALB:
			service := b.backend(kubernetes, name, application,
				b.after(pods)) // the Service has endpoints when it is created
			targetGroups := b.targetGroups(kubernetes, name, service,
				b.after(controller)) // the controller's chart has its definition, and the controller removes its finalizer
			gateway := b.gateway(kubernetes, name, application, gatewayClasses, vpc,
				b.after(controller)) // the controller creates and deletes the load balancer
			routes := b.route(kubernetes, name, gateway,
				b.after(targetGroups...)) // without its configuration a target group would have nodes as targets
			revision := b.gatewayRevision(kubernetes, name, gateway,
				b.after(routes...)) // it waits until the controller has deployed the routes
			b.gatewayPods(kubernetes, name,
				b.after(revision)) // the controller injects readiness gates only into pods that are created after their target group
		case config.KindMesh:
			behind.add(name, b.backend(kubernetes, name, application,
				b.after(pods))) // the Service has endpoints when it is created
		case config.KindSpeed:
			b.speed(kubernetes, name, application,
				b.after(pods)) // the server is scheduled on the node of a client
		case config.KindPolicy:
			b.policy(kubernetes, name, application,
				b.after(pods)) // the clients have a server to connect to
		}
	}
	b.istioRoutes(kubernetes, istioBase, behind,
		b.after(istiod)) // its webhook accepts the updates with which Kubernetes ends the deletion of objects of Istio

	b.records(zones)
	b.exportOutputs(vpc, nat, control, zones)
	return b.err
}
