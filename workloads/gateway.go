package workloads

import (
	"fmt"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// API versions of the Gateway API and of the load balancer controller's own configuration of Gateways. The controller
// reads TCPRoutes and UDPRoutes of an earlier version (sigs.k8s.io/aws-load-balancer-controller,
// pkg/gateway/crddetect).
const (
	gatewayVersion       = "gateway.networking.k8s.io/v1"
	packetRouteVersion   = "gateway.networking.k8s.io/v1alpha2"
	grantVersion         = "gateway.networking.k8s.io/v1beta1"
	configurationVersion = "gateway.k8s.aws/v1beta1"

	gatewayGroup       = "gateway.networking.k8s.io"
	configurationGroup = "gateway.k8s.aws"
)

// gatewayLabel is the label of the namespaces whose routes the Gateway of a group admits. Its value is the group.
const gatewayLabel = "eksnet/gateway"

// Annotations of Gateways with the properties of their load balancer that cannot be changed. The controller replaces a
// load balancer with another scheme, and Pulumi would not read the new address of a Gateway that does not change.
const (
	elasticIPs    = "eksnet/elastic-ips"
	gatewayScheme = "eksnet/scheme"
)

// GatewayArgs holds the spec and wires of a Gateway.
type GatewayArgs struct {
	Plan balancer.Gateway
	// Namespace is the namespace of the workload. A group's Gateway has a namespace of its own.
	Namespace pulumi.StringInput
	// Class is the name of the GatewayClass of the load balancer controller.
	Class pulumi.StringInput
	// Subnets holds the IDs of its subnets, one for each of its zones.
	Subnets pulumi.StringArray
	// DualStack reports whether it has addresses of both families, as it must have to send to pods of an IPv6 cluster.
	DualStack bool
}

// Gateway is a Network or Application Load Balancer that is created for a Gateway: of one workload, or of the workloads
// of a group. It has listeners, and routes forward their traffic to workloads.
type Gateway struct {
	pulumi.ResourceState

	// Namespace and Name are those of the Gateway. Routes depend on the name, so they are deleted before it.
	Namespace, Name pulumi.StringOutput
	// Address is the load balancer's DNS name, and ARN its Amazon Resource Name.
	Address, ARN pulumi.StringOutput

	// deployed are the specs of the objects that the controller deploys with it: its configuration, and the route that
	// redirects.
	deployed pulumi.Array
}

// NewGateway registers a Gateway and its LoadBalancerConfiguration, which it depends on: the controller needs the
// configuration to delete the load balancer too.
func NewGateway(ctx *pulumi.Context, name string, args *GatewayArgs, opts ...pulumi.ResourceOption) (*Gateway, error) {
	g := &Gateway{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:Gateway", name, g, opts...); err != nil {
		return nil, err
	}
	namespace, err := gatewayNamespace(ctx, name, args, g)
	if err != nil {
		return nil, fmt.Errorf("namespace: %w", err)
	}
	spec := balancerConfiguration(args)
	configuration, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: configurationVersion, Kind: "LoadBalancerConfiguration",
		Metadata: pulumi.Map{"namespace": namespace, "name": pulumi.String(args.Plan.Name)},
		Spec:     spec,
	}, pulumi.Parent(g))
	if err != nil {
		return nil, fmt.Errorf("load balancer configuration: %w", err)
	}
	gateway, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: gatewayVersion, Kind: "Gateway",
		Metadata: pulumi.Map{"namespace": namespace, "name": pulumi.String(args.Plan.Name), "annotations": gatewayAnnotations(args.Plan)},
		Spec:     gatewaySpec(args, configuration.Name()),
	}, pulumi.Composite(
		pulumi.Parent(g),
		// Each class has a controller of its own, which would leave its load balancer to the other's.
		pulumi.ReplaceOnChanges([]string{"spec.gatewayClassName", `metadata.annotations["` + elasticIPs + `"]`, `metadata.annotations["` + gatewayScheme + `"]`}),
		pulumi.DeleteBeforeReplace(true),
	))
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	g.Namespace, g.Name = namespace.ToStringOutput(), gateway.Name()
	g.Address, g.ARN, g.deployed = gatewayAddress(ctx, gateway), gatewayARN(gateway), pulumi.Array{spec}
	if args.Plan.Redirects() {
		if err := newRedirect(ctx, name, g, args.Plan); err != nil {
			return nil, err
		}
	}
	component.Outputs(ctx, g, pulumi.Map{"address": g.Address, "arn": g.ARN})
	return g, nil
}

