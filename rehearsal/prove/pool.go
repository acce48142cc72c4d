package prove

import (
	"context"
	"sync"
)

// Proof holds the trials of one kind.
type Proof struct {
	Name   string
	Trials []Trial
}

// Broken returns the trials that failed.
func (p *Proof) Broken() []Trial {
	var broken []Trial
	for _, t := range p.Trials {
		if t.Broken != "" {
			broken = append(broken, t)
		}
	}
	return broken
}

// Count holds the figures of a proof.
type Count struct{ Trials, Clean, Named, Unnamed, Hangs, Broken int }

// Count counts the trials, and their leftovers with and without reason and command.
func (p *Proof) Count() Count {
	c := Count{Trials: len(p.Trials), Broken: len(p.Broken())}
	for _, t := range p.Trials {
		if t.Clean {
			c.Clean++
		}
		if t.Hung {
			c.Hangs++
		}
		for _, l := range t.Leftovers {
			if hasReasonAndCommand(l) {
				c.Named++
			} else {
				c.Unnamed++
			}
		}
	}
	return c
}

// Plus adds two counts.
func (c Count) Plus(d Count) Count {
	return Count{c.Trials + d.Trials, c.Clean + d.Clean, c.Named + d.Named, c.Unnamed + d.Unnamed, c.Hangs + d.Hangs, c.Broken + d.Broken}
}

// tryAll runs a trial for each start that produce submits, one at a time on each host. Submitting waits while all
// hosts are busy, so that no more simulated accounts than hosts exist.
func (r *Rig) tryAll(ctx context.Context, name string, produce func(hand func(trialStart)) error) (*Proof, error) {
	proof := &Proof{Name: name}
	starts, trials := make(chan trialStart), make(chan Trial)
	var workers sync.WaitGroup
	for _, host := range r.hosts {
		workers.Go(func() {
			for s := range starts {
				if ctx.Err() != nil {
					continue
				}
				switch {
				case s.failure != nil:
					trials <- r.recover(ctx, host, s)
				case s.change != nil:
					trials <- r.change(ctx, host, s)
				default:
					trials <- r.try(ctx, host, s)
				}
			}
		})
	}
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for t := range trials {
			proof.Trials = append(proof.Trials, t)
			r.options.Progress(t)
		}
	}()
	err := produce(func(s trialStart) {
		s.proof = name
		starts <- s
	})
	close(starts)
	workers.Wait()
	close(trials)
	<-collected
	if err == nil {
		err = ctx.Err()
	}
	return proof, err
}
