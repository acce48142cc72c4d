package workloads

import (
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/component"
)

// NLBArgs are the spec and wires of a network load balancer.
type NLBArgs struct {
	Spec        config.Workload
	Application *Application
	// Subnets are the ids of its subnets, one for each of its zones.
	Subnets pulumi.StringArray
}

// NLB is a network load balancer. With ip targets it sends packets straight to the pods' addresses, with instance targets to a
// port of the nodes.
type NLB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewNLB registers a Service that the load balancer controller makes an NLB of. The class tells it apart from the Services
// of EKS's own cloud controller.
func NewNLB(ctx *pulumi.Context, name string, args *NLBArgs, opts ...pulumi.ResourceOption) (*NLB, error) {
	n := &NLB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:NLB", name, n, opts...); err != nil {
		return nil, err
	}
	service, err := service(ctx, name+"-nlb", &serviceArgs{
		spec: args.Spec, application: args.Application, annotations: withSubnets(nlbAnnotations(args.Spec), nlbSubnets, args.Subnets),
	}, &corev1.ServiceSpecArgs{
		Type:              pulumi.String("LoadBalancer"),
		LoadBalancerClass: pulumi.String(nlbClass),
		// Packets for ip targets pass no node port, so none is taken.
		AllocateLoadBalancerNodePorts: pulumi.Bool(args.Spec.Target == config.TargetInstance),
	}, pulumi.Composite(
		pulumi.Parent(n),
		// AWS gives a load balancer its Elastic IPs when it is made and never others
		// (github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/deploy/elbv2/load_balancer_manager.go compares subnets alone).
		pulumi.ReplaceOnChanges([]string{`metadata.annotations["` + nlbElasticIPs + `"]`}),
		pulumi.DeleteBeforeReplace(true),
	))
	if err != nil {
		return nil, err
	}
	n.Address = address(ctx, service)
	component.Outputs(ctx, n, pulumi.Map{"address": n.Address})
	return n, nil
}

// nlbAnnotations say every attribute that has a key of its own, defaults too: what is left out keeps its last value on AWS.
func nlbAnnotations(spec config.Workload) map[string]string {
	all := map[string]string{
		nlbScheme:     spec.Scheme,
		nlbTargetType: spec.Target,
		nlbAttributes: both(map[string]string{awsdata.LoadBalancerCrossZone: strconv.FormatBool(spec.CrossZone)}, spec.Attributes),
		nlbTargets:    both(targetAttributes(spec), spec.CompleteTargetGroupAttributes()),
	}
	if spec.ProxyProtocol {
		all[nlbProxyProtocol] = everywhere
	}
	if spec.Protocol == config.ProtocolTLS {
		all[nlbCertificate], all[nlbTLSPorts] = spec.Certificate, strconv.Itoa(servicePort(spec))
	}
	if len(spec.SecurityGroups) > 0 {
		// Nodes and pods let in the controller's group, which it adds to yours then.
		all[nlbGroups], all[nlbManage] = strings.Join(spec.SecurityGroups, ","), "true"
	}
	if len(spec.ElasticIPs) > 0 {
		all[nlbElasticIPs] = strings.Join(spec.ElasticIPs, ",")
	}
	if spec.ReadinessGate {
		all[waitFor] = hostname
	}
	nlbCheck.write(all, spec)
	return all
}

// targetAttributes are those of a target group that have keys of their own.
func targetAttributes(spec config.Workload) map[string]string {
	all := map[string]string{}
	if spec.DeregistrationDelay != nil {
		all[awsdata.DeregistrationTimeout] = strconv.Itoa(*spec.DeregistrationDelay)
	}
	if spec.PreserveClientAddress != nil {
		all[awsdata.PreserveClientIP] = strconv.FormatBool(*spec.PreserveClientAddress)
	}
	return all
}
