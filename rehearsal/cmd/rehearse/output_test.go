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

// printed runs a command and returns its exit status and what it printed on standard output.
func printed(t *testing.T, args ...string) (int, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	status, _ := toldTo(t, out, args...)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text)
}

// edited is a checkout whose stack local is a file of its own; edit replaces texts in it.
func edited(t *testing.T) (edit func(replace ...string)) {
	t.Helper()
	checkout(t)
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

func contains(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%s prints\n%s\nwithout %q", what, text, want)
		}
	}
}

func without(t *testing.T, what, text string, unwanted ...string) {
	t.Helper()
	for _, not := range unwanted {
		if strings.Contains(text, not) {
			t.Errorf("%s prints\n%s\nwith %q", what, text, not)
		}
	}
}

func TestPreviewAndUpNameWhatTheyChangeAndCountWhatTheyCreate(t *testing.T) {
	edit := edited(t)
	edit()
	_, fresh := printed(t, "preview")
	contains(t, "preview of a fresh stack", fresh, "  + eksnet:network:VPC local: 24 resources (VPC, Vpc, ", "  + eksnet:workloads:NLB echo: 2 resources (NLB, Service)")
	if lines := strings.Count(fresh, "\n"); lines > 30 {
		t.Errorf("preview of a fresh stack prints %d lines:\n%s", lines, fresh)
	}
	_, all := printed(t, "preview", "-v")
	if named := strings.Count(all, "\n  + "); named != 99 {
		t.Errorf("preview -v names %d resources:\n%s", named, all)
	}
	printed(t, "up")
	edit("max: 6", "max: 7", "general: {instanceTypes: [m7g.large]", "general: {instanceTypes: [m7g.xlarge]", "echo: {kind: nlb}", "other: {kind: nlb}")
	for _, command := range []string{"preview", "up"} {
		_, text := printed(t, command)
		contains(t, command, text,
			"  ± aws:eks/nodeGroup:NodeGroup local-general\n      ~ instanceTypes[0]: \"m7g.large\" => \"m7g.xlarge\"  (forces replacement)\n      ~ scalingConfig.maxSize: 6 => 7\n",
			"  - kubernetes:core/v1:Service echo-nlb\n", "  + eksnet:workloads:NLB other: 2 resources (NLB, Service)\n")
		without(t, command, text, "aws:ec2/vpc:Vpc")
	}
	_, text := printed(t, "preview")
	without(t, "preview without a change", text, "preview:", "=>")
}

func TestTheReportHasTheChangedProperties(t *testing.T) {
	edit := edited(t)
	edit()
	printed(t, "up", "-json")
	edit("max: 6", "max: 7")
	_, text := printed(t, "preview", "-json")
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
	checkout(t)
	printed(t, "up")
	_, text := printed(t, "preview")
	if !regexp.MustCompile(`(?m)^ +local  created  updated  replaced  deleted  same +here  on AWS\n +preview +0 +0 +0 +0 +99 +\d+\.\ds\n\d+\.\d s on this machine\n$`).MatchString(text) {
		t.Errorf("preview prints\n%s", text)
	}
	_, text = printed(t, "destroy", "-v")
	contains(t, "destroy -v", text, "default parallelism  theoretical minimum  ratio\n", "with Pulumi's default parallelism, 16 calls at once", " MB on this machine",
		"pending, AWS deletes it automatically: ", "destroy verified: no resources remain\n")
	without(t, "destroy -v", text, "\n       up ")
}

func TestStateIsASummaryByComponentWithIDs(t *testing.T) {
	checkout(t)
	printed(t, "up")
	_, text := printed(t, "state")
	contains(t, "state", text, "; last operation: up, succeeded\n", "\neksnet:network:VPC local\n", "\neksnet:workloads:NLB echo\n  kubernetes:core/v1:Service  echo-nlb  echo/echo-nlb\n")
	without(t, "state", text, "Failed", "✗", "{")
	if !regexp.MustCompile(`\n  aws:ec2/vpc:Vpc +local +vpc-[0-9a-f]+\n`).MatchString(text) {
		t.Errorf("state prints\n%s", text)
	}
}

func TestStateNamesTheResourceThatFailedWithItsError(t *testing.T) {
	edit := edited(t)
	edit("echo: {kind: nlb}", `echo: {kind: nlb, attributes: {deletion_protection.enabled: "true"}}`)
	printed(t, "up")
	if status, text := printed(t, "destroy"); status != broken || !strings.Contains(text, "  - kubernetes:core/v1:Service echo-nlb  (failed)\n") {
		t.Errorf("destroy ends with %d and prints\n%s", status, text)
	}
	_, text := printed(t, "state")
	contains(t, "state", text, "; last operation: destroy, failed\n\nFailed\n  ✗ kubernetes:core/v1:Service echo-nlb (echo/echo-nlb)\n      'echo/echo-nlb' timed out waiting to be deleted",
		"  kubernetes:core/v1:Service  echo-nlb  echo/echo-nlb  ✗ failed\n")
	_, exported := printed(t, "state", "-json")
	if !json.Valid([]byte(exported)) {
		t.Errorf("state -json prints\n%s", exported)
	}
}

func TestMistakesOfAStackFileAreJSONWithTheirPosition(t *testing.T) {
	edit := edited(t)
	edit("nat: zone", "natt: zone")
	status, text := printed(t, "preview", "-json")
	var got struct{ Mistakes []project.Mistake }
	if err := json.Unmarshal([]byte(text), &got); err != nil || status != misused || len(got.Mistakes) != 1 {
		t.Fatalf("status %d, %v in %s", status, err, text)
	}
	if m := got.Mistakes[0]; filepath.Base(m.File) != "Pulumi.local.yaml" || m.Line != 8 || m.Column != 5 || m.Path != "network.natt" {
		t.Errorf("the mistake is %+v", m)
	}
	if _, complaints := told(t, "preview"); !strings.Contains(complaints, "Pulumi.local.yaml:8: the stack file has a problem: network.natt: unknown key") {
		t.Errorf("preview says %s", complaints)
	}
}
