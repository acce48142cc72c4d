package addons

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// IstioGatewayArgs holds the spec and wires of the gateway of the mesh.
type IstioGatewayArgs struct {
	Spec      config.Istio
	Namespace pulumi.StringInput
}

// IstioGateway is the pods of the gateway of the mesh: proxies that clients reach through a load balancer.
type IstioGateway struct{ pulumi.ResourceState }

// NewIstioGateway registers the release of the chart gateway, without the Service of the chart: that of the stack has
// the load balancer, so that Pulumi waits for its address, and for its end before the controller is deleted.
func NewIstioGateway(ctx *pulumi.Context, name string, args *IstioGatewayArgs, opts ...pulumi.ResourceOption) (*IstioGateway, error) {
	g := &IstioGateway{}
	if err := ctx.RegisterComponentResource("eksnet:addons:IstioGateway", name, g, opts...); err != nil {
		return nil, err
	}
	release := istioRelease(args.Spec, charts.IstioGateway, config.IstioGatewayName, config.IstioGatewayName, istioGatewayValues(args.Spec.Gateway))
	release.within = args.Namespace
	if err := release.register(ctx, name, g); err != nil {
		return nil, err
	}
	component.Outputs(ctx, g, pulumi.Map{})
	return g, nil
}

// istioGatewayValues returns the values of the chart gateway. A rollout starts one pod at a time.
func istioGatewayValues(spec config.IstioGateway) pulumi.Map {
	values := pulumi.Map{
		"autoscaling":  pulumi.Map{"enabled": pulumi.Bool(false)},
		"replicaCount": pulumi.Int(spec.Replicas),
		"resources":    requests(balancer.IstioGatewayRequests.MilliCPU, balancer.IstioGatewayRequests.MiB),
		"service":      pulumi.Map{"type": pulumi.String("None")},
		"strategy":     pulumi.Map{"rollingUpdate": pulumi.Map{"maxSurge": pulumi.Int(1), "maxUnavailable": pulumi.Int(0)}},
	}
	if spec.ClientAddress == config.ClientProxyProtocol {
		// The proxy expects the header on each connection (istio.io/latest/docs/ops/configuration/traffic-management/network-topologies).
		values["podAnnotations"] = pulumi.StringMap{"proxy.istio.io/config": pulumi.String(`{"gatewayTopology": {"proxyProtocol": {}}}`)}
	}
	return values
}
