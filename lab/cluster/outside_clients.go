package cluster

import (
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// outsideClients returns the addresses of the client on the internet: a usual one, and for each internet-facing
// workload that does not allow that one, an address that it allows. With an IPv6 cluster so for both families.
func outsideClients(s *rehearsed.Stack) []netip.Addr {
	all := allowedClients(s, internetClient)
	if s.Cluster.IPv6 {
		all = append(all, allowedClients(s, internetClientIPv6)...)
	}
	return all
}

// allowedClients returns the clients of the family of a usual one.
func allowedClients(s *rehearsed.Stack, usual netip.Addr) []netip.Addr {
	all := []netip.Addr{usual}
	for _, p := range s.Paths {
		if p.Balancer == nil || p.Balancer.Scheme == config.Internal {
			continue
		}
		ranges := parsePrefixes(p.Clients, usual.Is6())
		if len(ranges) == 0 || slices.ContainsFunc(all, func(a netip.Addr) bool { return isWithin(a, ranges) }) {
			continue
		}
		allowed := ranges[0]
		if usual.Is6() {
			allowed = shortRange(allowed)
		}
		address := allowed.Addr()
		if allowed.Bits() < address.BitLen()-1 {
			address = rehearsed.LastAddress(allowed).Prev()
		}
		all = append(all, address)
	}
	return all
}

// parsePrefixes returns the ranges of one family.
func parsePrefixes(texts []string, ipv6 bool) (all []netip.Prefix) {
	for _, text := range texts {
		if p, err := netip.ParsePrefix(text); err == nil && p.Addr().Is6() == ipv6 {
			all = append(all, p)
		}
	}
	return all
}

func isWithin(a netip.Addr, ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}
