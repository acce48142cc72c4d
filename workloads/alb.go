package workloads

import (
	"fmt"
	"strconv"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan"
)

// ALBArgs are the spec and wires of an application load balancer.
type ALBArgs struct {
	Spec    config.Workload
	Backend *Backend
	// Class is the name of the IngressClass of the load balancer controller.
	Class pulumi.StringInput
}

// ALB is an application load balancer, or the part that one workload has in one of a group: it sends requests for a host and path to
// the pods' addresses (ip targets) or to a port of the nodes (instance targets).
type ALB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewALB registers an Ingress that the load balancer controller makes an ALB of.
func NewALB(ctx *pulumi.Context, name string, args *ALBArgs, opts ...pulumi.ResourceOption) (*ALB, error) {
	a := &ALB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:ALB", name, a, opts...); err != nil {
		return nil, err
	}
	app, err := appOf(args.Spec)
	if err != nil {
		return nil, err
	}
	ingress, err := networkingv1.NewIngress(ctx, name+"-alb", &networkingv1.IngressArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Namespace:   args.Backend.Namespace,
			Name:        pulumi.String(name + "-alb"),
			Annotations: pulumi.ToStringMap(annotations(args.Spec, app.health)),
		},
		Spec: &networkingv1.IngressSpecArgs{
			IngressClassName: args.Class.ToStringOutput().ToStringPtrOutput(),
			Rules:            networkingv1.IngressRuleArray{rule(args.Spec, args.Backend)},
		},
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("ingress: %w", err)
	}
	a.Address = ingressAddress(ingress)
	component.Outputs(ctx, a, pulumi.Map{"address": a.Address})
	return a, nil
}

func annotations(spec config.Workload, health string) map[string]string {
	all := map[string]string{albScheme: spec.Scheme, albTargetType: spec.Target, albHealth: health}
	if spec.Group != "" {
		all[albGroup] = spec.Group
		all[albOrder] = strconv.Itoa(plan.RuleOrder(spec))
	}
	return all
}

// rule takes the workload's host and path to its backend. The path arrives at the pods as it was asked for.
func rule(spec config.Workload, backend *Backend) *networkingv1.IngressRuleArgs {
	rule := &networkingv1.IngressRuleArgs{
		Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: networkingv1.HTTPIngressPathArray{&networkingv1.HTTPIngressPathArgs{
			Path:     pulumi.String(spec.Path),
			PathType: pulumi.String("Prefix"),
			Backend: &networkingv1.IngressBackendArgs{Service: &networkingv1.IngressServiceBackendArgs{
				Name: backend.Name,
				Port: &networkingv1.ServiceBackendPortArgs{Name: pulumi.String(portName)},
			}},
		}}},
	}
	if spec.Host != "" {
		rule.Host = pulumi.String(spec.Host)
	}
	return rule
}

// ingressAddress is the DNS name that an Ingress got; the provider waits for it.
func ingressAddress(ingress *networkingv1.Ingress) pulumi.StringOutput {
	return ingress.Status.LoadBalancer().Ingress().ApplyT(func(entries []networkingv1.IngressLoadBalancerIngress) (string, error) {
		for _, entry := range entries {
			if entry.Hostname != nil {
				return *entry.Hostname, nil
			}
		}
		return "", fmt.Errorf("the load balancer has no DNS name")
	}).(pulumi.StringOutput)
}
