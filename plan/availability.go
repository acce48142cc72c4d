package plan

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// noControlPlane are the ids of zones where EKS takes no subnets for control planes
// (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). Nodes may be there. Which name an account has for an id is its own.
var noControlPlane = []string{"use1-az3", "usw1-az2", "cac1-az3"}

// Unavailable are the zones of a stack in which it cannot be made. Offered are the ids of the region's available zones by name, as the account
// sees them.
func Unavailable(s *config.Stack, offered map[string]string) config.Problems {
	var problems config.Problems
	takes := func(name string) bool { return !slices.Contains(noControlPlane, offered[name]) }
	names := slices.Sorted(maps.Keys(offered))
	for i, name := range s.Network.Zones {
		switch id, available := offered[name]; {
		case !available:
			problems.Add(config.At("network.zones", i), "%q is no zone in which this account can build now; available: %s", name, strings.Join(names, ", "))
		case i < ControlPlaneZones && !takes(name):
			problems.Add(config.At("network.zones", i), "%s is %s to this account, where EKS has no control planes; begin the list with two of %s",
				name, id, strings.Join(slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !takes(name) }), ", "))
		}
	}
	return problems
}
