package cluster

import (
	"testing"

	"eksnet/plan"
)

func TestCloudWatchLogsMayUseTheKeyForTheStacksLogGroupsAlone(t *testing.T) {
	args := &LogsKeyArgs{ClusterName: "dev", Region: "cn-north-1", Partition: plan.Partition{Name: "aws-cn", DNSSuffix: "amazonaws.com.cn"}}
	const want = `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Principal":{"AWS":["arn:aws-cn:iam::111122223333:root"]},"Action":["kms:*"],"Resource":["*"]},` +
		`{"Effect":"Allow","Principal":{"Service":["logs.cn-north-1.amazonaws.com.cn"]},"Action":["kms:Encrypt*","kms:Decrypt*","kms:ReEncrypt*","kms:GenerateDataKey*","kms:Describe*"],"Resource":["*"],` +
		`"Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":["arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/eks/dev/cluster","arn:aws-cn:logs:cn-north-1:111122223333:log-group:dev-flow-*"]}}}]}`
	if got := logsKeyPolicy(args, "111122223333").JSON(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
