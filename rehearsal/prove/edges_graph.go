package prove

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/scenario"
)

// graph holds a state in the engine's order: a resource comes after its dependencies, its parent and its provider,
// and after the resources that a component among those has by then (pulumi/pkg, resource/graph, DependenciesOf).
type graph struct {
	resources []apitype.ResourceV3
	byURN     map[urn.URN]apitype.ResourceV3
	// behind has everything that a resource comes after, directly or indirectly.
	behind map[urn.URN]urnSet
}

type urnSet map[urn.URN]bool

func newGraph(resources []apitype.ResourceV3) *graph {
	g := &graph{resources: resources, byURN: map[urn.URN]apitype.ResourceV3{}, behind: map[urn.URN]urnSet{}}
	within := map[urn.URN][]urn.URN{}
	for _, r := range resources {
		g.byURN[r.URN] = r
		behind := urnSet{}
		for _, before := range dependenciesOf(r) {
			g.add(behind, before)
			for _, child := range within[before] {
				g.add(behind, child)
			}
		}
		if r.Parent != "" {
			g.add(behind, r.Parent)
		}
		g.behind[r.URN] = behind
		for parent := r.Parent; parent != ""; parent = g.byURN[parent].Parent {
			if !g.byURN[parent].Custom {
				within[parent] = append(within[parent], r.URN)
			}
		}
	}
	return g
}

// add adds a resource, and everything that it comes after, to a set.
func (g *graph) add(behind urnSet, before urn.URN) {
	behind[before] = true
	for further := range g.behind[before] {
		behind[further] = true
	}
}

// dependenciesOf returns the dependencies and the provider of a resource.
func dependenciesOf(r apitype.ResourceV3) []urn.URN {
	before := append(dataDependenciesOf(r), r.Dependencies...)
	if provider, err := providers.ParseReference(r.Provider); err == nil {
		before = append(before, provider.URN())
	}
	return before
}

// dataDependenciesOf returns the resources whose outputs are in a resource's inputs.
func dataDependenciesOf(r apitype.ResourceV3) []urn.URN {
	var urns []urn.URN
	for _, of := range r.PropertyDependencies {
		urns = append(urns, of...)
	}
	return urns
}

// component returns the outermost component of a resource, or the resource itself.
func (g *graph) component(u urn.URN) scenario.Component {
	for !g.outermost(u) {
		u = g.byURN[u].Parent
	}
	return scenario.Component{Type: string(g.byURN[u].Type), Name: u.Name()}
}

func (g *graph) outermost(u urn.URN) bool {
	parent := g.byURN[u].Parent
	return parent == "" || g.byURN[parent].Type == resource.RootStackType
}

// without returns the graph without the edges from some components to others. Dependencies through data remain.
func (g *graph) without(from, to []scenario.Component) *graph {
	return g.withoutDependencies(func(r apitype.ResourceV3, dependency urn.URN) bool {
		return slices.Contains(from, g.component(r.URN)) && slices.Contains(to, g.component(dependency))
	})
}

// data returns the graph with only the dependencies through data.
func (g *graph) data() *graph {
	return g.withoutDependencies(func(apitype.ResourceV3, urn.URN) bool { return true })
}

// withoutDependencies removes the dependencies that cut selects and that no data has.
func (g *graph) withoutDependencies(cut func(apitype.ResourceV3, urn.URN) bool) *graph {
	resources := slices.Clone(g.resources)
	for i, r := range resources {
		data := dataDependenciesOf(r)
		resources[i].Dependencies = slices.DeleteFunc(slices.Clone(r.Dependencies), func(u urn.URN) bool {
			return !slices.Contains(data, u) && cut(r, u)
		})
	}
	return newGraph(resources)
}

// resourcesOf returns the resources of components that a provider creates and deletes.
func (g *graph) resourcesOf(components []scenario.Component) []urn.URN {
	return g.find(func(r apitype.ResourceV3) bool {
		return hasProviderCall(r) && slices.Contains(components, g.component(r.URN))
	})
}

// callsOf returns the resources of components that wait for a prerequisite. For a provider, which is not created by a
// call, these are the resources that it creates.
func (g *graph) callsOf(components []scenario.Component) []urn.URN {
	if called := g.resourcesOf(components); len(called) > 0 {
		return called
	}
	return g.find(func(r apitype.ResourceV3) bool {
		provider, err := providers.ParseReference(r.Provider)
		return hasProviderCall(r) && err == nil && slices.Contains(components, g.component(provider.URN()))
	})
}

func (g *graph) find(satisfies func(apitype.ResourceV3) bool) []urn.URN {
	var urns []urn.URN
	for _, r := range g.resources {
		if satisfies(r) {
			urns = append(urns, r.URN)
		}
	}
	return urns
}

// hasProviderCall reports whether the engine calls a provider for a resource. It does not for a component or for a
// provider itself.
func hasProviderCall(r apitype.ResourceV3) bool { return r.Custom && !providers.IsProviderType(r.Type) }

// dependentsOf returns some resources and all resources that come after them.
func (g *graph) dependentsOf(some urnSet) urnSet {
	upon := urnSet{}
	for _, r := range g.resources {
		for u := range some {
			if r.URN == u || g.behind[r.URN][u] {
				upon[r.URN] = true
			}
		}
	}
	return upon
}
