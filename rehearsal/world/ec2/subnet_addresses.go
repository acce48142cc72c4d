package ec2

import (
	"net/netip"
	"slices"

	"eksnet/rehearsal/world/store"
)

// Room holds the free and used addresses of a subnet.
type Room struct {
	Subnet netip.Prefix
	Held   map[netip.Addr]bool // by interfaces, including whole prefixes
	// Reserved are the parts from which no single address is assigned, and ForPrefixes those from which prefixes are
	// assigned first (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html,
	// https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html).
	Reserved, ForPrefixes []netip.Prefix
}

// RoomIn returns the room of a subnet.
func RoomIn(w *store.Account, subnet *store.Object) Room {
	r := Room{Subnet: SubnetOf(subnet).CIDR.Prefix, Held: addressesIn(w, subnet)}
	for _, o := range w.With(store.CIDRReservationType, "subnetId", subnet.ID) {
		reservation := ReservationOf(o)
		if !reservation.CIDR.IsValid() {
			continue
		}
		r.Reserved = append(r.Reserved, reservation.CIDR.Prefix)
		if reservation.Kind == "prefix" {
			r.ForPrefixes = append(r.ForPrefixes, reservation.CIDR.Prefix)
		}
	}
	return r
}

// addressesIn returns the addresses of a subnet that are in use, including whole prefixes.
func addressesIn(w *store.Account, subnet *store.Object) map[netip.Addr]bool {
	held := map[netip.Addr]bool{}
	for _, o := range w.With(store.InterfaceType, "subnetId", subnet.ID) {
		eni := InterfaceOf(o)
		for _, text := range eni.PrivateIPs {
			if a, err := netip.ParseAddr(text); err == nil {
				held[a] = true
			}
		}
		for _, text := range eni.Prefixes {
			p, _ := ParseNetwork(text)
			for a := p.Addr(); p.Contains(a); a = a.Next() {
				held[a] = true
			}
		}
	}
	return held
}

// SubnetFree returns the number of IPv4 addresses of a subnet that AWS reports as available. It does not include
// reserved ones (https://github.com/aws-samples/sample-apex-skills/issues/223).
func SubnetFree(w *store.Account, subnet *store.Object) int { return RoomIn(w, subnet).Free() }

// Free returns the number of free addresses, without the reserved ones.
func (r Room) Free() int {
	if !r.Subnet.IsValid() {
		return 0
	}
	free := 1 << (32 - r.Subnet.Bits())
	for _, a := range r.Own() {
		if !ContainsAny(r.Reserved, a) {
			free--
		}
	}
	for _, p := range r.Reserved {
		free -= 1 << (32 - p.Bits())
	}
	for a := range r.Held {
		if !ContainsAny(r.Reserved, a) {
			free--
		}
	}
	return free
}

// Own returns the addresses that AWS reserves, the first four and the last
// (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func (r Room) Own() []netip.Addr {
	own := []netip.Addr{LastAddress(r.Subnet)}
	for a := r.Subnet.Addr(); len(own) < 5; a = a.Next() {
		own = append(own, a)
	}
	return own
}

// Singles returns the lowest n free addresses without a reservation, or fewer if there are fewer.
func (r Room) Singles(n int) []string {
	var found []string
	if !r.Subnet.IsValid() {
		return nil
	}
	own := r.Own()
	for a := r.Subnet.Addr(); r.Subnet.Contains(a) && len(found) < n; a = a.Next() {
		if !r.Held[a] && !slices.Contains(own, a) && !ContainsAny(r.Reserved, a) {
			found = append(found, a.String())
		}
	}
	return found
}

// Blocks returns n free /28s, first from the reservations for prefixes and then from what is not reserved, or fewer if
// there are fewer. The lowest of each are first.
func (r Room) Blocks(n int) []string {
	var found []string
	if !r.Subnet.IsValid() {
		return nil
	}
	for _, within := range append(slices.Clone(r.ForPrefixes), r.Subnet) {
		for block := netip.PrefixFrom(within.Addr(), 28); within.Contains(block.Addr()) && len(found) < n; block = netip.PrefixFrom(LastAddress(block).Next(), 28) {
			reserved := within == r.Subnet && slices.ContainsFunc(r.Reserved, block.Overlaps)
			if !reserved && r.whole(block) && !slices.Contains(found, block.String()) {
				found = append(found, block.String())
			}
		}
	}
	return found
}

// whole reports whether a block has no address in use and none that AWS reserves.
func (r Room) whole(block netip.Prefix) bool {
	if slices.ContainsFunc(r.Own(), block.Contains) {
		return false
	}
	for a := block.Addr(); block.Contains(a); a = a.Next() {
		if r.Held[a] {
			return false
		}
	}
	return true
}

// ContainsAny reports whether an address is in one of some networks.
func ContainsAny(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// LastAddress returns the last address of an IPv4 network.
func LastAddress(p netip.Prefix) netip.Addr {
	bytes := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(bytes)
}
