package scenario

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// Settle does what an operator does after an operation that was ended by force: looks for what each abandoned create made, and
// takes it into the state. Pulumi itself doesn't: it warns, and destroys around what it does not know. The notes tell
// each in a line.
func AdoptAbandoned(state *engine.State, w *world.World) (settled *engine.State, notes []string) {
	made := map[string]string{}
	known := InState(state)
	for _, pending := range state.Pending() {
		r := pending.Resource
		if pending.Type != apitype.OperationTypeCreating || !r.Custom || providers.IsProviderType(r.Type) {
			continue
		}
		id := w.MadeBy(string(r.Type), r.Inputs, known)
		if id == "" {
			notes = append(notes, fmt.Sprintf("%s %s: its create was abandoned and made nothing", r.Type, r.URN.Name()))
			continue
		}
		if note := uninstallAbandoned(w, string(r.Type), id); note != "" {
			notes = append(notes, note)
			continue
		}
		made[string(r.URN)] = id
		notes = append(notes, fmt.Sprintf("%s %s: its create was abandoned and made %s, which is in the state now", r.Type, r.URN.Name(), id))
	}
	if len(state.Pending()) == 0 {
		return state, nil
	}
	return state.Adopt(made), notes
}

// uninstalled removes what an abandoned install left, "" for what is no release: Helm died with the operation, so the release is pending for ever,
// and neither an install nor an upgrade goes on with it.
func uninstallAbandoned(w *world.World, typ, id string) string {
	if typ != "kubernetes:helm.sh/v3:Release" {
		return ""
	}
	w.InterruptRelease(id)
	command := w.Unfinished(id)
	if err := w.Run(command); err != nil {
		return fmt.Sprintf("release %s: its install was abandoned, and %s fails: %v", id, command, err)
	}
	return fmt.Sprintf("release %s: its install was abandoned; %s removed what it left", id, command)
}

// Known tells which things are resources of a state, by type and id.
func InState(state *engine.State) func(typ, id string) bool {
	ids := map[[2]string]bool{}
	for _, r := range state.Resources() {
		ids[[2]string{string(r.Type), string(r.ID)}] = true
	}
	return func(typ, id string) bool { return ids[[2]string{typ, id}] }
}
