package speed

import (
	"maps"
	"slices"

	"eksnet/config"
)

// Planned is the ceilings between two nodes of one instance type, as they follow from a stack file.
type Planned struct {
	Type string `json:"instanceType"`
	// Groups are the node groups that have it.
	Groups []string `json:"nodeGroups"`
	// Ceilings are those between two nodes of this type, by load. They are the same in a zone and between zones. Between
	// two types the lower ones apply.
	Ceilings map[Load]Ceiling `json:"ceilings"`
}

// Plan returns the ceilings of the instance types of a stack, in the order of their names; none if no workload measures
// them.
func Plan(s *config.Stack) []Planned {
	measured := false
	for range config.WorkloadsOfKind(s.Workloads, config.KindSpeed) {
		measured = true
	}
	groups := map[string][]string{}
	for name, group := range s.NodeGroups {
		for _, typ := range group.InstanceTypes {
			groups[typ] = append(groups[typ], name)
		}
	}
	all := []Planned{}
	if !measured {
		return all
	}
	for _, typ := range slices.Sorted(maps.Keys(groups)) {
		p := Planned{Type: typ, Groups: slices.Sorted(slices.Values(groups[typ])), Ceilings: map[Load]Ceiling{}}
		for _, load := range Loads {
			p.Ceilings[load] = CeilingOf(OtherZone, load, typ, typ)
		}
		all = append(all, p)
	}
	return all
}
