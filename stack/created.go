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

// creation is how the state shows that a creation did not end well. Pulumi keeps the id of such a resource and taints nothing, and the next up
// is an update without a change, for which AWS's provider makes no call and reports success (github.com/pulumi/pulumi/issues/17881;
// pulumi-terraform-bridge, pkg/tfbridge/provider.go, Update).
type creation struct {
	urn pulumi.URNOutput
	// read is an output that the provider reads after it has waited for the resource: empty until then.
	read pulumi.StringOutput
	// failed are the values of read by which AWS reports that the creation failed.
	failed []string
	// silent is that AWS's report is in no output, so that a refresh hides it.
	silent bool
}

// creationOf is the creation of a resource of AWS, false for one that is made at once or has nothing to read.
func creationOf(resource pulumi.Resource) (creation, bool) {
	switch r := resource.(type) {
	case *eks.Cluster: // the component, for the cluster in it
		urn := r.EksCluster.ApplyT(func(c *awseks.Cluster) pulumi.URNOutput { return c.URN() }).(pulumi.URNOutput)
		return creation{urn: urn, read: r.EksCluster.Status(), failed: []string{"FAILED"}}, true
	case *awseks.NodeGroup:
		return creation{urn: r.URN(), read: r.Status, failed: []string{"CREATE_FAILED"}}, true
	case *awseks.Addon:
		return creation{urn: r.URN(), read: r.Arn, silent: true}, true
	case *awseks.AccessEntry:
		return creation{urn: r.URN(), read: r.AccessEntryArn}, true
	case *ec2.NatGateway: // a failed one has no interface
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

// problem is what to do about a creation that did not end well, "" for one that did.
func (c creation) problem(urn pulumi.URN, read string) string {
	replace := fmt.Sprintf("pulumi up --replace '%s'", urn)
	switch {
	case slices.Contains(c.failed, read):
		return fmt.Sprintf("its creation failed: AWS reports %s, and no update ends that. Replace it: %s", read, replace)
	case read == "" && c.silent:
		return "its creation did not end well. Replace it: " + replace
	case read == "":
		return "its creation did not end well. Read what AWS made of it with pulumi refresh, then run pulumi up. If that reports the same, replace it: " + replace
	}
	return ""
}

// created fails unless every creation ended well. A preview warns.
func (b *builder) created(output pulumi.StringOutput) pulumi.StringOutput {
	all := []any{output}
	for resource := range b.within {
		c, has := creationOf(resource)
		if !has {
			continue
		}
		all = append(all, pulumi.All(c.urn, c.read).ApplyT(func(values []any) (string, error) {
			return "", b.report(resource, c.problem(values[0].(pulumi.URN), values[1].(string)))
		}))
	}
	return pulumi.All(all...).ApplyT(func(values []any) string { return values[0].(string) }).(pulumi.StringOutput)
}

func (b *builder) report(resource pulumi.Resource, problem string) error {
	if problem == "" {
		return nil
	}
	if b.ctx.DryRun() {
		return b.ctx.Log.Warn(problem, &pulumi.LogArgs{Resource: resource})
	}
	if err := b.ctx.Log.Error(problem, &pulumi.LogArgs{Resource: resource}); err != nil {
		return err
	}
	return fmt.Errorf("a resource is not as it should be: see the error above")
}
