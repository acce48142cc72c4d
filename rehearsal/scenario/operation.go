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

// Preview reports what Up would do. It must not change the account.
func (r *Rehearsal) Preview(ctx context.Context) Operation {
	return r.operate(ctx, "preview", engine.Preview, nil)
}

// Up creates or updates the stack.
func (r *Rehearsal) Up(ctx context.Context) Operation {
	return r.operate(ctx, "up", engine.Up, nil)
}

// UpReplacing runs up and replaces the resources with these URNs, as `pulumi up --replace URN` does.
func (r *Rehearsal) UpReplacing(ctx context.Context, urns ...string) Operation {
	return r.operate(ctx, "up", func(ctx context.Context, run engine.Run) (*engine.Result, error) {
		run.Replace = urns
		return engine.Up(ctx, run)
	}, nil)
}

// UpAgain runs up a second time, which must change nothing.
func (r *Rehearsal) UpAgain(ctx context.Context) Operation {
	return r.operate(ctx, "up again", engine.Up, checkUnchanged)
}

// Refresh compares the state with the account. It may add outputs that AWS computes later, and must change nothing
// else.
func (r *Rehearsal) Refresh(ctx context.Context) Operation {
	return r.operate(ctx, "refresh", engine.Refresh, checkOutputsOnly)
}

// UpAfterRefresh runs up from the refreshed state, which must change nothing.
func (r *Rehearsal) UpAfterRefresh(ctx context.Context) Operation {
	return r.operate(ctx, "up after refresh", engine.Up, checkUnchanged)
}

// Destroy deletes the stack and checks the account for leftovers.
func (r *Rehearsal) Destroy(ctx context.Context) Operation {
	return r.operate(ctx, "destroy", engine.Destroy, r.checkNothingLeft)
}

// resultCheck returns the problems of an operation that succeeded, a line each. before is the state before the
// operation.
type resultCheck func(before *engine.State, result *engine.Result) []string

// checkUnchanged checks that an operation changed nothing.
func checkUnchanged(_ *engine.State, result *engine.Result) []string {
	var broken []string
	for _, change := range result.Changes {
		broken = append(broken, "changed "+change.String())
	}
	return broken
}

// checkNothingLeft checks that the state is empty after a destroy.
func (r *Rehearsal) checkNothingLeft(*engine.State, *engine.Result) []string {
	if left := len(r.state.Resources()); left > 0 {
		return []string{fmt.Sprintf("%d resources are still in the state", left)}
	}
	return nil
}

// leftoverLines returns the resources that block a destroy or remain after it, with the commands that remove them.
func (r *Rehearsal) leftoverLines() []string {
	r.audit()
	var lines []string
	for _, leftover := range r.Report.Leftovers {
		advice := cmp.Or(leftover.Advice, "remove it with: "+leftover.Remove)
		lines = append(lines, fmt.Sprintf("left %s %s (%s); %s", leftover.Type, leftover.ID, leftover.Reason, advice))
	}
	return lines
}

// audit lists the resources that remain in the account.
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
	inLab := r.compareWithLab(name, len(broken) == 0)
	if name == "destroy" {
		broken = append(broken, r.leftoversOrAdvice(broken)...)
	}
	broken = append(broken, inLab...)
	operation.Notes = append(append(notes, summarizeFilled(operation.Filled)...), r.abandoned()...)
	operation.Error = strings.Join(broken, "\n")
	return r.end(operation)
}

// compareWithLab compares the account with what the lab's controllers have created, and lists what remains in the lab
// after a destroy, and what the controllers have not finished after another operation that succeeded.
func (r *Rehearsal) compareWithLab(operation string, succeeded bool) []string {
	connection := r.options.Lab
	if connection == nil || operation == "preview" {
		return nil
	}
	if err := connection.Exchange(context.Background(), r.world); err != nil {
		return []string{err.Error()}
	}
	var lines []string
	switch {
	case operation == "destroy":
		for _, left := range connection.Left() {
			lines = append(lines, "left in the lab: "+left)
		}
	case succeeded:
		for _, unfinished := range connection.Unfinished() {
			lines = append(lines, "not finished in the lab: "+unfinished)
		}
	}
	return lines
}

// saveProblems saves the result of an operation and returns the error of that, unless the operation already failed
// with it.
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

// end adds an operation to the report and prints its result.
func (r *Rehearsal) end(operation Operation) Operation {
	r.record(&operation)
	r.options.Progress.End(operation)
	return operation
}

// leftoversOrAdvice returns the leftovers of a destroy, or advice for a destroy that failed without any.
func (r *Rehearsal) leftoversOrAdvice(broken []string) []string {
	left := r.leftoverLines()
	if len(broken) > 0 && len(left) == 0 {
		return []string{"no leftover blocks the destroy: remove the cause above and destroy again"}
	}
	return left
}

// adoptAbandoned adds the resources of abandoned creates to the state, refreshes and saves it, so that an operation
// starts from what exists. A preview changes nothing.
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
		notes = append(notes, "refresh of abandoned creates: "+err.Error())
	}
	if result != nil {
		r.state = result.State
	}
	return notes, r.write()
}

// abandoned returns the calls of an operation that was ended by force, of which the state does not record whether
// they took effect.
func (r *Rehearsal) abandoned() []string {
	var lines []string
	for _, pending := range r.state.Pending() {
		lines = append(lines, fmt.Sprintf("%s %s was abandoned while %s and may have taken effect: the next operation checks",
			pending.Resource.Type, pending.Resource.URN.Name(), pending.Type))
	}
	return lines
}

// measure returns the counts and times of an operation.
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

// Lifecycle runs preview, up, up again, refresh, up after refresh and destroy, from the current state. It stops at
// the first failure, so that the operator can inspect the stack, and reports whether there was none.
func (r *Rehearsal) Lifecycle(ctx context.Context) bool {
	r.Report.Operations, r.earlier = nil, 0
	for _, operate := range []func(context.Context) Operation{r.Preview, r.Up, r.UpAgain, r.Refresh, r.UpAfterRefresh, r.Destroy} {
		if ctx.Err() != nil || operate(ctx).Error != "" {
			return false
		}
	}
	return true
}
