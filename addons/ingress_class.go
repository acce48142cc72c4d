package addons

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
)

// IngressClass is the IngressClass whose Ingresses the load balancer controller handles.
type IngressClass struct {
	pulumi.ResourceState

	// Name is the name of the class. Ingresses depend on this output, so the class is deleted after them: without the
	// class the controller does not remove their finalizers.
	Name pulumi.StringOutput
}

// NewIngressClass registers the class `alb`. It is not the default class: an Ingress without a class gets no load
// balancer (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class).
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
