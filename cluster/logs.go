package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
)

// LogsArgs holds the spec of the control plane's logs.
type LogsArgs struct {
	ClusterName string
	Spec        config.Logs
	// Key is the ARN of the KMS key, nil for one of CloudWatch Logs.
	Key pulumi.StringPtrInput
}

// controlPlaneLogs returns the name of the log group to which EKS writes.
func controlPlaneLogs(clusterName string) string { return "/aws/eks/" + clusterName + "/cluster" }

// Logs is the log group to which EKS writes the control plane's logs.
type Logs struct{ pulumi.ResourceState }

// NewLogs registers the log group under the name that EKS uses
// (docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html). Without log types it registers none.
func NewLogs(ctx *pulumi.Context, name string, args *LogsArgs, opts ...pulumi.ResourceOption) (*Logs, error) {
	l := &Logs{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:Logs", name, l, opts...); err != nil {
		return nil, err
	}
	if len(args.Spec.Types) > 0 {
		group := controlPlaneLogs(args.ClusterName)
		advice, err := component.NewAdvice(ctx, name+"-logs", component.Advice{"ResourceAlreadyExistsException": func(string) string {
			return "EKS creates this log group again when it delivers the last events of a deleted cluster with this name. Delete it and run the same command again: " +
				"aws logs delete-log-group --log-group-name " + group
		}})
		if err != nil {
			return nil, err
		}
		_, err = cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
			Name:            pulumi.String(group),
			RetentionInDays: pulumi.Int(args.Spec.RetentionDays),
			KmsKeyId:        args.Key,
		}, pulumi.Parent(l), pulumi.ResourceHooks(advice))
		if err != nil {
			return nil, fmt.Errorf("log group: %w", err)
		}
	}
	component.Outputs(ctx, l, pulumi.Map{})
	return l, nil
}
