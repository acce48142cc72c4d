package iam_test

import (
	"testing"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestPoliciesAreEvaluatedAsByIAM(t *testing.T) {
	for _, c := range []struct {
		name, statement, action, resource string
		known                             iam.Facts
		want                              bool
	}{
		{"a wildcard in an action", `"Action": "ec2:Describe*", "Resource": "*"`, "ec2:DescribeVpcs", "*", nil, true},
		{"another action", `"Action": "ec2:Describe*", "Resource": "*"`, "ec2:DeleteVpc", "*", nil, false},
		{"an action in another case", `"Action": "EC2:describevpcs", "Resource": "*"`, "ec2:DescribeVpcs", "*", nil, true},
		{"a resource that matches", `"Action": "*", "Resource": "arn:aws:ec2:*:*:vpc/*"`, "ec2:DeleteVpc", "arn:aws:ec2:r:a:vpc/1", nil, true},
		{"a resource that does not", `"Action": "*", "Resource": "arn:aws:ec2:*:*:vpc/*"`, "ec2:DeleteVpc", "arn:aws:ec2:r:a:subnet/1", nil, false},
		{"everything but an action", `"NotAction": "ec2:DeleteVpc", "Resource": "*"`, "ec2:DeleteVpc", "*", nil, false},
		{"a condition that is met", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}`, "x:y", "*", iam.Facts{"aws:requesttag/a": {"b"}}, true},
		{"a condition that is not met", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}`, "x:y", "*", iam.Facts{"aws:RequestTag/a": {"c"}}, false},
		{"a condition of a missing key", `"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}`, "x:y", "*", nil, false},
		{"a condition of a missing key that may be missing", `"Action": "*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"a": "b"}}`, "x:y", "*", nil, true},
		{"a tag that must be there", `"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/c": "false"}}`, "x:y", "*", nil, false},
		{"a tag that must not be there", `"Action": "*", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/c": "true"}}`, "x:y", "*", nil, true},
		{"a pattern", `"Action": "*", "Resource": "*", "Condition": {"StringLike": {"a": "k8s-*"}}`, "x:y", "*", iam.Facts{"a": {"k8s-1"}}, true},
		{"a condition that cannot be evaluated", `"Action": "*", "Resource": "*", "Condition": {"NumericLessThan": {"a": "3"}}`, "x:y", "*", iam.Facts{"a": {"1"}}, false},
	} {
		l := worldtest.NewLab(t)
		l.Role("r", worldtest.TrustFor("ec2"))
		l.Make("p", store.PolicyType, store.Properties{"name": "p", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", ` + c.statement + `}}`})
		l.Make("a", store.AttachmentType, store.Properties{"role": "r", "policyArn": l.IDs["p"]})
		if got := iam.IsAllowed(l.World.Account, l.Object(store.RoleType, "r"), c.action, c.resource, c.known); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestADenyOverridesEveryAllow(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Role("r", worldtest.TrustFor("ec2"), "AdministratorAccess")
	l.Make("p", store.PolicyType, store.Properties{"name": "p", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:DeleteVpc", "Resource": "*"}}`})
	l.Make("a", store.AttachmentType, store.Properties{"role": "r", "policyArn": l.IDs["p"]})
	role := l.Object(store.RoleType, "r")
	if iam.IsAllowed(l.World.Account, role, "ec2:DeleteVpc", "*", nil) || !iam.IsAllowed(l.World.Account, role, "ec2:CreateVpc", "*", nil) {
		t.Error("the Deny does not override the Allow")
	}
}

func TestAServiceAccountAssumesTheRoleThatTrustsIt(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	if err := iam.AssumeRoleWithWebIdentity(l.World.Account, "arn:aws:iam::111122223333:role/cni-role", "dev", "kube-system", "aws-node"); err != nil {
		t.Error(err)
	}
}
