package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
)

// checkIsolation refuses what needs the internet where nodes have no way to it: those in private subnets without NAT
// (docs.aws.amazon.com/eks/latest/userguide/private-clusters.html). Nodes in public subnets leave by the internet
// gateway; but pods may start on any node, so one private group is enough.
func checkIsolation(s *config.Stack, p *Plan, problems *config.Problems) {
	if s.Network.NAT != config.NATNone || !s.HasPrivateNodes() {
		return
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(interfaceServices)) {
		if needed := interfaceServices[name].needed; needed != "" && !slices.Contains(p.Endpoints, name) {
			missing = append(missing, fmt.Sprintf("%s (without it %s)", name, needed))
		}
	}
	if len(missing) > 0 {
		problems.Add("network.endpoints", "network.nat is none, but endpoints that nodes in private subnets need are missing: %s; add them, or write auto", strings.Join(missing, ", "))
	}
	for path, image := range images(s) {
		if !p.Partition.hasImage(image, s.Region) {
			problems.Add(path, "%s cannot be pulled with network.nat none; copy it to a private registry in aws:region %s and use that, such as %s", image, s.Region, p.Partition.mirror(image, s))
		}
	}
}
