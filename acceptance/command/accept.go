package command

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/check"
	"eksnet/acceptance/look"
	"eksnet/acceptance/sweep"
	"eksnet/internal/output"
)

// acceptOptions are the options of accept beside those of look.
type acceptOptions struct {
	budget            time.Duration
	yes               bool
	rehearsed, report string
}

// defaultBudget is how long the stack may exist.
const defaultBudget = 2 * time.Hour

// add adds the options to those of the command line.
func (o *acceptOptions) add(flags *flag.FlagSet) {
	flags.DurationVar(&o.budget, "budget", defaultBudget, "how long the stack of an acceptance may exist")
	flags.BoolVar(&o.yes, "yes", false, "create the stack of an acceptance without confirmation")
	flags.StringVar(&o.rehearsed, "rehearsed", "", "the `file` with the report of the rehearsal (default: .rehearsal/STACK/report.json)")
	flags.StringVar(&o.report, "report", "", "the `file` for the report of an acceptance as Markdown")
}

// accept is the command accept.
func (c *call) accept(ctx context.Context, w World, a Account) int {
	identity, err := a.Identity(ctx)
	if err != nil {
		return c.complain(ctx, w, err)
	}
	if err := c.checkTarget(w, identity); err != nil {
		return c.refuse(w, err)
	}
	rehearsed, err := c.readRehearsed()
	if err != nil {
		return c.refuse(w, err)
	}
	cluster := func() (look.Cluster, error) { return w.Cluster(c.lookOptions.kubeconfig, c.lookOptions.context) }
	result := accept.Run(ctx, accept.Options{
		Stack: c.stack, Driver: w.Driver(c.root, c.stack), Budget: c.budget, Rehearsed: rehearsed, Interrupts: w.Interrupts, Now: time.Now,
		Check: func(ctx context.Context) ([]check.Row, error) {
			return check.Run(ctx, a, check.Stack{Spec: c.spec, Plan: c.plan, Scope: c.scope})
		},
		Confirm: func(ctx context.Context, preview accept.Operation) (bool, error) {
			return c.confirm(ctx, w, identity, preview)
		},
		Look:         func(ctx context.Context) (*look.Result, error) { return c.lookAtCreated(ctx, w, a, cluster) },
		Audit:        func(ctx context.Context) (*audit.Report, error) { return audit.Run(ctx, a, c.scope) },
		Progress:     func(phase string) { fmt.Fprintf(w.Complaints, "── %s\n", phase) },
		CheckCommand: "eksnet-aws check " + c.stack,
		SweepCommand: fmt.Sprintf("eksnet-aws sweep %s --account %s --region %s", c.stack, c.account, c.spec.Region),
	})
	if err := c.writeAcceptance(w.Out, result); err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
	}
	return result.Exit()
}

// checkTarget refuses what an acceptance must not create or delete.
func (c *call) checkTarget(w World, identity account.Identity) error {
	for _, name := range []string{c.stack, c.scope.Cluster} {
		if sweep.IsProduction(name) {
			return fmt.Errorf("%s: its name is that of production, and an acceptance deletes the stack at its end; copy the stack file to another name", name)
		}
	}
	return c.sweepTarget(w, identity, c.spec.Region).Check()
}

// readRehearsed reads the report of the rehearsal, and refuses a budget that is too short.
func (c *call) readRehearsed() (accept.Rehearsed, error) {
	file := c.rehearsed
	if file == "" {
		file = filepath.Join(c.root, ".rehearsal", c.stack, "report.json")
	}
	r, err := accept.ReadRehearsed(file, c.stack)
	if err != nil {
		return r, err
	}
	least := time.Duration((r.Seconds(accept.Up) + 2*r.Seconds(accept.Destroy)) * float64(time.Second)).Round(time.Second)
	if c.budget <= least {
		return r, fmt.Errorf("-budget %s: by the rehearsal, up and twice destroy take %s; write more, such as 2h", c.budget, least)
	}
	return r, nil
}

// confirm prints what the stack costs, and reads its name.
func (c *call) confirm(ctx context.Context, w World, identity account.Identity, preview accept.Operation) (bool, error) {
	fmt.Fprintf(w.Complaints, "%d resources are created in account %s, region %s, for at most %s\nThey cost %s\n", preview.Changes["create"], identity.Account, c.spec.Region,
		c.budget, accept.PriceText(c.spec, c.plan.Billed))
	if c.yes {
		return true, nil
	}
	fmt.Fprintf(w.Complaints, "Write the name of the stack to create it, and delete it afterwards: ")
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(w.In).ReadString('\n') // the end of the input is no confirmation
		lines <- line
	}()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case line := <-lines:
		return strings.TrimSpace(line) == c.stack, nil
	}
}

// nameInterval is the time between two reads of the names of load balancers, and nameTimeout how long new ones may take
// until they resolve.
const (
	nameInterval = 15 * time.Second
	nameTimeout  = 15 * time.Minute
)

// lookAtCreated looks at a new stack, and with -scale scales it then. The names of its load balancers resolve some
// minutes after they are created, so it looks again until they do.
func (c *call) lookAtCreated(ctx context.Context, w World, a Account, open func() (look.Cluster, error)) (*look.Result, error) {
	cluster, err := open()
	if err != nil {
		return nil, err
	}
	clients, end := c.clients(w)
	defer end()
	stack, still := look.Stack{Spec: c.spec, Plan: c.plan}, c.lookRun(w, clients)
	still.Scales = nil
	for waited := time.Duration(0); ; waited += nameInterval {
		result, err := look.Run(ctx, cluster, a, stack, still)
		switch {
		case err != nil:
			return result, err
		case !slices.ContainsFunc(result.Workloads, isPending) || waited >= nameTimeout:
			if c.scale && !result.Differs() {
				return look.Run(ctx, cluster, a, stack, c.lookRun(w, clients))
			}
			return result, nil
		}
		if err := w.wait()(ctx, nameInterval); err != nil {
			return result, err
		}
	}
}

func isPending(w *look.Workload) bool { return w.Pending }

// writeAcceptance writes the report.
func (c *call) writeAcceptance(out io.Writer, result *accept.Result) error {
	var failed error
	if c.report != "" {
		var text strings.Builder
		result.WriteMarkdown(&text)
		if err := os.WriteFile(c.report, []byte(text.String()), 0o644); err != nil {
			failed = fmt.Errorf("-report: %w", err)
		}
	}
	return errors.Join(failed, output.Write(out, func(out io.Writer) {
		if c.json {
			writeJSON(out, result)
			return
		}
		result.WriteText(out)
	}))
}
