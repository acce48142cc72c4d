// Package prove proves how a stack comes down, on the real engine against simulated accounts, in process and in parallel.
//
//	rig, err := prove.Open(prove.Options{Root: root, Stack: "local", Program: engine.Inline(stack.Program)})
//	defer rig.Close()
//
//	prefixes, err := prove.Prefixes(ctx, rig)       // destroy from after every step of up
//	interrupted, err := prove.Interrupted(ctx, rig) // destroy again from after every step of a destroy
//	faults, err := prove.Faults(ctx, rig)           // destroy after something went wrong
//	changed, err := prove.Changes(ctx, rig)         // change each key of the stack file
//
// Each gives its trials. A trial of a destroy ends with nothing left; or it ends with leftovers that carry a reason and a command, and with nothing once
// the commands were run and the stack was destroyed again. Anything else is a broken promise, and so is a destroy that does not end.
//
// Edges cuts every ordering edge of stack.go in turn, and Gaps looks for one that is missing.
package prove
