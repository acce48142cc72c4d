package workloads

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	"eksnet/plan/balancer"
)

// PodSecurityGroupArgs holds the spec and wires of the security group of an application's pods.
type PodSecurityGroupArgs struct {
	Spec config.Workload
	// ClusterName begins the names of the resources.
	ClusterName string
	VPC         pulumi.StringInput
	// ClusterSecurityGroup is the security group of nodes and of all other pods.
	ClusterSecurityGroup pulumi.StringInput
}

// PodSecurityGroup is a security group of an application's pods. The application's SecurityGroupPolicy names it.
type PodSecurityGroup struct {
	pulumi.ResourceState

	// ID is that of the group once it has its rules. Name is known before the group exists.
	ID, Name pulumi.StringOutput
}

// PodGroupTag is the tag of security groups of pods, with its value.
const (
	PodGroupTag      = "eksnet/pods"
	PodGroupTagValue = "true"
)

// clusterTag is the beginning of the tag by which the load balancer controller finds security groups of targets after
// it was started again. Without it, its rules for objects that were deleted meanwhile would remain in the group
// (github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/networking/networking_manager.go,
// fetchEndpointSGsFromAWS).
const clusterTag = "kubernetes.io/cluster/"

// NewPodSecurityGroup registers the security group in a VPC with its rules. The load balancer controller adds the rules
// for load balancers with ip targets itself.
func NewPodSecurityGroup(ctx *pulumi.Context, name string, args *PodSecurityGroupArgs, opts ...pulumi.ResourceOption) (*PodSecurityGroup, error) {
	p := &PodSecurityGroup{}
	if err := ctx.RegisterComponentResource("eksnet:workloads:PodSecurityGroup", name, p, opts...); err != nil {
		return nil, err
	}
	if err := p.addGroup(ctx, args.ClusterName+"-"+name+"-pods", args); err != nil {
		return nil, err
	}
	component.Outputs(ctx, p, pulumi.Map{"id": p.ID})
	return p, nil
}

// addGroup registers the security group and its rules. The ID is an output of the rules, so that they exist as long as
// pods have the group.
func (p *PodSecurityGroup) addGroup(ctx *pulumi.Context, name string, args *PodSecurityGroupArgs) error {
	in := pulumi.Parent(p)
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.VPC,
		Description: pulumi.String("Network interfaces of pods"),
		// AWS gives a new security group this rule, and the provider removes it unless it is listed.
		Egress: ec2.SecurityGroupEgressArray{ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("Connections of the pods"),
			Protocol:    pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
			CidrBlocks: pulumi.StringArray{pulumi.String("0.0.0.0/0")},
		}},
		Tags: pulumi.StringMap{"Name": pulumi.String(name), PodGroupTag: pulumi.String(PodGroupTagValue),
			clusterTag + args.ClusterName: pulumi.String("shared")},
	}, in)
	if err != nil {
		return fmt.Errorf("security group of the pods: %w", err)
	}
	var ids []any
	for _, rule := range groupRules(args.Spec, group.ID(), args.ClusterSecurityGroup) {
		made, err := ec2.NewSecurityGroupRule(ctx, name+"-"+rule.name, &rule.args, in)
		if err != nil {
			return fmt.Errorf("rule %s of the security group of the pods: %w", rule.name, err)
		}
		ids = append(ids, made.ID())
	}
	p.Name = group.Name
	p.ID = pulumi.All(append(ids, group.ID())...).ApplyT(func(ids []any) string {
		return string(ids[len(ids)-1].(pulumi.ID))
	}).(pulumi.StringOutput)
	return nil
}

// groupRule is an ingress rule with its name.
type groupRule struct {
	name string
	args ec2.SecurityGroupRuleArgs
}

// groupRules returns the rules of the group of pods, which allow the probes of kubelets, what kube-proxy forwards, and
// other pods on the ports of the application; and those of the cluster's security group, which allow the pods to send
// queries to CoreDNS.
func groupRules(spec config.Workload, pods, cluster pulumi.StringInput) []groupRule {
	var all []groupRule
	allow := func(name, what, protocol string, port int, to, from pulumi.StringInput) {
		all = append(all, groupRule{name, ec2.SecurityGroupRuleArgs{
			Type: pulumi.String("ingress"), Description: pulumi.String(what), Protocol: pulumi.String(protocol),
			FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), SecurityGroupId: to, SourceSecurityGroupId: from.ToStringOutput().ToStringPtrOutput(),
		}})
	}
	const nodes = "Nodes and other pods"
	application := balancer.ApplicationOf(spec)
	for _, port := range append([]int{application.TCP}, application.Further...) {
		allow(fmt.Sprintf("tcp-%d", port), nodes, "tcp", port, pods, cluster)
	}
	if spec.HasUDP() {
		allow(fmt.Sprintf("udp-%d", application.UDP), nodes, "udp", application.UDP, pods, cluster)
	}
	const dnsPort = 53
	for _, protocol := range []string{"tcp", "udp"} {
		allow("dns-"+protocol, "Queries to CoreDNS", protocol, dnsPort, cluster, pods)
	}
	return all
}
