// Package prove proves that a stack can be destroyed, changed and repaired, on the real engine against simulated
// accounts, in process and in parallel.
//
//	rig, err := prove.Open(prove.Options{Root: root, Stack: "local", Program: engine.Inline(stack.Program)})
//	defer rig.Close()
//
//	prefixes, err := prove.Prefixes(ctx, rig)       // destroy after every step of up
//	interrupted, err := prove.Interrupted(ctx, rig) // destroy again after every step of a destroy
//	faults, err := prove.Faults(ctx, rig)           // destroy after a fault
//	changed, err := prove.Changes(ctx, rig)         // change each key of the stack file
//
// Each returns its trials. A trial of a destroy passes if nothing is left, or if every leftover has a reason and a
// command, and nothing is left after the commands were run and the stack was destroyed again. It fails otherwise, and
// if a destroy hangs.
//
// Edges removes every ordering edge of stack.go in turn, and Gaps looks for a missing one.
package prove
