package workloads

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// BackendArgs are the spec and wires of a backend.
type BackendArgs struct {
	Spec        config.Workload
	Application *Application
}

// Backend is the Service that an Ingress sends requests to. It is apart from the Ingress because it needs the pods alone: it is
// made while the controller starts, and a destroy removes Ingresses together with other load balancers.
type Backend struct {
	pulumi.ResourceState

	Namespace, Name pulumi.StringOutput
}

// NewBackend registers a Service in the cluster, for instance targets on a port of every node too.
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
		annotations[skipWait] = pulumi.String("true") // its pods come later, and there is nothing else to wait for
	}
	service, err := service(ctx, name+"-alb", &serviceArgs{spec: args.Spec, application: args.Application, annotations: annotations},
		&corev1.ServiceSpecArgs{Type: pulumi.String(kind)}, pulumi.Parent(b))
	if err != nil {
		return nil, err
	}
	b.Name = service.Metadata.Name().Elem()
	component.Outputs(ctx, b, pulumi.Map{"name": b.Name})
	return b, nil
}
