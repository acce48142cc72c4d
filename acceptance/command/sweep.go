package command

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/sweep"
	"eksnet/internal/output"
)

// deniedAccounts is the environment variable with the accounts that are never swept.
const deniedAccounts = "EKSNET_DENIED_ACCOUNTS"

func (c *call) sweep(ctx context.Context, w World, a account.Account) int {
	identity, err := a.Identity(ctx)
	if err != nil {
		return c.complain(ctx, w, err)
	}
	target := c.sweepTarget(w, identity, c.region)
	if err := target.Check(); err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
		return misused
	}
	report, err := audit.Run(ctx, a, c.scope)
	if err != nil {
		return c.complain(ctx, w, err)
	}
	if report.ClusterStatus == "ACTIVE" && !c.withCluster {
		fmt.Fprintf(w.Complaints, "eksnet-aws: cluster %s is ACTIVE: pulumi destroy --stack %s deletes the stack in order; if its state is lost, add --with-cluster\n", c.scope.Cluster, c.stack)
		return misused
	}
	if !c.remove {
		return c.preview(w, identity, report)
	}
	return c.delete(ctx, w, a, identity)
}

// sweepTarget returns the account and region of the command line beside those of the stack file and of STS.
func (c *call) sweepTarget(w World, identity account.Identity, region string) sweep.Target {
	isSeparator := func(r rune) bool { return r == ',' || r == ' ' }
	return sweep.Target{Stack: c.stack, Cluster: c.scope.Cluster, Account: c.account, Region: region, FileRegion: c.spec.Region, FileAccounts: c.spec.Accounts,
		Denied: strings.FieldsFunc(w.Environment(deniedAccounts), isSeparator), Identity: identity}
}

// preview prints what a sweep would delete.
func (c *call) preview(w World, identity account.Identity, report *audit.Report) int {
	err := output.Write(w.Out, func(out io.Writer) {
		if c.json {
			writeJSON(out, result{identity.Account, c.spec.Region, c.stack, c.scope.Cluster, report, nil})
			return
		}
		c.writeHead(out, identity, report)
		deletable := sweep.Deletable(report, c.data)
		fmt.Fprintf(out, "dry run: a sweep would delete %s, and keep %s\n", count(len(deletable), "resource", "resources"),
			count(len(report.Findings)-len(deletable)-len(report.With(audit.Ending)), "resource", "resources"))
		for _, f := range deletable {
			fmt.Fprintf(out, "  %s\n", strings.Join(f.Remove, " && "))
		}
		for _, f := range report.Findings {
			if f.Hold != audit.Free && f.Hold != audit.Ending && !(c.data && f.Hold == audit.Data) {
				fmt.Fprintf(out, "  kept: %s %s: %s\n", f.Kind, label(f), f.Reason)
			}
		}
		if len(deletable) > 0 {
			fmt.Fprintf(out, "delete with: %s\n", c.again())
		}
	})
	if err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
		return misused
	}
	return statusOf(report)
}

// further are the options that a repeated sweep needs.
func (c *call) further() (options string) {
	if c.data {
		options += " --data"
	}
	if c.withCluster {
		options += " --with-cluster"
	}
	return options
}

// delete sweeps, and prints each deletion as AWS accepts it.
func (c *call) delete(ctx context.Context, w World, a account.Account, identity account.Identity) int {
	progress := w.Out
	if c.json {
		progress = w.Complaints
	}
	fmt.Fprintf(progress, "account %s, region %s, as %s\nstack %s, cluster %s: deleting until %s\n", identity.Account, c.spec.Region, identity.ARN, c.stack, c.scope.Cluster,
		time.Now().Add(c.deadline).Format(time.TimeOnly))
	options := sweep.Options{Deadline: c.deadline, Interval: c.interval, Data: c.data, Now: time.Now, Wait: w.wait(), Report: func(attempt sweep.Attempt) {
		outcome := "deletion accepted"
		if attempt.Err != nil {
			outcome = "not yet: " + attempt.Err.Error()
		}
		fmt.Fprintf(progress, "  round %d: %s %s: %s\n", attempt.Round, attempt.Kind, label(attempt.Finding), outcome)
	}}
	done, err := sweep.Run(ctx, a, c.scope, options)
	if err != nil {
		status := c.complain(ctx, w, err)
		fmt.Fprintf(w.Complaints, "eksnet-aws: %s deleted; continue with: %s\n", count(len(done.Deleted), "resource is", "resources are"), c.again())
		return status
	}
	return c.writeResult(w, identity, done)
}

// again is the command that continues a sweep.
func (c *call) again() string {
	return fmt.Sprintf("eksnet-aws sweep %s --account %s --region %s --delete%s", c.stack, c.account, c.region, c.further())
}

func (w World) wait() func(ctx context.Context, d time.Duration) error {
	if w.Wait != nil {
		return w.Wait
	}
	return func(ctx context.Context, d time.Duration) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(d):
			return nil
		}
	}
}

// writeResult prints what a sweep left, and why.
func (c *call) writeResult(w World, identity account.Identity, done *sweep.Result) int {
	left := done.Left(c.data)
	err := output.Write(w.Out, func(out io.Writer) {
		if c.json {
			r := result{identity.Account, c.spec.Region, c.stack, c.scope.Cluster, done.Remaining, nil}
			for _, f := range done.Deleted {
				r.Deleted = append(r.Deleted, f.ID)
			}
			writeJSON(out, r)
			return
		}
		fmt.Fprintf(out, "AWS accepted the deletion of %s in %s\n", count(len(done.Deleted), "resource", "resources"), count(done.Rounds, "round", "rounds"))
		for _, f := range left {
			fmt.Fprintf(out, "  remains: %s %s: %v\n", f.Kind, label(f), done.Error(f))
		}
		for _, f := range done.Remaining.With(audit.Shared, audit.Unclaimed, audit.Protected, audit.Data, audit.Ending) {
			switch {
			case f.Hold == audit.Ending:
				fmt.Fprintf(out, "  ending: %s %s: %s\n", f.Kind, label(f), f.Reason)
			case f.Hold != audit.Data || !c.data:
				fmt.Fprintf(out, "  kept: %s %s: %s\n", f.Kind, label(f), f.Reason)
			}
		}
		if done.Stuck {
			fmt.Fprintf(out, "nothing changes any more; delete what the errors name, or add permissions of docs/sweep-policy.json, and continue with: %s\n", c.again())
		}
		if done.Expired {
			fmt.Fprintf(out, "the deadline of %s passed; continue with: %s\n", c.deadline, c.again())
		}
	})
	if err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
		return misused
	}
	return statusOf(done.Remaining)
}
