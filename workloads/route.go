package workloads

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// RouteArgs holds the spec and wires of a route.
type RouteArgs struct {
	// Spec is the workload with the settings of its group.
	Spec    config.Workload
	Gateway *Gateway
	// Backends are the workloads that get the traffic: one, or several that share it by their weights. The route is in
	// the namespace of the last one.
	Backends []WeightedBackend
}

// WeightedBackend is a workload that gets traffic of a route. Weight is nil if it is the only one.
type WeightedBackend struct {
	Name    string
	Backend *Backend
	Weight  *int
}

// Route forwards traffic of a Gateway's listeners to workloads.
type Route struct {
	pulumi.ResourceState

	spec pulumi.Map
}

// NewRoute registers an HTTPRoute, a TCPRoute or a UDPRoute.
func NewRoute(ctx *pulumi.Context, name string, args *RouteArgs, opts ...pulumi.ResourceOption) (*Route, error) {
	r := &Route{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Route", name, r, opts...); err != nil {
		return nil, err
	}
	version, kind, rule := routeOf(args.Spec)
	own := args.Backends[len(args.Backends)-1].Backend
	references := pulumi.Array{}
	for _, b := range args.Backends {
		reference, err := backendReference(ctx, b, own, kind, args.Spec, r)
		if err != nil {
			return nil, err
		}
		references = append(references, reference)
	}
	rule["backendRefs"] = references
	listeners := servedListeners(args.Spec)
	spec := pulumi.Map{"parentRefs": parentReferences(args.Gateway, listeners), "rules": pulumi.Array{rule}}
	if len(args.Spec.Hosts) > 0 {
		spec["hostnames"] = pulumi.ToStringArray(args.Spec.Hosts)
	}
	r.spec = spec
	_, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: version, Kind: kind, Spec: spec,
		Metadata: pulumi.Map{"namespace": own.Namespace, "name": pulumi.String(name), "annotations": routeAnnotations(len(listeners))},
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("route: %w", err)
	}
	component.Outputs(ctx, r, pulumi.Map{})
	return r, nil
}

// routeOf returns the kind of a workload's route, and its rule without the backends. A TLS listener that terminates TLS
// has a TCPRoute: TLSRoutes choose backends by host name, which an NLB does not read.
func routeOf(w config.Workload) (version, kind string, rule pulumi.Map) {
	switch {
	case w.IsALB():
		return gatewayVersion, "HTTPRoute", pulumi.Map{"matches": pathMatches(w.Paths)}
	case w.Protocol == config.ProtocolUDP:
		return packetRouteVersion, "UDPRoute", pulumi.Map{}
	default:
		return packetRouteVersion, "TCPRoute", pulumi.Map{}
	}
}

func pathMatches(paths []string) pulumi.Array {
	var all pulumi.Array
	for _, path := range paths {
		all = append(all, pulumi.Map{"path": pulumi.Map{"type": pulumi.String("PathPrefix"), "value": pulumi.String(path)}})
	}
	return all
}

// servedListeners returns the listeners whose traffic is forwarded to a workload: those that do not redirect.
func servedListeners(w config.Workload) (served []balancer.Listener) {
	for _, l := range balancer.ListenersOf(w) {
		if !l.Redirect {
			served = append(served, l)
		}
	}
	return served
}

// parentReferences returns a reference to each listener.
func parentReferences(gateway *Gateway, listeners []balancer.Listener) pulumi.Array {
	var all pulumi.Array
	for _, l := range listeners {
		all = append(all, pulumi.Map{
			"group": pulumi.String(gatewayGroup), "kind": pulumi.String("Gateway"),
			"namespace": gateway.Namespace, "name": gateway.Name, "sectionName": pulumi.String(l.Name()),
		})
	}
	return all
}

// routeAnnotations returns what Pulumi waits for: each listener of the Gateway accepts the route, and its Services
// exist. The controller also accepts a route whose Services it does not find.
func routeAnnotations(parents int) pulumi.StringMap {
	var conditions []string
	for i := range parents {
		for _, condition := range []string{"Accepted", "ResolvedRefs"} {
			conditions = append(conditions, fmt.Sprintf(`jsonpath={.status.parents[%d].conditions[?(@.type==%q)].status}=True`, i, condition))
		}
	}
	text, _ := json.Marshal(conditions) // strings
	return pulumi.StringMap{waitFor: pulumi.String(text)}
}

// backendReference returns a reference to a workload's Service. One in another namespace than the route needs a grant
// there, which has the name of the Service, so that the route is created after it.
func backendReference(ctx *pulumi.Context, b WeightedBackend, own *Backend, kind string, w config.Workload, parent pulumi.Resource) (pulumi.Map, error) {
	reference := pulumi.Map{"group": pulumi.String(""), "kind": pulumi.String("Service"), "name": b.Backend.Name, "port": pulumi.Int(servicePort(w))}
	if b.Weight != nil {
		reference["weight"] = pulumi.Int(*b.Weight)
	}
	if b.Backend == own {
		return reference, nil
	}
	grant, err := component.NewObject(ctx, b.Name, &component.ObjectArgs{
		APIVersion: grantVersion, Kind: "ReferenceGrant",
		Metadata: pulumi.Map{"namespace": b.Backend.Namespace, "name": b.Backend.Name},
		Spec: pulumi.Map{
			"from": pulumi.Array{pulumi.Map{"group": pulumi.String(gatewayGroup), "kind": pulumi.String(kind), "namespace": own.Namespace}},
			"to":   pulumi.Array{pulumi.Map{"group": pulumi.String(""), "kind": pulumi.String("Service"), "name": b.Backend.Name}},
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("grant of %s: %w", b.Name, err)
	}
	reference["namespace"], reference["name"] = b.Backend.Namespace, grant.Name()
	return reference, nil
}

// newRedirect registers the route of a Gateway that redirects requests on port 80 to HTTPS. An Ingress redirects by the
// default action of its listener, which a Gateway does not set.
func newRedirect(ctx *pulumi.Context, name string, g *Gateway, plan balancer.Gateway) error {
	var listeners []balancer.Listener
	for _, l := range plan.Listeners {
		if l.Redirect {
			listeners = append(listeners, l)
		}
	}
	spec := pulumi.Map{
		"parentRefs": parentReferences(g, listeners),
		"rules": pulumi.Array{pulumi.Map{
			"matches": pathMatches([]string{"/"}),
			"filters": pulumi.Array{pulumi.Map{"type": pulumi.String("RequestRedirect"), "requestRedirect": pulumi.Map{
				"scheme": pulumi.String("https"), "port": pulumi.Int(config.HTTPSPort), "statusCode": pulumi.Int(301),
			}}},
		}},
	}
	g.deployed = append(g.deployed, spec)
	_, err := component.NewObject(ctx, name+"-redirect", &component.ObjectArgs{
		APIVersion: gatewayVersion, Kind: "HTTPRoute", Spec: spec,
		Metadata: pulumi.Map{"namespace": g.Namespace, "name": pulumi.String(plan.Name + "-redirect"), "annotations": routeAnnotations(len(listeners))},
	}, pulumi.Parent(g))
	if err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	return nil
}
