package workloads

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// ALBArgs holds the spec and wires of an Application Load Balancer.
type ALBArgs struct {
	Spec    config.Workload
	Backend *Backend
	// Class is the name of the IngressClass of the load balancer controller.
	Class pulumi.StringInput
	// Subnets holds the IDs of its subnets, one for each of its zones.
	Subnets pulumi.StringArray
	// DualStack reports whether it has addresses of both families, as it must have to send to pods of an IPv6 cluster.
	DualStack bool
	// ExternalDNS reports whether ExternalDNS is installed. The hosts have records of the stack, so that it must pass
	// over the Ingress: it would create the records first, and the stack's would be refused.
	ExternalDNS bool
}

// ALB is an Application Load Balancer, or one workload's rules on the load balancer of a group. It forwards requests
// for the workload's hosts and paths to the pods' addresses (ip targets) or to a node port (instance targets).
type ALB struct {
	pulumi.ResourceState

	// Address is the load balancer's DNS name.
	Address pulumi.StringOutput
}

// NewALB registers an Ingress, for which the load balancer controller creates an ALB.
func NewALB(ctx *pulumi.Context, name string, args *ALBArgs, opts ...pulumi.ResourceOption) (*ALB, error) {
	a := &ALB{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:ALB", name, a, opts...); err != nil {
		return nil, err
	}
	ingress, err := networkingv1.NewIngress(ctx, name+"-alb", &networkingv1.IngressArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Namespace:   args.Backend.Namespace,
			Name:        pulumi.String(name + "-alb"),
			Annotations: withSubnets(args.annotations(), albSubnets, args.Subnets),
		},
		Spec: ingressSpec(args),
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("ingress: %w", err)
	}
	a.Address = ingressAddress(ctx, ingress)
	component.Outputs(ctx, a, pulumi.Map{"address": a.Address})
	return a, nil
}

// annotations returns the annotations of the Ingress, without the subnets.
func (args *ALBArgs) annotations() map[string]string {
	all := albAnnotations(args.Spec)
	if args.DualStack {
		all[albAddressType] = dualStack
	}
	if args.ExternalDNS && len(args.Spec.Hosts) > 0 {
		all[awsdata.ExternalDNSController] = recordsOfStack
	}
	return all
}

// recordsOfStack is the name of the controller that has an Ingress's records, for ExternalDNS.
const recordsOfStack = "eksnet"

// albAnnotations returns the annotations that follow from the workload. The target group attributes include defaults,
// because AWS keeps the last value of an attribute that is omitted. Settings that must be the same for all members of a
// group are included only if the stack file sets them. Scheme and subnets are always included: the plan refuses members
// that differ in them.
func albAnnotations(spec config.Workload) map[string]string {
	all := map[string]string{
		albScheme: spec.Scheme, albTargetType: spec.Target,
		albCheckPath:        balancer.HealthCheckOf(spec).Path,
		albTargetAttributes: mergePairs(targetAttributes(spec), spec.CompleteTargetGroupAttributes()),
	}
	if spec.Group != "" {
		all[albGroup] = spec.Group
		all[albOrder] = strconv.Itoa(balancer.GroupOrder(spec))
	}
	if spec.Certificate != "" {
		all[albCertificate], all[albListenPorts] = spec.Certificate, `[{"HTTP": 80}, {"HTTPS": 443}]`
		all[albTLSPolicy] = spec.TLSPolicy
		if spec.MutualTLS != nil {
			all[albMutualTLS] = mutualAuthentication(*spec.MutualTLS)
		}
		if spec.Redirect != nil && *spec.Redirect {
			all[albRedirect] = "443"
		}
	}
	if spec.WAF != "" {
		all[albWAF] = spec.WAF
	}
	if len(spec.SourceRanges) > 0 {
		all[albInboundCIDRs] = strings.Join(spec.SourceRanges, ",")
	}
	if len(spec.PrefixLists) > 0 {
		all[albPrefixLists] = strings.Join(spec.PrefixListIDs(), ",")
	}
	if len(spec.SecurityGroups) > 0 {
		// The security groups of nodes and pods allow the controller's shared backend security group. With this
		// annotation, the controller adds that group to the listed ones.
		all[albSecurityGroups], all[albManageBackendRules] = strings.Join(spec.SecurityGroups, ","), "true"
	}
	if attributes := spec.LoadBalancerAttributes(); len(attributes) > 0 {
		all[albAttributes] = joinPairs(attributes)
	}
	if spec.ReadinessGate {
		all[waitFor] = untilHostname
	}
	albCheck.write(all, spec)
	return all
}

// mutualAuthentication returns the annotation for mutual TLS of the HTTPS listener.
func mutualAuthentication(m config.MutualTLS) string {
	listener := map[string]any{"port": config.HTTPSPort, "mode": m.AWSMode()}
	if m.TrustStore != "" {
		listener["trustStore"] = m.TrustStore
	}
	text, _ := json.Marshal([]any{listener}) // strings and a number
	return string(text)
}

// ingressSpec returns rules for each of the workload's hosts with each of its paths. Paths are not rewritten.
func ingressSpec(args *ALBArgs) *networkingv1.IngressSpecArgs {
	backend := &networkingv1.IngressBackendArgs{Service: &networkingv1.IngressServiceBackendArgs{
		Name: args.Backend.Name,
		Port: &networkingv1.ServiceBackendPortArgs{Name: pulumi.String(portName)},
	}}
	spec := &networkingv1.IngressSpecArgs{IngressClassName: args.Class.ToStringOutput().ToStringPtrOutput()}
	if args.Spec.DefaultBackend {
		spec.DefaultBackend = backend
	}
	var paths networkingv1.HTTPIngressPathArray
	for _, path := range args.Spec.Paths {
		paths = append(paths, &networkingv1.HTTPIngressPathArgs{Path: pulumi.String(path), PathType: pulumi.String("Prefix"), Backend: backend})
	}
	var rules networkingv1.IngressRuleArray
	for _, host := range args.Spec.Hosts {
		rules = append(rules, &networkingv1.IngressRuleArgs{Host: pulumi.String(host), Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: paths}})
	}
	if len(rules) == 0 && len(paths) > 0 {
		rules = networkingv1.IngressRuleArray{&networkingv1.IngressRuleArgs{Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: paths}}}
	}
	spec.Rules = rules
	return spec
}

// ingressAddress returns the DNS name in an Ingress's status. The Kubernetes provider waits until it is set.
func ingressAddress(ctx *pulumi.Context, ingress *networkingv1.Ingress) pulumi.StringOutput {
	return ingress.Status.LoadBalancer().Ingress().ApplyT(func(entries []networkingv1.IngressLoadBalancerIngress) (string, error) {
		var names []*string
		for _, entry := range entries {
			names = append(names, entry.Hostname)
		}
		return dnsName(ctx, names)
	}).(pulumi.StringOutput)
}
