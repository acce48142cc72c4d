package scenario

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// operationPhase is a part of an operation. It begins when the phase before it has ended.
type operationPhase struct {
	table *timetable
	// schedule is the order in which the engine makes the calls of this phase: up or down.
	schedule func(t *timetable, before map[urn.URN][]urn.URN, atOnce int) schedule
}

// destroyPhases returns the phases of a destroy of these resources.
func destroyPhases(before []apitype.ResourceV3, calls []engine.Call, waits []world.Wait) []operationPhase {
	return []operationPhase{{newTimetable(before, calls, waits), (*timetable).down}}
}

// upPhases returns the phases of an up. First the engine creates, updates and replaces. After all of that has
// succeeded, it deletes what the program no longer has and what was replaced by a resource created before (deploy,
// deploymentExecutor.Execute).
func upPhases(before, after []apitype.ResourceV3, calls []engine.Call, waits []world.Wait) []operationPhase {
	ahead := deletedAhead(before, calls)
	var kept, condemned []apitype.ResourceV3
	for _, r := range after {
		if !r.Delete {
			kept = append(kept, r)
		}
	}
	var deletions, others []engine.Call
	for _, call := range calls {
		switch {
		case call.Op != "delete" && call.Op != "delete-replaced":
			others = append(others, call)
		case ahead[urn.URN(call.URN)].URN == "":
			deletions = append(deletions, call)
		}
	}
	for _, r := range before {
		if slices.ContainsFunc(deletions, func(c engine.Call) bool { return c.URN == string(r.URN) && c.ID == string(r.ID) }) {
			condemned = append(condemned, r)
		}
	}
	for u, r := range ahead {
		if !slices.ContainsFunc(kept, func(other apitype.ResourceV3) bool { return other.URN == u }) {
			kept = append(kept, r) // its replacement was not created
		}
	}
	first := newTimetable(kept, others, nil)
	first.replaceInChains(ahead, calls, waits)
	return []operationPhase{{first, (*timetable).up}, {newTimetable(condemned, deletions, waits), (*timetable).down}}
}

// deletedAhead returns the resources that an up deleted before it created their replacements.
func deletedAhead(before []apitype.ResourceV3, calls []engine.Call) map[urn.URN]apitype.ResourceV3 {
	created, ahead := map[string]bool{}, map[urn.URN]apitype.ResourceV3{}
	for _, call := range calls {
		switch call.Op {
		case "create-replacement":
			created[call.URN] = true
		case "delete-replaced":
			i := slices.IndexFunc(before, func(r apitype.ResourceV3) bool {
				return string(r.URN) == call.URN && string(r.ID) == call.ID && !r.Delete
			})
			if i >= 0 && !created[call.URN] {
				ahead[urn.URN(call.URN)] = before[i]
			}
		}
	}
	return ahead
}

// replaceInChains adds the deletions before replacements. The engine makes such a replacement in a chain of calls,
// one after the other: it deletes the resources that are replaced with it, then the resource itself, and creates that
// one again (deploy, stepGenerator). So the resource at the end of the chain has the time of the complete chain.
func (t *timetable) replaceInChains(ahead map[urn.URN]apitype.ResourceV3, calls []engine.Call, waits []world.Wait) {
	deletions := map[urn.URN]engine.Call{}
	for _, call := range calls {
		if _, deleted := ahead[urn.URN(call.URN)]; deleted && call.Op == "delete-replaced" {
			deletions[urn.URN(call.URN)] = call
		}
	}
	replaced := map[resourceID]urn.URN{}
	for u, r := range ahead {
		end := endOfChain(u, ahead, deletions)
		replaced[resourceID{string(r.Type), string(r.ID)}] = end
		if deletions[u].Done() {
			t.took[end] += callDuration(deletions[u], r)
		}
	}
	t.add(waits, replaced)
}

// endOfChain returns the resource in whose chain another one was deleted: the last to be deleted of those that it
// depends on, or itself.
func endOfChain(u urn.URN, ahead map[urn.URN]apitype.ResourceV3, deletions map[urn.URN]engine.Call) urn.URN {
	end, seen := u, map[urn.URN]bool{u: true}
	open := []urn.URN{u}
	for len(open) > 0 {
		r := ahead[open[0]]
		open = open[1:]
		for _, d := range slices.Concat(dataDependenciesOf(r), r.Dependencies) {
			if _, deleted := ahead[d]; !deleted || seen[d] {
				continue
			}
			seen[d] = true
			open = append(open, d)
			if deletions[d].Began > deletions[end].Began {
				end = d
			}
		}
	}
	return end
}
