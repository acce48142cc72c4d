// Package stack is the whole of eksnet: what the stack file says becomes one dependency graph.
package stack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// Program builds a stack. `pulumi up` runs it, and so does the rehearsal.
//
// Data orders most of the graph. What data does not carry is written here and nowhere else: what stands after(x) is made later
// than x and removed before it. docs/ordering.md tells what breaks without each edge.
func Program(ctx *pulumi.Context) error {
	b, err := newBuilder(ctx)
	if err != nil {
		return err
	}

	// Places and the ways out of them.
	vpc := b.vpc()
	internet := b.internet(vpc)
	endpoints := b.endpoints(vpc)
	b.flowLogs(vpc)
	nat := b.nat(vpc,
		b.after(internet)) // NAT needs its route, and the internet gateway stays attached while addresses are mapped on it

	// The control plane. Routes and NAT gateways are made beside it: EKS needs subnets alone.
	nodeRole := b.nodeRole()
	logs := b.logs()
	control := b.controlPlane(vpc, nodeRole,
		b.after(logs)) // EKS would make the group itself, for ever, and writes to it until the cluster is gone
	access := b.access(control)

	// Nodes.
	cniRole := b.cniRole(control)
	cni := b.cni(vpc, control, cniRole,
		b.after(cniRole)) // without its policy the CNI neither takes nor gives back addresses
	kubeProxy := b.kubeProxy(control)
	nodes := b.nodeGroups(vpc, control, nodeRole,
		b.after(nodeRole),  // its policies let nodes join, pull images, and leave
		b.after(cni),       // nodes that start earlier have no addresses for pods; ENIs of nodes that outlive it stay behind
		b.after(internet),  // from public subnets nodes join and pull images by it
		b.after(nat),       // from private ones by it
		b.after(endpoints)) // or by these, where there is no NAT gateway

	// What runs on nodes.
	kubernetes := b.kubernetes(control,
		b.after(access)) // who destroys as an admin needs the entry until the last Kubernetes object is gone
	coreDNS := b.coreDNS(control,
		b.after(nodes...)) // its pods need nodes
	controllerRole := b.controllerRole(control)
	controller := b.controller(kubernetes, vpc, control, controllerRole,
		b.after(controllerRole), // without its policy it neither makes nor removes load balancers
		b.after(kubeProxy),      // its pods reach the API server by a Service address, on new nodes too
		b.after(coreDNS))        // its pods find AWS by name
	class := b.ingressClass(kubernetes)

	// Workloads, each behind a load balancer or a policy. Pods come first, or after the load balancer where it tells which are ready.
	for _, name := range b.workloads() {
		application := b.application(kubernetes, name)
		pods := b.pods(kubernetes, name, application,
			b.after(nodes...)) // they need nodes
		switch b.kind(name) {
		case config.KindCLB:
			b.clb(kubernetes, name, application, vpc,
				b.after(pods)) // they are there when the load balancer comes, and until it is gone
		case config.KindNLB:
			nlb := b.nlb(kubernetes, name, application, vpc,
				b.after(controller), // which makes the load balancer, and removes it
				b.after(pods))       // they are there when the load balancer comes, and until it is gone
			b.gatedPods(kubernetes, name, application,
				b.after(nlb)) // the controller puts gates into pods that start behind a Service, and none into those that run
		case config.KindALB:
			backend := b.backend(kubernetes, name, application,
				b.after(pods)) // its Service has them then
			alb := b.alb(kubernetes, name, backend, class, vpc,
				b.after(controller)) // which reviews the Ingress, makes the load balancer, and removes it
			b.gatedPods(kubernetes, name, application,
				b.after(alb)) // the controller puts gates into pods that start behind an Ingress, and none into those that run
		case config.KindPolicy:
			b.policy(kubernetes, name, application,
				b.after(pods)) // there is a server to ask
		}
	}

	b.outputs(vpc, nat, control)
	return b.err
}
