package simulated

import (
	"context"
	"errors"
	"fmt"

	"eksnet/acceptance/accept"
	"eksnet/rehearsal/scenario"
)

// Driver runs the operations of an acceptance with the engine in this process.
type Driver struct{ Rehearsal *scenario.Rehearsal }

// Command implements accept.Driver.
func (d Driver) Command(operation string) string {
	return fmt.Sprintf("bin/rehearse %s -stack %s -dir %s", operation, d.Rehearsal.Report.Stack, d.Rehearsal.Dir)
}

// Preview implements accept.Driver.
func (d Driver) Preview(ctx context.Context) (accept.Operation, error) {
	return d.result(d.Rehearsal.Preview(ctx))
}

// Up implements accept.Driver.
func (d Driver) Up(ctx context.Context) (accept.Operation, error) {
	return d.result(d.Rehearsal.Up(ctx))
}

// Destroy implements accept.Driver.
func (d Driver) Destroy(ctx context.Context) (accept.Operation, error) {
	return d.result(d.Rehearsal.Destroy(ctx))
}

// result returns an operation of the rehearsal. Its times are those of the simulated account's clock.
func (d Driver) result(o scenario.Operation) (accept.Operation, error) {
	seen := accept.Operation{Seconds: o.AWSSeconds, Resources: d.Rehearsal.Report.ResourceSeconds[o.Name], Changes: map[string]int{}}
	for change, count := range map[string]int{"create": o.Created, "update": o.Updated, "replace": o.Replaced, "delete": o.Deleted, "same": o.Same} {
		if count > 0 {
			seen.Changes[change] = count
		}
	}
	for _, failure := range o.Failures {
		seen.AddFailure(failure.URN, failure.Error)
	}
	if o.Error != "" {
		return seen, errors.New(o.Error)
	}
	return seen, nil
}
