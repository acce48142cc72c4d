package measure

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"eksnet/lab/balancer"
	"eksnet/lab/rehearsed"
)

// resolve returns the zones whose addresses a client gets: those that the name of the load balancer has, as far as they
// accept connections, which Route 53 checks. If none does, it is all of them
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health.html).
func (m *Measurement) resolve(ctx context.Context, f *front) []balancer.Zone {
	named := m.ZonesInDNS(f.DNSName)
	accepted := make([]bool, len(named))
	var dials sync.WaitGroup
	for i, z := range named {
		dials.Go(func() { accepted[i] = f.accepts(ctx, z) })
	}
	dials.Wait()
	var zones []balancer.Zone
	for i, z := range named {
		if accepted[i] {
			zones = append(zones, z)
		}
	}
	if len(zones) == 0 {
		return f.Zones
	}
	return zones
}

// accepts reports whether a zone of the load balancer accepts connections.
func (f *front) accepts(ctx context.Context, z balancer.Zone) bool {
	ctx, cancel := context.WithTimeout(ctx, resolveInterval)
	defer cancel()
	connection, err := f.dial(ctx, netip.AddrPortFrom(z.EntryFor(f.client.Address), uint16(f.listener.Port)))
	if err == nil {
		connection.Close()
	}
	return err == nil
}

// healthyIDs returns the IDs of the healthy targets of a Network or Application Load Balancer.
func (m *Measurement) healthyIDs(ctx context.Context, f *front) (ids []string, err error) {
	states, err := m.targetHealth(ctx, f)
	for id, state := range states {
		if state == healthy {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// zoneOfTarget returns the zone of a target. That of a pod is the zone of the subnet that has its address.
func (m *Measurement) zoneOfTarget(id string) string {
	if i := slices.IndexFunc(m.Stack.Nodes, func(n rehearsed.Node) bool { return n.InstanceID == id }); i >= 0 {
		return m.Stack.Nodes[i].Zone
	}
	return m.zoneOfAddress(id)
}

// zoneOfAddress returns the zone of the subnet that has an address, "" for none.
func (m *Measurement) zoneOfAddress(text string) string {
	address, _ := netip.ParseAddr(text)
	for _, s := range m.Stack.Network.Subnets {
		for _, text := range []string{s.CIDR, s.IPv6CIDR} {
			if prefix, err := netip.ParsePrefix(text); err == nil && prefix.Contains(address) {
				return s.Zone
			}
		}
	}
	return ""
}
