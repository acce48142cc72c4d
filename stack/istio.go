package stack

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons"
	"eksnet/config"
	"eksnet/plan/mesh"
	"eksnet/workloads"
)

// istioBase returns nil if the stack file does not install Istio, as the next method does.
func (b *builder) istioBase(in *kubernetes.Provider, opts ...option) *addons.IstioBase {
	spec := b.spec.Addons.Istio
	if spec == nil {
		return nil
	}
	return registerComponent(b, "definitions of Istio", func() (*addons.IstioBase, error) {
		return addons.NewIstioBase(b.ctx, b.name+"-istio-base", &addons.IstioArgs{Spec: *spec}, append(opts, pulumi.Provider(in))...)
	})
}

func (b *builder) istiod(in *kubernetes.Provider, base *addons.IstioBase, opts ...option) *addons.Istiod {
	spec := b.spec.Addons.Istio
	if spec == nil {
		return nil
	}
	return registerComponent(b, "istiod", func() (*addons.Istiod, error) {
		return addons.NewIstiod(b.ctx, b.name+"-istiod", &addons.IstiodArgs{Spec: *spec, Namespace: base.Namespace}, append(opts, pulumi.Provider(in))...)
	})
}

// istioGateway registers the pods of the gateway of the mesh. It returns nil for another workload.
func (b *builder) istioGateway(in *kubernetes.Provider, name string, application *workloads.Application, opts ...option) *addons.IstioGateway {
	if !b.isIstioGateway(name) {
		return nil
	}
	return registerComponent(b, "gateway of the mesh", func() (*addons.IstioGateway, error) {
		return addons.NewIstioGateway(b.ctx, b.name+"-istio-gateway", &addons.IstioGatewayArgs{
			Spec: *b.spec.Addons.Istio, Namespace: application.Namespace,
		}, append(opts, pulumi.Provider(in))...)
	})
}

func (b *builder) isIstioGateway(name string) bool {
	return b.spec.Workloads[name].App == config.AppIstioGateway
}

// proxy describes the proxy in the pods of a workload, "" for pods without one.
func (b *builder) proxy(name string) string {
	spec := b.spec.Addons.Istio
	if !b.spec.Workloads[name].HasProxy() || spec == nil {
		return ""
	}
	return fmt.Sprintf("%s, %dm CPU, %d MiB", spec.Image("proxyv2"), spec.Sidecar.CPU, spec.Sidecar.MemoryMiB)
}

// istioRoutes registers the configuration of the mesh. The routes name the namespaces and the Services of the gateway
// and of the workloads, so they are created after these and after istiod, and deleted before them.
func (b *builder) istioRoutes(in *kubernetes.Provider, base *addons.IstioBase, behind *behindMesh, opts ...option) {
	spec := b.spec.Addons.Istio
	if spec == nil {
		return
	}
	registerComponent(b, "routes of the mesh", func() (*addons.IstioRoutes, error) {
		return addons.NewIstioRoutes(b.ctx, b.name+"-istio-routes", &addons.IstioRoutesArgs{
			Spec: *spec, Hosts: mesh.Hosts(b.spec), Workloads: mesh.Workloads(b.spec), Namespace: base.Namespace,
			GatewayNamespace: behind.namespace, GatewayService: behind.service, Services: behind.services,
		}, append(opts, pulumi.Provider(in))...)
	})
}

// behindMesh is what the routes of the mesh refer to: the namespace and the Service of its gateway, and the backends of
// workloads.
type behindMesh struct {
	namespace, service pulumi.StringOutput
	services           map[string]addons.MeshService
}

func newBehindMesh() *behindMesh { return &behindMesh{services: map[string]addons.MeshService{}} }

// setMeshGateway sets the gateway, if the workload is the gateway of the mesh.
func (b *builder) setMeshGateway(behind *behindMesh, name string, application *workloads.Application, nlb *workloads.NLB) {
	if b.isIstioGateway(name) && b.err == nil {
		behind.namespace, behind.service = application.Namespace, nlb.Service
	}
}

// add adds the Service of a workload.
func (m *behindMesh) add(name string, backend *workloads.Backend) {
	if backend != nil {
		m.services[name] = addons.MeshService{Namespace: backend.Namespace, Name: backend.Name}
	}
}
