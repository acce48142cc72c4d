// Package accept creates a stack in an account, looks at it, and deletes it, and compares what was seen with the
// rehearsal.
package accept

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"eksnet/acceptance/audit"
	"eksnet/acceptance/check"
	"eksnet/acceptance/look"
)

// The phases.
const (
	Checks  = "check"
	Preview = "preview"
	Up      = "up"
	Look    = "look"
	Destroy = "destroy"
	Audit   = "audit"
)

// Status is the outcome of a phase.
type Status string

// The outcomes.
const (
	Passed      Status = "ok"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
	Skipped     Status = "skipped"
)

// Phase is what was seen of a phase.
type Phase struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Seconds is how long it took, by the driver's clock for its operations, and Rehearsed how long the rehearsal
	// computes for it, 0 for nothing.
	Seconds   float64 `json:"seconds"`
	Rehearsed float64 `json:"rehearsedSeconds,omitempty"`
	// Found is the result in words, and Next the command that continues, "" for none.
	Found string `json:"found"`
	Next  string `json:"next,omitempty"`
}

// Result is what was seen.
type Result struct {
	Stack  string  `json:"stack"`
	Phases []Phase `json:"phases"`
	// Resources are those whose time the rehearsal has, and the slowest of the others.
	Resources []Resource    `json:"resources"`
	Look      *look.Result  `json:"look,omitempty"`
	Audit     *audit.Report `json:"audit,omitempty"`
}

// Options are what an acceptance runs.
type Options struct {
	Stack  string
	Driver Driver
	Check  func(ctx context.Context) ([]check.Row, error)
	// Confirm is called after the preview. It reports whether the stack is created.
	Confirm func(ctx context.Context, preview Operation) (bool, error)
	Look    func(ctx context.Context) (*look.Result, error)
	Audit   func(ctx context.Context) (*audit.Report, error)
	// Budget is how long the stack may exist. Of it, what a destroy takes by the rehearsal is kept for the destroy, and
	// as long again.
	Budget    time.Duration
	Rehearsed Rehearsed
	// Interrupts end the running phase each. The phases that delete and audit run nevertheless, once the stack may exist.
	Interrupts <-chan os.Signal
	// Progress is called before each phase, and Now is the clock.
	Progress func(phase string)
	Now      func() time.Time
	// SweepCommand and CheckCommand continue after leftovers and after a failed check.
	SweepCommand, CheckCommand string
}

// run is an acceptance in progress.
type run struct {
	Options
	result *Result
	seen   map[string]Operation
}

// Run runs the phases. A stack that may exist is always destroyed and audited.
func Run(ctx context.Context, o Options) *Result {
	r := &run{Options: o, result: &Result{Stack: o.Stack}, seen: map[string]Operation{}}
	if r.phase(ctx, Checks, r.check) && r.phase(ctx, Preview, r.preview) {
		created := r.Now()
		r.phase(ctx, Up, func(ctx context.Context) (Phase, error) {
			ctx, cancel := context.WithTimeoutCause(ctx, r.timeToUse(), errBudget)
			defer cancel()
			return r.operation(ctx, Up, r.Driver.Up)
		})
		if r.last().Status == Passed {
			r.phase(ctx, Look, func(ctx context.Context) (Phase, error) {
				ctx, cancel := context.WithTimeoutCause(ctx, r.timeToUse()-r.Now().Sub(created), errBudget)
				defer cancel()
				return r.look(ctx)
			})
		}
		r.phase(ctx, Destroy, func(ctx context.Context) (Phase, error) { return r.operation(ctx, Destroy, r.Driver.Destroy) })
		r.phase(ctx, Audit, r.audit)
	}
	r.result.Resources = compareResources(r.seen, o.Rehearsed)
	return r.result
}

// errBudget is why an up or a look ends before its time.
var errBudget = errors.New("the budget leaves time for the destroy alone")

// timeToUse returns how long up and look may take together.
func (r *run) timeToUse() time.Duration {
	return r.Budget - 2*time.Duration(r.Rehearsed.Seconds(Destroy)*float64(time.Second))
}

// last returns the last phase.
func (r *run) last() Phase { return r.result.Phases[len(r.result.Phases)-1] }

