package audit_test

import (
	"errors"
	"slices"
	"testing"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/memory"
	"eksnet/internal/leftover"
)

var scope = audit.Scope{Subject: leftover.Subject{Stack: "dev-ap-northeast-2", Cluster: "dev", Owner: "dev.ap-northeast-2"}, Domains: []string{"example.com"}, Names: []string{"echo.example.com"}}

var own = map[string]string{leftover.StackTag: "dev-ap-northeast-2"}

func item(typ, id string, tags map[string]string) *memory.Item {
	return &memory.Item{Resource: leftover.Resource{Type: typ, ID: id, ARN: "arn:aws:ec2:ap-northeast-2:111122223333:" + id, Tags: tags, Size: 1}}
}

// findings audits items, and returns the findings by ID.
func findings(t *testing.T, items ...*memory.Item) (map[string]audit.Finding, *audit.Report) {
	t.Helper()
	report, err := audit.Run(t.Context(), &memory.Account{Items: items, Stale: map[leftover.Tag][]string{
		{Key: leftover.StackTag, Value: "dev-ap-northeast-2"}: {"arn:aws:ec2:ap-northeast-2:111122223333:instance/i-ended", "arn:aws:sqs:ap-northeast-2:111122223333:queue"}}}, scope)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]audit.Finding{}
	for _, f := range report.Findings {
		found[f.ID] = f
	}
	return found, report
}

func TestAResourceWithTheTagOfAnotherStackIsNotTheStacks(t *testing.T) {
	found, _ := findings(t, item(leftover.VolumeType, "volume/of-two", map[string]string{leftover.StackTag: "two", "kubernetes.io/cluster/dev": "owned"}), item(leftover.VolumeType, "volume/own", map[string]string{"kubernetes.io/cluster/dev": "owned"}))
	if _, listed := found["volume/of-two"]; listed || found["volume/own"].Hold != audit.Shared {
		t.Errorf("%+v", found)
	}
}

// A cluster that was created by hand has no tags, and its VPC may have none either.
func TestWhatAClusterOfTheSameNameMayOwnIsNotDeletable(t *testing.T) {
	for _, other := range []bool{true, false} {
		tags := own
		if other {
			tags = nil
		}
		cluster := item(leftover.ClusterType, "dev", tags)
		cluster.Name, cluster.State = "dev", "ACTIVE"
		found, report := findings(t, cluster, item(leftover.VolumeType, "volume/data", map[string]string{"kubernetes.io/cluster/dev": "owned"}), item(leftover.TemplateType, "launch-template/lt-1", map[string]string{"eks:cluster-name": "dev"}))
		volume, template := audit.Data, audit.Free
		if other {
			volume, template = audit.Shared, audit.Shared
		}
		if found["volume/data"].Hold != volume || found["launch-template/lt-1"].Hold != template || (report.ClusterStatus == "") != other {
			t.Errorf("cluster of another: %t: %+v", other, found)
		}
	}
}

func TestARoleOfAnotherStackWithTheNameOfTheClusterIsNotListed(t *testing.T) {
	role := item(leftover.RoleType, "dev-lbc", map[string]string{leftover.StackTag: "two"})
	hand := item(leftover.RoleType, "dev-by-hand", nil)
	role.Relation, hand.Relation = "its name begins with the cluster's", "its name begins with the cluster's"
	found, _ := findings(t, role, hand)
	if _, listed := found["dev-lbc"]; listed || found["dev-by-hand"].Hold != audit.Unclaimed {
		t.Errorf("%+v", found)
	}
}

func TestCandidatesThatNoServiceListsAreReported(t *testing.T) {
	_, report := findings(t, item(leftover.VPCType, "vpc/vpc-1", own))
	if !slices.Equal(report.Ended, []string{"arn:aws:ec2:ap-northeast-2:111122223333:instance/i-ended"}) || !slices.Equal(report.Unknown, []string{"arn:aws:sqs:ap-northeast-2:111122223333:queue"}) {
		t.Errorf("ended %v, unknown %v", report.Ended, report.Unknown)
	}
}

func TestRecordsBelongToTheStackInItsOwnZoneAlone(t *testing.T) {
	record := func(zone, name string) *memory.Item {
		r := item(leftover.RecordType, zone+name, nil)
		r.Name, r.Fields = name, map[string]string{"zone": zone}
		return r
	}
	found, _ := findings(t, item(leftover.HostedZoneType, "Z-own", own), item(leftover.HostedZoneType, "Z-other", nil),
		record("Z-own", "echo.example.com"), record("Z-own", "by-hand.example.com"), record("Z-other", "echo.example.com"), record("Z-other", "www.example.com"))
	for id, want := range map[string]audit.Hold{"Z-ownecho.example.com": audit.Free, "Z-ownby-hand.example.com": audit.Unclaimed, "Z-otherecho.example.com": audit.Unclaimed} {
		if f, listed := found[id]; !listed || f.Hold != want {
			t.Errorf("%s: %+v", id, f)
		}
	}
	if _, listed := found["Z-otherwww.example.com"]; listed {
		t.Error("a record of others is listed")
	}
}

func TestAnAuditFailsWithTheErrorOfAService(t *testing.T) {
	for _, call := range []string{"ec2:DescribeVpcs", "tag:GetResources", "List"} {
		a := &memory.Account{Refuse: func(made string, _ leftover.Resource) error {
			if made == call {
				return &account.Error{Cause: account.Denied, Call: call, Err: errors.New("AccessDenied")}
			}
			return nil
		}}
		if _, err := audit.Run(t.Context(), a, scope); account.CauseOf(err) != account.Denied {
			t.Errorf("%s: %v", call, err)
		}
	}
}
