package addons

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// GatewayClasses are the GatewayClasses whose Gateways the load balancer controller handles.
type GatewayClasses struct {
	pulumi.ResourceState

	// ALB and NLB are the names of the classes. Gateways depend on these outputs, so the classes are deleted after
	// them: without its class the controller does not remove the finalizer of a Gateway.
	ALB, NLB pulumi.StringOutput
}

// NewGatewayClasses registers the classes `alb` and `nlb`
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway).
func NewGatewayClasses(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*GatewayClasses, error) {
	g := &GatewayClasses{}
	if err := ctx.RegisterComponentResource("eksnet:addons:GatewayClasses", name, g, opts...); err != nil {
		return nil, err
	}
	for class, output := range map[string]*pulumi.StringOutput{"alb": &g.ALB, "nlb": &g.NLB} {
		object, err := component.NewObject(ctx, name+"-"+class, &component.ObjectArgs{
			APIVersion: "gateway.networking.k8s.io/v1", Kind: "GatewayClass",
			Metadata: pulumi.Map{
				"name": pulumi.String(class), "annotations": pulumi.StringMap{component.WaitFor: pulumi.String("condition=Accepted")},
			},
			Spec: pulumi.Map{"controllerName": pulumi.String("gateway.k8s.aws/" + class)},
		}, pulumi.Parent(g))
		if err != nil {
			return nil, fmt.Errorf("class %s: %w", class, err)
		}
		*output = object.Name()
	}
	component.Outputs(ctx, g, pulumi.Map{"alb": g.ALB, "nlb": g.NLB})
	return g, nil
}
