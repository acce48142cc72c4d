package workloads

import (
	"cmp"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// TargetGroupArgs holds the spec and wires of a target group.
type TargetGroupArgs struct {
	Spec    config.Workload
	Backend *Backend
}

// TargetGroup configures the target group of a workload behind a Gateway: target type, health check and attributes.
type TargetGroup struct {
	pulumi.ResourceState

	spec pulumi.Map
}

// NewTargetGroup registers the TargetGroupConfiguration of the workload's Service.
func NewTargetGroup(ctx *pulumi.Context, name string, args *TargetGroupArgs, opts ...pulumi.ResourceOption) (*TargetGroup, error) {
	t := &TargetGroup{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:TargetGroup", name, t, opts...); err != nil {
		return nil, err
	}
	t.spec = pulumi.Map{
		"targetReference":      pulumi.Map{"group": pulumi.String(""), "kind": pulumi.String("Service"), "name": args.Backend.Name},
		"defaultConfiguration": targetGroupProperties(args.Spec),
	}
	_, err := component.NewObject(ctx, name, &component.ObjectArgs{
		APIVersion: configurationVersion, Kind: "TargetGroupConfiguration", Spec: t.spec,
		Metadata: pulumi.Map{"namespace": args.Backend.Namespace, "name": pulumi.String(name)},
	}, pulumi.Parent(t))
	if err != nil {
		return nil, err
	}
	component.Outputs(ctx, t, pulumi.Map{})
	return t, nil
}

// targetGroupProperties returns the properties of the target group. All of its health check and of the attributes with
// a key of their own are included: the controller's defaults for Gateways differ from those for Services and Ingresses
// (sigs.k8s.io/aws-load-balancer-controller, pkg/gateway/model/model_build_target_group.go).
func targetGroupProperties(w config.Workload) pulumi.Map {
	attributes := targetAttributes(w)
	if w.IsNLB() {
		attributes[awsdata.ProxyProtocolV2] = strconv.FormatBool(w.ProxyProtocol)
	}
	maps.Copy(attributes, w.CompleteTargetGroupAttributes())
	return pulumi.Map{
		"targetType": pulumi.String(w.Target), "healthCheckConfig": healthCheckConfiguration(w),
		"targetGroupAttributes": keyValues(attributes),
	}
}

// healthCheckConfiguration returns the health check. An ALB's accepts the status code that the controller accepts for
// an Ingress (pkg/ingress/model_builder.go); for an NLB's both defaults are the same.
func healthCheckConfiguration(w config.Workload) pulumi.Map {
	check, typed := balancer.HealthCheckOf(w), config.Health{}
	if w.Health != nil {
		typed = *w.Health
	}
	all := pulumi.Map{
		"healthCheckProtocol":     pulumi.String(check.Protocol),
		"healthCheckPort":         pulumi.String(cmp.Or(typed.Port, config.TrafficPort)),
		"healthCheckInterval":     pulumi.Int(check.Interval),
		"healthCheckTimeout":      pulumi.Int(check.Timeout),
		"healthyThresholdCount":   pulumi.Int(check.Healthy),
		"unhealthyThresholdCount": pulumi.Int(check.Unhealthy),
	}
	if check.Protocol != config.HealthTCP {
		all["healthCheckPath"] = pulumi.String(check.Path)
	}
	if w.IsALB() {
		all["matcher"] = pulumi.Map{"httpCode": pulumi.String("200")}
	}
	return all
}
