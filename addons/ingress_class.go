package addons

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// IngressClass makes Ingresses that name it the load balancer controller's.
type IngressClass struct {
	pulumi.ResourceState

	// Name is what an Ingress names. Ingresses take it from here, so the class outlives them: without it the controller lets go
	// of none.
	Name pulumi.StringOutput
}

// NewIngressClass registers the class `alb`. It is no default: an Ingress without a class stays without a load balancer
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class).
func NewIngressClass(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*IngressClass, error) {
	i := &IngressClass{}
	if err := ctx.RegisterComponentResource("eksnet:addons:IngressClass", name, i, opts...); err != nil {
		return nil, err
	}
	class, err := networkingv1.NewIngressClass(ctx, name, &networkingv1.IngressClassArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String("alb")},
		Spec:     &networkingv1.IngressClassSpecArgs{Controller: pulumi.String("ingress.k8s.aws/alb")},
	}, pulumi.Parent(i))
	if err != nil {
		return nil, fmt.Errorf("class: %w", err)
	}
	i.Name = class.Metadata.Name().Elem()
	component.Outputs(ctx, i, pulumi.Map{"name": i.Name})
	return i, nil
}
