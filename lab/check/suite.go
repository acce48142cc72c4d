package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"eksnet/lab/rehearsed"
)

// step is one check of a suite; its sentence states what must hold.
type step struct {
	sentence string
	run      func(context.Context, *suiteRun) error
}

// skipped is the error of a check that is not possible in the lab of a stack. It is not a failure.
type skipped struct{ reason error }

func (s *skipped) Error() string { return "not checked: " + s.reason.Error() }

// suite is a sequence of checks in one lab.
type suite struct {
	// title describes the lab.
	title string
	// applies reports whether the suite is relevant for a stack; nil for always.
	applies func(*rehearsed.Stack) bool
	// change returns the lab's stack, a change of the rehearsed one; nil for no change.
	change func(*rehearsed.Stack) (*rehearsed.Stack, error)
	// stack is a stack of the suite's own; nil for the one that is checked.
	stack *rehearsed.Stack
	steps []step
}

// Stacks are the stacks of suites.
type Stacks struct {
	// Rehearsed is the stack that is checked.
	Rehearsed *rehearsed.Stack
	// Disrupted is the rehearsal of DisruptedStack, nil if nodes are simulated: suites of packets need nodes that run.
	Disrupted *rehearsed.Stack
	// Twins is the rehearsal of TwinStack, nil for a stack without Gateways.
	Twins *rehearsed.Stack
}

// Run runs all suites, each in a new lab of its stack. It prints a line for each check, and returns an error with those
// that failed.
func Run(ctx context.Context, start Start, stacks Stacks, out io.Writer) error {
	var broken error
	s, all := stacks.Rehearsed, suites()
	if stacks.Disrupted != nil {
		all = append([]suite{packetSuite(s), trapSuite(s), disruptionSuite(stacks.Disrupted)}, all...)
	}
	if stacks.Twins != nil {
		all = append(all, twinSuite(stacks.Twins))
	}
	for _, c := range all {
		if c.applies != nil && !c.applies(s) {
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", s.Name, c.title)
		if err := c.run(ctx, start, cmp.Or(c.stack, s), out); err != nil {
			broken = errors.Join(broken, fmt.Errorf("%s: %s: %w", s.Name, c.title, err))
		}
		if ctx.Err() != nil {
			return broken
		}
	}
	return broken
}

func suites() []suite {
	return []suite{rehearsedSuite(), mutatorSuite(), wrongTrustSuite(), iamSuite(), externalDNSSuite(), meshSuite(), podGroupsSuite()}
}

func (c *suite) run(ctx context.Context, start Start, s *rehearsed.Stack, out io.Writer) (err error) {
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
	t, err := newSuiteRun(lab, s)
	if err != nil {
		return err
	}
	for _, p := range c.steps {
		began := time.Now()
		t.notes = nil
		failed := p.run(life, t)
		result := "ok     "
		var skip *skipped
		switch {
		case errors.As(failed, &skip):
			result, failed = "SKIPPED", nil
			t.note("%v", skip)
		case failed != nil:
			result = "FAILED "
		}
		fmt.Fprintf(out, "  %s %5.1f s  %s\n", result, time.Since(began).Seconds(), p.sentence)
		for _, line := range t.notes {
			fmt.Fprintf(out, "      %s\n", line)
		}
		if failed != nil {
			fmt.Fprintf(out, "      %v\n", failed)
			return fmt.Errorf("%s: %w", p.sentence, failed) // later checks depend on this one
		}
	}
	return nil
}
