package compare

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eksnet/internal/charts"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/prove/matrix"
	"eksnet/rehearsal/scenario"
)

func TestEachDifferenceOfAChangeIsALine(t *testing.T) {
	changed := func(op string, after any) scenario.Operation {
		return scenario.Operation{Changes: []engine.Change{{Op: op, Type: "kubernetes:core/v1:Service", Name: "web",
			Properties: []engine.Property{{Path: "spec.type", Kind: "update", Before: "a", After: after}}}}}
	}
	at := func(path string) scenario.Operation {
		o := changed("update", "b")
		o.Changes[0].Properties[0].Path = path
		return o
	}
	for name, test := range map[string]struct {
		simulated, real scenario.Operation
		want            string
	}{
		"the same":          {changed("update", "b"), changed("update", "b"), ""},
		"another value":     {changed("update", "b"), changed("update", "c"), `simulated update update spec.type "a"→"b" replaces=false;, in the lab update update spec.type "a"→"c"`},
		"another way":       {changed("update", "b"), changed("replace", "b"), "simulated update"},
		"a quoted key":      {at(`metadata.annotations["a/b"]`), at("metadata.annotations.a/b"), ""},
		"another key":       {at(`metadata.annotations["a/b"]`), at("metadata.annotations.a/c"), "simulated update"},
		"only in the lab":   {scenario.Operation{}, changed("update", "b"), "change web (kubernetes:core/v1:Service): only in the lab"},
		"only simulated":    {changed("update", "b"), scenario.Operation{}, "only simulated"},
		"a revision":        {changed("update", "0123456789abcdef"), changed("update", "fedcba9876543210"), ""},
		"an ID of AWS":      {changed("update", "subnet-0123456789abcdef0"), changed("update", "subnet-0fedcba9876543210"), ""},
		"an error":          {scenario.Operation{Error: "timed out"}, scenario.Operation{}, `the simulated error is "timed out", that of the lab ""`},
		"a resource of AWS": {scenario.Operation{Changes: []engine.Change{{Op: "update", Type: "aws:ec2/vpc:Vpc", Name: "vpc"}}}, scenario.Operation{}, ""},
		"a failure":         {scenario.Operation{Error: "x"}, scenario.Operation{Error: "x", Failures: []engine.Failure{{URN: "urn:pulumi:s::p::kubernetes:core/v1:Service::web"}}}, "failure of urn:pulumi:s::p::kubernetes:core/v1:Service::web: only in the lab"},
	} {
		lines := differentChanges(test.simulated, test.real)
		if got := strings.Join(lines, "\n"); test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestGeneratedPropertiesAreNotCompared(t *testing.T) {
	texts := map[string]string{}
	flatten(texts, "", "", map[string]any{
		"metadata": map[string]any{"uid": "1", "name": "web", "resourceVersion": "2", "finalizers": []any{"service.k8s.aws/resources"},
			"annotations": map[string]any{"elbv2.k8s.aws/last-processed-config-timestamp": "1796031866", "elbv2.k8s.aws/other": "1"}},
		"spec":   map[string]any{"clusterIP": "172.20.0.1", "ports": []any{map[string]any{"port": 80.0, "nodePort": 31000.0}}},
		"status": map[string]any{"replicas": 2.0},
	})
	var paths []string
	for path := range texts {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	if !slices.Equal(paths, []string{"metadata.annotations.elbv2.k8s.aws/other", "metadata.name", "spec.ports[0].port"}) {
		t.Errorf("compared are %v", paths)
	}
}

func TestTheMatrixHasChangesOfObjectsInTheCluster(t *testing.T) {
	compared := 0
	for _, row := range matrix.Rows() {
		is := concernsCluster(row)
		if is {
			compared++
		}
		if row.Key == "cluster.version" && is {
			t.Errorf("%s concerns the cluster", row)
		}
	}
	if compared < 50 {
		t.Errorf("%d rows are compared", compared)
	}
}

// Pulumi runs providers in the folder of the project, which a comparison copies.
func TestTheStacksOwnChartsAreInTheFolderOfTheProject(t *testing.T) {
	dir := t.TempDir()
	p, err := Open(Options{Root: root, Stack: "local", Dir: dir, Program: program, Progress: func(string) {}, Difference: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	chart := filepath.Join(dir, "project", charts.OwnCharts, charts.ExternalDNSTeardown, "Chart.yaml")
	if _, err := os.Stat(chart); err != nil {
		t.Error(err)
	}
}

func TestTheSameStackTwiceHasNoDifferences(t *testing.T) {
	var lines []string
	p, err := Open(Options{Root: root, Stack: "local", Dir: t.TempDir(), Program: program,
		Progress: func(string) {}, Difference: func(line string) { lines = append(lines, line) }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Life(t.Context()); err != nil || len(lines) > 0 {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
}
