package checkov

import (
	"slices"
	"strings"
	"testing"
)

// printed is what Checkov 3.3.30 prints, without what is not read.
const printed = `{"check_type": "terraform_plan",
	"results": {"failed_checks": [
		{"check_id": "CKV2_AWS_11", "check_name": "Ensure VPC flow logging is enabled in all VPCs", "resource": "aws_vpc.prod", "file_path": "/prod.json"},
		{"check_id": "CKV_AWS_382", "check_name": "Ensure no security groups allow egress from 0.0.0.0:0 to port -1", "resource": "aws_security_group.prod-lbc-backend", "file_path": "/prod.json"}]},
	"summary": {"passed": 148, "failed": 2, "skipped": 0, "parsing_errors": 0, "resource_count": 91, "checkov_version": "3.3.30"}}`

// explanationsOf returns the explanations of checks.
func explanationsOf(checks ...string) (some []Explanation) {
	for _, e := range Explanations {
		for _, check := range checks {
			if e.Check == check {
				some = append(some, e)
			}
		}
	}
	return some
}

func compare(t *testing.T, explanations []Explanation, all bool) (string, error) {
	t.Helper()
	result, err := parse([]byte(printed), map[string]string{"prod": "prod"})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = Compare(result, explanations, all, &out)
	return out.String(), err
}

func TestExplainedFindingsAreCountedByTheirReason(t *testing.T) {
	out, err := compare(t, Explanations, false)
	if want := "91 resources, 148 checks passed, 2 findings: 1 by design, 1 by a choice in the stack file, 0 not explained\n"; err != nil || out != want {
		t.Errorf("%v, printed %q, want %q", err, out, want)
	}
}

func TestAFindingWithoutAnExplanationIsAnError(t *testing.T) {
	out, err := compare(t, explanationsOf("CKV_AWS_382"), false)
	if want := "not explained: prod: CKV2_AWS_11 aws_vpc.prod: Ensure VPC flow logging"; err == nil || !strings.Contains(out, want) {
		t.Errorf("%v, printed %q, want %q", err, out, want)
	}
}

func TestAnExplanationIsOnlyOfTheResourcesThatItNames(t *testing.T) {
	for check, addresses := range map[string][]string{
		"CKV2_AWS_5":  {"aws_security_group.prod-workload", "aws_security_group.prod-workload-endpoints"},
		"CKV2_AWS_64": {"aws_kms_key.prod-logs", "aws_kms_key.prod-volumes"},
		"CKV_AWS_382": {"aws_security_group.prod-workload", "aws_security_group_rule.prod-workload"},
		"CKV_AWS_290": {"aws_iam_policy.prod-external-dns"},
		"CKV2_AWS_11": {"aws_vpc.prod-peer"},
		"CKV_AWS_130": {"aws_subnet.prod-private-a"},
		"CKV_AWS_158": {"aws_cloudwatch_log_group.prod-resolver"},
		"CKV_AWS_338": {"aws_cloudwatch_log_group.prod-resolver"},
		"CKV2_AWS_23": {"aws_route53_record.other"},
	} {
		for _, address := range addresses {
			for _, e := range Explanations {
				if e.explains(Finding{Check: check, Cluster: "prod", Address: address}) {
					t.Errorf("the explanation of %s explains %s of %s", e.Resource, check, address)
				}
			}
		}
	}
}

func TestTheKeyThatPreventsAFindingIsThatOfItsLogGroup(t *testing.T) {
	for address, keys := range map[string][]string{
		"aws_cloudwatch_log_group.prod":      {"cluster.logs.encryption", "cluster.logs.retentionDays"},
		"aws_cloudwatch_log_group.prod-flow": {"network.flowLogs.encryption", "network.flowLogs.retentionDays"},
	} {
		var got []string
		for _, e := range explanationsOf("CKV_AWS_158", "CKV_AWS_338") {
			if e.explains(Finding{Check: e.Check, Cluster: "prod", Address: address}) {
				got = append(got, e.Key)
			}
		}
		if !slices.Equal(got, keys) {
			t.Errorf("%s: %v prevent its findings, want %v", address, got, keys)
		}
	}
}

func TestAnExplanationWithoutAFindingIsAnErrorWhenAllStacksAreScanned(t *testing.T) {
	used := append(explanationsOf("CKV2_AWS_11"), explanationsOf("CKV_AWS_382")[0])
	if out, err := compare(t, used, true); err != nil {
		t.Errorf("%v, printed %q", err, out)
	}
	out, err := compare(t, append(used, explanationsOf("CKV_AWS_39")...), true)
	if want := "explained, but not found: CKV_AWS_39"; err == nil || !strings.Contains(out, want) {
		t.Errorf("%v, printed %q, want %q", err, out, want)
	}
}

func TestAScanThatReadNoPlanIsAnError(t *testing.T) {
	for _, output := range []string{`{"passed": 0, "failed": 0, "resource_count": 0}`, `{"summary": {"passed": 0}}`, `{"summary": {"passed": 5, "parsing_errors": 1}}`, "no JSON"} {
		if _, err := parse([]byte(output), nil); err == nil {
			t.Errorf("%s is accepted", output)
		}
	}
}
