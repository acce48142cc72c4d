package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	here "eksnet/internal/project"
	"eksnet/internal/stackfile/stackfiletest"
)

// linesWithProblems are the lines of a stack file with problems in every form that YAML has for a setting. The first is
// line 2 of the file.
var linesWithProblems = []string{
	`aws:region: ap-northeast-2`,
	`aws:allowedAccountIds: ["111122223333", x]`,
	`network:`, // Pulumi adds the project's name
	`  zones:`,
	`    - ap-northeast-2a`,
	`    - us-east-1c`,
	`  natt: zone`,
	`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24]}}`,
	`eksnet:nodeGroups:`,
	`  "general":`,
	`    instanceTypes: [m7g.large]`,
	`    scaling: {min: 3, desired: 1, max: 2}`,
	`    labels:`,
	`      kubernetes.io/team.name: shop`,
	`eksnet:workloads:`,
	`  echo: {kind: nlb, attributes: {deletion_protection.enable: "true"}}`,
}

func TestEachProblemHasTheLineAndColumnOfItsSetting(t *testing.T) {
	dir := stackfiletest.Folder(t, root, linesWithProblems...)
	file := filepath.Join(dir, "Pulumi.dev.yaml")
	status, out, complaints := eksnet("plan", "dev", "-json", "-C", dir)
	var got struct{ Problems []here.Problem }
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != misused {
		t.Fatalf("status %d, %v in\n%s", status, err, out)
	}
	for path, want := range map[string][2]int{
		"aws:allowedAccountIds[1]":      {3, 43},
		"network.zones[1]":              {7, 9},
		"network.natt":                  {8, 5},
		`nodeGroups["general"].scaling`: {13, 7},
		`nodeGroups["general"].labels["kubernetes.io/team.name"]`:    {15, 9},
		`workloads["echo"].attributes["deletion_protection.enable"]`: {17, 36},
	} {
		i := slices.IndexFunc(got.Problems, func(m here.Problem) bool { return m.Path == path })
		if i < 0 {
			t.Errorf("no problem at %s in\n%s", path, out)
			continue
		}
		if m := got.Problems[i]; m.File != file || m.Line != want[0] || m.Column != want[1] || m.Message == "" {
			t.Errorf("%s is at %s:%d:%d, not %d:%d", path, m.File, m.Line, m.Column, want[0], want[1])
		}
		if line := fmt.Sprintf("\n  %s:%d: %s: ", file, want[0], path); !strings.Contains(complaints, line) {
			t.Errorf("missing %q in\n%s", line, complaints)
		}
	}
}

// What is missing has the position of what it is missing in; a key that the file does not have at all has none.
func TestAMissingSettingHasThePositionOfWhatItIsMissingIn(t *testing.T) {
	dir := stackfiletest.Folder(t, root, `aws:region: ap-northeast-2`, `eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b]}`, `eksnet:cluster:`, `  endpoint: {private: true}`,
		`eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 2}}}`)
	_, _, complaints := eksnet("plan", "dev", "-C", dir)
	file := filepath.Join(dir, "Pulumi.dev.yaml")
	for _, want := range []string{"\n  " + file + ":4: cluster.name: ", "\n  aws:allowedAccountIds: missing"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("missing %q in\n%s", want, complaints)
		}
	}
}

func TestASingleProblemAndInvalidYAMLHaveALineToo(t *testing.T) {
	for want, line := range map[string]string{
		`Pulumi.dev.yaml:8: the stack file has a problem: tags["a:b "]: `: `eksnet:tags: {"a:b ": c}`,
		"Pulumi.dev.yaml:8: YAML: ":                                       "eksnet:tags: [",
	} {
		_, out, complaints := eksnet("plan", "dev", "-json", "-C", stackfiletest.Folder(t, root, append(slices.Clone(good[:6]), line)...))
		if !strings.Contains(complaints, want) {
			t.Errorf("missing %q in %s", want, complaints)
		}
		if !strings.Contains(out, `"line": `+want[len("Pulumi.dev.yaml:"):len("Pulumi.dev.yaml:")+1]) {
			t.Errorf("the JSON has no line: %s", out)
		}
	}
}

func TestACallThatIsWrongIsJSONToo(t *testing.T) {
	status, out, complaints := eksnet("plan", "nowhere", "-json", "-C", stackfiletest.Folder(t, root, good...))
	var got struct{ Problems []here.Problem }
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != misused || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Message, `no stack "nowhere"`) || complaints == "" {
		t.Errorf("status %d, %v in %s", status, err, out)
	}
}
