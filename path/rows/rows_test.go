package rows_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/path"
	"eksnet/path/rows"
)

func all(t *testing.T) []rows.Planned {
	t.Helper()
	all, err := rows.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// asPredicted returns measurements that agree with all paths.
func asPredicted(t *testing.T) (m rows.Measurements) {
	t.Helper()
	for _, r := range all(t) {
		m.Rows = append(m.Rows, rows.Measured{Row: r.Row, Outcome: rows.Predict(r.Path)})
	}
	return m
}

func TestEachFieldThatDiffersFromTheMeasurementIsNamed(t *testing.T) {
	planned, m := all(t), asPredicted(t)
	if lines := m.Differences(planned); len(lines) > 0 {
		t.Errorf("as predicted: %q", lines)
	}
	for want, change := range map[string]func(*rows.Outcome){
		"source: ":            func(o *rows.Outcome) { o.Source = path.Pods },
		"client address in: ": func(o *rows.Outcome) { o.ClientAddressIn = "a letter" },
		"kube-proxy: ":        func(o *rows.Outcome) { o.KubeProxy = path.ClientsNode },
		"another zone from the load balancer to the target: ": func(o *rows.Outcome) { o.Zones.ToTarget = !o.Zones.ToTarget },
		"another zone from the node to the pod: ":             func(o *rows.Outcome) { o.Zones.ToPod = !o.Zones.ToPod },
		"healthy targets: ":                                   func(o *rows.Outcome) { o.HealthyTargets = "none of 3" },
	} {
		for i, r := range m.Rows {
			changed := rows.Measurements{Rows: slices.Clone(m.Rows)}
			change(&changed.Rows[i].Outcome)
			lines := changed.Differences(planned)
			if len(lines) != 1 || !strings.HasPrefix(lines[0], r.Row.String()+": "+want) {
				t.Errorf("%s of %s is changed: %q", want, r.Row, lines)
			}
		}
	}
}

func TestARowWithoutAMeasurementAndAMeasurementWithoutARowAreReported(t *testing.T) {
	m := asPredicted(t)
	first := m.Rows[0].Row
	m.Rows[0].Row.Protocol = "SCTP"
	want := []string{first.String() + " is not measured", m.Rows[0].Row.String() + " is measured, but the plan refuses it"}
	if got := m.Differences(all(t)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheStackFileHasAWorkloadForEachRow(t *testing.T) {
	text, err := rows.StackFile()
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Config struct {
			Region    string                    `yaml:"aws:region"`
			Workloads map[string]map[string]any `yaml:"eksnet:workloads"`
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Config.Workloads) != len(all(t)) || file.Config.Region != "ap-northeast-2" {
		t.Errorf("%d workloads for %d rows, region %q", len(file.Config.Workloads), len(all(t)), file.Config.Region)
	}
	for _, r := range all(t) {
		if kind := fmt.Sprint(file.Config.Workloads[r.Row.String()]["kind"]); kind != r.Kind {
			t.Errorf("%s has kind %s", r.Row, kind)
		}
	}
}

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), rows.File)
	m := asPredicted(t)
	m.Kubernetes, m.LoadBalancerController = "1.35", "3.4.2"
	if err := m.Write(file); err != nil {
		t.Fatal(err)
	}
	if got, err := rows.Read(file); err != nil || fmt.Sprint(got) != fmt.Sprint(m) {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := rows.Read(file); err == nil || !strings.Contains(err.Error(), "make lab-paths writes it") {
		t.Error(err)
	}
}
