package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// service registers a Service of a workload, on port 80. The kind of load balancer is part of its name: a class cannot change, and
// a Service that went from one controller to another would leave its load balancer behind.
func service(ctx *pulumi.Context, name string, application *Application, annotations map[string]string, spec *corev1.ServiceSpecArgs, in pulumi.ResourceOption) (*corev1.Service, error) {
	spec.Selector = application.Labels
	spec.Ports = corev1.ServicePortArray{&corev1.ServicePortArgs{
		Name: pulumi.String(portName), Port: pulumi.Int(80), TargetPort: pulumi.String(portName),
	}}
	made, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Namespace:   application.Namespace,
			Name:        pulumi.String(name),
			Annotations: pulumi.ToStringMap(annotations),
		},
		Spec: spec,
	}, in)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	return made, nil
}

// address is the DNS name that a Service of type LoadBalancer got; the provider waits for it.
func address(service *corev1.Service) pulumi.StringOutput {
	return service.Status.LoadBalancer().Ingress().ApplyT(func(entries []corev1.LoadBalancerIngress) (string, error) {
		for _, entry := range entries {
			if entry.Hostname != nil {
				return *entry.Hostname, nil
			}
		}
		return "", fmt.Errorf("the load balancer has no DNS name")
	}).(pulumi.StringOutput)
}