// phase runs a phase, which the next interrupt ends, and reports whether the next one follows.
func (r *run) phase(parent context.Context, name string, do func(context.Context) (Phase, error)) bool {
	if r.Progress != nil {
		r.Progress(name)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	defer cancel()
	ended, waiting := make(chan struct{}), make(chan bool)
	go func() {
		select {
		case <-r.Interrupts:
			cancel()
			waiting <- true
		case <-ended:
			waiting <- false
		}
	}()
	began := r.Now()
	p, err := do(ctx)
	close(ended)
	interrupted := <-waiting
	r.forgetInterrupts()
	p.Name, p.Rehearsed = name, r.Rehearsed.Seconds(name)
	if p.Seconds == 0 {
		p.Seconds = r.Now().Sub(began).Seconds()
	}
	switch {
	case interrupted && (p.Status != Passed || err != nil || name != Destroy && name != Audit):
		p.Status = Interrupted
	case err != nil:
		p.Status = Failed
	}
	if err != nil {
		p.Found = oneLine(err)
	}
	if p.Status != Passed && p.Next == "" {
		p.Next = r.next(name)
	}
	r.result.Phases = append(r.result.Phases, p)
	return p.Status == Passed
}

// forgetInterrupts drops further interrupts of a phase, which must not end the next one.
func (r *run) forgetInterrupts() {
	for {
		select {
		case <-r.Interrupts:
		default:
			return
		}
	}
}

// oneLine returns the first line of an error.
func oneLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// next returns the command that continues after a phase.
func (r *run) next(phase string) string {
	switch phase {
	case Checks:
		return r.CheckCommand
	case Audit:
		return r.SweepCommand
	case Up, Look:
		return "" // the destroy follows
	}
	return r.Driver.Command(phase)
}

func (r *run) check(ctx context.Context) (Phase, error) {
	rows, err := r.Check(ctx)
	if err != nil {
		return Phase{}, err
	}
	var failed []string
	for _, row := range rows {
		if row.Status == check.Failed || row.Status == check.Unknown {
			failed = append(failed, row.Check+": "+row.Found)
		}
	}
	if len(failed) > 0 {
		return Phase{Status: Failed, Found: strings.Join(failed, "; ")}, nil
	}
	return Phase{Status: Passed, Found: count(len(rows), "check", "checks")}, nil
}

// preview previews the stack, and asks for confirmation.
func (r *run) preview(ctx context.Context) (Phase, error) {
	p, err := r.operation(ctx, Preview, r.Driver.Preview)
	if err != nil || p.Status != Passed {
		return p, err
	}
	if n := existing(r.seen[Preview]); n > 0 {
		return Phase{Status: Failed, Found: fmt.Sprintf("%d resources of the stack exist already: an acceptance creates and deletes a stack of its own; destroy it first", n), Next: r.Driver.Command(Destroy)}, nil
	}
	confirmed, err := r.Confirm(ctx, r.seen[Preview])
	if err != nil {
		return p, err
	}
	if !confirmed {
		p.Status, p.Found = Skipped, "not confirmed; nothing was created"
	}
	return p, nil
}

// existing counts the resources that a preview does not create.
func existing(o Operation) (n int) {
	for change, count := range o.Changes {
		if change != "create" {
			n += count
		}
	}
	return n
}

// operation runs an operation of the driver.
func (r *run) operation(ctx context.Context, name string, do func(context.Context) (Operation, error)) (Phase, error) {
	o, err := do(ctx)
	r.seen[name] = o
	switch cause := context.Cause(ctx); {
	case err == nil:
		return Phase{Status: Passed, Seconds: o.Seconds, Found: changesText(o.Changes)}, nil
	case errors.Is(cause, errBudget):
		return Phase{Seconds: o.Seconds}, cause
	case len(o.Failures) > 0:
		return Phase{Status: Failed, Seconds: o.Seconds, Found: strings.Join(o.Failures, "; ")}, nil
	}
	return Phase{Seconds: o.Seconds}, err
}

func (r *run) look(ctx context.Context) (Phase, error) {
	result, err := r.Look(ctx)
	r.result.Look = result
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errBudget) {
		err = cause
	}
	if err != nil {
		return Phase{}, err
	}
	n := 0
	for _, w := range result.Workloads {
		n += len(w.Differences)
	}
	p := Phase{Status: Passed, Found: count(len(result.Workloads), "workload", "workloads") + ", " + count(n, "difference", "differences")}
	if n > 0 {
		p.Status = Failed
	}
	return p, nil
}

// audit lists what remains. What AWS deletes automatically does not count.
func (r *run) audit(ctx context.Context) (Phase, error) {
	report, err := r.Audit(ctx)
	r.result.Audit = report
	if err != nil {
		return Phase{}, err
	}
	left := len(report.Findings) - len(report.With(audit.Ending))
	if left > 0 {
		return Phase{Status: Failed, Found: count(left, "resource remains", "resources remain")}, nil
	}
	return Phase{Status: Passed, Found: "nothing remains"}, nil
}

// exits are the exit statuses of failed phases, in the order in which one counts: what costs money first.
var exits = []struct {
	phase  string
	status int
}{{Destroy, 14}, {Audit, 15}, {Checks, 10}, {Preview, 11}, {Up, 12}, {Look, 13}}

// interruptedExit is the exit status of an interrupted acceptance whose destroy and audit passed.
const interruptedExit = 130

// Exit returns the exit status of an acceptance: 0 if all phases passed.
func (r *Result) Exit() int {
	for _, e := range exits {
		if slices.ContainsFunc(r.Phases, func(p Phase) bool {
			return p.Name == e.phase && (p.Status == Failed || p.Status == Skipped || p.Status == Interrupted && (p.Name == Destroy || p.Name == Audit))
		}) {
			return e.status
		}
	}
	if slices.ContainsFunc(r.Phases, func(p Phase) bool { return p.Status == Interrupted }) {
		return interruptedExit
	}
	return 0
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
