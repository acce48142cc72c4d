package scenario

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/engine"
)

// The operations of a stack. Each is added to the report, and what it breaks of its promise is in its Error.

// Preview tells what Up would do; it must not change the account.
func (r *Rehearsal) Preview(ctx context.Context) Operation {
	return r.operate(ctx, "preview", engine.Preview, nil)
}

// Up builds the stack.
func (r *Rehearsal) Up(ctx context.Context) Operation {
	return r.operate(ctx, "up", engine.Up, nil)
}

// UpReplacing builds the stack and replaces resources by their URNs whatever their inputs say, as `pulumi up --replace URN` does.
func (r *Rehearsal) UpReplacing(ctx context.Context, urns ...string) Operation {
	return r.operate(ctx, "up", func(ctx context.Context, run engine.Run) (*engine.Result, error) {
		run.Replace = urns
		return engine.Up(ctx, run)
	}, nil)
}

// UpAgain builds the stack a second time, which must change nothing.
func (r *Rehearsal) UpAgain(ctx context.Context) Operation {
	return r.operate(ctx, "up again", engine.Up, checkUnchanged)
}

// Refresh compares the state with the account. It may complete outputs that AWS computes later, and must change nothing else.
func (r *Rehearsal) Refresh(ctx context.Context) Operation {
	return r.operate(ctx, "refresh", engine.Refresh, checkOutputsOnly)
}

// UpAfterRefresh builds the stack from the refreshed state, which must change nothing.
func (r *Rehearsal) UpAfterRefresh(ctx context.Context) Operation {
	return r.operate(ctx, "up after refresh", engine.Up, checkUnchanged)
}

// Destroy takes the stack down and looks for what is left.
func (r *Rehearsal) Destroy(ctx context.Context) Operation {
	return r.operate(ctx, "destroy", engine.Destroy, r.checkNothingLeft)
}

// promise finds what a result that succeeded breaks all the same, a line each. The state is the one before the operation.
type resultCheck func(before *engine.State, result *engine.Result) []string

// unchanged is the promise of an operation on a stack that is already as it should be.
func checkUnchanged(_ *engine.State, result *engine.Result) []string {
	var broken []string
	for _, change := range result.Changes {
		broken = append(broken, "changed "+change.String())
	}
	return broken
}

// nothingLeft is the promise of a destroy.
func (r *Rehearsal) checkNothingLeft(*engine.State, *engine.Result) []string {
	if left := len(r.state.Resources()); left > 0 {
		return []string{fmt.Sprintf("%d resources are still in the state", left)}
	}
	return nil
}

// left is what stands in the way of a destroy, or stays after it, and what removes it.
func (r *Rehearsal) leftoverLines() []string {
	r.audit()
	var lines []string
	for _, leftover := range r.Report.Leftovers {
		advice := cmp.Or(leftover.Advice, "remove it with: "+leftover.Remove)
		lines = append(lines, fmt.Sprintf("left %s %s (%s); %s", leftover.Type, leftover.ID, leftover.Reason, advice))
	}
	return lines
}

// audit looks at what stands in the account.
func (r *Rehearsal) audit() {
	r.Report.Leftovers = r.world.Orphans(InState(r.state))
	r.Report.Pending = nil
	for _, pending := range r.world.Pending() {
		r.Report.Pending = append(r.Report.Pending, fmt.Sprintf("%s: %s", pending.ID, pending.Reason))
	}
	r.Report.MayAppear = nil
	for _, may := range r.world.MayAppear() {
		r.Report.MayAppear = append(r.Report.MayAppear, fmt.Sprintf("%s: %s; remove it then with: %s", may.ID, may.Reason, may.Remove))
	}
}

func (r *Rehearsal) operate(ctx context.Context, name string, do func(context.Context, engine.Run) (*engine.Result, error), promised resultCheck) Operation {
	r.options.Progress.Begin(name)
	r.Report.Leftovers, r.Report.Pending, r.Report.MayAppear = nil, nil, nil
	operation := Operation{Name: name}
	notes, err := r.adoptAbandoned(ctx, name)
	if err != nil {
		operation.Error = err.Error()
		return r.end(operation)
	}
	before := r.state
	result, err := do(ctx, r.run())
	var broken []string
	if result == nil {
		broken = append(broken, err.Error())
	} else {
		r.state = result.State
		operation = r.measure(name, before, result)
		broken = result.Errors
		if err == nil && promised != nil {
			broken = promised(before, result)
		}
	}
	broken = append(broken, r.saveProblems(name, broken)...)
	if name == "destroy" {
		broken = append(broken, r.leftoversOrAdvice(broken)...)
	}
	operation.Notes = append(append(notes, summarizeFilled(operation.Filled)...), r.abandoned()...)
	operation.Error = strings.Join(broken, "\n")
	return r.end(operation)
}

