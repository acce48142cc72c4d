package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// fewSpotTypes is the number of instance types below which spot capacity is warned of. AWS recommends at least ten
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-best-practices.html). Types of one size are common for nodes,
// because an autoscaler computes with the size of one of them, and few sizes have ten types of one architecture.
const fewSpotTypes = 3

// adviseOnSpot warns of groups that lose every node at once when EC2 takes the capacity of a type back, and of groups
// with few capacity pools, which are an instance type in a zone
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html#managed-node-group-capacity-types-spot).
func adviseOnSpot(s *config.Stack) []config.Warning {
	var all []config.Warning
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		g := s.NodeGroups[name]
		if g.Capacity != config.Spot {
			continue
		}
		if text := spotRisk(g.InstanceTypes, len(s.Network.Zones)); text != "" {
			all = append(all, config.Warning{Path: config.In("nodeGroups", name) + ".instanceTypes", Text: text})
		}
	}
	return all
}

// spotRisk returns why EC2 may interrupt most nodes of a spot group at once, or have no capacity to replace them; ""
// for a group with enough types.
func spotRisk(types []string, zones int) string {
	families := familiesOfTypes(types)
	switch {
	case len(types) == 1:
		return types[0] + " is the only type on spot: EC2 can interrupt all nodes of one type at once, and may have no capacity to replace them; list several types of the same size"
	case len(types) < fewSpotTypes:
		return fmt.Sprintf("%d types on spot in %d zones are %d pools of capacity, and EC2 interrupts the nodes of a pool together; list more types of the same size: AWS recommends ten or more", len(types), zones, len(types)*zones)
	case len(families) == 1:
		return fmt.Sprintf("all %d types on spot are of the family %s, whose sizes often run out of capacity together; add types of other families with the same size", len(types), families[0])
	}
	return ""
}

// familiesOfTypes returns the families of instance types, such as m7g, each once.
func familiesOfTypes(types []string) []string {
	var families []string
	for _, typ := range types {
		family, _, _ := strings.Cut(typ, ".")
		families = append(families, family)
	}
	slices.Sort(families)
	return slices.Compact(families)
}
