package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/config/schema"
	"eksnet/internal/stackfile"
	"eksnet/internal/stackfile/stackfiletest"
)

func TestValidateWithoutAStackChecksEveryStackFile(t *testing.T) {
	status, out, complaints := eksnet("validate", "-C", root)
	if status != planned || complaints != "" {
		t.Fatalf("status %d: %s", status, complaints)
	}
	for _, stack := range stackfile.List(root) {
		if !strings.Contains(out, "Pulumi."+stack+".yaml: valid\n") {
			t.Errorf("nothing of %s in\n%s", stack, out)
		}
	}
}

// A stack file that is wrong hides no problem of another.
func TestValidateReportsTheProblemsOfEachStackFile(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	stackfiletest.Write(t, dir, "Pulumi.broken.yaml", "config:\n  aws:region: [\n")
	stackfiletest.Write(t, dir, "Pulumi.small.yaml", "config:\n  "+strings.Join(append(good[:3:3], `eksnet:network: {cidr: 10.0.0.0/25, zones: [ap-northeast-2a, ap-northeast-2b], nat: all}`), "\n  ")+"\n")
	status, out, complaints := eksnet("validate", "-C", dir)
	if status != misused || out != "Pulumi.dev.yaml: valid\n" {
		t.Errorf("status %d, on standard output %q", status, out)
	}
	for _, want := range []string{"Pulumi.broken.yaml:2: YAML: ", "Pulumi.small.yaml:5: network.nat: ", "Pulumi.small.yaml:5: network.cidr: 10.0.0.0/25: each zone", "cluster.name: missing"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("missing %q in\n%s", want, complaints)
		}
	}
	if status, out, _ := eksnet("validate", "dev", "-C", dir); status != planned || out != "Pulumi.dev.yaml: valid\n" {
		t.Errorf("of dev alone: status %d, %s", status, out)
	}
	if status, _, complaints := eksnet("validate", "dev", "devv", "-C", dir); status != misused || !strings.Contains(complaints, `no stack "devv" (did you mean dev?)`) {
		t.Errorf("of a stack without a file: status %d, %s", status, complaints)
	}
}

func TestValidateReportsProblemsAsJSON(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	stackfiletest.Write(t, dir, "Pulumi.bad.yaml", "config:\n  "+strings.Join(append(good[:6:6], `eksnet:workloads: {echo: {kind: elb}}`), "\n  ")+"\n")
	status, out, _ := eksnet("validate", "-json", "-C", dir)
	var got struct {
		Valid  bool
		Stacks []validation
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != misused || got.Valid || len(got.Stacks) != 2 {
		t.Fatalf("status %d, %v in\n%s", status, err, out)
	}
	bad, dev := got.Stacks[0], got.Stacks[1]
	if !dev.Valid || dev.Stack != "dev" || len(dev.Problems) != 0 || bad.Valid || bad.File != filepath.Join(dir, "Pulumi.bad.yaml") || len(bad.Problems) != 1 {
		t.Fatalf("reported are %+v", got.Stacks)
	}
	if p := bad.Problems[0]; p.Line != 8 || p.Column != 29 || p.Path != `workloads["echo"].kind` || !strings.HasPrefix(p.Message, `"elb" is not accepted; accepted: clb, nlb, alb`) {
		t.Errorf("the problem is %+v", p)
	}
}

func TestSchemaPrintsTheSchemaThatStackFilesName(t *testing.T) {
	status, out, complaints := eksnet("schema")
	if status != planned || complaints != "" || out != string(schema.Text) {
		t.Errorf("status %d: %s", status, complaints)
	}
	files, _ := filepath.Glob(filepath.Join(root, "Pulumi.*.yaml"))
	if len(files) == 0 {
		t.Fatal("no stack files")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Scan()
		name, some := strings.CutPrefix(lines.Text(), "# yaml-language-server: $schema=")
		if named, err := os.ReadFile(filepath.Join(filepath.Dir(file), name)); !some || err != nil || string(named) != out {
			t.Errorf("%s begins with %q, which does not name the schema for editors: %v", file, lines.Text(), err)
		}
	}
}
