package addons

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan/mesh"
)

// networkingVersion and securityVersion are the versions of Istio's custom resources
// (istio.io/latest/docs/reference/config).
const (
	networkingVersion = "networking.istio.io/v1"
	securityVersion   = "security.istio.io/v1"
)

// IstioRoutesArgs holds the spec and wires of the configuration of the mesh.
type IstioRoutesArgs struct {
	Spec config.Istio
	// Hosts and Workloads are the same routes by host and by workload.
	Hosts     []mesh.Host
	Workloads []mesh.Workload
	// Namespace is that of the control plane.
	Namespace pulumi.StringInput
	// GatewayNamespace and GatewayService are the namespace and the name of the gateway's Service.
	GatewayNamespace, GatewayService pulumi.StringOutput
	// Services holds the Services of workloads.
	Services map[string]MeshService
}

// MeshService is the Service of a workload behind the gateway.
type MeshService struct{ Namespace, Name pulumi.StringOutput }

// IstioRoutes is the configuration of the mesh: which connections its proxies accept, and where its gateway sends
// requests.
type IstioRoutes struct{ pulumi.ResourceState }

// NewIstioRoutes registers the policy of the whole mesh, the listener of the gateway, and the routes of each host.
func NewIstioRoutes(ctx *pulumi.Context, name string, args *IstioRoutesArgs, opts ...pulumi.ResourceOption) (*IstioRoutes, error) {
	r := &IstioRoutes{}
	if err := ctx.RegisterComponentResource("eksnet:addons:IstioRoutes", name, r, opts...); err != nil {
		return nil, err
	}
	// In the namespace of the control plane, the policy with this name applies to the whole mesh
	// (istio.io/latest/docs/reference/config/security/peer_authentication).
	_, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: securityVersion, Kind: "PeerAuthentication",
		Metadata: pulumi.Map{"name": pulumi.String("default"), "namespace": args.Namespace},
		Spec:     pulumi.Map{"mtls": pulumi.Map{"mode": pulumi.String(strings.ToUpper(args.Spec.MTLS))}},
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	register := args.registerRoutes
	if args.Spec.Routes == config.RoutesGatewayAPI {
		register = args.registerGatewayRoutes
	}
	if err := register(ctx, name, r); err != nil {
		return nil, err
	}
	component.Outputs(ctx, r, pulumi.Map{})
	return r, nil
}

// registerRoutes registers the objects of Istio.
func (args *IstioRoutesArgs) registerRoutes(ctx *pulumi.Context, name string, r *IstioRoutes) error {
	gateway, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: networkingVersion, Kind: "Gateway",
		Metadata: pulumi.Map{"name": pulumi.String(config.IstioGatewayName), "namespace": args.GatewayNamespace},
		Spec: pulumi.Map{
			"selector": pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(config.IstioGatewayName)},
			"servers": pulumi.Array{pulumi.Map{
				"port":  pulumi.Map{"number": pulumi.Int(config.HTTPPort), "name": pulumi.String("http"), "protocol": pulumi.String("HTTP")},
				"hosts": pulumi.StringArray{pulumi.String("*")},
			}},
		},
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	for _, host := range args.Hosts {
		if err := args.newVirtualService(ctx, name, host, gateway.Name(), r); err != nil {
			return fmt.Errorf("routes of host %s: %w", host.Name, err)
		}
	}
	return nil
}

// newVirtualService registers the routes of one host.
func (args *IstioRoutesArgs) newVirtualService(ctx *pulumi.Context, name string, host mesh.Host, gateway pulumi.StringInput, parent pulumi.Resource) error {
	var routes pulumi.Array
	for _, route := range host.Routes {
		service := args.Services[route.Workload]
		routes = append(routes, pulumi.Map{
			"match": matches(route.Prefix),
			"route": pulumi.Array{pulumi.Map{"destination": pulumi.Map{
				"host": pulumi.Sprintf("%s.%s.svc.cluster.local", service.Name, service.Namespace),
				"port": pulumi.Map{"number": pulumi.Int(config.HTTPPort)},
			}}},
		})
	}
	object := hostObject(host.Name)
	_, err := component.NewObject(ctx, name+"-"+object, &component.ObjectArgs{
		APIVersion: networkingVersion, Kind: "VirtualService",
		Metadata: pulumi.Map{"name": pulumi.String(object), "namespace": args.GatewayNamespace},
		Spec: pulumi.Map{
			"hosts": pulumi.StringArray{pulumi.String(host.Name)}, "gateways": pulumi.StringArray{gateway}, "http": routes,
		},
	}, pulumi.Parent(parent))
	return err
}

// matches returns the conditions of a path: the path itself, and all below it. A prefix of Istio alone would match
// /shopping for /shop (istio.io/latest/docs/reference/config/networking/virtual-service/#StringMatch).
func matches(prefix string) pulumi.Array {
	uri := func(kind, value string) pulumi.Map {
		return pulumi.Map{"uri": pulumi.StringMap{kind: pulumi.String(value)}}
	}
	if prefix == "/" {
		return pulumi.Array{uri("prefix", "/")}
	}
	return pulumi.Array{uri("exact", prefix), uri("prefix", prefix+"/")}
}

// hostObject returns the name of the object of a host. A name in a cluster has no *.
func hostObject(host string) string {
	if host == "*" {
		return "any-host"
	}
	return strings.Replace(host, "*.", "any.", 1)
}
