// Package workloads holds sample applications, one file per kind of load balancer.
package workloads

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// ApplicationArgs are the spec of an application.
type ApplicationArgs struct {
	Spec config.Workload
}

// Application is a sample application in a namespace of its own.
type Application struct {
	pulumi.ResourceState

	Namespace pulumi.StringOutput
	Labels    pulumi.StringMap
}

// portName is what pods and Services call their port, so that Services need not know where an application listens.
const portName = "http"

// NewApplication registers the namespace and the Deployment.
func NewApplication(ctx *pulumi.Context, name string, args *ApplicationArgs, opts ...pulumi.ResourceOption) (*Application, error) {
	app, err := appOf(args.Spec)
	if err != nil {
		return nil, err
	}
	a := &Application{Labels: pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(name)}}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Application", name, a, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(a)
	namespace, err := corev1.NewNamespace(ctx, name, &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(name)},
	}, in)
	if err != nil {
		return nil, fmt.Errorf("namespace: %w", err)
	}
	a.Namespace = namespace.Metadata.Name().Elem()
	_, err = appsv1.NewDeployment(ctx, name, &appsv1.DeploymentArgs{
		Metadata: &metav1.ObjectMetaArgs{Namespace: a.Namespace, Name: pulumi.String(name), Labels: a.Labels},
		Spec: &appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(args.Spec.Replicas),
			Selector: &metav1.LabelSelectorArgs{MatchLabels: a.Labels},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: a.Labels},
				Spec:     a.pod(app, args.Spec.Image),
			},
		},
	}, in)
	if err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	component.Outputs(ctx, a, pulumi.Map{"namespace": a.Namespace})
	return a, nil
}

// pod spreads over the zones as far as there is room.
func (a *Application) pod(app app, image string) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{
		AutomountServiceAccountToken: pulumi.Bool(false),
		SecurityContext:              app.pod,
		NodeSelector:                 app.nodes(image),
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{&corev1.TopologySpreadConstraintArgs{
			MaxSkew:           pulumi.Int(1),
			TopologyKey:       pulumi.String("topology.kubernetes.io/zone"),
			WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector:     &metav1.LabelSelectorArgs{MatchLabels: a.Labels},
		}},
		Containers: corev1.ContainerArray{&corev1.ContainerArgs{
			Name:           pulumi.String(app.name),
			Image:          pulumi.String(image),
			Args:           pulumi.ToStringArray(app.args),
			Ports:          corev1.ContainerPortArray{&corev1.ContainerPortArgs{Name: pulumi.String(portName), ContainerPort: pulumi.Int(app.port)}},
			ReadinessProbe: &corev1.ProbeArgs{HttpGet: &corev1.HTTPGetActionArgs{Path: pulumi.String(app.health), Port: pulumi.String(portName)}},
			Resources: &corev1.ResourceRequirementsArgs{
				Requests: pulumi.ToStringMap(map[string]string{"cpu": "50m", "memory": "64Mi"}),
				Limits:   pulumi.ToStringMap(map[string]string{"memory": "128Mi"}),
			},
			SecurityContext: app.container,
		}},
	}
}