// gatewayNamespace returns the namespace of a Gateway, and registers that of a group.
func gatewayNamespace(ctx *pulumi.Context, name string, args *GatewayArgs, parent pulumi.Resource) (pulumi.StringInput, error) {
	if !args.Plan.Group {
		return args.Namespace, nil
	}
	namespace, err := corev1.NewNamespace(ctx, name, &corev1.NamespaceArgs{Metadata: &metav1.ObjectMetaArgs{
		Name:   pulumi.String(args.Plan.Namespace),
		Labels: pulumi.StringMap{gatewayLabel: pulumi.String(args.Plan.Name)}, // for the route that redirects
	}}, pulumi.Parent(parent))
	if err != nil {
		return nil, err
	}
	return namespace.Metadata.Name().Elem(), nil
}

// gatewayAnnotations returns the properties of the load balancer that cannot be changed, and what Pulumi waits for:
// Programmed is true when the load balancer is active, and the address is its DNS name
// (sigs.k8s.io/aws-load-balancer-controller, controllers/gateway/gateway_controller.go).
func gatewayAnnotations(plan balancer.Gateway) pulumi.StringMap {
	all := pulumi.StringMap{
		waitFor:       pulumi.String(`["condition=Programmed", "jsonpath={.status.addresses[0].value}"]`),
		gatewayScheme: pulumi.String(plan.Spec.Scheme),
	}
	if len(plan.Spec.ElasticIPs) > 0 {
		all[elasticIPs] = pulumi.String(strings.Join(plan.Spec.ElasticIPs, ","))
	}
	return all
}

func gatewaySpec(args *GatewayArgs, configuration pulumi.StringInput) pulumi.Map {
	listeners := pulumi.Array{}
	for _, l := range args.Plan.Listeners {
		listeners = append(listeners, gatewayListener(l, args.Plan))
	}
	return pulumi.Map{
		"gatewayClassName": args.Class,
		"infrastructure": pulumi.Map{"parametersRef": pulumi.Map{
			"group": pulumi.String(configurationGroup), "kind": pulumi.String("LoadBalancerConfiguration"), "name": configuration,
		}},
		"listeners": listeners,
	}
}

// gatewayListener returns a listener, which admits the routes of the workload or of the members of the group. The
// controller takes certificates from the LoadBalancerConfiguration; the Gateway API requires an option in their place
// for protocol TLS, which the controller does not read.
func gatewayListener(l balancer.Listener, plan balancer.Gateway) pulumi.Map {
	from := pulumi.Map{"from": pulumi.String("Same")}
	if plan.Group {
		from = pulumi.Map{"from": pulumi.String("Selector"), "selector": pulumi.Map{"matchLabels": pulumi.Map{gatewayLabel: pulumi.String(plan.Name)}}}
	}
	listener := pulumi.Map{
		"name": pulumi.String(l.Name()), "protocol": pulumi.String(l.Protocol), "port": pulumi.Int(l.Port),
		"allowedRoutes": pulumi.Map{"namespaces": from},
	}
	if l.Encrypted() {
		listener["tls"] = pulumi.Map{"mode": pulumi.String("Terminate"), "options": pulumi.Map{
			"eksnet/certificates": pulumi.String("LoadBalancerConfiguration"),
		}}
	}
	return listener
}

// gatewayAddress returns the DNS name in a Gateway's status.
func gatewayAddress(ctx *pulumi.Context, gateway *component.Object) pulumi.StringOutput {
	return gateway.Status.ApplyT(func(status map[string]any) (string, error) {
		var names []*string
		for _, entry := range entries(status["addresses"]) {
			if name, is := entry["value"].(string); is {
				names = append(names, &name)
			}
		}
		return dnsName(ctx, names)
	}).(pulumi.StringOutput)
}

// gatewayARN returns the ARN of the load balancer, which the controller writes as the message of the condition
// Programmed.
func gatewayARN(gateway *component.Object) pulumi.StringOutput {
	return gateway.Status.ApplyT(func(status map[string]any) string {
		for _, condition := range entries(status["conditions"]) {
			if arn, is := condition["message"].(string); is && condition["type"] == "Programmed" && strings.HasPrefix(arn, "arn:") {
				return arn
			}
		}
		return ""
	}).(pulumi.StringOutput)
}

// entries returns the maps in a list.
func entries(list any) []map[string]any {
	all, _ := list.([]any)
	var maps []map[string]any
	for _, entry := range all {
		if m, is := entry.(map[string]any); is {
			maps = append(maps, m)
		}
	}
	return maps
}
