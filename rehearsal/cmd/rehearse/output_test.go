package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"eksnet/internal/project"
	"eksnet/rehearsal/scenario"
)

// outputOf runs a command and returns its exit status and what it printed on standard output.
func outputOf(t *testing.T, args ...string) (int, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	status, _ := runWithStdout(t, out, args...)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text)
}

// editableCheckout makes a checkout with a copy of the stack file of local; edit replaces texts in it.
func editableCheckout(t *testing.T) (edit func(replace ...string)) {
	t.Helper()
	enterCheckout(t)
	const file = "Pulumi.local.yaml"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	return func(replace ...string) {
		content = []byte(strings.NewReplacer(replace...).Replace(string(content)))
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func mustContain(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%s prints\n%s\nwithout %q", what, text, want)
		}
	}
}

func mustNotContain(t *testing.T, what, text string, unwanted ...string) {
	t.Helper()
	for _, not := range unwanted {
		if strings.Contains(text, not) {
			t.Errorf("%s prints\n%s\nwith %q", what, text, not)
		}
	}
}

func TestPreviewAndUpNameWhatTheyChangeAndCountWhatTheyCreate(t *testing.T) {
	edit := editableCheckout(t)
	edit()
	_, fresh := outputOf(t, "preview")
	mustContain(t, "preview of a fresh stack", fresh, "  + eksnet:network:VPC local: 24 resources (VPC, Vpc, ", "  + eksnet:workloads:NLB echo: 2 resources (NLB, Service)")
	if lines := strings.Count(fresh, "\n"); lines > 30 {
		t.Errorf("preview of a fresh stack prints %d lines:\n%s", lines, fresh)
	}
	_, all := outputOf(t, "preview", "-v")
	if named := strings.Count(all, "\n  + "); named != 103 {
		t.Errorf("preview -v names %d resources:\n%s", named, all)
	}
	outputOf(t, "up")
	edit("max: 6", "max: 7", "general: {instanceTypes: [m7g.large]", "general: {instanceTypes: [m7g.xlarge]", "echo: {kind: nlb}", "other: {kind: nlb}")
	for _, command := range []string{"preview", "up"} {
		_, text := outputOf(t, command)
		mustContain(t, command, text,
			"  ± aws:eks/nodeGroup:NodeGroup local-general\n      ~ instanceTypes[0]: \"m7g.large\" => \"m7g.xlarge\"  (forces replacement)\n      ~ scalingConfig.maxSize: 6 => 7\n",
			"  - kubernetes:core/v1:Service echo-nlb\n", "  + eksnet:workloads:NLB other: 2 resources (NLB, Service)\n")
		mustNotContain(t, command, text, "aws:ec2/vpc:Vpc")
	}
	_, text := outputOf(t, "preview")
	mustNotContain(t, "preview without a change", text, "preview:", "=>")
}

func TestTheReportHasTheChangedProperties(t *testing.T) {
	edit := editableCheckout(t)
	edit()
	outputOf(t, "up", "-json")
	edit("max: 6", "max: 7")
	_, text := outputOf(t, "preview", "-json")
	var report scenario.Report
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	changes := report.Operations[len(report.Operations)-1].Changes
	if len(changes) != 1 || changes[0].Op != "update" || !strings.HasSuffix(changes[0].URN, "aws:eks/nodeGroup:NodeGroup::local-general") || len(changes[0].Properties) != 1 {
		t.Fatalf("the changes are %+v", changes)
	}
	if p := changes[0].Properties[0]; p.Path != "scalingConfig.maxSize" || p.Before != 6.0 || p.After != 7.0 || p.Kind != "update" || p.Replaces {
		t.Errorf("the property is %+v", p)
	}
}

func TestTheTableHasTheOperationsOfItsCommandAndFewColumns(t *testing.T) {
	enterCheckout(t)
	outputOf(t, "up")
	_, text := outputOf(t, "preview")
	if !regexp.MustCompile(`(?m)^ +local  created  updated  replaced  deleted  same +here  on AWS\n +preview +0 +0 +0 +0 +103 +\d+\.\ds\n\d+\.\d s on this machine\n$`).MatchString(text) {
		t.Errorf("preview prints\n%s", text)
	}
	_, text = outputOf(t, "destroy", "-v")
	mustContain(t, "destroy -v", text, "default parallelism  theoretical minimum  ratio\n", "with Pulumi's default parallelism, 16 calls at once", " MB on this machine",
		"pending, AWS deletes it automatically: ", "destroy verified: no resources remain\n")
	mustNotContain(t, "destroy -v", text, "\n       up ")
}

func TestStatePrintsResourcesByComponentWithIDs(t *testing.T) {
	enterCheckout(t)
	outputOf(t, "up")
	_, text := outputOf(t, "state")
	mustContain(t, "state", text, "; last operation: up, succeeded\n", "\neksnet:network:VPC local\n", "\neksnet:workloads:NLB echo\n  kubernetes:core/v1:Service  echo-nlb  echo/echo-nlb\n")
	mustNotContain(t, "state", text, "Failed", "✗", "{")
	if !regexp.MustCompile(`\n  aws:ec2/vpc:Vpc +local +vpc-[0-9a-f]+\n`).MatchString(text) {
		t.Errorf("state prints\n%s", text)
	}
}

func TestStateNamesTheResourceThatFailedWithItsError(t *testing.T) {
	edit := editableCheckout(t)
	edit("echo: {kind: nlb}", `echo: {kind: nlb, attributes: {deletion_protection.enabled: "true"}}`)
	outputOf(t, "up")
	if status, text := outputOf(t, "destroy"); status != statusFailed || !strings.Contains(text, "  - kubernetes:core/v1:Service echo-nlb  (failed)\n") {
		t.Errorf("destroy ends with %d and prints\n%s", status, text)
	}
	_, text := outputOf(t, "state")
	mustContain(t, "state", text, "; last operation: destroy, failed\n\nFailed\n  ✗ kubernetes:core/v1:Service echo-nlb (echo/echo-nlb)\n      'echo/echo-nlb' timed out waiting to be deleted",
		"  kubernetes:core/v1:Service  echo-nlb  echo/echo-nlb  ✗ failed\n")
	_, exported := outputOf(t, "state", "-json")
	if !json.Valid([]byte(exported)) {
		t.Errorf("state -json prints\n%s", exported)
	}
}

func TestProblemsOfAStackFileAreJSONWithTheirPosition(t *testing.T) {
	edit := editableCheckout(t)
	edit("nat: zone", "natt: zone")
	status, text := outputOf(t, "preview", "-json")
	var got struct{ Problems []project.Problem }
	if err := json.Unmarshal([]byte(text), &got); err != nil || status != statusUsage || len(got.Problems) != 1 {
		t.Fatalf("status %d, %v in %s", status, err, text)
	}
	if m := got.Problems[0]; filepath.Base(m.File) != "Pulumi.local.yaml" || m.Line != 9 || m.Column != 5 || m.Path != "network.natt" {
		t.Errorf("the problem is %+v", m)
	}
	if _, complaints := runCommand(t, "preview"); !strings.Contains(complaints, "Pulumi.local.yaml:9: the stack file has a problem: network.natt: unknown key") {
		t.Errorf("preview says %s", complaints)
	}
}
