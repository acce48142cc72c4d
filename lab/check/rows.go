package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"eksnet/lab/rehearsed"
	"eksnet/path"
	"eksnet/path/rows"
)

// MeasureRows measures each row in a new lab of their stack, whose nodes run. It prints a line for each row. The error
// has the differences from the predictions of the stack; rows that could not be measured are not in the result.
func MeasureRows(ctx context.Context, start Start, s *rehearsed.Stack, out io.Writer) (m rows.Measurements, err error) {
	all, err := rows.All()
	if err != nil {
		return m, err
	}
	m = rows.Measurements{Kubernetes: s.Cluster.Version, LoadBalancerController: s.Release.Version}
	lab, life, err := start(ctx, s)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, lab.Stop(ctx)) }()
	t, err := newSuiteRun(lab, s)
	if err != nil {
		return m, err
	}
	if err := errors.Join(checkPodsReady(life, t), t.UpdateNetwork(life)); err != nil {
		return m, err
	}
	// Where the prediction is wrong, this ends after the time within which health checks find targets healthy.
	different := checkTargetHealth(life, t)
	for _, r := range all {
		began := time.Now()
		outcome, err := t.measureRow(life, r.Row)
		verdict := "ok    "
		if err != nil {
			verdict = "FAILED"
			different = errors.Join(different, fmt.Errorf("%s: %w", r.Row, err))
		}
		if outcome != (rows.Outcome{}) {
			m.Rows = append(m.Rows, rows.Measured{Row: r.Row, Outcome: outcome})
		}
		fmt.Fprintf(out, "  %s  %5.1f s  %s: %s\n", verdict, time.Since(began).Seconds(), r.Row, outcome)
	}
	return m, different
}

func (t *suiteRun) measureRow(ctx context.Context, row rows.Row) (rows.Outcome, error) {
	i := slices.IndexFunc(t.stack.Paths, func(p path.Path) bool { return p.Workload == row.String() })
	if i < 0 {
		return rows.Outcome{}, errors.New("the stack has no workload of this name")
	}
	return t.Measurement().MeasureLoadBalancer(ctx, t.stack.Paths[i])
}
