package workloads

import (
	"strconv"

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
	// Subnets are the ids of its subnets, one for each of its zones.
	Subnets pulumi.StringArray
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
	service, err := service(ctx, name+"-clb", &serviceArgs{
		spec: args.Spec, application: args.Application, annotations: withSubnets(clbAnnotations(args.Spec, args.Tags), clbSubnets, args.Subnets),
	}, &corev1.ServiceSpecArgs{Type: pulumi.String("LoadBalancer")}, pulumi.Composite(
		pulumi.Parent(c),
		// The cloud controller reads the scheme when it makes a load balancer and never again
		// (github.com/kubernetes/cloud-provider-aws, pkg/providers/v1/aws_loadbalancer.go, ensureLoadBalancer).
		pulumi.ReplaceOnChanges([]string{`metadata.annotations["` + clbInternal + `"]`}),
		pulumi.DeleteBeforeReplace(true),
	))
	if err != nil {
		return nil, err
	}
	c.Address = address(ctx, service)
	component.Outputs(ctx, c, pulumi.Map{"address": c.Address})
	return c, nil
}

// clbAnnotations say what is other than the cloud controller's defaults, to which it sets back what nobody says. Nothing of the load
// balancer controller's settings reaches this one, the stack's tags neither.
func clbAnnotations(spec config.Workload, tags map[string]string) map[string]string {
	all := map[string]string{clbTags: pairs(tags)}
	if spec.Scheme == config.Internal {
		all[clbInternal] = "true"
	}
	if spec.ProxyProtocol {
		all[clbProxyProtocol] = everywhere
	}
	if spec.CrossZone {
		all[clbCrossZone] = "true"
	}
	if spec.Draining > 0 {
		all[clbDraining], all[clbDrainingPeriod] = "true", strconv.Itoa(spec.Draining)
	}
	return all
}
