package balancer

// ZonesInDNS returns the zones whose addresses the DNS name has. In each of them, every target group with targets has
// enough healthy ones that the load balancer's node there sends to. If there is no such zone, all are returned
// (repost.aws/knowledge-center/elb-dns-cross-zone-balance-configuration,
// docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health.html).
func (b *Balancer) ZonesInDNS() (zones []Zone) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, z := range b.spec.Zones {
		if b.isHealthyIn(z) {
			zones = append(zones, z)
		}
	}
	if zones == nil {
		return b.spec.Zones
	}
	return zones
}

// isHealthyIn reports whether every target group has enough healthy targets for a zone. One without any target does not
// count.
func (b *Balancer) isHealthyIn(z Zone) bool {
	for _, group := range b.spec.TargetGroups {
		if len(group.Targets) == 0 {
			continue
		}
		if all, healthyOnes := b.targetsOf(z, group); !group.InDNS.isReached(len(healthyOnes), len(all)) {
			return false
		}
	}
	return true
}

// IsHealthy reports whether some zone has enough healthy targets of each target group, and there are targets at all.
func (b *Balancer) IsHealthy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	registered := 0
	for _, group := range b.spec.TargetGroups {
		registered += len(group.Targets)
	}
	for _, z := range b.spec.Zones {
		if registered > 0 && b.isHealthyIn(z) {
			return true
		}
	}
	return false
}
