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

// check starts labs of the stack, one after the other, and holds what the controllers make in them against plan and rehearsal.
func (o *order) check(ctx context.Context, stack *rehearsed.Stack, tools *build.Tools) error {
	start := func(ctx context.Context, s *rehearsed.Stack) (check.Lab, context.Context, error) {
		lab, life, err := cluster.Start(ctx, o.options(s, tools))
		return lab, life, err
	}
	err := check.Run(ctx, start, stack, os.Stdout)
	if ctx.Err() != nil {
		return errors.New("interrupted; nothing of the lab runs")
	}
	return err
}
