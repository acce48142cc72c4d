//go:build linux

package main

import (
	"context"
	"errors"
	"os"

	"eksnet/lab/build"
	"eksnet/lab/check"
	"eksnet/lab/cluster"
	"eksnet/lab/rehearsed"
)

// check runs the suites of package check, each in a new lab of the stack.
func (o *invocation) check(ctx context.Context, stack *rehearsed.Stack, tools *build.Tools) error {
	stacks := check.Stacks{Rehearsed: stack}
	var err error
	if stacks.Disrupted, err = o.readVariant(disrupted); err != nil {
		return err
	}
	if stacks.Twins, err = o.readVariant(twins); err != nil {
		return err
	}
	err = check.Run(ctx, o.start(tools), stacks, os.Stdout)
	if ctx.Err() != nil {
		return errors.New("interrupted; all processes of the lab have ended")
	}
	return err
}

// start returns a function that starts a lab.
func (o *invocation) start(tools *build.Tools) check.Start {
	return func(ctx context.Context, s *rehearsed.Stack) (check.Lab, context.Context, error) {
		lab, life, err := cluster.Start(ctx, o.options(s, tools))
		return lab, life, err
	}
}
