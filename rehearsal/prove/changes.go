package prove

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// changeRow is one change of one key of a stack file, with everything that up changes for it.
type changeRow struct {
	// key is as in docs/configuration.md, after the name of its section: cluster.version, nodeGroups.<name>.labels,
	// aws:profile.
	key string
	// change is what happens to the key: added, removed, raised, …
	change string
	// stack is the smallest committed stack that has the key, or local for a key that is added.
	stack string
	// before are edits of the stack file that the stack is created with; most rows have none.
	before, edits edits
	// own creates resources of the operator in the account, some of them in the VPC, and returns the edits that refer
	// to them; nil for none.
	own func(w *world.World, vpc string) (before, after edits, err error)
	// want has a line for each resource that up changes, such as "update NodeGroup local-general (labels)"; "" for none.
	want string
	// count is the number of resources of each operation, such as "1 delete, 41 update", for a row whose want has
	// only some of the lines; "" if want has all of them.
	count string
	// lost is a part of what load balancers without a working path report after the change; "" if they report no more
	// than before.
	lost string
	// refused is a part of the error of the preview; "" if the change is made.
	refused string
}

func (c changeRow) String() string { return c.key + " is " + c.change }

// changeRows returns the complete matrix, in the order of docs/configuration.md.
func changeRows() []changeRow {
	return slices.Concat(awsChanges, networkChanges, clusterChanges, nodeGroupChanges, addonChanges, workloadChanges, tagChanges)
}

// ChangedStacks returns the stacks that the matrix needs, in alphabetical order.
func ChangedStacks() []string {
	var stacks []string
	for _, row := range changeRows() {
		stacks = append(stacks, row.stack)
	}
	slices.Sort(stacks)
	return slices.Compact(stacks)
}

// Changes changes each key of a stack file once on a complete stack. Preview and up must change the same resources,
// which are those of the matrix, a second up must change none, and the preview must refuse what AWS cannot change. It
// tries the rows of the rig's own stack.
func Changes(ctx context.Context, r *Rig) (*Proof, error) {
	rows := slices.DeleteFunc(changeRows(), func(row changeRow) bool { return row.stack != r.stack.Name })
	tries := r.sampled(0, len(rows))
	var tried []changeRow
	for i, row := range rows {
		if tries(i) {
			tried = append(tried, row)
		}
	}
	return r.changes(ctx, tried)
}

// changes tries these rows of the rig's stack.
func (r *Rig) changes(ctx context.Context, rows []changeRow) (*Proof, error) {
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
	row    changeRow
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
	case c.row.refused != "":
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
	first, then := c.row.before, c.row.edits
	if c.row.own != nil {
		before, after, err := c.row.own(c.world, idOf(c.run.Base, vpcType))
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
func (c *changeTrial) edit(all edits) error {
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
		case err == nil || !strings.Contains(err.Error(), c.row.refused):
			return fmt.Errorf("the error of %s does not contain %q: %v", result.Operation, c.row.refused, err)
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
	if !c.row.expects(made) {
		return fmt.Errorf("up changes\n  %s\nand must change\n  %s", strings.Join(made, "\n  "), strings.Join(changes.Lines(c.row.want), "\n  "))
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
		expected := c.row.lost != "" && strings.Contains(line, c.row.lost)
		if !expected && !slices.Contains(before, line) {
			return fmt.Errorf("a load balancer no longer works: %s", line)
		}
	}
	return nil
}

// expects reports whether an up that changed these resources did what the row expects.
func (c changeRow) expects(made []string) bool {
	want := changes.Lines(c.want)
	if c.count == "" {
		return slices.Equal(made, want)
	}
	for _, line := range want {
		if !slices.Contains(made, line) {
			return false
		}
	}
	return countByOperation(made) == c.count
}

// countByOperation counts lines by operation: "1 delete, 41 update".
func countByOperation(lines []string) string {
	number := map[string]int{}
	for _, line := range lines {
		operation, _, _ := strings.Cut(line, " ")
		number[operation]++
	}
	var all []string
	for _, operation := range slices.Sorted(maps.Keys(number)) {
		all = append(all, fmt.Sprintf("%d %s", number[operation], operation))
	}
	return strings.Join(all, ", ")
}
