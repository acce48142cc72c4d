// Package sweep deletes what an audit found, in the order of teardown and in rounds, until nothing is left that can be
// deleted.
package sweep

import (
	"context"
	"slices"
	"time"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/internal/leftover"
)

// Options are how a sweep runs.
type Options struct {
	// Deadline is the time after which no round begins, and Interval the time between two rounds: AWS deletes some
	// resources in minutes, and others wait for them.
	Deadline, Interval time.Duration
	// Data says that resources with data are deleted too.
	Data bool
	// Now returns the time, and Wait waits unless the context ends.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
	// Report is called for each attempt.
	Report func(Attempt)
}

// Attempt is the deletion of a resource, Err the error of the call.
type Attempt struct {
	audit.Finding
	Round int
	Err   error
}

// Result is what a sweep did.
type Result struct {
	// Deleted are the resources whose deletion AWS accepted.
	Deleted []audit.Finding
	// Remaining is the last audit, and Errors the last error of each resource in it, by type and ID.
	Remaining *audit.Report
	Errors    map[string]error
	Rounds    int
	// Expired reports whether the deadline passed, and Stuck whether nothing would change any more, while resources
	// with the stack's keys remain.
	Expired, Stuck bool

	idle int
}

// idleRounds is how many rounds may pass in which nothing is deleted. Some deletions are visible to other services of
// AWS only after some seconds, such as that of a role's policy to IAM
// (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, eventual consistency).
const idleRounds = 4

// Left are the findings that a sweep would delete in a further round, or that it could not delete.
func (r *Result) Left(data bool) []audit.Finding { return Deletable(r.Remaining, data) }

// Deletable are the findings that a sweep deletes.
func Deletable(report *audit.Report, data bool) []audit.Finding {
	if data {
		return report.With(audit.Free, audit.Data)
	}
	return report.With(audit.Free)
}

// Run sweeps an account. It returns an error of the account, and with it what was done until then.
func Run(ctx context.Context, a account.Account, scope audit.Scope, o Options) (*Result, error) {
	result := &Result{Errors: map[string]error{}}
	end := o.Now().Add(o.Deadline)
	for {
		report, err := audit.Run(ctx, a, scope)
		if err != nil {
			return result, err
		}
		result.Remaining = report
		pending := slices.DeleteFunc(Deletable(report, o.Data), func(f audit.Finding) bool {
			return account.CauseOf(result.Errors[identify(f)]) == account.Denied
		})
		if len(pending) == 0 {
			return result, nil
		}
		if result.Rounds > 0 {
			result.Expired = !o.Now().Add(o.Interval).Before(end)
			result.Stuck = result.idle >= idleRounds && !isEnding(report)
			if result.Expired || result.Stuck {
				return result, nil
			}
			if err := o.Wait(ctx, o.Interval); err != nil {
				return result, err
			}
		}
		result.Rounds++
		if err := result.sweep(ctx, a, pending, o); err != nil {
			return result, err
		}
	}
}

// isEnding reports whether AWS is deleting a resource that another one may wait for. Nothing waits for a key.
func isEnding(report *audit.Report) bool {
	return slices.ContainsFunc(report.With(audit.Ending), func(f audit.Finding) bool { return f.Type != leftover.KeyType })
}

// identify returns a key for a finding.
func identify(f audit.Finding) string { return f.Type + " " + f.ID }

// Error returns the last error of a finding.
func (r *Result) Error(f audit.Finding) error { return r.Errors[identify(f)] }

// sweep deletes each of the findings once. Blocked resources are tried again in the next round.
func (r *Result) sweep(ctx context.Context, a account.Account, pending []audit.Finding, o Options) error {
	services := map[string]account.Service{}
	for _, service := range a.Services() {
		for _, typ := range service.Types() {
			services[typ] = service
		}
	}
	r.idle++
	for _, f := range pending {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := services[f.Type].Delete(ctx, f.Resource)
		switch account.CauseOf(err) {
		case account.Unauthenticated:
			return err
		case account.Gone:
			err = nil
		}
		accepted := slices.ContainsFunc(r.Deleted, func(other audit.Finding) bool { return identify(other) == identify(f) })
		if delete(r.Errors, identify(f)); err != nil {
			r.Errors[identify(f)] = err
		} else if !accepted { // a service may list a resource for a while after it has accepted its deletion
			r.Deleted, r.idle = append(r.Deleted, f), 0
		}
		o.Report(Attempt{Finding: f, Round: r.Rounds, Err: err})
	}
	return nil
}
