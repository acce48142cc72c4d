package prove

import (
	"context"
	"sync"
)

// Proof is what the trials of one kind found.
type Proof struct {
	Name   string
	Trials []Trial
}

// Broken are the trials in which a promise does not hold.
func (p *Proof) Broken() []Trial {
	var broken []Trial
	for _, t := range p.Trials {
		if t.Broken != "" {
			broken = append(broken, t)
		}
	}
	return broken
}

// Count is what a proof comes to in numbers.
type Count struct{ Trials, Clean, Named, Unnamed, Hangs, Broken int }

// Count counts trials, and leftovers of all of them by whether they are named.
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

// tryAll tries every start that produce hands out, one a worker at a time. Produce waits while all workers are busy, so that no more
// worlds than workers are kept.
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
