package workloads

import (
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// CLBArgs are the spec and wires of a classic load balancer.
type CLBArgs struct {
	Spec        config.Workload
	Application *Application
	// Tags go on the load balancer and its security group.
	Tags map[string]string
}

// CLB is a classic load balancer, which sends connections to a port of the nodes; kube-proxy takes them to a pod from there.
type CLB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewCLB registers a Service without a class, which EKS's own cloud controller makes a classic load balancer of.
func NewCLB(ctx *pulumi.Context, name string, args *CLBArgs, opts ...pulumi.ResourceOption) (*CLB, error) {
	c := &CLB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:CLB", name, c, opts...); err != nil {
		return nil, err
	}
	// Nothing of the controller's defaults reaches this one, the stack's tags neither.
	annotations := map[string]string{clbTags: pairs(args.Tags)}
	if args.Spec.Scheme == config.Internal {
		annotations[clbInternal] = "true"
	}
	service, err := service(ctx, name+"-clb", args.Application, annotations, &corev1.ServiceSpecArgs{
		Type: pulumi.String("LoadBalancer"),
	}, pulumi.Composite(
		pulumi.Parent(c),
		// The cloud controller reads the scheme when it makes a load balancer and never again
		// (github.com/kubernetes/cloud-provider-aws, pkg/providers/v1/aws_loadbalancer.go, ensureLoadBalancer).
		pulumi.ReplaceOnChanges([]string{`metadata.annotations["` + clbInternal + `"]`}),
		pulumi.DeleteBeforeReplace(true),
	))
	if err != nil {
		return nil, err
	}
	c.Address = address(service)
	component.Outputs(ctx, c, pulumi.Map{"address": c.Address})
	return c, nil
}

// pairs are tags as the cloud controller reads them, in the order of their keys: a=b,c=d.
func pairs(tags map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, key+"="+tags[key])
	}
	return strings.Join(all, ",")
}
