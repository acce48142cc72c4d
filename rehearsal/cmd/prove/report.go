package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"eksnet/rehearsal/prove"
)

// report holds the results of the proofs.
type report struct {
	stack   string
	within  time.Duration
	clock   func() time.Time
	status  int
	count   prove.Count
	results []string
	took    time.Duration
}

// prove runs the named proofs, all if there are no names.
func (r *report) prove(ctx context.Context, rig *prove.Rig, progress *prove.Progress, names []string) {
	began, selected := r.clock(), selectProofs(names)
	for i, p := range selected {
		progress.Begin(p.name)
		start := r.clock()
		rig.Within(r.share(start.Sub(began), selected[i:]))
		numbers, wrong, err := p.prove(ctx, rig, r, progress)
		if err != nil {
			progress.End(fmt.Sprintf("✗ %s: %v", p.name, err))
			r.results, r.status = append(r.results, p.name+": not completed"), statusFailed
			break
		}
		mark := "✓"
		if wrong > 0 {
			mark, r.status = "✗", statusFailed
		}
		progress.End(fmt.Sprintf("%s %s (%.1f s)", mark, p.name, r.clock().Sub(start).Seconds()))
		r.results = append(r.results, fmt.Sprintf("%s: %s, %d broken%s", p.name, numbers, wrong, sampleNote(rig.Skipped())))
	}
	r.took = r.clock().Sub(began)
}

func selectProofs(names []string) []proof {
	if len(names) == 0 {
		return proofs
	}
	return slices.DeleteFunc(slices.Clone(proofs), func(p proof) bool { return !slices.Contains(names, p.name) })
}

// share returns the time of the first of the remaining proofs, 0 for no limit. Time that a proof does not use is
// divided among the proofs after it.
func (r *report) share(elapsed time.Duration, remaining []proof) time.Duration {
	if r.within == 0 {
		return 0
	}
	weights := 0
	for _, p := range remaining {
		weights += p.weight
	}
	return max((r.within-elapsed)*time.Duration(remaining[0].weight)/time.Duration(weights), 1)
}

// sampleNote says that a proof tried only a sample of its steps, "" if it tried all.
func sampleNote(skipped, of int) string {
	if skipped == 0 {
		return ""
	}
	return fmt.Sprintf("; time limit reached: tried %d of %d steps", of-skipped, of)
}

// lines returns the report as text.
func (r *report) lines() []string {
	return append(r.results, fmt.Sprintf("%s: %d leftovers with reason and command, %d without; %d hangs; %.1f s on this machine",
		r.stack, r.count.Named, r.count.Unnamed, r.count.Hangs, r.took.Seconds()))
}
