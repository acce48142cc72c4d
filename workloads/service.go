package workloads

import (
	"cmp"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// serviceArgs holds the spec and wires of a Service of any kind.
type serviceArgs struct {
	spec        config.Workload
	application *Application
	annotations pulumi.StringMap
}

// newService registers a Service of a workload. Its name contains the kind of load balancer, so that a change of the
// kind replaces the Service: the class of a Service is immutable, and if a Service changed its controller, the earlier
// controller would not delete its load balancer.
func newService(ctx *pulumi.Context, name string, args *serviceArgs, spec *corev1.ServiceSpecArgs, in pulumi.ResourceOption) (*corev1.Service, error) {
	spec.Selector = args.application.Labels
	spec.Ports = servicePorts(args.spec)
	if (args.spec.Kind == config.KindCLB || args.spec.Kind == config.KindNLB) && len(args.spec.SourceRanges) > 0 {
		spec.LoadBalancerSourceRanges = pulumi.ToStringArray(args.spec.SourceRanges)
	}
	if args.spec.TrafficPolicy != "" {
		spec.ExternalTrafficPolicy = pulumi.String(args.spec.TrafficPolicy)
	}
	service, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: args.application.Namespace, Name: pulumi.String(name), Annotations: args.annotations},
		Spec:     spec,
	}, in)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	return service, nil
}

// servicePorts returns the ports of a Service: one, or one of each protocol. They refer to the container's ports by
// name, so that they do not depend on the port number of the application.
func servicePorts(spec config.Workload) corev1.ServicePortArray {
	var all corev1.ServicePortArray
	if spec.HasTCP() {
		all = append(all, &corev1.ServicePortArgs{Name: pulumi.String(portName), Port: pulumi.Int(servicePort(spec)), TargetPort: portOf(spec)})
	}
	if spec.HasUDP() {
		all = append(all, &corev1.ServicePortArgs{Name: pulumi.String(udpName), Port: pulumi.Int(servicePort(spec)), TargetPort: pulumi.String(udpName), Protocol: pulumi.String("UDP")})
	}
	return all
}

// servicePort returns the Service's port number. For an NLB and a CLB it is the port of the listener. For others the
// number has no effect on listeners: for an ALB the Ingress defines them, and behind a Gateway the routes.
func servicePort(spec config.Workload) int { return cmp.Or(spec.Port, config.HTTPPort) }

// serviceAddress returns the DNS name in the status of a Service of type LoadBalancer. The provider waits until it is
// set.
func serviceAddress(ctx *pulumi.Context, service *corev1.Service) pulumi.StringOutput {
	return service.Status.LoadBalancer().Ingress().ApplyT(func(entries []corev1.LoadBalancerIngress) (string, error) {
		var names []*string
		for _, entry := range entries {
			names = append(names, entry.Hostname)
		}
		return dnsName(ctx, names)
	}).(pulumi.StringOutput)
}

// dnsName returns the first of a load balancer's names. In a preview there may be none yet, because the provider
// returns the status that it read last (github.com/pulumi/pulumi-kubernetes, provider/pkg/provider/provider.go,
// Update).
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
