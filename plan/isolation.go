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
	if s.Cluster.Identity == config.PodIdentity && !slices.Contains(servicesIn(p.Partition), "eks-auth") {
		problems.Add("cluster.identity", "network.nat is none, and eksnet knows no interface endpoint of eks-auth in %s, from which EKS Pod Identity gets credentials; write irsa, or nat: single", p.Partition.Name)
		return
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(interfaceServices)) {
		if needed := serviceFor(s, name).needed; needed != "" && !slices.Contains(p.Endpoints, name) {
			missing = append(missing, fmt.Sprintf("%s (without it %s)", name, needed))
		}
	}
	if len(missing) > 0 {
		problems.Add("network.endpoints", "network.nat is none, but endpoints that nodes in private subnets need are missing: %s; add them, or write auto", strings.Join(missing, ", "))
	}
	checkCalledServices(s, p, problems)
	for path, image := range images(s) {
		if !p.Partition.hasImage(image, s.Region) {
			problems.Add(path, "%s cannot be pulled with network.nat none; copy it to a private registry in aws:region %s and use that, such as %s", image, s.Region, p.Partition.mirror(image, s))
		}
	}
}

// checkCalledServices refuses controllers without a way to the AWS services that they call.
func checkCalledServices(s *config.Stack, p *Plan, problems *config.Problems) {
	for _, c := range s.Addons.Controllers() {
		switch service := c.Calls; {
		case service == nil || slices.Contains(p.Endpoints, service.Endpoint):
		case service.Endpoint == "":
			problems.Add(c.Path, "network.nat is none, so its pod has no way to %s, which has no interface endpoint that eksnet supports; remove it, or write nat: single. %s", service.Name, service.Without)
		default:
			problems.Add(c.Path, "network.nat is none, so its pod has no way to %s; add %s to network.endpoints, or remove it", service.Name, service.Endpoint)
		}
	}
}
