package prove

import (
	"context"
	"fmt"

	"eksnet/rehearsal/engine"
)

// Interrupted destroys the complete stack, and destroys again from the state and the account after every step, as if
// the process of the first destroy had been killed there. A delete in progress is tried both as not done and as done.
func Interrupted(ctx context.Context, r *Rig) (*Proof, error) {
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	return r.tryAll(ctx, "interrupted", func(hand func(trialStart)) error {
		steps := 2 * r.steps // a destroy has about as many as an up
		if err := r.interrupt(ctx, whole, "single steps", 1, r.sampled(0, steps), hand); err != nil {
			return err
		}
		return r.interrupt(ctx, whole, "parallel steps", engine.DefaultParallel, r.sampled(r.steps, steps), hand)
	})
}

func (r *Rig) interrupt(ctx context.Context, whole *snapshot, steps string, parallel int, tries func(step int) bool, hand func(trialStart)) error {
	w := whole.world.Clone()
	run := r.run(r.hosts[0], whole.state, &worldHolder{world: w}, false)
	run.Parallel = parallel
	var begun *engine.Checkpoint
	run.OnCheckpoint = func(c engine.Checkpoint) {
		if begun != nil && c.Event == "success" && parallel == 1 {
			hand(trialStart{name: checkpointName(steps, *begun) + ", it happened", state: begun.State(), world: w.Clone(), clean: true})
		}
		begun = nil
		if !tries(c.Number) {
			return
		}
		if c.Event == "begin" {
			begun = &c
		}
		hand(trialStart{name: checkpointName(steps, c), state: c.State(), world: w.Clone(), clean: true})
	}
	if _, err := engine.Destroy(ctx, run); err != nil {
		return fmt.Errorf("destroy: %w", err)
	}
	return nil
}
