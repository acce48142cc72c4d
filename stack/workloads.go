package stack

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons"
	"eksnet/config"
	"eksnet/network"
	"eksnet/plan/balancer"
	"eksnet/workloads"
)

// workloads returns the sorted names of the workloads.
func (b *builder) workloads() []string { return slices.Sorted(maps.Keys(b.spec.Workloads)) }

func (b *builder) kind(workload string) string { return b.spec.Workloads[workload].Kind }

func (b *builder) application(in *kubernetes.Provider, name string, group *workloads.PodSecurityGroup, opts ...option) *workloads.Application {
	return registerComponent(b, "workload "+name, func() (*workloads.Application, error) {
		return workloads.NewApplication(b.ctx, name, &workloads.ApplicationArgs{Spec: b.spec.Workloads[name], SecurityGroup: group}, append(opts, pulumi.Provider(in))...)
	})
}

// pods registers pods that are created before their load balancer. It returns nil for pods with a readiness gate, and
// for those of the gateway of the mesh.
func (b *builder) pods(in *kubernetes.Provider, name string, application *workloads.Application, opts ...option) *workloads.Pods {
	if b.spec.Workloads[name].ReadinessGate || b.isIstioGateway(name) {
		return nil
	}
	return b.registerPods(in, name, application, opts)
}

// gatedPods registers pods with a readiness gate, which are created after their load balancer and ready once they are
// healthy targets.
func (b *builder) gatedPods(in *kubernetes.Provider, name string, application *workloads.Application, opts ...option) {
	if b.spec.Workloads[name].ReadinessGate {
		b.registerPods(in, name, application, opts)
	}
}

func (b *builder) registerPods(in *kubernetes.Provider, name string, application *workloads.Application, opts []option) *workloads.Pods {
	return registerComponent(b, "pods of workload "+name, func() (*workloads.Pods, error) {
		return workloads.NewPods(b.ctx, name, &workloads.PodsArgs{
			Spec: b.spec.Workloads[name], Application: application, IPv6: b.spec.Network.IPv6(), Proxy: b.proxy(name),
			EnforcingMode: b.enforcingMode(),
		}, append(opts, pulumi.Provider(in))...)
	})
}

func (b *builder) clb(in *kubernetes.Provider, name string, application *workloads.Application, vpc *network.VPC, opts ...option) {
	balancer := registerComponent(b, "CLB of workload "+name, func() (*workloads.CLB, error) {
		return workloads.NewCLB(b.ctx, name, &workloads.CLBArgs{
			Spec: b.spec.Workloads[name], Application: application, Tags: b.tags(), Subnets: b.balancerSubnets(vpc, name),
		}, append(opts, pulumi.Provider(in))...)
	})
	if b.err == nil {
		b.addresses[name] = balancer.Address
	}
}

func (b *builder) nlb(in *kubernetes.Provider, name string, application *workloads.Application, vpc *network.VPC, opts ...option) *workloads.NLB {
	balancer := registerComponent(b, "NLB of workload "+name, func() (*workloads.NLB, error) {
		return workloads.NewNLB(b.ctx, name, &workloads.NLBArgs{
			Spec: b.spec.Workloads[name], Application: application, Subnets: b.balancerSubnets(vpc, name), DualStack: b.spec.Network.IPv6(),
		}, append(opts, pulumi.Provider(in))...)
	})
	if b.err == nil {
		b.addresses[name] = balancer.Address
	}
	return balancer
}

func (b *builder) backend(in *kubernetes.Provider, name string, application *workloads.Application, opts ...option) *workloads.Backend {
	return registerComponent(b, "backend of workload "+name, func() (*workloads.Backend, error) {
		return workloads.NewBackend(b.ctx, name, &workloads.BackendArgs{Spec: b.spec.Workloads[name], Application: application}, append(opts, pulumi.Provider(in))...)
	})
}

func (b *builder) alb(in *kubernetes.Provider, name string, backend *workloads.Backend, class *addons.IngressClass, vpc *network.VPC, opts ...option) *workloads.ALB {
	balancer := registerComponent(b, "ALB of workload "+name, func() (*workloads.ALB, error) {
		return workloads.NewALB(b.ctx, name, &workloads.ALBArgs{
			Spec: b.spec.Workloads[name], Backend: backend, Class: class.Name, Subnets: b.balancerSubnets(vpc, name), DualStack: b.spec.Network.IPv6(),
			ExternalDNS: b.spec.Addons.ExternalDNS != nil,
		}, append(opts, pulumi.Provider(in))...)
	})
	if b.err == nil {
		b.addresses[name] = balancer.Address
	}
	return balancer
}

// balancerSubnets returns the subnets of a workload's load balancer, one in each of its zones in their order, public
// ones if it is internet-facing.
func (b *builder) balancerSubnets(vpc *network.VPC, workload string) pulumi.StringArray {
	subnets := vpc.Public
	if b.spec.Workloads[workload].Scheme == config.Internal {
		subnets = vpc.Private
	}
	var chosen []*network.Subnet
	for _, zone := range balancer.ZonesOf(b.spec, workload) {
		chosen = append(chosen, subnets[slices.IndexFunc(subnets, func(s *network.Subnet) bool { return s.Zone == zone })])
	}
	return network.IDs(chosen)
}

func (b *builder) policy(in *kubernetes.Provider, name string, application *workloads.Application, opts ...option) {
	registerComponent(b, "policy of workload "+name, func() (*workloads.Policy, error) {
		return workloads.NewPolicy(b.ctx, name, &workloads.PolicyArgs{Spec: b.spec.Workloads[name], Application: application}, append(opts, pulumi.Provider(in))...)
	})
}

func (b *builder) speed(in *kubernetes.Provider, name string, application *workloads.Application, opts ...option) {
	registerComponent(b, "server of workload "+name, func() (*workloads.Speed, error) {
		return workloads.NewSpeed(b.ctx, name, &workloads.SpeedArgs{Spec: b.spec.Workloads[name], Application: application}, append(opts, pulumi.Provider(in))...)
	})
}
