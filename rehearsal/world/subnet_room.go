package world

import (
	"net/netip"
	"slices"
)

// cidrReservationType reserves a part of a subnet for prefixes, or for explicitly assigned addresses.
const cidrReservationType = "aws:ec2/subnetCidrReservation:SubnetCidrReservation"

// room holds the free and used addresses of a subnet.
type room struct {
	subnet netip.Prefix
	held   map[netip.Addr]bool // by interfaces, including whole prefixes
	// reserved are the parts from which no single address is assigned, and forPrefixes those from which prefixes are
	// assigned first (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html,
	// https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html).
	reserved, forPrefixes []netip.Prefix
}

// roomIn returns the room of a subnet.
func (w *World) roomIn(subnet *Object) room {
	r := room{held: w.addressesIn(subnet)}
	r.subnet, _ = network(subnet.text("cidrBlock"))
	for _, o := range w.with(cidrReservationType, "subnetId", subnet.ID) {
		if p, ok := network(o.text("cidrBlock")); ok {
			r.reserved = append(r.reserved, p)
			if o.text("reservationType") == "prefix" {
				r.forPrefixes = append(r.forPrefixes, p)
			}
		}
	}
	return r
}

// addressesIn returns the addresses of a subnet that are in use, including whole prefixes.
func (w *World) addressesIn(subnet *Object) map[netip.Addr]bool {
	held := map[netip.Addr]bool{}
	for _, eni := range w.with(interfaceType, "subnetId", subnet.ID) {
		for _, text := range eni.texts("privateIps") {
			if a, err := netip.ParseAddr(text); err == nil {
				held[a] = true
			}
		}
		for _, text := range eni.texts("prefixes") {
			p, _ := network(text)
			for a := p.Addr(); p.Contains(a); a = a.Next() {
				held[a] = true
			}
		}
	}
	return held
}

// subnetFree returns the number of IPv4 addresses of a subnet that AWS reports as available. It does not include
// reserved ones (https://github.com/aws-samples/sample-apex-skills/issues/223).
func (w *World) subnetFree(subnet *Object) int { return w.roomIn(subnet).free() }

func (r room) free() int {
	if !r.subnet.IsValid() {
		return 0
	}
	free := 1 << (32 - r.subnet.Bits())
	for _, a := range r.own() {
		if !containsAny(r.reserved, a) {
			free--
		}
	}
	for _, p := range r.reserved {
		free -= 1 << (32 - p.Bits())
	}
	for a := range r.held {
		if !containsAny(r.reserved, a) {
			free--
		}
	}
	return free
}

// own returns the addresses that AWS reserves, the first four and the last
// (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func (r room) own() []netip.Addr {
	own := []netip.Addr{lastAddress(r.subnet)}
	for a := r.subnet.Addr(); len(own) < 5; a = a.Next() {
		own = append(own, a)
	}
	return own
}

// singles returns the lowest n free addresses without a reservation, or fewer if there are fewer.
func (r room) singles(n int) []string {
	var found []string
	if !r.subnet.IsValid() {
		return nil
	}
	own := r.own()
	for a := r.subnet.Addr(); r.subnet.Contains(a) && len(found) < n; a = a.Next() {
		if !r.held[a] && !slices.Contains(own, a) && !containsAny(r.reserved, a) {
			found = append(found, a.String())
		}
	}
	return found
}

// blocks returns n free /28s, first from the reservations for prefixes and then from what is not reserved, or fewer if
// there are fewer. The lowest of each are first.
func (r room) blocks(n int) []string {
	var found []string
	if !r.subnet.IsValid() {
		return nil
	}
	for _, within := range append(slices.Clone(r.forPrefixes), r.subnet) {
		for block := netip.PrefixFrom(within.Addr(), 28); within.Contains(block.Addr()) && len(found) < n; block = netip.PrefixFrom(lastAddress(block).Next(), 28) {
			reserved := within == r.subnet && slices.ContainsFunc(r.reserved, block.Overlaps)
			if !reserved && r.whole(block) && !slices.Contains(found, block.String()) {
				found = append(found, block.String())
			}
		}
	}
	return found
}

// whole reports whether a block has no address in use and none that AWS reserves.
func (r room) whole(block netip.Prefix) bool {
	if slices.ContainsFunc(r.own(), block.Contains) {
		return false
	}
	for a := block.Addr(); block.Contains(a); a = a.Next() {
		if r.held[a] {
			return false
		}
	}
	return true
}

func containsAny(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

func lastAddress(p netip.Prefix) netip.Addr {
	bytes := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(bytes)
}
