package workloads

import (
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// CLBArgs holds the spec and wires of a Classic Load Balancer.
type CLBArgs struct {
	Spec        config.Workload
	Application *Application
	// Tags are put on the load balancer and its security group.
	Tags map[string]string
	// Subnets holds the IDs of its subnets, one for each of its zones.
	Subnets pulumi.StringArray
}

// CLB is a Classic Load Balancer. It forwards connections to a node port of each node, and kube-proxy forwards them to
// a pod.
type CLB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewCLB registers a Service without a class, for which the EKS cloud controller creates a Classic Load Balancer.
func NewCLB(ctx *pulumi.Context, name string, args *CLBArgs, opts ...pulumi.ResourceOption) (*CLB, error) {
	c := &CLB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:CLB", name, c, opts...); err != nil {
		return nil, err
	}
	service, err := newService(ctx, name+"-clb", &serviceArgs{
		spec: args.Spec, application: args.Application, annotations: withSubnets(clbAnnotations(args.Spec, args.Tags), clbSubnets, args.Subnets),
	}, &corev1.ServiceSpecArgs{Type: pulumi.String("LoadBalancer")}, pulumi.Composite(
		pulumi.Parent(c),
		// The cloud controller reads the scheme only when it creates a load balancer
		// (github.com/kubernetes/cloud-provider-aws, pkg/providers/v1/aws_loadbalancer.go, ensureLoadBalancer).
		pulumi.ReplaceOnChanges([]string{`metadata.annotations["` + clbInternal + `"]`}),
		pulumi.DeleteBeforeReplace(true),
	))
	if err != nil {
		return nil, err
	}
	c.Address = serviceAddress(ctx, service)
	component.Outputs(ctx, c, pulumi.Map{"address": c.Address})
	return c, nil
}

// clbAnnotations returns annotations for the settings that differ from the cloud controller's defaults. If an
// annotation is removed, the cloud controller resets the setting to its default. The stack's tags are included, because
// the default tags of the load balancer controller do not apply to a CLB.
func clbAnnotations(spec config.Workload, tags map[string]string) map[string]string {
	all := map[string]string{clbTags: joinPairs(tags)}
	if spec.Scheme == config.Internal {
		all[clbInternal] = "true"
	}
	if spec.ProxyProtocol {
		all[clbProxyProtocol] = allPorts
	}
	if spec.CrossZone {
		all[clbCrossZone] = "true"
	}
	if logs := spec.AccessLogs; logs != nil && logs.Enabled {
		all[clbLogs], all[clbLogBucket] = "true", logs.Bucket
		if logs.Prefix != "" {
			all[clbLogPrefix] = logs.Prefix
		}
	}
	if spec.Draining > 0 {
		all[clbDraining], all[clbDrainingPeriod] = "true", strconv.Itoa(spec.Draining)
	}
	return all
}
