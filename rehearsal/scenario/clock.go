package scenario

import (
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// timetable computes how long the calls of one operation take on AWS. Nothing sleeps: durations are medians of real
// runs (world.Times), waits come from the simulated account, and the order is that of the state.
type timetable struct {
	resources []apitype.ResourceV3 // each after what it depends on
	took      map[urn.URN]time.Duration
	// waits are the waits of a call for the effects of another call: they end this long after the end of that call.
	waits map[urn.URN][]waitAfter
	// began is the position of a call in the engine's own order.
	began map[urn.URN]int
	// before is what a resource comes after. bound is the part of it that parents, providers, outputs and the rules
	// of the simulated account require; it has none of the edges in stack.go.
	before, bound map[urn.URN][]urn.URN
}

// waitAfter is a wait that ends this long after the end of another call.
type waitAfter struct {
	call urn.URN
	took time.Duration
}

// newTimetable returns the timetable of the calls on these resources, with the waits of the simulated account. A
// resource without a call takes no time, and a refused call takes only its waits.
func newTimetable(resources []apitype.ResourceV3, calls []engine.Call, waits []world.Wait) *timetable {
	t := &timetable{
		resources: resources, took: map[urn.URN]time.Duration{}, waits: map[urn.URN][]waitAfter{}, began: map[urn.URN]int{},
		before: map[urn.URN][]urn.URN{}, bound: map[urn.URN][]urn.URN{},
	}
	called := map[string]engine.Call{}
	for _, call := range calls {
		if call.Op == "replace" {
			continue // the engine's own note of a replacement: its calls are create-replacement and delete-replaced
		}
		called[call.URN] = call
		t.began[urn.URN(call.URN)] = call.Began
	}
	within := map[urn.URN][]urn.URN{}
	for _, r := range resources {
		within[r.Parent] = append(within[r.Parent], r.URN)
		if call, ok := called[string(r.URN)]; ok && call.Done() {
			t.took[r.URN] = callDuration(call, r)
		}
		parent := parentOf(r.Parent)
		t.bound[r.URN] = append(parent, withComponentMembers(dataDependenciesOf(r), within)...)
		t.before[r.URN] = append(parent, withComponentMembers(slices.Concat(dataDependenciesOf(r), r.Dependencies), within)...)
	}
	t.addRules()
	t.add(waits, nil)
	return t
}

// callDuration returns how long a call on a resource takes on AWS.
func callDuration(call engine.Call, r apitype.ResourceV3) time.Duration {
	creation, deletion := world.Times(string(r.Type), world.Properties(r.Inputs))
	switch call.Op {
	case "create", "update", "create-replacement":
		return creation
	case "delete", "delete-replaced":
		return deletion
	}
	return 0
}

// addRules adds the orders that the rules of the simulated account require to bound.
func (t *timetable) addRules() {
	things := make([]world.Thing, len(t.resources))
	for i, r := range t.resources {
		things[i] = world.Thing{Type: string(r.Type), Inputs: r.Inputs}
	}
	for _, need := range world.Needs() {
		need.Pairs(things, func(later, earlier int) {
			u := t.resources[later].URN
			t.bound[u] = append(t.bound[u], t.resources[earlier].URN)
		})
	}
	t.resources = inOrder(t.resources, t.before, t.bound)
}

// inOrder sorts resources so that each comes after what it depends on in each of several graphs, as far as possible.
func inOrder(resources []apitype.ResourceV3, graphs ...map[urn.URN][]urn.URN) []apitype.ResourceV3 {
	byURN := map[urn.URN]apitype.ResourceV3{}
	for _, r := range resources {
		byURN[r.URN] = r
	}
	sorted, seen := make([]apitype.ResourceV3, 0, len(resources)), map[urn.URN]bool{}
	var visit func(urn.URN)
	visit = func(u urn.URN) {
		r, known := byURN[u]
		if seen[u] || !known {
			return
		}
		seen[u] = true
		for _, graph := range graphs {
			for _, b := range graph[u] {
				visit(b)
			}
		}
		sorted = append(sorted, r)
	}
	for _, r := range resources {
		visit(r.URN)
	}
	return sorted
}

// resourceID identifies a resource in the simulated account.
type resourceID struct{ typ, id string }

// add assigns the waits of the simulated account to the calls that waited. Replaced has resources that were deleted
// in the call of another one.
func (t *timetable) add(waits []world.Wait, replaced map[resourceID]urn.URN) {
	urns := map[resourceID]urn.URN{}
	maps.Copy(urns, replaced)
	for _, r := range t.resources {
		urns[resourceID{string(r.Type), string(r.ID)}] = r.URN
	}
	for _, wait := range waits {
		at, known := urns[resourceID{wait.Type, wait.ID}]
		took := time.Duration(wait.Seconds * float64(time.Second))
		switch began, other := urns[resourceID{wait.SinceType, wait.SinceID}]; {
		case !known || wait.Behind:
		case other && began != at:
			t.waits[at] = append(t.waits[at], waitAfter{began, took})
		default:
			t.took[at] += took
		}
	}
}

func parentOf(parent urn.URN) []urn.URN {
	if parent == "" {
		return nil
	}
	return []urn.URN{parent}
}

// dataDependenciesOf returns the resources whose outputs a resource uses, and its provider.
func dataDependenciesOf(r apitype.ResourceV3) []urn.URN {
	var demanded []urn.URN
	if provider, err := providers.ParseReference(r.Provider); err == nil {
		demanded = append(demanded, provider.URN())
	}
	for _, urns := range r.PropertyDependencies {
		demanded = append(demanded, urns...)
	}
	return demanded
}

// withComponentMembers adds to each component the resources that were created in it so far, as the engine does
// (DependencyGraph.DependenciesOf).
func withComponentMembers(urns []urn.URN, within map[urn.URN][]urn.URN) []urn.URN {
	all := slices.Clone(urns)
	for _, u := range urns {
		all = append(all, withComponentMembers(within[u], within)...)
	}
	return all
}
