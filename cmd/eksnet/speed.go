package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/speed"
)

// speedOptions are the options of the command speed.
type speedOptions struct {
	kubeconfig, context string
	seconds, runs       int
}

// The most seconds of a run, and the most runs: 18 measurements of this length take two hours and a half.
const (
	mostSeconds = 100
	mostRuns    = 5
)

// check refuses options that are out of range.
func (o speedOptions) check() error {
	switch {
	case o.seconds < 1 || o.seconds > mostSeconds:
		return fmt.Errorf("-seconds %d; 1 to %d are accepted, such as 10", o.seconds, mostSeconds)
	case o.runs < 1 || o.runs > mostRuns:
		return fmt.Errorf("-runs %d; 1 to %d are accepted, such as 3", o.runs, mostRuns)
	}
	return nil
}

// measureSpeed is the command speed. It prints what was measured also if an error or a signal ends the measurement.
func (c call) measureSpeed(ctx context.Context, out, complaints io.Writer, cluster speed.Cluster, s *config.Stack, p *plan.Plan) int {
	workload, err := speedWorkload(s, c.workload)
	if err != nil {
		return c.refuse(out, complaints, err)
	}
	result, failed := speed.Measure(ctx, cluster, speed.Options{
		Workload: workload, Zones: s.Network.Zones, Seconds: c.speed.seconds, Runs: c.speed.runs, Price: p.Partition.ZoneTransferPrice(),
		Progress: func(run, runs int, what string) { fmt.Fprintf(complaints, "%d of %d: %s\n", run, runs, what) },
	})
	if errors.Is(failed, context.Canceled) {
		failed = fmt.Errorf("interrupted: what was measured until then is printed; the last client may run for another %d seconds in its pod", c.speed.seconds)
	}
	if result != nil {
		if err := c.writeSpeed(out, result); err != nil {
			return complain(complaints, err)
		}
	}
	if failed != nil {
		fmt.Fprintf(complaints, "eksnet: %v\n", failed)
		return unmeasured
	}
	return planned
}

// writeSpeed writes the result, and with -svg the chart.
func (c call) writeSpeed(out io.Writer, result *speed.Result) error {
	if c.svg != "" {
		if err := writePicture(result.SVG(), c.svg, out); err != nil || c.svg == standardOutput {
			return err
		}
	}
	if c.json {
		return writeJSON(out, result)
	}
	var text bytes.Buffer
	result.WriteText(&text)
	_, err := out.Write(text.Bytes())
	return err
}

// speedWorkload returns the workload to measure: the named one, or the only one of kind speed.
func speedWorkload(s *config.Stack, name string) (string, error) {
	var all []string
	for _, workload := range slices.Sorted(maps.Keys(s.Workloads)) {
		if s.Workloads[workload].Kind == config.KindSpeed {
			all = append(all, workload)
		}
	}
	switch existing := strings.Join(all, ", "); {
	case len(all) == 0:
		return "", errors.New("the stack file has no workload of kind speed; add one, such as speed: {kind: speed}, and create it with pulumi up")
	case name == "" && len(all) > 1:
		return "", fmt.Errorf("the stack file has several workloads of kind speed; name one of %s", existing)
	case name == "":
		return all[0], nil
	case !slices.Contains(all, name):
		return "", fmt.Errorf("no workload %q of kind speed; existing: %s", name, existing)
	}
	return name, nil
}
