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

// opening is what a graph no longer orders once an edge is cut: held are the resources of the prerequisite for which some call of
// the dependent no longer waits, eager are those calls.
type openOrder struct {
	graph       *graph
	held, eager urnSet
}

// cutting finds what removing the edges from some components to others leaves open; ok is false where other paths
// order everything all the same.
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

// order is one order of all resources in which a graph lets them be made; removed they are the other way round.
type creationOrder struct {
	resources []apitype.ResourceV3
	held      urnSet
}

// orders are the orders that prove an edge, each a line in which every edge that is left is kept: so it is an order that an engine
// may choose without the edge, and nothing in it is left to luck.
//
// In the first one everything that needs neither stands before the dependent comes, and the prerequisite comes last: what breaks
// breaks for want of the prerequisite. Removed in that order, the prerequisite goes while all else still stands. In the second one the
// dependent comes as early as it may: an edge may also be what keeps it behind the prerequisite's own prerequisites. The others
// hold one resource of the prerequisite: half a subnet may be worse than none.
//
// The others are many, and looked at only where the first two prove nothing in any stack.
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

// last is the order in which what is held comes last, and the dependent before it.
func (o openOrder) last() creationOrder {
	needing, waiting := o.graph.dependentsOf(o.held), o.graph.dependentsOf(o.eager)
	return o.line(func(u urn.URN) int { return phaseOf(needing[u], waiting[u]) })
}

// early is the order in which the dependent comes first, with what it needs, and what is held last.
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

// only is the opening with one resource held.
func (o openOrder) only(held urn.URN) openOrder {
	one := openOrder{o.graph, urnSet{held: true}, urnSet{}}
	for u := range o.eager {
		if !o.graph.behind[u][held] {
			one.eager[u] = true
		}
	}
	return one
}

// rank puts what is last behind what is late, and both behind all else.
func phaseOf(last, late bool) int {
	switch {
	case last:
		return 2
	case late:
		return 1
	}
	return 0
}

// line sorts all resources by phase, and within a phase so that each comes after what it needs: a resource is behind more than any
// that it is behind. What no graph orders is sorted by name, so that the line is the same at each run.
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

// chained are the resources of a state that an engine removes one by one, the last of the line first.
//
// The engine deletes in rounds: what nothing depends on any more goes, and a round waits for the one before it (deploy,
// ScheduleDeletes). A delete that is held would hold its whole round up, so the order is written into the state instead: each
// resource depends on the one before it in the line.
func (o creationOrder) chained() []apitype.ResourceV3 {
	chained := slices.Clone(o.resources)
	for i := 1; i < len(chained); i++ {
		chained[i].Dependencies = append(slices.Clone(chained[i].Dependencies), chained[i-1].URN)
	}
	return chained
}
