package stack

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/addons"
	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/network"
	"eksnet/plan/balancer"
	"eksnet/workloads"
)

// gatewayAPI returns nil if the stack file does not enable the Gateway API, or something else manages its definitions.
func (b *builder) gatewayAPI(in *kubernetes.Provider, opts ...option) *addons.GatewayAPI {
	if api := b.spec.Addons.GatewayAPI; api == nil || api.CRDs != config.CRDsOwn {
		return nil
	}
	return registerComponent(b, "Gateway API", func() (*addons.GatewayAPI, error) {
		return addons.NewGatewayAPI(b.ctx, b.name+"-gateway-api", append(opts, pulumi.Provider(in))...)
	})
}

// gatewayAPIVersion describes the definitions of the Gateway API, "" for none.
func (b *builder) gatewayAPIVersion() string {
	switch api := b.spec.Addons.GatewayAPI; {
	case api == nil:
		return ""
	case api.CRDs == config.CRDsOwn:
		return "v" + awsdata.GatewayAPIVersion
	default:
		return api.CRDs
	}
}

// gatewayClasses returns nil if the stack file does not enable the Gateway API.
func (b *builder) gatewayClasses(in *kubernetes.Provider, opts ...option) *addons.GatewayClasses {
	if b.spec.Addons.GatewayAPI == nil {
		return nil
	}
	return registerComponent(b, "gateway classes", func() (*addons.GatewayClasses, error) {
		return addons.NewGatewayClasses(b.ctx, b.name, append(opts, pulumi.Provider(in))...)
	})
}

// targetGroups registers the target group of a workload. It returns those of all workloads that the route forwards
// traffic to which is registered with this workload.
func (b *builder) targetGroups(in *kubernetes.Provider, name string, backend *workloads.Backend, opts ...option) []pulumi.Resource {
	group := registerComponent(b, "target group of workload "+name, func() (*workloads.TargetGroup, error) {
		return workloads.NewTargetGroup(b.ctx, name, &workloads.TargetGroupArgs{Spec: b.spec.Workloads[name], Backend: backend}, append(opts, pulumi.Provider(in))...)
	})
	if b.err != nil {
		return nil
	}
	b.behind[name].backend, b.behind[name].targetGroup = backend, group
	var all []pulumi.Resource
	for _, member := range b.routed(name) {
		all = append(all, b.behind[member].targetGroup)
	}
	return all
}

// gateway registers the Gateway of a workload, that of a group with its first member.
func (b *builder) gateway(in *kubernetes.Provider, name string, application *workloads.Application, classes *addons.GatewayClasses, vpc *network.VPC, opts ...option) *workloads.Gateway {
	planned := balancer.GatewayFor(b.spec, name)
	gateway, registered := b.gateways[planned.Namespace]
	if !registered {
		gateway = registerComponent(b, "Gateway of workload "+name, func() (*workloads.Gateway, error) {
			class := classes.ALB
			if planned.Spec.IsNLB() {
				class = classes.NLB
			}
			return workloads.NewGateway(b.ctx, planned.Namespace, &workloads.GatewayArgs{
				Plan: planned, Namespace: application.Namespace, Class: class, Subnets: b.balancerSubnets(vpc, name), DualStack: b.spec.Network.IPv6(),
			}, append(opts, pulumi.Provider(in))...)
		})
		b.gateways[planned.Namespace] = gateway
	}
	if b.err == nil {
		b.addresses[name], b.arns[name] = gateway.Address, gateway.ARN
		b.behind[name].application = application
	}
	return gateway
}

// behindGateway is what a workload has behind a Gateway. Workloads that share requests have one route, with the last.
type behindGateway struct {
	application *workloads.Application
	backend     *workloads.Backend
	targetGroup *workloads.TargetGroup
	route       *workloads.Route
}

// routed returns the workloads of the route that is registered with a workload: this one alone, or of those that share
// their requests all at the last one, and none before.
func (b *builder) routed(name string) []string {
	var names []string
	for _, m := range balancer.WeightedSet(b.spec.Workloads, name) {
		names = append(names, m.Name)
	}
	if names[len(names)-1] != name {
		return nil
	}
	return names
}

// route registers the route of a workload. Workloads that share their requests have one, which is registered with the
// last of them. It returns all routes of the Gateway that is complete with the workload.
func (b *builder) route(in *kubernetes.Provider, name string, gateway *workloads.Gateway, opts ...option) []pulumi.Resource {
	if names := b.routed(name); len(names) > 0 {
		b.behind[name].route = registerComponent(b, "route of workload "+name, func() (*workloads.Route, error) {
			args := &workloads.RouteArgs{Spec: balancer.WithGroupSettings(b.spec, name), Gateway: gateway}
			for _, member := range names {
				args.Backends = append(args.Backends, workloads.WeightedBackend{Name: member, Backend: b.behind[member].backend, Weight: b.spec.Workloads[member].Weight})
			}
			return workloads.NewRoute(b.ctx, name, args, append(opts, pulumi.Provider(in))...)
		})
	}
	var all []pulumi.Resource
	for _, member := range b.completed(name) {
		if route := b.behind[member].route; route != nil {
			all = append(all, route)
		}
	}
	return all
}

// completed returns the workloads of the Gateway that is complete with a workload, none for an earlier member.
func (b *builder) completed(name string) []string {
	members := balancer.GatewayMembers(b.spec, name)
	if members[len(members)-1] != name {
		return nil
	}
	return members
}

// gatewayRevision registers the revision of the Gateway that is complete with a workload. It returns nil for an earlier
// member.
func (b *builder) gatewayRevision(in *kubernetes.Provider, name string, gateway *workloads.Gateway, opts ...option) *workloads.GatewayRevision {
	members := b.completed(name)
	if len(members) == 0 {
		return nil
	}
	return registerComponent(b, "revision of the Gateway of workload "+name, func() (*workloads.GatewayRevision, error) {
		args := &workloads.GatewayRevisionArgs{Gateway: gateway}
		for _, member := range members {
			args.TargetGroups = append(args.TargetGroups, b.behind[member].targetGroup)
			if route := b.behind[member].route; route != nil {
				args.Routes = append(args.Routes, route)
			}
		}
		return workloads.NewGatewayRevision(b.ctx, balancer.GatewayFor(b.spec, name).Namespace, args, append(opts, pulumi.Provider(in))...)
	})
}

// gatewayPods registers the pods with a readiness gate behind the Gateway that is complete with a workload.
func (b *builder) gatewayPods(in *kubernetes.Provider, name string, opts ...option) {
	for _, member := range b.completed(name) {
		b.gatedPods(in, member, b.behind[member].application, opts...)
	}
}
