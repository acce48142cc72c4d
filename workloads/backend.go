package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// BackendArgs holds the spec and wires of a backend.
type BackendArgs struct {
	Spec        config.Workload
	Application *Application
}

// Backend is the Service to which an Ingress or a route forwards requests. It is a separate component because only the
// Ingress or the Gateway depends on the load balancer controller: the Service is created while the controller starts,
// and destroy can delete the Ingress at the same time as the other load balancers, before the Service.
type Backend struct {
	pulumi.ResourceState

	Namespace, Name pulumi.StringOutput
}

// NewBackend registers a ClusterIP Service, or a NodePort Service if the targets are instances.
func NewBackend(ctx *pulumi.Context, name string, args *BackendArgs, opts ...pulumi.ResourceOption) (*Backend, error) {
	b := &Backend{Namespace: args.Application.Namespace}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Backend", name, b, opts...); err != nil {
		return nil, err
	}
	kind, annotations := "ClusterIP", pulumi.StringMap{}
	if args.Spec.Target == config.TargetInstance {
		kind = "NodePort"
	}
	if args.Spec.ReadinessGate {
		annotations[skipWait] = pulumi.String("true") // Pulumi would wait for the pods, which are created later
	}
	service, err := newService(ctx, backendName(name, args.Spec), &serviceArgs{spec: args.Spec, application: args.Application, annotations: annotations},
		&corev1.ServiceSpecArgs{Type: pulumi.String(kind)}, pulumi.Parent(b))
	if err != nil {
		return nil, err
	}
	b.Name = service.Metadata.Name().Elem()
	component.Outputs(ctx, b, pulumi.Map{"name": b.Name})
	return b, nil
}

// backendName returns the name of the Service. That behind a Gateway is the same for both kinds of load balancers, and
// that behind the gateway of the mesh has no kind.
func backendName(name string, spec config.Workload) string {
	if spec.IsGateway() || spec.Kind == config.KindMesh {
		return name
	}
	return name + "-alb"
}
