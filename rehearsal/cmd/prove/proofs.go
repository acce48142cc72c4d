package main

import (
	"context"
	"fmt"

	"eksnet/rehearsal/prove"
	"eksnet/stack"
)

// proof is one of those that can be asked for. It gives its numbers in words and how many promises are broken.
type proof struct {
	name  string
	prove func(context.Context, *prove.Rig, *report, *prove.Telling) (numbers string, broken int, err error)
}

// proofs are what can be proven, in order.
var proofs = []proof{
	{"prefixes", trials(prove.Prefixes)},
	{"interrupted", trials(prove.Interrupted)},
	{"faults", trials(prove.Faults)},
	{"edges", edges},
	{"gaps", gaps},
}

// trials is a proof that destroys from many places.
func trials(prefixes func(context.Context, *prove.Rig) (*prove.Proof, error)) func(context.Context, *prove.Rig, *report, *prove.Telling) (string, int, error) {
	return func(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Telling) (string, int, error) {
		found, err := prefixes(ctx, rig)
		if err != nil {
			return "", 0, err
		}
		count := found.Count()
		r.count = r.count.Plus(count)
		return fmt.Sprintf("%d destroyed, %d of them with nothing left at once", count.Trials, count.Clean), count.Broken, nil
	}
}

func edges(ctx context.Context, rig *prove.Rig, _ *report, telling *prove.Telling) (string, int, error) {
	broken := 0
	found, err := prove.Edges(ctx, rig, stack.Program, func(p prove.EdgeProof) {
		if p.Problem() != "" {
			broken++
		}
		telling.Step(p.Edge.String(), p.Problem())
	})
	return fmt.Sprintf("%d proven of %d", len(found)-broken, len(found)), broken, err
}

func gaps(ctx context.Context, rig *prove.Rig, _ *report, telling *prove.Telling) (string, int, error) {
	found, tried, err := prove.Gaps(ctx, rig, stack.Program, func(resource string) { telling.Step(resource, "") })
	for _, gap := range found {
		telling.Step(gap.Resource, gap.String())
	}
	return fmt.Sprintf("%d resources made last and removed first", tried), len(found), err
}
