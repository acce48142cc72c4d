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
	status int
	count  prove.Count
	told   []string
	took   time.Duration
}

// prove runs the proofs that were asked for, all where none was.
func (r *report) prove(ctx context.Context, rig *prove.Rig, telling *prove.Telling, asked []string) {
	began := time.Now()
	for _, p := range proofs {
		if len(asked) > 0 && !slices.Contains(asked, p.name) {
			continue
		}
		telling.Begin(p.name)
		start := time.Now()
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
		telling.End(fmt.Sprintf("%s %s (%.1f s)", mark, p.name, time.Since(start).Seconds()))
		r.told = append(r.told, fmt.Sprintf("%s: %s, %d broken", p.name, numbers, wrong))
	}
	r.took = time.Since(began)
}

// lines are the report for people.
func (r *report) lines() []string {
	return append(r.told, fmt.Sprintf("%s: %d leftovers named, %d unnamed; %d hangs; %.1f s on this machine",
		r.stack, r.count.Named, r.count.Unnamed, r.count.Hangs, r.took.Seconds()))
}
