package scenario

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// AdoptAbandoned searches the account for the resources of abandoned creates and adds them to the state, as an
// operator must do after an operation that was ended by force. Pulumi itself only prints a warning, and destroys
// around resources that are not in its state. The notes have one line for each create.
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
			notes = append(notes, fmt.Sprintf("%s %s: its create was abandoned and created nothing", r.Type, r.URN.Name()))
			continue
		}
		if note := uninstallAbandoned(w, string(r.Type), id); note != "" {
			notes = append(notes, note)
			continue
		}
		made[string(r.URN)] = id
		notes = append(notes, fmt.Sprintf("%s %s: its create was abandoned after it created %s, which was added to the state", r.Type, r.URN.Name(), id))
	}
	if len(state.Pending()) == 0 {
		return state, nil
	}
	return state.Adopt(made), notes
}

// uninstallAbandoned removes the resources of an abandoned Helm install and returns a note, "" if the resource is no
// release. Helm was stopped with the operation, so the release remains pending, and no install or upgrade of it can
// continue.
func uninstallAbandoned(w *world.World, typ, id string) string {
	if typ != "kubernetes:helm.sh/v3:Release" {
		return ""
	}
	w.InterruptRelease(id)
	command := w.Unfinished(id)
	if err := w.Run(command); err != nil {
		return fmt.Sprintf("release %s: its install was abandoned, and %s failed: %v", id, command, err)
	}
	return fmt.Sprintf("release %s: its install was abandoned; %s removed its resources", id, command)
}

// InState returns a function that reports whether a resource is in a state, by type and id.
func InState(state *engine.State) func(typ, id string) bool {
	ids := map[[2]string]bool{}
	for _, r := range state.Resources() {
		ids[[2]string{string(r.Type), string(r.ID)}] = true
	}
	return func(typ, id string) bool { return ids[[2]string{typ, id}] }
}
