//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"eksnet/lab/build"
	"eksnet/lab/cluster"
	"eksnet/lab/rehearsed"
	"eksnet/lab/terraform"
)

// prepareTerraform finds terraform, and gets the upstream provider outside of the namespace, where the registry can be
// reached.
func (o *invocation) prepareTerraform(ctx context.Context) (err error) {
	if o.terraform, err = terraform.FindProgram(); err != nil {
		return err
	}
	return terraform.InstallProvider(ctx, o.terraform, o.terraformFolder())
}

// printSkipped prints why nothing was checked, which is no failure. Another error is returned.
func printSkipped(err error) (int, error) {
	if missing := (*terraform.ErrMissing)(nil); errors.As(err, &missing) {
		fmt.Printf("lab-aws: SKIPPED: %s, so no AWS resource was checked against the upstream provider\n", missing.Reason)
		return statusOK, nil
	}
	return statusFailed, err
}

// checkAWS checks the AWS resources of the stack with the upstream provider and moto.
func (o *invocation) checkAWS(ctx context.Context, stack *rehearsed.Stack, tools *build.Tools) error {
	state, err := rehearsed.ReadResources(o.rehearsal())
	if err != nil {
		return err
	}
	lab, life, err := cluster.StartAWS(ctx, o.options(stack, tools))
	if err != nil {
		return err
	}
	check := terraform.Check{Program: o.terraform, Dir: o.terraformFolder(), Stack: stack.Name, State: state, Out: os.Stdout,
		Account: terraform.Account{Number: stack.Account, Region: stack.Region, Endpoint: lab.Endpoint()}}
	err = check.Run(life)
	if ctx.Err() != nil {
		err = errors.New("interrupted; all processes of the lab have ended")
	}
	return errors.Join(err, lab.Stop(ctx))
}
