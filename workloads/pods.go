package workloads

import (
	"fmt"
	"maps"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// PodsArgs holds the spec and wires of an application's pods.
type PodsArgs struct {
	Spec        config.Workload
	Application *Application
	// IPv6 reports whether pods have IPv6 addresses only.
	IPv6 bool
	// Proxy describes the proxy that istiod injects, "" for pods without one.
	Proxy string
	// EnforcingMode is how the VPC CNI enforces security groups of pods, "" if it does not.
	EnforcingMode string
}

// Pods is the pods of an application, with the objects that control their number.
type Pods struct{ pulumi.ResourceState }

// NewPods registers the Deployment, a PodDisruptionBudget if the stack file sets minAvailable, and a
// HorizontalPodAutoscaler if it sets autoscale.
func NewPods(ctx *pulumi.Context, name string, args *PodsArgs, opts ...pulumi.ResourceOption) (*Pods, error) {
	app, err := findApp(args.Spec)
	if err != nil {
		return nil, err
	}
	p := &Pods{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Pods", name, p, opts...); err != nil {
		return nil, err
	}
	spec := &appsv1.DeploymentSpecArgs{
		Replicas: pulumi.Int(args.Spec.LeastPods()),
		Selector: &metav1.LabelSelectorArgs{MatchLabels: args.Application.Labels},
		Template: &corev1.PodTemplateSpecArgs{
			Metadata: args.templateMetadata(),
			Spec:     app.podSpec(args),
		},
	}
	meta := &metav1.ObjectMetaArgs{Namespace: args.Application.Namespace, Name: pulumi.String(name), Labels: args.Application.Labels}
	options := append(args.ownReplicas(meta),
		pulumi.Parent(p), rolloutTimeouts(args.Spec), pulumi.Aliases([]pulumi.Alias{{Parent: args.Application}})) // the parent in older stacks
	_, err = appsv1.NewDeployment(ctx, name, &appsv1.DeploymentArgs{Metadata: meta, Spec: spec}, options...)
	if err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	if err := args.addScaling(ctx, name, pulumi.Parent(p)); err != nil {
		return nil, err
	}
	component.Outputs(ctx, p, pulumi.Map{})
	return p, nil
}

// templateMetadata returns the metadata of the pods. istiod injects a proxy, and the VPC CNI sets up the network of a
// pod, only when a pod is created, so pods that run already are replaced if another proxy would be injected or their
// security group would be enforced in another mode.
func (args *PodsArgs) templateMetadata() *metav1.ObjectMetaArgs {
	labels, annotations := maps.Clone(args.Application.Labels), pulumi.StringMap{}
	if args.Proxy != "" {
		annotations[proxyAnnotation] = pulumi.String(args.Proxy)
	}
	if args.Application.GroupPolicy != nil {
		labels[groupPolicyLabel] = args.Application.GroupPolicy
		annotations[enforcingModeAnnotation] = pulumi.String(args.EnforcingMode)
	}
	meta := &metav1.ObjectMetaArgs{Labels: labels}
	if len(annotations) > 0 {
		meta.Annotations = annotations
	}
	return meta
}

// Annotations of pods with the description of their proxy, and with how their security group is enforced.
const (
	proxyAnnotation         = "eksnet/proxy"
	enforcingModeAnnotation = "eksnet/enforcing-mode"
)

// podSpec returns the pod spec.
func (a app) podSpec(args *PodsArgs) *corev1.PodSpecArgs {
	pod := &corev1.PodSpecArgs{
		AutomountServiceAccountToken: pulumi.Bool(a.rights != nil),
		SecurityContext:              a.pods,
		NodeSelector:                 a.nodeSelector(args.Spec.Image),
		TopologySpreadConstraints:    args.spread(),
		Containers:                   corev1.ContainerArray{a.containerSpec(args)},
	}
	if a.rights != nil {
		pod.ServiceAccountName = args.Application.ServiceAccount.ToStringOutput().ToStringPtrOutput()
	}
	if len(a.volumes) > 0 {
		pod.Volumes = a.volumes
	}
	if args.Spec.GracePeriod > 0 {
		pod.TerminationGracePeriodSeconds = pulumi.Int(args.Spec.GracePeriod)
	}
	return pod
}

// spread returns the constraints by which the scheduler spreads pods over the zones, those of netshoot over the nodes,
// and the clients of a measurement of speed over both, if there is capacity.
func (args *PodsArgs) spread() corev1.TopologySpreadConstraintArray {
	keys := []string{"topology.kubernetes.io/zone"}
	switch args.Spec.Kind {
	case config.KindNetshoot:
		keys = []string{"kubernetes.io/hostname"}
	case config.KindSpeed:
		keys = append(keys, "kubernetes.io/hostname")
	}
	var all corev1.TopologySpreadConstraintArray
	for _, key := range keys {
		all = append(all, &corev1.TopologySpreadConstraintArgs{
			MaxSkew:           pulumi.Int(1),
			TopologyKey:       pulumi.String(key),
			WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector:     &metav1.LabelSelectorArgs{MatchLabels: args.Application.Labels},
		})
	}
	return all
}

// containerSpec returns the container.
func (a app) containerSpec(args *PodsArgs) *corev1.ContainerArgs {
	spec := args.Spec
	container := &corev1.ContainerArgs{
		Name:  pulumi.String(a.name),
		Image: pulumi.String(spec.Image),
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.ToStringMap(balancer.ApplicationRequests.Quantities()),
			Limits:   pulumi.ToStringMap(map[string]string{"memory": "128Mi"}),
		},
		SecurityContext: a.container,
	}
	if ports := a.ports(spec); len(ports) > 0 {
		container.Ports, container.ReadinessProbe = ports, a.probe(spec)
	}
	if len(a.mounts) > 0 {
		container.VolumeMounts = a.mounts
	}
	if a.configure != nil {
		a.configure(args, container)
	}
	if spec.PreStop > 0 {
		container.Lifecycle = &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(spec.PreStop)}}}
	}
	return container
}
