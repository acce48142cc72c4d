package rows

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"

	"eksnet/config"
	"eksnet/path"
)

// File is the file in the folder of package path with what the lab measured.
const File = "measured.json"

// Targets that are healthy.
const (
	EveryPod     = "every pod"
	EveryNode    = "every node"
	NodesWithPod = "nodes with a pod"
)

// Outcome is what can be measured of a path.
type Outcome struct {
	// Source is whose address the pod sees, and ClientAddressIn what else carries the client's, "" for nothing.
	Source          path.Address   `json:"source"`
	ClientAddressIn string         `json:"clientAddressIn"`
	KubeProxy       path.Hop       `json:"kubeProxy"`
	Zones           path.Crossings `json:"crossZone"`
	// HealthyTargets is one of the constants, or another text that describes what no path predicts.
	HealthyTargets string `json:"healthyTargets"`
}

// Predict returns the predicted outcome of a path through a load balancer. With policy Local, a node without a pod does
// not answer a health check of the node port either.
func Predict(way path.Path) Outcome {
	o := Outcome{way.Source, way.ClientAddressIn, way.KubeProxy, way.Zones, EveryNode}
	switch {
	case way.Target.Type == config.TargetIP:
		o.HealthyTargets = EveryPod
	case way.KubeProxy == path.LocalPod:
		o.HealthyTargets = NodesWithPod
	}
	return o
}

// Measured is the measured outcome of a row.
type Measured struct {
	Row
	Outcome
}

// Measurements are the content of the file.
type Measurements struct {
	// Kubernetes and LoadBalancerController are versions.
	Kubernetes             string     `json:"kubernetes"`
	LoadBalancerController string     `json:"loadBalancerController"`
	Rows                   []Measured `json:"rows"`
}

// Read reads a file.
func Read(file string) (m Measurements, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w; make lab-paths writes it", file, err)
	}
	return m, nil
}

// Write writes a file.
func (m Measurements) Write(file string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// Find returns the outcome of a row.
func (m Measurements) Find(row Row) (o Outcome, found bool) {
	for _, r := range m.Rows {
		if r.Row == row {
			return r.Outcome, true
		}
	}
	return o, false
}

// Differences compares the outcomes with those of the paths. It returns a line for each field that differs, for each
// row without an outcome, and for each outcome without a row.
func (m Measurements) Differences(all []Planned) (lines []string) {
	planned := map[Row]bool{}
	for _, r := range all {
		planned[r.Row] = true
		measured, found := m.Find(r.Row)
		if !found {
			lines = append(lines, fmt.Sprintf("%s is not measured", r.Row))
			continue
		}
		for _, line := range Predict(r.Path).Differences(measured) {
			lines = append(lines, fmt.Sprintf("%s: %s", r.Row, line))
		}
	}
	for _, r := range m.Rows {
		if !planned[r.Row] {
			lines = append(lines, fmt.Sprintf("%s is measured, but the plan refuses it", r.Row))
		}
	}
	return lines
}

// Differences returns a line for each field in which a measured outcome differs from the predicted one.
func (o Outcome) Differences(measured Outcome) (lines []string) {
	for _, f := range []struct {
		name                string
		predicted, measured any
	}{
		{"source", o.Source, measured.Source},
		{"client address in", o.ClientAddressIn, measured.ClientAddressIn},
		{"kube-proxy", o.KubeProxy, measured.KubeProxy},
		{"another zone from the load balancer to the target", o.Zones.ToTarget, measured.Zones.ToTarget},
		{"another zone from the node to the pod", o.Zones.ToPod, measured.Zones.ToPod},
		{"healthy targets", o.HealthyTargets, measured.HealthyTargets},
	} {
		if f.predicted != f.measured {
			lines = append(lines, fmt.Sprintf("%s: predicted %s, measured %s", f.name, word(f.predicted), word(f.measured)))
		}
	}
	return lines
}

// String returns the outcome in one line.
func (o Outcome) String() string {
	text := fmt.Sprintf("source %s, kube-proxy %s, healthy %s", o.Source, o.KubeProxy, o.HealthyTargets)
	if o.ClientAddressIn != "" {
		text += ", client address in " + o.ClientAddressIn
	}
	return text
}

// word returns a value as text, also an empty one.
func word(value any) string { return cmp.Or(fmt.Sprint(value), "nothing") }
