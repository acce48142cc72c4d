package workloads

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// revisionAnnotation is an annotation of a Gateway's infrastructure. The controller copies it to TargetGroupBindings,
// where it has no effect (sigs.k8s.io/aws-load-balancer-controller, pkg/gateway/model/model_build_target_group.go).
const revisionAnnotation = "eksnet/revision"

// GatewayRevisionArgs holds the wires of a revision.
type GatewayRevisionArgs struct {
	Gateway *Gateway
	// TargetGroups and Routes are those of all workloads behind the Gateway.
	TargetGroups []*TargetGroup
	Routes       []*Route
}

// GatewayRevision gives a Gateway a new generation when its routes or configurations change, so that Pulumi waits until
// the controller has deployed them. A route says only that it is accepted, which the controller writes before it
// deploys the target group; and the condition Programmed remains true when a deployment fails, but with the generation
// of the last one that succeeded (sigs.k8s.io/aws-load-balancer-controller, pkg/gateway/routeutils/loader.go and
// controllers/gateway/gateway_controller.go).
type GatewayRevision struct{ pulumi.ResourceState }

// NewGatewayRevision registers a patch of the Gateway's spec. The Gateway's own annotation says what Pulumi waits for.
func NewGatewayRevision(ctx *pulumi.Context, name string, args *GatewayRevisionArgs, opts ...pulumi.ResourceOption) (*GatewayRevision, error) {
	r := &GatewayRevision{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:GatewayRevision", name, r, opts...); err != nil {
		return nil, err
	}
	_, err := component.NewPatch(ctx, name, &component.ObjectArgs{
		APIVersion: gatewayVersion, Kind: "Gateway",
		Metadata: pulumi.Map{"namespace": args.Gateway.Namespace, "name": args.Gateway.Name},
		Spec: pulumi.Map{"infrastructure": pulumi.Map{"annotations": pulumi.StringMap{
			revisionAnnotation: revisionOf(args),
		}}},
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("patch: %w", err)
	}
	component.Outputs(ctx, r, pulumi.Map{})
	return r, nil
}

// revisionOf returns a hash of all specs that the controller deploys with the Gateway.
func revisionOf(args *GatewayRevisionArgs) pulumi.StringOutput {
	specs := append(pulumi.Array{}, args.Gateway.deployed...)
	for _, t := range args.TargetGroups {
		specs = append(specs, t.spec)
	}
	for _, r := range args.Routes {
		specs = append(specs, r.spec)
	}
	return pulumi.JSONMarshal(specs).ApplyT(func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:8])
	}).(pulumi.StringOutput)
}
