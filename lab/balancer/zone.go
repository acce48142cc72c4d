package balancer

import "net/netip"

// Entry returns the address by which clients reach the zone, which the DNS name resolves to: the public one of an
// internet-facing load balancer, the private one of an internal load balancer.
func (z Zone) Entry() netip.Addr {
	if z.Public.IsValid() {
		return z.Public
	}
	return z.Address
}
