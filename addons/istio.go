package addons

import (
	"fmt"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// The names of Istio's releases. That of the gateway is the name of its workload: the chart derives the label
// app.kubernetes.io/name of the pods from it, by which the workload's Service selects them.
const (
	istioBaseName = "istio-base"
	istiodName    = "istiod"
)

// IstioArgs holds the spec of the mesh.
type IstioArgs struct {
	Spec config.Istio
}

// IstioBase is the namespace of the control plane, and the definitions of Istio's custom resources.
type IstioBase struct {
	pulumi.ResourceState

	// Namespace is the name of the namespace, as an output of the release: what uses it is created after the definitions
	// and deleted before them. Istio upgrades the chart base before istiod
	// (istio.io/latest/docs/setup/upgrade/helm).
	Namespace pulumi.StringOutput
}

// NewIstioBase registers the namespace and the release of the chart base. The chart has the definitions among its
// templates, so that Helm updates them. They are annotated to remain when the release is deleted.
func NewIstioBase(ctx *pulumi.Context, name string, args *IstioArgs, opts ...pulumi.ResourceOption) (*IstioBase, error) {
	b := &IstioBase{}
	if err := ctx.RegisterComponentResource("eksnet:addons:IstioBase", name, b, opts...); err != nil {
		return nil, err
	}
	namespace, err := corev1.NewNamespace(ctx, name, &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(config.IstioNamespace)},
	}, pulumi.Parent(b))
	if err != nil {
		return nil, fmt.Errorf("namespace: %w", err)
	}
	release := istioRelease(args.Spec, charts.IstioBase, istioBaseName, config.IstioNamespace, pulumi.Map{})
	release.within = namespace.Metadata.Name().Elem()
	registered, err := release.registerReleased(ctx, name, b)
	if err != nil {
		return nil, err
	}
	b.Namespace = registered.Namespace
	component.Outputs(ctx, b, pulumi.Map{"namespace": b.Namespace})
	return b, nil
}

// IstiodArgs holds the spec and wires of the control plane.
type IstiodArgs struct {
	Spec      config.Istio
	Namespace pulumi.StringInput
}

// Istiod is the control plane of the mesh, which injects proxies into pods and configures them.
type Istiod struct{ pulumi.ResourceState }

// NewIstiod registers the release of the chart istiod.
func NewIstiod(ctx *pulumi.Context, name string, args *IstiodArgs, opts ...pulumi.ResourceOption) (*Istiod, error) {
	i := &Istiod{}
	if err := ctx.RegisterComponentResource("eksnet:addons:Istiod", name, i, opts...); err != nil {
		return nil, err
	}
	release := istioRelease(args.Spec, charts.Istiod, istiodName, config.IstioNamespace, istiodValues(args.Spec))
	release.within = args.Namespace
	if err := release.register(ctx, name, i); err != nil {
		return nil, err
	}
	component.Outputs(ctx, i, pulumi.Map{})
	return i, nil
}

// istiodValues returns the values of the chart istiod. A rollout starts one pod at a time: by default it would start as
// many as there are, which nodes must have room for.
func istiodValues(spec config.Istio) pulumi.Map {
	return pulumi.Map{
		"autoscaleEnabled": pulumi.Bool(false),
		"replicaCount":     pulumi.Int(spec.Istiod.Replicas),
		"rollingMaxSurge":  pulumi.String("1"),
		"resources":        requests(spec.Istiod.CPU, spec.Istiod.MemoryMiB),
		"global": pulumi.Map{
			"hub":   pulumi.String(spec.Hub),
			"tag":   pulumi.String(spec.Version),
			"proxy": pulumi.Map{"resources": requests(spec.Sidecar.CPU, spec.Sidecar.MemoryMiB)},
		},
	}
}

// requests returns CPU and memory as values of a chart.
func requests(milliCPU, mebibytes int) pulumi.Map {
	return pulumi.Map{"requests": pulumi.ToStringMap(balancer.Requests{MilliCPU: milliCPU, MiB: mebibytes}.Quantities())}
}

// istioRelease returns a release of one of Istio's charts, which are in a repository or in a folder of a registry.
func istioRelease(spec config.Istio, chart, name, namespace string, values pulumi.Map) *release {
	place := spec.Charts
	if strings.HasPrefix(place, "oci://") {
		place = strings.TrimSuffix(place, "/") + "/" + chart
	}
	return &release{chart: chart, name: name, place: place, version: spec.Version, namespace: namespace, timeout: helmTimeout, values: values}
}
