package check

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"eksnet/config"
	"eksnet/lab/measure"
	"eksnet/lab/rehearsed"
)

func TestADisruptedStackHasTheImageAndTheSchemeOfItsOwnWorkloads(t *testing.T) {
	const private = `
config:
  eksnet:network: {zones: [a, b]}
  eksnet:workloads:
    page: {kind: alb, app: nginx, image: nginx-copy}
    web: {kind: alb, scheme: internal, image: agnhost-copy, replicas: 7}
`
	changed, err := DisruptedStack([]byte(private))
	if err != nil {
		t.Fatal(err)
	}
	for name, workload := range readConfig(t, changed)["eksnet:workloads"].(map[string]any) {
		if w := workload.(map[string]any); w["image"] != "agnhost-copy" || w["scheme"] != "internal" || w["replicas"] != 2.0 {
			t.Errorf("workload %s: %v", name, w)
		}
	}
}

// readConfig returns the configuration of a stack file.
func readConfig(t *testing.T, content []byte) map[string]any {
	t.Helper()
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	return file.Config
}

// The workloads of add-ons keep their number of pods.
func TestOnlyTheWorkloadsOfTheSuiteAreScaled(t *testing.T) {
	p := &rehearsed.Plan{Workloads: []rehearsed.Workload{{Name: config.KubeOpsViewName}, {Name: plainPackets}, {Name: steadyWeb}}}
	scaled := disruptedIn(p)
	if len(scaled) != 2 || scaled[0].Name != plainPackets || scaled[1].Name != steadyWeb || len(p.Workloads) != 3 {
		t.Errorf("scaled are %v of %v", scaled, p.Workloads)
	}
}

func TestEachCommittedStackIsDisruptedWithAPodForEachZoneAndWithoutOtherChanges(t *testing.T) {
	files, _ := filepath.Glob("../../Pulumi.*.yaml")
	if len(files) == 0 {
		t.Fatal("no stack files")
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := DisruptedStack(content)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		before, after := readConfig(t, content), readConfig(t, changed)
		zones := len(before["eksnet:network"].(map[string]any)["zones"].([]any))
		workloads := after["eksnet:workloads"].(map[string]any)
		if len(workloads) != len(disruptedWorkloads) {
			t.Errorf("%s: %d workloads, want %d", file, len(workloads), len(disruptedWorkloads))
		}
		for _, name := range disruptedWorkloads {
			w := workloads[name].(map[string]any)
			_, keeps := w["preStop"]
			if w["replicas"] != float64(zones) || keeps != strings.HasPrefix(name, "steady-") {
				t.Errorf("%s: workload %s: %v", file, name, w)
			}
		}
		delete(before, "eksnet:workloads")
		delete(after, "eksnet:workloads")
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%s: %v, want %v", file, after, before)
		}
	}
}

func TestAStackWithoutZonesIsNotDisrupted(t *testing.T) {
	if _, err := DisruptedStack([]byte("config: {eksnet:network: {cidr: 10.0.0.0/16}}")); err == nil || !strings.Contains(err.Error(), "no zones") {
		t.Errorf("%v", err)
	}
}

func TestLostRequestsAreReportedWithTheirReasonsAndTimes(t *testing.T) {
	lost := measure.Counts{Answered: 7, Lost: map[string]int{"timeout": 1, "reset": 2}, FirstLost: 200 * time.Millisecond, LastLost: 1500 * time.Millisecond}
	counts := map[string]measure.Counts{"a": lost, "b": {Answered: 5}}
	if got, want := countsText(lost), "10 requests, 3 lost (2 reset, 1 timeout), between 0.2 s and 1.5 s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := countsText(counts["b"]); got != "5 requests, 0 lost" {
		t.Errorf("%q", got)
	}
	if err := checkNoneLost(counts, "b"); err != nil {
		t.Error(err)
	}
	if err := checkNoneLost(counts, "a", "b"); err == nil || !strings.Contains(err.Error(), "workload a: 10 requests, 3 lost") {
		t.Errorf("%v", err)
	}
}
