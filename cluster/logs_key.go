package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/component"
	"eksnet/internal/iam"
	"eksnet/plan"
)

// LogsKeyArgs holds the wires of the key for the stack's log groups.
type LogsKeyArgs struct {
	ClusterName, Region string
	Partition           plan.Partition
	// Account is the ID of the stack's account.
	Account pulumi.StringInput
}

// LogsKey is the KMS key of the stack's log groups.
type LogsKey struct {
	pulumi.ResourceState

	ARN pulumi.StringOutput
}

// NewLogsKey registers the key. Its policy is a part of it, and not a resource of its own: CloudWatch Logs checks it
// when a log group gets the key. The key rotates every year; after destroy AWS keeps it for seven days.
func NewLogsKey(ctx *pulumi.Context, name string, args *LogsKeyArgs, opts ...pulumi.ResourceOption) (*LogsKey, error) {
	l := &LogsKey{}
	if err := ctx.RegisterComponentResource("eksnet:cluster:LogsKey", name, l, opts...); err != nil {
		return nil, err
	}
	document := args.Account.ToStringOutput().ApplyT(func(account string) string {
		return logsKeyPolicy(args, account).JSON()
	}).(pulumi.StringOutput)
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:          pulumi.String("Log groups of EKS cluster " + args.ClusterName),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(7),
		Policy:               document,
		Tags:                 pulumi.StringMap{"Name": pulumi.String(name)},
	}, pulumi.Parent(l))
	if err != nil {
		return nil, fmt.Errorf("KMS key: %w", err)
	}
	l.ARN = key.Arn
	component.Outputs(ctx, l, pulumi.Map{"arn": key.Arn})
	return l, nil
}

// logsKeyPolicy returns a policy with which IAM policies of the account decide about the key, as with KMS's default
// policy, and CloudWatch Logs may use it for the log groups of the stack alone
// (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). The name of the group of flow logs ends
// with random characters.
func logsKeyPolicy(args *LogsKeyArgs, account string) iam.Document {
	root := fmt.Sprintf("arn:%s:iam::%s:root", args.Partition.Name, account)
	service := fmt.Sprintf("logs.%s.%s", args.Region, args.Partition.DNSSuffix)
	group := fmt.Sprintf("arn:%s:logs:%s:%s:log-group:", args.Partition.Name, args.Region, account)
	return iam.Policy(
		iam.Allow("kms:*").For(iam.Principal{AWS: []string{root}}),
		iam.Allow("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*").
			For(iam.Principal{Service: []string{service}}).
			When("ArnLike", "kms:EncryptionContext:aws:logs:arn", group+controlPlaneLogs(args.ClusterName), group+args.ClusterName+"-flow-*"))
}
