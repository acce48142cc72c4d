package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"eksnet/rehearsal/prove"
	"eksnet/stack"
)

// proof is one of those that can be asked for. It gives its numbers in words and how many promises are broken.
type proof struct {
	name  string
	prove func(context.Context, *prove.Rig, *report, *prove.Telling) (numbers string, broken int, err error)
	// weight is its part of a time that all share, about as long as all of it takes for stack local.
	weight int
}

// proofs are what can be proven, in order.
var proofs = []proof{
	{"prefixes", trials(prove.Prefixes), 6},
	{"interrupted", trials(prove.Interrupted), 3},
	{"faults", trials(prove.Faults), 1},
	{"recovery", recovery, 2},
	{"changes", changes, 4},
	{"edges", edges, 6},
	{"gaps", gaps, 3},
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

// recovery is a proof that builds where a create failed.
func recovery(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Telling) (string, int, error) {
	found, err := prove.Recovery(ctx, rig)
	if err != nil {
		return "", 0, err
	}
	count := found.Count()
	return fmt.Sprintf("%d creates failed, %d stacks complete after the documented step", count.Trials, count.Clean), count.Broken, nil
}

// changes is a proof that changes a stack that is complete.
func changes(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Telling) (string, int, error) {
	found, err := prove.Changes(ctx, rig)
	if err != nil {
		return "", 0, err
	}
	count := found.Count()
	return fmt.Sprintf("%d changes of the stack file made or refused as expected, of %d", count.Clean, count.Trials), count.Broken, nil
}

func edges(ctx context.Context, rig *prove.Rig, _ *report, telling *prove.Telling) (string, int, error) {
	broken := 0
	found, err := prove.Edges(ctx, rig, stack.Program, func(p prove.EdgeProof) {
		if p.Problem() != "" {
			broken++
		}
		telling.Step(p.String(), p.Problem())
	})
	if err != nil {
		return "", 0, err
	}
	skipped := 0
	for _, p := range found {
		if p.Skipped {
			skipped++
		}
	}
	outdated, err := documented(ctx, rig, found)
	for _, line := range outdated {
		telling.Step(orderingFile, line+": cd rehearsal && go test ./prove -run Ordering -update")
	}
	return fmt.Sprintf("%d proven of %d", len(found)-broken-skipped, len(found)-skipped), broken + len(outdated), err
}

const orderingFile = "docs/ordering.md"

// documented is what docs/ordering.md has otherwise than the proof, which is about stack local.
func documented(ctx context.Context, rig *prove.Rig, proofs []prove.EdgeProof) ([]string, error) {
	if rig.Stack() != "local" {
		return nil, nil
	}
	carried, err := prove.CarriedOrders(ctx, rig, stack.Program)
	if err != nil {
		return nil, err
	}
	document, err := os.ReadFile(filepath.Join(rig.Root(), orderingFile))
	if err != nil {
		return nil, err
	}
	return prove.OrderingDiffers(string(document), proofs, carried), nil
}

func gaps(ctx context.Context, rig *prove.Rig, _ *report, telling *prove.Telling) (string, int, error) {
	found, tried, err := prove.Gaps(ctx, rig, stack.Program, func(resource string) { telling.Step(resource, "") })
	for _, gap := range found {
		telling.Step(gap.Resource, gap.String())
	}
	return fmt.Sprintf("%d resources made last and removed first", tried), len(found), err
}
