package stack

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// creation describes how the state shows that the creation of a resource did not complete. Pulumi keeps the ID of such
// a resource without marking it as tainted, and the next up is an update without a change, for which the AWS provider
// makes no call and reports success (github.com/pulumi/pulumi/issues/17881; pulumi-terraform-bridge,
// pkg/tfbridge/provider.go, Update).
type creation struct {
	urn pulumi.URNOutput
	// read is an output that the provider sets after it has waited for the resource; it is empty until then.
	read pulumi.StringOutput
	// failed holds the values of read with which AWS reports a failed creation.
	failed []string
	// silent reports whether no output contains AWS's status, so that a refresh hides the failure.
	silent bool
}

// creationOf returns the creation of an AWS resource, false for a type that is created at once or has no such output.
func creationOf(resource pulumi.Resource) (creation, bool) {
	switch r := resource.(type) {
	case *eks.Cluster: // the eks component represents its cluster
		urn := r.EksCluster.ApplyT(func(c *awseks.Cluster) pulumi.URNOutput { return c.URN() }).(pulumi.URNOutput)
		return creation{urn: urn, read: r.EksCluster.Status(), failed: []string{"FAILED"}}, true
	case *awseks.NodeGroup:
		return creation{urn: r.URN(), read: r.Status, failed: []string{"CREATE_FAILED"}}, true
	case *awseks.Addon:
		return creation{urn: r.URN(), read: r.Arn, silent: true}, true
	case *awseks.AccessEntry:
		return creation{urn: r.URN(), read: r.AccessEntryArn}, true
	case *ec2.NatGateway: // a failed NAT gateway has no network interface
		return creation{urn: r.URN(), read: r.NetworkInterfaceId}, true
	case *ec2.VpcEndpoint:
		return creation{urn: r.URN(), read: r.State, failed: []string{"failed", "rejected", "expired"}}, true
	case *ec2.Vpc:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *ec2.Subnet:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *ec2.InternetGateway:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *ec2.RouteTable:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *ec2.SecurityGroup:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *ec2.Eip:
		return creation{urn: r.URN(), read: r.PublicIp}, true
	case *ec2.LaunchTemplate:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *ec2.FlowLog:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *kms.Key:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *iam.Role:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *iam.Policy:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *iam.OpenIdConnectProvider:
		return creation{urn: r.URN(), read: r.Arn}, true
	case *cloudwatch.LogGroup:
		return creation{urn: r.URN(), read: r.Arn}, true
	}
	return creation{}, false
}

// problemText returns a message about a creation that did not complete, "" for one that did.
func (c creation) problemText(urn pulumi.URN, read string) string {
	replace := fmt.Sprintf("pulumi up --replace '%s'", urn)
	switch {
	case slices.Contains(c.failed, read):
		return fmt.Sprintf("its creation failed: AWS reports %s, and no update can repair it. Replace it: %s", read, replace)
	case read == "" && c.silent:
		return "its creation did not complete. Replace it: " + replace
	case read == "":
		return "its creation did not complete. Read its current state with pulumi refresh, then run pulumi up. If that reports the same, replace it: " + replace
	}
	return ""
}

// checkCreations returns output, which fails if any creation did not complete. A preview warns instead.
func (b *builder) checkCreations(output pulumi.StringOutput) pulumi.StringOutput {
	all := []any{output}
	for resource := range b.children {
		c, has := creationOf(resource)
		if !has {
			continue
		}
		all = append(all, pulumi.All(c.urn, c.read).ApplyT(func(values []any) (string, error) {
			return "", b.reportProblem(resource, c.problemText(values[0].(pulumi.URN), values[1].(string)))
		}))
	}
	return pulumi.All(all...).ApplyT(func(values []any) string { return values[0].(string) }).(pulumi.StringOutput)
}

func (b *builder) reportProblem(resource pulumi.Resource, problem string) error {
	if problem == "" {
		return nil
	}
	if b.ctx.DryRun() {
		return b.ctx.Log.Warn(problem, &pulumi.LogArgs{Resource: resource})
	}
	if err := b.ctx.Log.Error(problem, &pulumi.LogArgs{Resource: resource}); err != nil {
		return err
	}
	return fmt.Errorf("the creation of a resource did not complete: see the error above")
}