// unwritten writes what an operation left, and reports an error about that unless it has ended the operation already.
func (r *Rehearsal) saveProblems(operation string, broken []string) []string {
	if operation == "preview" {
		return nil
	}
	err := r.write()
	if err == nil || slices.ContainsFunc(broken, func(line string) bool { return strings.Contains(line, err.Error()) }) {
		return nil
	}
	return []string{err.Error()}
}

// end adds an operation to the report.
func (r *Rehearsal) end(operation Operation) Operation {
	r.record(&operation)
	r.options.Progress.End(operation)
	return operation
}

// blocked is what a destroy left, or what stood in its way.
func (r *Rehearsal) leftoversOrAdvice(broken []string) []string {
	left := r.leftoverLines()
	if len(broken) > 0 && len(left) == 0 {
		return []string{"nothing else is in the way: destroy again once the cause above is gone"}
	}
	return left
}

// settle takes what abandoned creates made into the state and reads the rest of it from the account, so that an operation begins with
// what is there, and writes that. A preview changes nothing.
func (r *Rehearsal) adoptAbandoned(ctx context.Context, operation string) ([]string, error) {
	if operation == "preview" {
		return nil, nil
	}
	if len(r.state.Pending()) == 0 {
		return nil, r.write()
	}
	settled, notes := AdoptAbandoned(r.state, r.world)
	r.state = settled
	if err := r.write(); err != nil {
		return notes, err
	}
	run := r.run()
	run.OnEvent = nil
	result, err := engine.Refresh(ctx, run)
	if err != nil {
		notes = append(notes, "reading what abandoned creates made: "+err.Error())
	}
	if result != nil {
		r.state = result.State
	}
	return notes, r.write()
}

// abandoned are the calls of which the state does not know whether they happened, because an operation was ended by force.
func (r *Rehearsal) abandoned() []string {
	var lines []string
	for _, pending := range r.state.Pending() {
		lines = append(lines, fmt.Sprintf("%s %s was abandoned while %s and may have happened all the same: the next operation looks",
			pending.Resource.Type, pending.Resource.URN.Name(), pending.Type))
	}
	return lines
}

// measure fills in counts and times.
func (r *Rehearsal) measure(name string, before *engine.State, result *engine.Result) Operation {
	operation := Operation{
		Name: name, WallSeconds: seconds(result.Wall),
		Created: result.Created, Updated: result.Updated, Replaced: result.Replaced, Deleted: result.Deleted, Same: result.Same,
		Changes: result.Changes, Failures: result.Failures,
	}
	waits := r.world.TakeWaits()
	r.Report.setWaits(name, waits)
	switch name {
	case "refresh":
		operation.Filled = filledOutputs(before, result.State)
	case "up":
		r.Report.addTimes(&operation, upPhases(before.Resources(), result.State.Resources(), result.Calls, waits))
	case "destroy":
		r.Report.addTimes(&operation, destroyPhases(before.Resources(), result.Calls, waits))
	}
	return operation
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// record adds an operation to the report. A report that cannot be written is an error of the operation.
func (r *Rehearsal) record(operation *Operation) {
	r.Report.Resources = len(r.state.Resources())
	r.Report.Operations = append(r.Report.Operations, *operation)
	err := r.Report.write(reportFile(r.Dir))
	if err == nil || r.unsaved.err() != nil {
		return // one error about the files is enough
	}
	operation.Error = strings.TrimPrefix(operation.Error+"\n"+saveError(err).Error(), "\n")
	r.Report.Operations[len(r.Report.Operations)-1] = *operation
}

// Lifecycle is what a stack goes through in its life: preview, up, up again, refresh, up after refresh, destroy. It goes on from what stands. It
// stops at the first broken promise, so that a person can look, and tells whether there was none.
func (r *Rehearsal) Lifecycle(ctx context.Context) bool {
	r.Report.Operations, r.earlier = nil, 0
	for _, operate := range []func(context.Context) Operation{r.Preview, r.Up, r.UpAgain, r.Refresh, r.UpAfterRefresh, r.Destroy} {
		if ctx.Err() != nil || operate(ctx).Error != "" {
			return false
		}
	}
	return true
}
