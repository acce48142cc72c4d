package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"eksnet/rehearsal/prove"
)

// report is what the proofs came to.
type report struct {
	stack  string
	within time.Duration
	clock  func() time.Time
	status int
	count  prove.Count
	told   []string
	took   time.Duration
}

// prove runs the proofs that were asked for, all where none was.
func (r *report) prove(ctx context.Context, rig *prove.Rig, telling *prove.Telling, asked []string) {
	began, chosen := r.clock(), chosen(asked)
	for i, p := range chosen {
		telling.Begin(p.name)
		start := r.clock()
		rig.Within(r.share(start.Sub(began), chosen[i:]))
		numbers, wrong, err := p.prove(ctx, rig, r, telling)
		if err != nil {
			telling.End(fmt.Sprintf("✗ %s: %v", p.name, err))
			r.told, r.status = append(r.told, p.name+": not ended"), broken
			break
		}
		mark := "✓"
		if wrong > 0 {
			mark, r.status = "✗", broken
		}
		telling.End(fmt.Sprintf("%s %s (%.1f s)", mark, p.name, r.clock().Sub(start).Seconds()))
		r.told = append(r.told, fmt.Sprintf("%s: %s, %d broken%s", p.name, numbers, wrong, sampled(rig.Skipped())))
	}
	r.took = r.clock().Sub(began)
}

func chosen(asked []string) []proof {
	if len(asked) == 0 {
		return proofs
	}
	return slices.DeleteFunc(slices.Clone(proofs), func(p proof) bool { return !slices.Contains(asked, p.name) })
}

// share is the time that the first of the proofs that are left has, 0 for no bound. What one leaves over is for those after it.
func (r *report) share(gone time.Duration, left []proof) time.Duration {
	if r.within == 0 {
		return 0
	}
	weights := 0
	for _, p := range left {
		weights += p.weight
	}
	return max((r.within-gone)*time.Duration(left[0].weight)/time.Duration(weights), 1)
}

// sampled says that a proof did not try all, "" where it did.
func sampled(skipped, of int) string {
	if skipped == 0 {
		return ""
	}
	return fmt.Sprintf("; a sample, as time was short: %d steps of %d", of-skipped, of)
}

// lines are the report for people.
func (r *report) lines() []string {
	return append(r.told, fmt.Sprintf("%s: %d leftovers named, %d unnamed; %d hangs; %.1f s on this machine",
		r.stack, r.count.Named, r.count.Unnamed, r.count.Hangs, r.took.Seconds()))
}
