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

// timetable computes how long the calls of one operation take on AWS. Nothing sleeps for it: durations are medians of real
// runs (world.Times), waits are events of the world, and the order is that of the state.
type timetable struct {
	resources []apitype.ResourceV3 // each after what it depends on
	took      map[urn.URN]time.Duration
	// waits are what a call waits for that another one began: until so long after that one's end.
	waits map[urn.URN][]waitAfter
	// began is the place of a call in the engine's own order.
	began map[urn.URN]int
	// before is what a resource comes after; bound is the part of it that parent, provider and outputs demand, and what the
	// world's rules demand beside: no edge that somebody wrote is in it.
	before, bound map[urn.URN][]urn.URN
}

// since is a wait that ends so long after the end of another call.
type waitAfter struct {
	call urn.URN
	took time.Duration
}

// newTimetable takes the resources that calls are about, and the world's waits. What was not called takes no time, and a call that was
// refused takes only what it waited for.
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

// duration is how long a call on a resource takes on AWS.
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

// demand adds what the world's rules demand to the bound.
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

// inOrder sorts resources so that each comes after what it depends on in each of several graphs, as far as that goes.
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

// identity is a resource as the world identifies it.
type resourceID struct{ typ, id string }

// add gives the world's waits to the calls that waited. Replaced are resources that were deleted in the call of another one.
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

// demandedBy is what a resource takes outputs from, its provider among them.
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

// opened adds to each component what has been made within it so far, as the engine does (DependencyGraph.DependenciesOf).
func withComponentMembers(urns []urn.URN, within map[urn.URN][]urn.URN) []urn.URN {
	all := slices.Clone(urns)
	for _, u := range urns {
		all = append(all, withComponentMembers(within[u], within)...)
	}
	return all
}
