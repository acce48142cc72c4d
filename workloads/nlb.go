package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// NLBArgs are the spec and wires of a network load balancer.
type NLBArgs struct {
	Spec        config.Workload
	Application *Application
}

// NLB is a network load balancer that sends packets straight to the pods' addresses (ip targets): no node port, no kube-proxy.
type NLB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewNLB registers a Service that the load balancer controller makes an NLB of. The class tells it apart from the Services
// of EKS's own cloud controller; class and kind cannot change, so the kind is part of the name
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb).
func NewNLB(ctx *pulumi.Context, name string, args *NLBArgs, opts ...pulumi.ResourceOption) (*NLB, error) {
	n := &NLB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:NLB", name, n, opts...); err != nil {
		return nil, err
	}
	service, err := corev1.NewService(ctx, name+"-nlb", &corev1.ServiceArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Namespace: args.Application.Namespace,
			Name:      pulumi.String(name + "-nlb"),
			Annotations: pulumi.ToStringMap(map[string]string{
				"service.beta.kubernetes.io/aws-load-balancer-scheme":          args.Spec.Scheme,
				"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
			}),
		},
		Spec: &corev1.ServiceSpecArgs{
			Type:              pulumi.String("LoadBalancer"),
			LoadBalancerClass: pulumi.String("service.k8s.aws/nlb"),
			Selector:          args.Application.Labels,
			// Packets for ip targets pass no node port, so none is taken.
			AllocateLoadBalancerNodePorts: pulumi.Bool(false),
			Ports: corev1.ServicePortArray{&corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	n.Address = address(service)
	component.Outputs(ctx, n, pulumi.Map{"address": n.Address})
	return n, nil
}

// address is the DNS name that a Service of type LoadBalancer got; the provider waits for it.
func address(service *corev1.Service) pulumi.StringOutput {
	return service.Status.LoadBalancer().Ingress().ApplyT(func(ingress []corev1.LoadBalancerIngress) (string, error) {
		for _, entry := range ingress {
			if entry.Hostname != nil {
				return *entry.Hostname, nil
			}
		}
		return "", fmt.Errorf("the load balancer has no DNS name")
	}).(pulumi.StringOutput)
}
