package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/component"
	policy "eksnet/internal/iam"
	"eksnet/plan"
)

// FlowLogsArgs holds the spec and wires of a VPC's flow logs.
type FlowLogsArgs struct {
	Spec      config.FlowLogs
	Region    string
	Partition plan.Partition
	VPC       *VPC
	// Key is the ARN of the KMS key of the log group, nil for one of CloudWatch Logs.
	Key pulumi.StringPtrInput
}

// FlowLogs is the flow log of the VPC, which records accepted and rejected traffic in its own log group.
type FlowLogs struct{ pulumi.ResourceState }

// NewFlowLogs registers the log group, the role with which AWS writes to it, and the flow log.
func NewFlowLogs(ctx *pulumi.Context, name string, args *FlowLogsArgs, opts ...pulumi.ResourceOption) (*FlowLogs, error) {
	f := &FlowLogs{}
	if err := ctx.RegisterComponentResource("eksnet:network:FlowLogs", name, f, opts...); err != nil {
		return nil, err
	}
	in := pulumi.Parent(f)
	group, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{RetentionInDays: pulumi.Int(args.Spec.RetentionDays), KmsKeyId: args.Key}, in)
	if err != nil {
		return nil, fmt.Errorf("log group: %w", err)
	}
	role, err := newFlowLogsRole(ctx, name, args, group.Arn, in)
	if err != nil {
		return nil, err
	}
	log, err := ec2.NewFlowLog(ctx, name, &ec2.FlowLogArgs{
		VpcId:              args.VPC.ID,
		TrafficType:        pulumi.String("ALL"),
		LogDestinationType: pulumi.String("cloud-watch-logs"),
		LogDestination:     group.Arn,
		IamRoleArn:         role,
		Tags:               nameTag(name),
	}, in)
	if err != nil {
		return nil, fmt.Errorf("flow log: %w", err)
	}
	component.Outputs(ctx, f, pulumi.Map{"id": log.ID()})
	return f, nil
}

// newFlowLogsRole registers a role that AWS can assume for flow logs of this account and region only, and that may
// write only to the log group. It may not create the log group: late records would create it again after the stack is
// deleted (docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html). The ARN is returned as an output that
// depends on the policy, so that the flow log is created after the policy.
func newFlowLogsRole(ctx *pulumi.Context, name string, args *FlowLogsArgs, group pulumi.StringOutput, in pulumi.ResourceOption) (pulumi.StringOutput, error) {
	none := pulumi.StringOutput{}
	trust := args.VPC.Owner.ApplyT(func(account string) string {
		flowLogs := fmt.Sprintf("arn:%s:ec2:%s:%s:vpc-flow-log/*", args.Partition.Name, args.Region, account)
		return policy.TrustServiceFor("vpc-flow-logs.amazonaws.com", account, flowLogs).JSON()
	}).(pulumi.StringOutput)
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{AssumeRolePolicy: trust}, in)
	if err != nil {
		return none, fmt.Errorf("role: %w", err)
	}
	document := group.ApplyT(func(arn string) string {
		return policy.Policy(policy.Allow("logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents").On(arn, arn+":*")).JSON()
	}).(pulumi.StringOutput)
	inline, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{Role: role.Name, Policy: document}, in)
	if err != nil {
		return none, fmt.Errorf("policy: %w", err)
	}
	return pulumi.All(role.Arn, inline.ID()).ApplyT(func(values []any) string { return values[0].(string) }).(pulumi.StringOutput), nil
}
