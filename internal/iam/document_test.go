package iam_test

import (
	"testing"

	"eksnet/internal/iam"
)

func TestTrustServiceAccountTrustsOnlyOneServiceAccount(t *testing.T) {
	got := iam.TrustServiceAccount("arn:aws:iam::111122223333:oidc-provider/oidc.example", "oidc.example", "kube-system", "aws-node").JSON()
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example"},` +
		`"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":{"oidc.example:aud":["sts.amazonaws.com"],"oidc.example:sub":["system:serviceaccount:kube-system:aws-node"]}}}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTrustPodsTrustsOnlyTheServiceAccountOfOneCluster(t *testing.T) {
	got := iam.TrustPods("arn:aws:eks:eu-west-1:111122223333:cluster/dev", "kube-system", "aws-node").JSON()
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["pods.eks.amazonaws.com"]},"Action":["sts:AssumeRole","sts:TagSession"],` +
		`"Condition":{"StringEquals":{"aws:RequestTag/eks-cluster-arn":["arn:aws:eks:eu-west-1:111122223333:cluster/dev"],` +
		`"aws:RequestTag/kubernetes-namespace":["kube-system"],"aws:RequestTag/kubernetes-service-account":["aws-node"]}}}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTrustServiceTrustsTheNamedService(t *testing.T) {
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com.cn"]},"Action":["sts:AssumeRole"]}]}`
	if got := iam.TrustService("ec2.amazonaws.com.cn").JSON(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWhenAddsAConditionToACopyOfTheStatement(t *testing.T) {
	narrow := iam.Allow("ec2:CreateTags").When("Null", "a", "true")
	narrower := narrow.When("Null", "b", "false")
	if len(narrow.Condition["Null"]) != 1 || len(narrower.Condition["Null"]) != 2 {
		t.Errorf("conditions are %v and %v", narrow.Condition, narrower.Condition)
	}
}

func TestTrustServiceForTrustsTheServiceOnlyForTheAccountsOwnResources(t *testing.T) {
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["vpc-flow-logs.amazonaws.com"]},"Action":["sts:AssumeRole"],` +
		`"Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*"]},"StringEquals":{"aws:SourceAccount":["111122223333"]}}}]}`
	if got := iam.TrustServiceFor("vpc-flow-logs.amazonaws.com", "111122223333", "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*").JSON(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
