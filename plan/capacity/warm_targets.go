package capacity

import (
	"fmt"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// AdviseOnWarmTargets warns about warm targets that the CNI ignores or cannot reach (github.com/aws/amazon-vpc-cni-k8s,
// docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md).
func AdviseOnWarmTargets(s *config.Stack, groups []Group) []config.Warning {
	var all []config.Warning
	warn := func(key, format string, values ...any) {
		all = append(all, config.Warning{Path: "addons.vpcCni.warm." + key, Text: fmt.Sprintf(format, values...)})
	}
	warm, prefixes := s.Addons.VPCCNI.Warm, s.Addons.VPCCNI.PrefixDelegation
	byNumber := warm.IPs > 0 || warm.MinimumIPs > 0
	const byDefault = 1 // not warned about: a default looks the same as a value in the stack file
	switch {
	case warm.ENIs > byDefault && prefixes:
		warn("enis", "%d, but with prefixDelegation nodes keep prefixes warm and not interfaces; write prefixes, or remove it", warm.ENIs)
	case warm.ENIs > byDefault && byNumber:
		warn("enis", "%d, but ips and minimumIps override it; remove one of them", warm.ENIs)
	}
	switch {
	case warm.Prefixes > byDefault && !prefixes:
		warn("prefixes", "%d, but without prefixDelegation nodes have no prefixes; write enis, or remove it", warm.Prefixes)
	case warm.Prefixes > byDefault && byNumber:
		warn("prefixes", "%d, but ips and minimumIps override it; remove one of them", warm.Prefixes)
	}
	if warm.MinimumIPs > 0 && warm.IPs == 0 {
		warn("minimumIps", "%d without ips: a node gets that many addresses (rounded up to prefixes) and no more when its pods use them up; add ips, such as 2", warm.MinimumIPs)
	}
	c := cniOf(s)
	for _, g := range groups {
		least, _ := c.smallest(g.Types)
		most := c.holds(awsdata.InstanceTypes()[least]) - hostPods
		for _, target := range []struct {
			key string
			of  int
		}{{"ips", warm.IPs}, {"minimumIps", warm.MinimumIPs}} {
			if target.of > most {
				warn(target.key, "%d, but the interfaces of %s hold %d addresses for pods, so nodes of node group %s never reach it; lower it", target.of, least, most, g.Name)
			}
		}
	}
	return all
}
