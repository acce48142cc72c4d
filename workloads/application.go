// Package workloads holds the sample applications and their load balancers.
package workloads

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// ApplicationArgs holds the spec and wires of an application.
type ApplicationArgs struct {
	Spec config.Workload
	// SecurityGroup is the security group of the pods, nil if they have that of the cluster.
	SecurityGroup *PodSecurityGroup
}

// Application is the namespace of a sample application and the labels of its pods. Pods is a separate component,
// because with readiness gates the load balancer is created between the two.
type Application struct {
	pulumi.ResourceState

	Namespace pulumi.StringOutput
	Labels    pulumi.StringMap
	// ServiceAccount is the name of the pods' own service account, nil for applications without rights in the cluster.
	ServiceAccount pulumi.StringInput
	// GroupPolicy is the name of the SecurityGroupPolicy, nil if the pods have the security group of the cluster. Pods
	// whose label groupPolicyLabel has this value get an interface with their group when they are created.
	GroupPolicy pulumi.StringInput
}

// NewApplication registers the namespace, and the SecurityGroupPolicy of pods with a security group of their own.
func NewApplication(ctx *pulumi.Context, name string, args *ApplicationArgs, opts ...pulumi.ResourceOption) (*Application, error) {
	app, err := findApp(args.Spec)
	if err != nil {
		return nil, err
	}
	a := &Application{Labels: pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(name)}}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Application", name, a, opts...); err != nil {
		return nil, err
	}
	meta := &metav1.ObjectMetaArgs{Name: pulumi.String(name)}
	if labels := namespaceLabels(args.Spec); len(labels) > 0 {
		meta.Labels = labels
	}
	if args.SecurityGroup != nil {
		meta.Annotations = pulumi.StringMap{groupAnnotation: args.SecurityGroup.Name}
	}
	namespace, err := corev1.NewNamespace(ctx, name, &corev1.NamespaceArgs{Metadata: meta}, pulumi.Parent(a), deleteTimeout(args.Spec))
	if err != nil {
		return nil, fmt.Errorf("namespace: %w", err)
	}
	a.Namespace = namespace.Metadata.Name().Elem()
	if app.rights != nil {
		if err := a.addRights(ctx, name, app.rights); err != nil {
			return nil, err
		}
	}
	if args.SecurityGroup != nil {
		if err := a.addGroupPolicy(ctx, name, args.SecurityGroup); err != nil {
			return nil, fmt.Errorf("security group policy: %w", err)
		}
	}
	component.Outputs(ctx, a, pulumi.Map{"namespace": a.Namespace})
	return a, nil
}

// namespaceLabels returns the labels by which the load balancer controller injects readiness gates, istiod injects
// proxies, and the Gateway of a group admits routes.
func namespaceLabels(spec config.Workload) pulumi.StringMap {
	labels := pulumi.StringMap{}
	if spec.ReadinessGate {
		labels[readinessGateLabel] = pulumi.String("enabled")
	}
	if spec.HasProxy() {
		labels[awsdata.InjectionLabel] = pulumi.String(awsdata.InjectionEnabled)
	}
	if spec.IsGateway() && balancer.IsGrouped(spec) {
		labels[gatewayLabel] = pulumi.String(spec.Group)
	}
	return labels
}
