package plan

import (
	"fmt"
	"maps"
	"slices"

	"eksnet/config"
)

// settingsWithoutEffect are warnings of warm targets that the CNI does not look at or cannot reach
// (github.com/aws/amazon-vpc-cni-k8s, docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md).
func settingsWithoutEffect(s *config.Stack, groups []GroupCapacity) []Warning {
	var all []Warning
	warn := func(key, format string, values ...any) {
		all = append(all, Warning{"addons.vpcCni.warm." + key, fmt.Sprintf(format, values...)})
	}
	warm, prefixes := s.Addons.VPCCNI.Warm, s.Addons.VPCCNI.PrefixDelegation
	byNumber := warm.IPs > 0 || warm.MinimumIPs > 0
	const usual = 1 // the default, which cannot be told from a value that is typed
	switch {
	case warm.ENIs > usual && prefixes:
		warn("enis", "%d, but with prefixDelegation nodes hold prefixes ready and not interfaces; write prefixes, or remove it", warm.ENIs)
	case warm.ENIs > usual && byNumber:
		warn("enis", "%d, but ips and minimumIps decide in its place; remove one of them", warm.ENIs)
	}
	switch {
	case warm.Prefixes > usual && !prefixes:
		warn("prefixes", "%d, but without prefixDelegation nodes hold no prefixes; write enis, or remove it", warm.Prefixes)
	case warm.Prefixes > usual && byNumber:
		warn("prefixes", "%d, but ips and minimumIps decide in its place; remove one of them", warm.Prefixes)
	}
	if warm.MinimumIPs > 0 && warm.IPs == 0 {
		warn("minimumIps", "%d without ips: a node takes so many addresses (prefixes rounded up) and no more when its pods use them up; add ips, such as 2", warm.MinimumIPs)
	}
	c := cniOf(s)
	for _, g := range groups {
		least, _ := c.smallest(g.Types)
		most := c.holds(instances()[least]) - hostPods
		for _, target := range []struct {
			key string
			of  int
		}{{"ips", warm.IPs}, {"minimumIps", warm.MinimumIPs}} {
			if target.of > most {
				warn(target.key, "%d, but the interfaces of %s hold %d addresses for pods, so that nodes of group %s never have them; lower it", target.of, least, most, g.Name)
			}
		}
	}
	return all
}

// spotOfOneType warns of groups that lose every node at once when EC2 takes the capacity of a type back
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html#managed-node-group-capacity-types-spot).
func spotOfOneType(s *config.Stack) []Warning {
	var all []Warning
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		if g := s.NodeGroups[name]; g.Capacity == config.Spot && len(g.InstanceTypes) == 1 {
			all = append(all, Warning{config.In("nodeGroups", name) + ".instanceTypes", g.InstanceTypes[0] + " alone on spot: EC2 takes nodes of one type back at once, and may have none to replace them; list several types of the same size"})
		}
	}
	return all
}

// unreached warns of an API that answers in the VPC alone where no way there is named: up makes Kubernetes objects from where it runs
// (docs/private-endpoint.md).
func unreached(s *config.Stack) []Warning {
	if e := s.Cluster.Endpoint; e != nil && e.Private && !e.Public && e.Proxy == "" {
		return []Warning{{"cluster.endpoint", "private alone and no proxy: pulumi up and kubectl must run in the VPC or in a network that is routed to it (docs/private-endpoint.md); otherwise set proxy, or public with publicCidrs"}}
	}
	return nil
}
