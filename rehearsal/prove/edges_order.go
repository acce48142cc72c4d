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
type opening struct {
	graph       *graph
	held, eager set
}

// cutting finds what removing the edges from some components to others leaves open; ok is false where other paths
// order everything all the same.
func cutting(g *graph, dependents, prerequisites []scenario.Component) (o opening, ok bool) {
	o = opening{g.without(dependents, prerequisites), set{}, set{}}
	for _, earlier := range o.graph.called(prerequisites) {
		for _, later := range o.graph.acting(dependents) {
			if !o.graph.behind[later][earlier] {
				o.held[earlier], o.eager[later] = true, true
			}
		}
	}
	return o, len(o.held) > 0
}

// order is one order of all resources in which a graph lets them be made; removed they are the other way round.
type order struct {
	resources []apitype.ResourceV3
	held      set
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
func (o opening) orders(singly bool) []order {
	if !singly {
		return []order{o.last(), o.early()}
	}
	var orders []order
	for _, r := range o.graph.resources {
		if len(o.held) > 1 && o.held[r.URN] {
			orders = append(orders, o.only(r.URN).last())
		}
	}
	return orders
}

// last is the order in which what is held comes last, and the dependent before it.
func (o opening) last() order {
	needing, waiting := o.graph.upon(o.held), o.graph.upon(o.eager)
	return o.line(func(u urn.URN) int { return rank(needing[u], waiting[u]) })
}

// early is the order in which the dependent comes first, with what it needs, and what is held last.
func (o opening) early() order {
	needing, early := o.graph.upon(o.held), set{}
	for u := range o.eager {
		if !needing[u] {
			early[u] = true
			maps.Copy(early, o.graph.behind[u])
		}
	}
	return o.line(func(u urn.URN) int { return rank(needing[u], !early[u]) })
}

// only is the opening with one resource held.
func (o opening) only(held urn.URN) opening {
	one := opening{o.graph, set{held: true}, set{}}
	for u := range o.eager {
		if !o.graph.behind[u][held] {
			one.eager[u] = true
		}
	}
	return one
}

// rank puts what is last behind what is late, and both behind all else.
func rank(last, late bool) int {
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
func (o opening) line(phase func(urn.URN) int) order {
	line := slices.Clone(o.graph.resources)
	slices.SortFunc(line, func(a, b apitype.ResourceV3) int {
		return cmp.Or(
			cmp.Compare(phase(a.URN), phase(b.URN)),
			cmp.Compare(len(o.graph.behind[a.URN]), len(o.graph.behind[b.URN])),
			strings.Compare(string(a.URN), string(b.URN)))
	})
	return order{line, o.held}
}

// chained are the resources of a state that an engine removes one by one, the last of the line first.
//
// The engine deletes in rounds: what nothing depends on any more goes, and a round waits for the one before it (deploy,
// ScheduleDeletes). A delete that is held would hold its whole round up, so the order is written into the state instead: each
// resource depends on the one before it in the line.
func (o order) chained() []apitype.ResourceV3 {
	chained := slices.Clone(o.resources)
	for i := 1; i < len(chained); i++ {
		chained[i].Dependencies = append(slices.Clone(chained[i].Dependencies), chained[i-1].URN)
	}
	return chained
}
