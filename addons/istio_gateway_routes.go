package addons

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/component"
	"eksnet/plan/mesh"
)

// istioClass is the GatewayClass that istiod creates for its own Gateways
// (istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api).
const istioClass = "istio"

const gatewayVersion = "gateway.networking.k8s.io/v1"

// registerGatewayRoutes registers the objects of the Gateway API: one Gateway, and a route of each workload in its
// namespace. The order of routes does not matter: of those that match, the one with the longest path serves a request.
func (args *IstioRoutesArgs) registerGatewayRoutes(ctx *pulumi.Context, name string, r *IstioRoutes) error {
	gateway, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: gatewayVersion, Kind: "Gateway",
		Metadata: pulumi.Map{
			"name": pulumi.String(config.IstioGatewayName), "namespace": args.GatewayNamespace,
			"annotations": pulumi.StringMap{component.WaitFor: pulumi.String("condition=Programmed")},
		},
		Spec: args.gatewaySpec(),
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	for _, workload := range args.Workloads {
		if err := args.newHTTPRoute(ctx, name, workload, gateway.Name(), r); err != nil {
			return fmt.Errorf("route of workload %s: %w", workload.Name, err)
		}
	}
	return nil
}

// gatewaySpec returns the spec of the Gateway. Its address is the Service of the stack: without an address istiod would
// create pods and a Service of its own, whose load balancer no resource of the stack would wait for.
func (args *IstioRoutesArgs) gatewaySpec() pulumi.Map {
	return pulumi.Map{
		"gatewayClassName": pulumi.String(istioClass),
		"addresses": pulumi.Array{pulumi.Map{
			"type": pulumi.String("Hostname"), "value": pulumi.Sprintf("%s.%s.svc.cluster.local", args.GatewayService, args.GatewayNamespace),
		}},
		"listeners": pulumi.Array{pulumi.Map{
			"name": pulumi.String("http"), "port": pulumi.Int(config.HTTPPort), "protocol": pulumi.String("HTTP"),
			"allowedRoutes": pulumi.Map{"namespaces": pulumi.Map{
				"from":     pulumi.String("Selector"),
				"selector": pulumi.Map{"matchLabels": pulumi.Map{awsdata.InjectionLabel: pulumi.String(awsdata.InjectionEnabled)}},
			}},
		}},
	}
}

// newHTTPRoute registers the route of a workload. Pulumi waits until istiod has accepted it and found its Service.
func (args *IstioRoutesArgs) newHTTPRoute(ctx *pulumi.Context, name string, workload mesh.Workload, gateway pulumi.StringInput, parent pulumi.Resource) error {
	service := args.Services[workload.Name]
	var matches pulumi.Array
	for _, prefix := range workload.Paths {
		matches = append(matches, pulumi.Map{"path": pulumi.StringMap{"type": pulumi.String("PathPrefix"), "value": pulumi.String(prefix)}})
	}
	spec := pulumi.Map{
		"parentRefs": pulumi.Array{pulumi.Map{
			"group": pulumi.String("gateway.networking.k8s.io"), "kind": pulumi.String("Gateway"), "namespace": args.GatewayNamespace, "name": gateway,
		}},
		"rules": pulumi.Array{pulumi.Map{
			"matches": matches,
			"backendRefs": pulumi.Array{pulumi.Map{
				"group": pulumi.String(""), "kind": pulumi.String("Service"), "name": service.Name, "port": pulumi.Int(config.HTTPPort), "weight": pulumi.Int(1),
			}},
		}},
	}
	if len(workload.Hosts) > 0 {
		spec["hostnames"] = pulumi.ToStringArray(workload.Hosts)
	}
	accepted, resolved := untilParent("Accepted"), untilParent("ResolvedRefs")
	_, err := component.NewObject(ctx, name+"-"+workload.Name, &component.ObjectArgs{
		APIVersion: gatewayVersion, Kind: "HTTPRoute",
		Metadata: pulumi.Map{
			"name": pulumi.String(workload.Name), "namespace": service.Namespace,
			"annotations": pulumi.StringMap{component.WaitFor: pulumi.String(fmt.Sprintf("[%q, %q]", accepted, resolved))},
		},
		Spec: spec,
	}, pulumi.Parent(parent))
	return err
}

// untilParent returns what Pulumi waits for: a condition of the first parent of a route.
func untilParent(condition string) string {
	return fmt.Sprintf("jsonpath={.status.parents[0].conditions[?(@.type==%q)].status}=True", condition)
}
