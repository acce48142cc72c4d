package cluster

import (
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// outsideClients returns the addresses of the client on the internet: a usual one, and for each internet-facing
// workload that does not allow that one, an address that it allows.
func outsideClients(s *rehearsed.Stack) []netip.Addr {
	all := []netip.Addr{internetClient}
	for _, p := range s.Paths {
		if p.Balancer == nil || p.Balancer.Scheme == config.Internal {
			continue
		}
		ranges := parsePrefixes(p.Clients)
		if len(ranges) == 0 || slices.ContainsFunc(all, func(a netip.Addr) bool { return isWithin(a, ranges) }) {
			continue
		}
		address := ranges[0].Addr()
		if ranges[0].Bits() < 31 {
			address = lastAddress(ranges[0]).Prev()
		}
		all = append(all, address)
	}
	return all
}

// parsePrefixes returns the ranges that are of IPv4.
func parsePrefixes(texts []string) (all []netip.Prefix) {
	for _, text := range texts {
		if p, err := netip.ParsePrefix(text); err == nil && p.Addr().Is4() {
			all = append(all, p)
		}
	}
	return all
}

func isWithin(a netip.Addr, ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}
