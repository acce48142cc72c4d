package balancer

import "net/netip"

// Addresses returns the addresses of the load balancer's node in the zone, from which it connects to targets.
func (z Zone) Addresses() []netip.Addr {
	if z.IPv6.IsValid() {
		return []netip.Addr{z.Address, z.IPv6}
	}
	return []netip.Addr{z.Address}
}

// SourceFor returns the address from which the load balancer connects to a target.
func (z Zone) SourceFor(target netip.Addr) netip.Addr {
	if target.Is6() {
		return z.IPv6
	}
	return z.Address
}

// EntryFor returns the address by which a client reaches the zone, invalid for none. IPv6 addresses are public.
func (z Zone) EntryFor(client netip.Addr) netip.Addr {
	if client.Is6() {
		return z.IPv6
	}
	return z.Entry()
}

// Entries returns the addresses of the zone that the DNS name resolves to.
func (z Zone) Entries() []netip.Addr {
	if z.IPv6.IsValid() {
		return []netip.Addr{z.Entry(), z.IPv6}
	}
	return []netip.Addr{z.Entry()}
}

// Entry returns the address by which IPv4 clients reach the zone: the public one of an internet-facing load balancer,
// the private one of an internal load balancer.
func (z Zone) Entry() netip.Addr {
	if z.Public.IsValid() {
		return z.Public
	}
	return z.Address
}
