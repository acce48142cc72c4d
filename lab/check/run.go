package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"eksnet/lab/rehearsed"
)

// promise is one thing that holds in a lab, as a sentence.
type promise struct {
	sentence string
	holds    func(context.Context, *trial) error
}

// course is a lab of its own, and what holds in it one after the other.
type course struct {
	// title says what is special about the lab.
	title string
	// applies tells whether the stack has what the course is about.
	applies func(*rehearsed.Stack) bool
	// change makes the stack of the lab out of the rehearsed one.
	change   func(*rehearsed.Stack) (*rehearsed.Stack, error)
	promises []promise
}

// Run starts labs of a stack, one after the other, and holds each promise of theirs. It tells each in a line, and what is broken in the
// end.
func Run(ctx context.Context, start Start, s *rehearsed.Stack, out io.Writer) error {
	var broken error
	for _, c := range courses() {
		if c.applies != nil && !c.applies(s) {
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", s.Name, c.title)
		if err := c.run(ctx, start, s, out); err != nil {
			broken = errors.Join(broken, fmt.Errorf("%s: %s: %w", s.Name, c.title, err))
		}
		if ctx.Err() != nil {
			return broken
		}
	}
	return broken
}

func courses() []course {
	return []course{asItIs(), withMutator(), withoutTrust(), enforced()}
}

func (c *course) run(ctx context.Context, start Start, s *rehearsed.Stack, out io.Writer) (err error) {
	changed := s
	if c.change != nil {
		if changed, err = c.change(s); err != nil {
			return err
		}
	}
	lab, life, err := start(ctx, changed)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lab.Stop(ctx)) }()
	t, err := newTrial(lab, s)
	if err != nil {
		return err
	}
	for _, p := range c.promises {
		began := time.Now()
		if err := p.holds(life, t); err != nil {
			fmt.Fprintf(out, "  BROKEN  %5.1f s  %s\n      %v\n", time.Since(began).Seconds(), p.sentence, err)
			return fmt.Errorf("%s: %w", p.sentence, err) // what follows builds on it
		}
		fmt.Fprintf(out, "  ok      %5.1f s  %s\n", time.Since(began).Seconds(), p.sentence)
	}
	return nil
}
