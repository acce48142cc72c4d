package prove

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/scenario"
)

// openOrder is what a graph no longer orders without an edge: held are the resources of the prerequisite for which a
// call of the dependent no longer waits, eager are those calls.
type openOrder struct {
	graph       *graph
	held, eager urnSet
}

// cutEdges removes the edges from some components to others; ok is false if the order is the same without them.
func cutEdges(g *graph, dependents, prerequisites []scenario.Component) (o openOrder, ok bool) {
	o = openOrder{g.without(dependents, prerequisites), urnSet{}, urnSet{}}
	for _, earlier := range o.graph.resourcesOf(prerequisites) {
		for _, later := range o.graph.callsOf(dependents) {
			if !o.graph.behind[later][earlier] {
				o.held[earlier], o.eager[later] = true, true
			}
		}
	}
	return o, len(o.held) > 0
}

// creationOrder is one order in which the graph allows all resources to be created. They are deleted in reverse.
type creationOrder struct {
	resources []apitype.ResourceV3
	held      urnSet
}

// orders returns the orders that can prove an edge. Each keeps every remaining edge, so an engine could choose it,
// and each is complete, so the result does not depend on timing.
//
// In the first order, everything that needs neither end of the edge is created before the dependent, and the
// prerequisite is created last, so a failure is caused by the missing prerequisite. In reverse, the prerequisite is
// deleted while everything else still exists. In the second order, the dependent is created as early as possible: an
// edge may also order it after the prerequisite's own prerequisites. The other orders delay one resource of the
// prerequisite, because a partial prerequisite can fail where a missing one does not.
//
// There are many of these, so they are tried only if the first two prove nothing in any stack.
func (o openOrder) orders(singly bool) []creationOrder {
	if !singly {
		return []creationOrder{o.last(), o.early()}
	}
	var orders []creationOrder
	for _, r := range o.graph.resources {
		if len(o.held) > 1 && o.held[r.URN] {
			orders = append(orders, o.only(r.URN).last())
		}
	}
	return orders
}

// last returns the order in which the held resources are created last, and the dependent before them.
func (o openOrder) last() creationOrder {
	needing, waiting := o.graph.dependentsOf(o.held), o.graph.dependentsOf(o.eager)
	return o.line(func(u urn.URN) int { return phaseOf(needing[u], waiting[u]) })
}

// early returns the order in which the dependent and what it needs are created first, and the held resources last.
func (o openOrder) early() creationOrder {
	needing, early := o.graph.dependentsOf(o.held), urnSet{}
	for u := range o.eager {
		if !needing[u] {
			early[u] = true
			maps.Copy(early, o.graph.behind[u])
		}
	}
	return o.line(func(u urn.URN) int { return phaseOf(needing[u], !early[u]) })
}

// only returns the open order with one held resource.
func (o openOrder) only(held urn.URN) openOrder {
	one := openOrder{o.graph, urnSet{held: true}, urnSet{}}
	for u := range o.eager {
		if !o.graph.behind[u][held] {
			one.eager[u] = true
		}
	}
	return one
}

// phaseOf orders last after late, and both after everything else.
func phaseOf(last, late bool) int {
	switch {
	case last:
		return 2
	case late:
		return 1
	}
	return 0
}

// line sorts all resources by phase, and within a phase so that each comes after what it needs: a resource comes
// after more resources than any of its dependencies. Resources without an order are sorted by name, so that the
// result is the same in each run.
func (o openOrder) line(phase func(urn.URN) int) creationOrder {
	line := slices.Clone(o.graph.resources)
	slices.SortFunc(line, func(a, b apitype.ResourceV3) int {
		return cmp.Or(
			cmp.Compare(phase(a.URN), phase(b.URN)),
			cmp.Compare(len(o.graph.behind[a.URN]), len(o.graph.behind[b.URN])),
			strings.Compare(string(a.URN), string(b.URN)))
	})
	return creationOrder{line, o.held}
}

// chained returns the resources of a state that an engine deletes one by one, the last first.
//
// The engine deletes in rounds: a round has the resources without remaining dependents and waits for the round before
// it (deploy, ScheduleDeletes). A delete that waits would delay its whole round, so the order is written into the
// state instead: each resource depends on the one before it.
func (o creationOrder) chained() []apitype.ResourceV3 {
	chained := slices.Clone(o.resources)
	for i := 1; i < len(chained); i++ {
		chained[i].Dependencies = append(slices.Clone(chained[i].Dependencies), chained[i-1].URN)
	}
	return chained
}
