package plan

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
)

// InstanceTypes returns those of all node groups, each once.
func InstanceTypes(s *config.Stack) []string {
	var all []string
	for _, group := range s.NodeGroups {
		all = append(all, group.InstanceTypes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// CheckInstanceOfferings refuses the node groups of a stack that have no instance type for one of the stack's zones.
// Offered are the zones of each type, as the account sees them
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html). EC2 Auto Scaling
// uses another type of the group where a zone lacks one.
func CheckInstanceOfferings(s *config.Stack, offered map[string][]string) config.Problems {
	var problems config.Problems
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		types := s.NodeGroups[name].InstanceTypes
		offers := func(zone string) bool {
			return slices.ContainsFunc(types, func(typ string) bool { return slices.Contains(offered[typ], zone) })
		}
		if lacking := slices.DeleteFunc(slices.Clone(s.Network.Zones), offers); len(lacking) > 0 {
			problems.Add(config.In("nodeGroups", name)+".instanceTypes", "%s: AWS offers none of them to this account in %s, so nodes cannot start there (%s); add a type that is offered there, or remove the zone from network.zones",
				strings.Join(types, ", "), strings.Join(lacking, ", "), zonesOffering(types, offered))
		}
	}
	return problems
}

// zonesOffering lists types with the zones that offer each.
func zonesOffering(types []string, offered map[string][]string) string {
	var all []string
	for _, typ := range types {
		zones := slices.Sorted(slices.Values(offered[typ]))
		if len(zones) == 0 {
			zones = []string{"no zone"}
		}
		all = append(all, typ+" in "+strings.Join(zones, ", "))
	}
	return strings.Join(all, "; ")
}

// CheckZones refuses the zones of a stack in which it cannot be made. Offered are the ids of the region's available
// zones by name, as the account sees them.
func CheckZones(s *config.Stack, offered map[string]string) config.Problems {
	var problems config.Problems
	hasControlPlanes := func(name string) bool { return !slices.Contains(awsdata.ZonesWithoutControlPlanes, offered[name]) }
	names := slices.Sorted(maps.Keys(offered))
	for i, name := range s.Network.Zones {
		switch id, available := offered[name]; {
		case !available:
			problems.Add(config.At("network.zones", i), "%q is not an available zone of this account; available: %s", name, strings.Join(names, ", "))
		case i < address.ControlPlaneZones && !hasControlPlanes(name):
			problems.Add(config.At("network.zones", i), "%s is zone %s in this account, where EKS does not support control planes; begin the list with two of %s",
				name, id, strings.Join(slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !hasControlPlanes(name) }), ", "))
		}
	}
	return problems
}
