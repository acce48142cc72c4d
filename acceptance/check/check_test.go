package check_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/check"
	"eksnet/acceptance/memory"
	"eksnet/internal/leftover"
	"eksnet/internal/stackfile"
)

// ready is an account in which the stack can be created.
func ready(t *testing.T) (*memory.Account, check.Stack) {
	t.Helper()
	spec, planned, err := stackfile.Load("../..", "dev-ap-northeast-2")
	if err != nil {
		t.Fatal(err)
	}
	a := &memory.Account{Settings: memory.ReadySettings(spec, planned)}
	a.Who = account.Identity{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/me"}
	return a, check.Stack{Spec: spec, Plan: planned, Scope: audit.Scope{Subject: leftover.Subject{Stack: "dev-ap-northeast-2", Cluster: "dev", Owner: "dev.ap-northeast-2"}}}
}

func TestAnAccountInWhichTheStackCanBeCreatedPasses(t *testing.T) {
	a, s := ready(t)
	rows, err := check.Run(t.Context(), a, s)
	if err != nil || check.Worst(rows) != check.Passed || len(rows) < 12 {
		t.Errorf("%+v: %v", rows, err)
	}
}

// runningCluster is the cluster of the stack.
func runningCluster() *memory.Item {
	return &memory.Item{Resource: leftover.Resource{Type: leftover.ClusterType, ID: "dev", Name: "dev", State: "ACTIVE", Tags: map[string]string{leftover.StackTag: "dev-ap-northeast-2"}}}
}

func TestEachCheckNoticesWhatItIsAbout(t *testing.T) {
	tag := map[string]string{leftover.StackTag: "dev-ap-northeast-2"}
	for name, c := range map[string]struct {
		change        func(a *memory.Account, s *check.Stack)
		status        check.Status
		check, advice string
	}{
		"another account":      {func(a *memory.Account, _ *check.Stack) { a.Who.Account = "444455556666" }, check.Failed, "account", "aws:allowedAccountIds accepts 111122223333"},
		"any account":          {func(_ *memory.Account, s *check.Stack) { s.Spec.Accounts = nil }, check.Warned, "account", "add the account"},
		"a region that is off": {func(a *memory.Account, _ *check.Stack) { a.RegionState = "not-opted-in" }, check.Failed, "region", "aws account enable-region --region-name ap-northeast-2"},
		"a leftover": {func(a *memory.Account, _ *check.Stack) {
			a.Items = []*memory.Item{{Resource: leftover.Resource{Type: leftover.SubnetType, ID: "subnet-1", Tags: tag}}}
		}, check.Failed, "leftovers", "see eksnet-aws audit dev-ap-northeast-2"},
		"the stack itself": {func(a *memory.Account, _ *check.Stack) {
			a.Items = []*memory.Item{runningCluster()}
		}, check.Warned, "leftovers", "an up changes it"},
		"a zone that is missing": {func(a *memory.Account, s *check.Stack) { delete(a.ZoneList, s.Spec.Network.Zones[1]) }, check.Failed, "zone ap-northeast-2b", "accepted: ap-northeast-2a, ap-northeast-2c"},
		"a zone that is impaired": {func(a *memory.Account, _ *check.Stack) {
			a.ZoneList["ap-northeast-2a"] = check.Zone{ID: "x", State: "impaired"}
		}, check.Failed, "zone ap-northeast-2a", "choose another zone"},
		"a zone without control planes": {func(a *memory.Account, _ *check.Stack) {
			a.ZoneList["ap-northeast-2a"] = check.Zone{ID: "use1-az3", State: "available"}
		}, check.Failed, "zone ap-northeast-2a", "EKS accepts no control plane subnets in it"},
		"types that are not offered": {func(a *memory.Account, _ *check.Stack) { a.Offered["m7i.large"] = []string{"ap-northeast-2a"} }, check.Failed, "instance types of x86", "add an instance type that is"},
		"no traffic":                 {func(a *memory.Account, _ *check.Stack) { a.Block = "block-bidirectional" }, check.Failed, "VPC Block Public Access", "neither NAT gateways"},
		"no traffic from outside":    {func(a *memory.Account, _ *check.Stack) { a.Block = "block-ingress" }, check.Warned, "VPC Block Public Access", "clients on the internet"},
		"a role that is missing":     {func(a *memory.Account, _ *check.Stack) { a.Roles = a.Roles[1:] }, check.Warned, "service-linked roles", "aws iam create-service-linked-role --aws-service-name eks.amazonaws.com"},
		"a quota that others use":    {func(a *memory.Account, _ *check.Stack) { a.Used["L-1216C47A"], a.Quotas["L-1216C47A"] = 3, 12 }, check.Failed, "quota: Running On-Demand Standard", "--quota-code L-1216C47A --desired-value 13 --region ap-northeast-2"},
		"a version of an add-on that is not offered": {func(a *memory.Account, s *check.Stack) {
			a.Addons["coredns "+s.Spec.Cluster.Version] = []string{"v9.0.0-eksbuild.1", "v8.0.0-eksbuild.1"}
		}, check.Failed, "add-on coredns", "set addons.coreDns.version to one of those offered, such as v9.0.0-eksbuild.1, v8.0.0-eksbuild.1"},
		"an add-on that is not offered": {func(a *memory.Account, s *check.Stack) { delete(a.Addons, "vpc-cni "+s.Spec.Cluster.Version) }, check.Failed, "add-on vpc-cni", "choose another cluster.version"},
		"an agent of Pod Identity that is not offered": {func(_ *memory.Account, s *check.Stack) {
			version := "v1.3.10-eksbuild.3"
			s.Plan.Addons.PodIdentityAgent = &version
		}, check.Failed, "add-on eks-pod-identity-agent", "choose another cluster.version"},
		"a quota that is too low":   {func(a *memory.Account, _ *check.Stack) { a.Quotas["L-1216C47A"] = 9 }, check.Failed, "quota: Running On-Demand Standard", "request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 10 --region ap-northeast-2"},
		"a default that is too low": {func(a *memory.Account, _ *check.Stack) { delete(a.Quotas, "L-1216C47A") }, check.Failed, "quota: Running On-Demand Standard", "--desired-value 10"},
	} {
		a, s := ready(t)
		c.change(a, &s)
		rows, err := check.Run(t.Context(), a, s)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(rows, func(r check.Row) bool {
			return r.Status == c.status && strings.HasPrefix(r.Check, c.check) && strings.Contains(r.Advice, c.advice)
		}) || check.Worst(rows) != c.status {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// refusing refuses a call for lack of permissions.
func refusing(call string) func(string, leftover.Resource) error {
	return func(made string, _ leftover.Resource) error {
		if made == call {
			return &account.Error{Cause: account.Denied, Call: call, Err: errors.New("AccessDenied")}
		}
		return nil
	}
}

func TestACallThatIsNotAllowedLeavesItsCheckUnknown(t *testing.T) {
	for _, call := range []string{"ec2:DescribeRegions", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeVpcBlockPublicAccessOptions", "iam:GetRole", "servicequotas:GetServiceQuota", "tag:GetResources", "eks:DescribeAddonVersions", "ec2:DescribeAddresses"} {
		a, s := ready(t)
		a.Refuse = refusing(call)
		rows, err := check.Run(t.Context(), a, s)
		if err != nil || check.Worst(rows) != check.Unknown || !slices.ContainsFunc(rows, func(r check.Row) bool {
			return r.Found == call+": AccessDenied" && strings.Contains(r.Advice, "docs/check-policy.json")
		}) {
			t.Errorf("%s: %+v: %v", call, rows, err)
		}
	}
}

func TestExpiredCredentialsEndTheChecks(t *testing.T) {
	a, s := ready(t)
	a.Refuse = func(made string, _ leftover.Resource) error {
		return &account.Error{Cause: account.Unauthenticated, Call: made, Err: errors.New("ExpiredToken")}
	}
	if rows, err := check.Run(t.Context(), a, s); account.CauseOf(err) != account.Unauthenticated || len(rows) > 0 {
		t.Errorf("%+v: %v", rows, err)
	}
}
