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
	checkIsolatedControllers(s, p, problems)
	for path, image := range images(s) {
		if !p.Partition.hasImage(image, s.Region) {
			problems.Add(path, "%s cannot be pulled with network.nat none; copy it to a private registry in aws:region %s and use that, such as %s", image, s.Region, p.Partition.mirror(image, s))
		}
	}
}

// checkIsolatedControllers refuses controllers without a way to the AWS services that they call. No source that was
// read names an endpoint of Route 53 for VPCs (docs.aws.amazon.com/eks/latest/userguide/private-clusters.html;
// github.com/awsdocs/amazon-eks-user-guide/pull/864).
func checkIsolatedControllers(s *config.Stack, p *Plan, problems *config.Problems) {
	if s.Addons.ExternalDNS != nil {
		problems.Add("addons.externalDns", "network.nat is none, so its pod has no way to Route 53, which has no interface endpoint that eksnet supports; remove it, or write nat: single. Records of the stack's own workloads need neither")
	}
	if s.Addons.CNIMetricsHelper != nil && !slices.Contains(p.Endpoints, "monitoring") {
		problems.Add("addons.cniMetricsHelper", "network.nat is none, so its pod has no way to CloudWatch; add monitoring to network.endpoints, or remove it")
	}
}
