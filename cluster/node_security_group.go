package cluster

import (
	"context"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	innerGroup     = "aws:ec2/securityGroup:SecurityGroup"
	innerGroupRule = "aws:ec2/securityGroupRule:SecurityGroupRule"
)

// unusedRules are the rules that the eks component creates for a security group of nodes: four of the group, and one of
// the control plane's group that allows it (@pulumi/eks 2.8.1, securitygroup.js).
var unusedRules = []string{"-eksNodeIngressRule", "-eksNodeClusterIngressRule", "-eksExtApiServerClusterIngressRule", "-eksNodeInternetEgressRule", "-eksClusterIngressRule"}

// localhost is the range of a rule that matches no packet of a VPC
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html: a rule that
// limits egress to 127.0.0.1/32 in the place of the default rule).
const localhost = "127.0.0.1/32"

// newNodeGroupTransform returns a transform of the security group that the eks component always creates, for nodes of
// its own. The nodes of the stack use the group of EKS, so the rules of this one match nothing, and it has no tag of a
// cluster: the cloud controller accepts one group of an instance that has it. A rule cannot be left out, and a changed
// one would be replaced, so an existing group keeps its rules.
func newNodeGroupTransform(name string) pulumi.ResourceTransform {
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		props, options := args.Props, args.Opts
		switch {
		case args.Type == innerGroup && args.Name == name+"-nodeSecurityGroup":
			props["tags"] = pulumi.StringMap{"Name": pulumi.String(args.Name)}
		case args.Type == innerGroupRule && slices.Contains(unusedRules, strings.TrimPrefix(args.Name, name)):
			delete(props, "self")
			delete(props, "sourceSecurityGroupId")
			props["cidrBlocks"] = pulumi.ToStringArray([]string{localhost})
			options.IgnoreChanges = append(options.IgnoreChanges, "cidrBlocks", "self", "sourceSecurityGroupId")
		default:
			return nil
		}
		return &pulumi.ResourceTransformResult{Props: props, Opts: options}
	}
}
