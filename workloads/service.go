package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// serviceArgs are what the Services of all kinds need.
type serviceArgs struct {
	spec        config.Workload
	application *Application
	annotations pulumi.StringMap
}

// service registers a Service of a workload. The kind of load balancer is part of its name: a class cannot change, and a Service that
// went from one controller to another would leave its load balancer behind.
func service(ctx *pulumi.Context, name string, args *serviceArgs, spec *corev1.ServiceSpecArgs, in pulumi.ResourceOption) (*corev1.Service, error) {
	spec.Selector = args.application.Labels
	spec.Ports = corev1.ServicePortArray{servicePorts(args.spec)}
	if args.spec.Kind != config.KindALB && len(args.spec.SourceRanges) > 0 {
		spec.LoadBalancerSourceRanges = pulumi.ToStringArray(args.spec.SourceRanges)
	}
	if args.spec.TrafficPolicy != "" {
		spec.ExternalTrafficPolicy = pulumi.String(args.spec.TrafficPolicy)
	}
	made, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: args.application.Namespace, Name: pulumi.String(name), Annotations: args.annotations},
		Spec:     spec,
	}, in)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	return made, nil
}

// servicePorts lead to the container's port by its name, so that Services need not know where an application listens.
func servicePorts(spec config.Workload) *corev1.ServicePortArgs {
	port := &corev1.ServicePortArgs{Name: pulumi.String(portName), Port: pulumi.Int(servicePort(spec)), TargetPort: pulumi.String(portName)}
	if spec.Protocol == config.ProtocolUDP {
		port.Name, port.TargetPort, port.Protocol = pulumi.String(udpName), pulumi.String(udpName), pulumi.String("UDP")
	}
	return port
}

// servicePort is that of an NLB's listener. In front of an ALB's Service stands the Ingress, whose ports are others.
func servicePort(spec config.Workload) int {
	if spec.Kind == config.KindNLB {
		return balancer.ListenersOf(spec)[0].Port
	}
	return 80
}

// address is the DNS name that a Service of type LoadBalancer got; the provider waits for it.
func address(ctx *pulumi.Context, service *corev1.Service) pulumi.StringOutput {
	return service.Status.LoadBalancer().Ingress().ApplyT(func(entries []corev1.LoadBalancerIngress) (string, error) {
		var names []*string
		for _, entry := range entries {
			names = append(names, entry.Hostname)
		}
		return dnsName(ctx, names)
	}).(pulumi.StringOutput)
}

// dnsName is the first name of a load balancer. A preview knows none where no load balancer came: the provider keeps the status that it read
// last (github.com/pulumi/pulumi-kubernetes, provider/pkg/provider/provider.go, Update).
func dnsName(ctx *pulumi.Context, names []*string) (string, error) {
	for _, name := range names {
		if name != nil {
			return *name, nil
		}
	}
	if ctx.DryRun() {
		return "", nil
	}
	return "", fmt.Errorf("the load balancer has no DNS name")
}
