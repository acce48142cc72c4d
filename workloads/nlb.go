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

// NLBArgs holds the spec and wires of a Network Load Balancer.
type NLBArgs struct {
	Spec        config.Workload
	Application *Application
	// Subnets holds the IDs of its subnets, one for each of its zones.
	Subnets pulumi.StringArray
	// DualStack reports whether it has addresses of both families, as it must have to send to pods of an IPv6 cluster.
	DualStack bool
}

// NLB is a Network Load Balancer. It forwards packets to the pods' addresses (ip targets) or to a node port (instance
// targets).
type NLB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name, and Service the name of the Service.
	Address, Service pulumi.StringOutput
}

// NewNLB registers a Service, for which the load balancer controller creates an NLB. The EKS cloud controller ignores
// Services with this class.
func NewNLB(ctx *pulumi.Context, name string, args *NLBArgs, opts ...pulumi.ResourceOption) (*NLB, error) {
	n := &NLB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:NLB", name, n, opts...); err != nil {
		return nil, err
	}
	service, err := newService(ctx, name+"-nlb", &serviceArgs{
		spec: args.Spec, application: args.Application, annotations: withSubnets(args.annotations(), nlbSubnets, args.Subnets),
	}, &corev1.ServiceSpecArgs{
		Type:              pulumi.String("LoadBalancer"),
		LoadBalancerClass: pulumi.String(nlbClass),
		// ip targets need no node port.
		AllocateLoadBalancerNodePorts: pulumi.Bool(args.Spec.Target == config.TargetInstance),
	}, pulumi.Composite(
		pulumi.Parent(n),
		// A load balancer gets its Elastic IP addresses when it is created; they cannot be changed
		// (github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/deploy/elbv2/load_balancer_manager.go compares
		// subnets alone).
		pulumi.ReplaceOnChanges([]string{`metadata.annotations["` + nlbElasticIPs + `"]`}),
		pulumi.DeleteBeforeReplace(true),
	))
	if err != nil {
		return nil, err
	}
	n.Address, n.Service = serviceAddress(ctx, service), service.Metadata.Name().Elem()
	component.Outputs(ctx, n, pulumi.Map{"address": n.Address})
	return n, nil
}

// annotations returns the annotations of the Service, without the subnets.
func (args *NLBArgs) annotations() map[string]string {
	all := nlbAnnotations(args.Spec)
	if args.DualStack {
		all[nlbAddressType] = dualStack
	}
	return all
}

// nlbAnnotations returns the annotations that follow from the workload. For each attribute that has its own key in the
// stack file they include the default, because AWS keeps the last value of an attribute that is omitted.
func nlbAnnotations(spec config.Workload) map[string]string {
	all := map[string]string{
		nlbScheme:           spec.Scheme,
		nlbTargetType:       spec.Target,
		nlbAttributes:       mergePairs(map[string]string{awsdata.LoadBalancerCrossZone: strconv.FormatBool(spec.CrossZone)}, spec.LoadBalancerAttributes()),
		nlbTargetAttributes: mergePairs(targetAttributes(spec), spec.CompleteTargetGroupAttributes()),
	}
	if spec.ProxyProtocol {
		all[nlbProxyProtocol] = allPorts
	}
	if spec.Protocol == config.ProtocolTLS {
		all[nlbCertificate], all[nlbTLSPorts] = spec.Certificate, strconv.Itoa(servicePort(spec))
		all[nlbTLSPolicy] = spec.TLSPolicy
	}
	if spec.Protocol == config.ProtocolTCPUDP {
		all[nlbTCPUDP] = "true" // without it the controller refuses two listeners on one port
	}
	if spec.IdleTimeout != nil {
		all[nlbListenerAttributes+spec.Protocol+"-"+strconv.Itoa(servicePort(spec))] = awsdata.IdleTimeout + "=" + strconv.Itoa(*spec.IdleTimeout)
	}
	if len(spec.PrefixLists) > 0 {
		all[nlbPrefixLists] = strings.Join(spec.PrefixListIDs(), ",")
	}
	if len(spec.SecurityGroups) > 0 {
		// The security groups of nodes and pods allow the controller's shared backend security group. With this
		// annotation, the controller adds that group to the listed ones.
		all[nlbSecurityGroups], all[nlbManageBackendRules] = strings.Join(spec.SecurityGroups, ","), "true"
	}
	if len(spec.ElasticIPs) > 0 {
		all[nlbElasticIPs] = strings.Join(spec.ElasticIPs, ",")
	}
	if spec.ReadinessGate {
		all[waitFor] = untilHostname
	}
	nlbCheck.write(all, spec)
	return all
}

// targetAttributes returns the target group attributes that have their own key in the stack file.
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
