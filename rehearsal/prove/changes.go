package prove

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/prove/matrix"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Changes changes each key of a stack file once on a complete stack. Preview and up must change the same resources,
// which are those of the matrix, a second up must change none, and the preview must refuse what AWS cannot change. It
// tries the rows of the rig's own stack.
func Changes(ctx context.Context, r *Rig) (*Proof, error) {
	rows := slices.DeleteFunc(matrix.Rows(), func(row matrix.Row) bool { return row.Stack != r.stack.Name })
	tries := r.sampled(0, len(rows))
	var tried []matrix.Row
	for i, row := range rows {
		if tries(i) {
			tried = append(tried, row)
		}
	}
	return r.changes(ctx, tried)
}

// changes tries these rows of the rig's stack.
func (r *Rig) changes(ctx context.Context, rows []matrix.Row) (*Proof, error) {
	if len(rows) == 0 {
		return &Proof{Name: "changes"}, nil
	}
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	return r.tryAll(ctx, "changes", func(submit func(trialStart)) error {
		for _, row := range rows {
			submit(trialStart{name: row.String(), state: whole.state, world: whole.world.Clone(), change: &row})
		}
		return nil
	})
}

// changeTrial is one stack while a row changes it.
type changeTrial struct {
	row    matrix.Row
	config changes.Config
	run    engine.Run
	world  *world.World
	// dir holds the project with the edited stack file.
	dir string
}

// change runs the trial of one row.
func (r *Rig) change(ctx context.Context, host *engine.Host, s trialStart) (t Trial) {
	t = Trial{Proof: s.proof, Name: s.name}
	began := time.Now()
	defer func() { t.Took = time.Since(began) }()
	dir, err := os.MkdirTemp("", "eksnet-change-")
	if err != nil {
		t.Broken = err.Error()
		return t
	}
	defer os.RemoveAll(dir)
	c := &changeTrial{row: *s.change, run: r.run(host, s.state, &worldHolder{world: s.world}, false), world: s.world, dir: dir}
	if c.config, err = changes.Load(r.stack.File); err == nil {
		err = c.begin(ctx)
	}
	switch {
	case err != nil:
	case c.row.Refused != "":
		err = c.isRefused(ctx)
	default:
		err = c.isMade(ctx)
	}
	if err != nil {
		t.Broken = err.Error()
	}
	t.Clean = t.Broken == ""
	return t
}

// begin creates the stack with the edits of before, and then writes the stack file of the change.
func (c *changeTrial) begin(ctx context.Context) error {
	first, then := c.row.Before, c.row.Edits
	if c.row.Own != nil {
		before, after, err := c.row.Own(c.world, idOf(c.run.Base, vpcType))
		if err != nil {
			return err
		}
		first, then = slices.Concat(first, before), slices.Concat(then, after)
	}
	if len(first) > 0 {
		if err := c.edit(first); err != nil {
			return err
		}
		result, err := engine.Up(ctx, c.run)
		if err != nil {
			return fmt.Errorf("up before the change: %w", err)
		}
		c.run.Base = result.State
	}
	return c.edit(then)
}

// idOf returns the id of a state's only resource of a type.
func idOf(state *engine.State, typ string) string {
	for _, r := range state.Resources() {
		if string(r.Type) == typ {
			return string(r.ID)
		}
	}
	return ""
}

// edit edits the stack file that the next operation reads.
func (c *changeTrial) edit(all []changes.Edit) error {
	for _, edit := range all {
		if err := edit(c.config); err != nil {
			return err
		}
	}
	name := c.run.Stack.Name
	if err := changes.Save(c.dir, c.run.Stack.Root, name, c.config); err != nil {
		return err
	}
	stack, err := engine.LoadStack(c.dir, name)
	if err == nil {
		c.run.Stack = stack
	}
	return err
}

// isRefused checks that the preview is refused, and that an up without a preview changes nothing.
func (c *changeTrial) isRefused(ctx context.Context) error {
	for _, operation := range []func(context.Context, engine.Run) (*engine.Result, error){engine.Preview, engine.Up} {
		result, err := operation(ctx, c.run)
		switch {
		case result == nil:
			return err
		case err == nil || !strings.Contains(err.Error(), c.row.Refused):
			return fmt.Errorf("the error of %s does not contain %q: %v", result.Operation, c.row.Refused, err)
		case result.Operation == "up" && changesAccount(result):
			return fmt.Errorf("the refused up changes %s", strings.Join(changes.Changed(result.Changes), "; "))
		}
	}
	return nil
}

// changesAccount reports whether an operation changed more than providers and components.
func changesAccount(result *engine.Result) bool {
	return slices.ContainsFunc(result.Changes, func(c engine.Change) bool {
		return strings.HasPrefix(c.Type, "aws:") || strings.HasPrefix(c.Type, "kubernetes:")
	})
}

// isMade checks that preview and up change the expected resources, and that a second up changes none.
func (c *changeTrial) isMade(ctx context.Context) error {
	orphans, lost := len(c.world.Orphans(scenario.InState(c.run.Base))), c.world.Unreachable()
	preview, err := engine.Preview(ctx, c.run)
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	up, err := engine.Up(ctx, c.run)
	if err != nil {
		return fmt.Errorf("up: %w", err)
	}
	c.run.Base = up.State
	shown, made := changes.Changed(preview.Changes), changes.Changed(up.Changes)
	if !c.row.Expects(made) {
		return fmt.Errorf("up changes\n  %s\nand must change\n  %s", strings.Join(made, "\n  "), strings.Join(changes.Lines(c.row.Want), "\n  "))
	}
	if !slices.Equal(changes.Previewed(shown), changes.Previewed(made)) {
		return fmt.Errorf("preview shows\n  %s\nand up changes\n  %s", strings.Join(shown, "\n  "), strings.Join(made, "\n  "))
	}
	again, err := engine.Up(ctx, c.run)
	if err != nil {
		return fmt.Errorf("up again: %w", err)
	}
	if !again.Unchanged() {
		return fmt.Errorf("a second up changes %s", strings.Join(changes.Changed(again.Changes), "; "))
	}
	if left := c.world.Orphans(scenario.InState(again.State)); len(left) > orphans {
		return fmt.Errorf("created and not in the state: %s", strings.Join(describeLeftovers(left), "; "))
	}
	return c.isReachable(lost)
}

// isReachable checks that every load balancer that worked before the change still works.
func (c *changeTrial) isReachable(before []string) error {
	for _, line := range c.world.Unreachable() {
		expected := c.row.Lost != "" && strings.Contains(line, c.row.Lost)
		if !expected && !slices.Contains(before, line) {
			return fmt.Errorf("a load balancer no longer works: %s", line)
		}
	}
	return nil
}
