package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"eksnet/rehearsal/prove"
	"eksnet/stack"
)

// proof is a kind of proof that the command line can name. Its function returns its figures as text and the number of
// problems.
type proof struct {
	name  string
	prove func(context.Context, *prove.Rig, *report, *prove.Progress) (numbers string, broken int, err error)
	// weight is its share of the time of -within, in proportion to the time that the complete proof takes for stack local.
	weight int
}

// proofs are all proofs, in the order in which they run.
var proofs = []proof{
	{"prefixes", trials(prove.Prefixes), 6},
	{"interrupted", trials(prove.Interrupted), 3},
	{"faults", trials(prove.Faults), 1},
	{"zones", zones, 1},
	{"recovery", recovery, 2},
	{"changes", changes, 4},
	{"edges", edges, 6},
	{"gaps", gaps, 3},
}

// trials returns the function of a proof whose trials each destroy a stack.
func trials(run func(context.Context, *prove.Rig) (*prove.Proof, error)) func(context.Context, *prove.Rig, *report, *prove.Progress) (string, int, error) {
	return func(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Progress) (string, int, error) {
		found, err := run(ctx, rig)
		if err != nil {
			return "", 0, err
		}
		count := found.Count()
		r.count = r.count.Plus(count)
		return fmt.Sprintf("%d trials, %d of them without leftovers after the first destroy", count.Trials, count.Clean), count.Broken, nil
	}
}

// zones proves what the plan says of the failure of each zone.
func zones(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Progress) (string, int, error) {
	found, err := prove.Zones(ctx, rig)
	if err != nil {
		return "", 0, err
	}
	count := found.Count()
	return fmt.Sprintf("%d parts of the stack without a zone are as the plan says, of %d", count.Clean, count.Trials), count.Broken, nil
}

// recovery proves that a failed create can be repaired.
func recovery(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Progress) (string, int, error) {
	found, err := prove.Recovery(ctx, rig)
	if err != nil {
		return "", 0, err
	}
	count := found.Count()
	return fmt.Sprintf("%d creates failed, %d stacks complete after the documented step", count.Trials, count.Clean), count.Broken, nil
}

// changes proves the changes of a complete stack.
func changes(ctx context.Context, rig *prove.Rig, r *report, _ *prove.Progress) (string, int, error) {
	found, err := prove.Changes(ctx, rig)
	if err != nil {
		return "", 0, err
	}
	count := found.Count()
	return fmt.Sprintf("%d changes of the stack file made or refused as expected, of %d", count.Clean, count.Trials), count.Broken, nil
}

func edges(ctx context.Context, rig *prove.Rig, _ *report, progress *prove.Progress) (string, int, error) {
	broken := 0
	found, err := prove.Edges(ctx, rig, stack.Program, func(p prove.EdgeProof) {
		if p.Problem() != "" {
			broken++
		}
		progress.Step(p.String(), p.Problem())
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
	outdated, err := outdatedLines(ctx, rig, found)
	for _, line := range outdated {
		progress.Step(orderingFile, line+": cd rehearsal && go test ./prove -run Ordering -update")
	}
	return fmt.Sprintf("%d proven of %d", len(found)-broken-skipped, len(found)-skipped), broken + len(outdated), err
}

const orderingFile = "docs/ordering.md"

// outdatedLines returns the lines of docs/ordering.md that differ from the proof of stack local.
func outdatedLines(ctx context.Context, rig *prove.Rig, proofs []prove.EdgeProof) ([]string, error) {
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

func gaps(ctx context.Context, rig *prove.Rig, _ *report, progress *prove.Progress) (string, int, error) {
	found, tried, err := prove.Gaps(ctx, rig, stack.Program, func(resource string) { progress.Step(resource, "") })
	for _, gap := range found {
		progress.Step(gap.Resource, gap.String())
	}
	return fmt.Sprintf("%d resources created last and deleted first", tried), len(found), err
}
