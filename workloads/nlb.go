package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// NLBArgs are the spec and wires of a network load balancer.
type NLBArgs struct {
	Spec        config.Workload
	Application *Application
}

// NLB is a network load balancer. With ip targets it sends packets straight to the pods' addresses, with instance targets to a
// port of the nodes.
type NLB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewNLB registers a Service that the load balancer controller makes an NLB of. The class tells it apart from the Services
// of EKS's own cloud controller.
func NewNLB(ctx *pulumi.Context, name string, args *NLBArgs, opts ...pulumi.ResourceOption) (*NLB, error) {
	n := &NLB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:NLB", name, n, opts...); err != nil {
		return nil, err
	}
	annotations := map[string]string{nlbScheme: args.Spec.Scheme, nlbTargetType: args.Spec.Target}
	service, err := service(ctx, name+"-nlb", args.Application, annotations, &corev1.ServiceSpecArgs{
		Type:              pulumi.String("LoadBalancer"),
		LoadBalancerClass: pulumi.String(nlbClass),
		// Packets for ip targets pass no node port, so none is taken.
		AllocateLoadBalancerNodePorts: pulumi.Bool(args.Spec.Target == config.TargetInstance),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, err
	}
	n.Address = address(service)
	component.Outputs(ctx, n, pulumi.Map{"address": n.Address})
	return n, nil
}
