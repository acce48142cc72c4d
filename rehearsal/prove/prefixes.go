package prove

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Prefixes destroys from the state and the account after every step of up, as if the process had been killed there.
// One up runs one step at a time, so that each create in progress is tried both as done and as not done; another runs
// as many steps at once as Pulumi's default.
//
// After a create that was done without being recorded, two cases are tried: the created resource is added to the
// state first, and then nothing may be left; or the operator only destroys, and then the created resource may be left
// over, with reason and command.
func Prefixes(ctx context.Context, r *Rig) (*Proof, error) {
	if _, err := r.complete(ctx); err != nil {
		return nil, err
	}
	steps := 2 * r.steps
	return r.tryAll(ctx, "prefixes", func(hand func(trialStart)) error {
		single := &checkpointTrials{tries: r.sampled(0, steps), hand: hand, steps: "single steps", begun: map[string]engine.Checkpoint{}}
		if _, err := r.up(ctx, 1, single.onCheckpoint); err != nil {
			return err
		}
		several := &checkpointTrials{tries: r.sampled(r.steps, steps), hand: hand, steps: "parallel steps"}
		_, err := r.up(ctx, engine.DefaultParallel, several.onCheckpoint)
		return err
	})
}

// checkpointTrials makes trials of the checkpoints of one up.
type checkpointTrials struct {
	tries func(step int) bool
	hand  func(trialStart)
	steps string
	// begun are the checkpoints at which creates began, by URN; nil if several run at once.
	begun map[string]engine.Checkpoint
}

func (p *checkpointTrials) onCheckpoint(c engine.Checkpoint, w *world.World) {
	began, waited := p.begun[c.URN]
	if waited && c.Event != "begin" {
		delete(p.begun, c.URN)
		p.addUnfinished(began, "it happened", w)
	}
	if !p.tries(c.Number) {
		return
	}
	name := checkpointName(p.steps, c)
	if state := c.State(); len(pendingCreates(state)) == 0 {
		p.hand(trialStart{name: name, state: state, world: w.Clone(), clean: true})
		return
	}
	if p.begun == nil {
		p.addUnfinished(c, "", w)
		return
	}
	p.addUnfinished(c, "it did not happen", w)
	p.begun[c.URN] = c
}

// addUnfinished submits the trials of a state with creates in progress: one with the created resources added to the
// state, and one without.
func (p *checkpointTrials) addUnfinished(c engine.Checkpoint, what string, w *world.World) {
	name := checkpointName(p.steps, c)
	if what != "" {
		name += ", " + what
	}
	state, looked := c.State(), w.Clone()
	settled, _ := scenario.AdoptAbandoned(state, looked)
	p.hand(trialStart{name: name + ", settled", state: settled, world: looked, clean: true})
	p.hand(trialStart{name: name + ", not settled", state: state, world: w.Clone()})
}

func checkpointName(steps string, c engine.Checkpoint) string {
	u := urn.URN(c.URN)
	return fmt.Sprintf("%s, %d: %s of %s %s %s", steps, c.Number, c.Event, c.Step, u.Type(), u.Name())
}

// pendingCreates returns the creates that were in progress.
func pendingCreates(state *engine.State) []string {
	var urns []string
	for _, pending := range state.Pending() {
		if pending.Type == "creating" {
			urns = append(urns, string(pending.Resource.URN))
		}
	}
	return slices.Clip(urns)
}
