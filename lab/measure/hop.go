package measure

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// Hop is a packet on an interface of a host.
type Hop struct {
	Host, Interface string
	Outgoing        bool
	// Port 0 of a derived hop is any port, which a new connection or a translation chooses.
	Source, Destination netip.AddrPort
	// Packet is what was captured, such as "TCP SYN".
	Packet string
	// Reason is why the addresses of a derived hop are not those of the one before it, "" if they are.
	Reason string
}

// isAt reports whether two hops are on the same interface in the same direction.
func (h Hop) isAt(o Hop) bool {
	return h.Host == o.Host && h.Interface == o.Interface && h.Outgoing == o.Outgoing
}

// HopRow is a hop as derived and as captured, of which one may be missing.
type HopRow struct {
	Derived, Captured *Hop
	// Difference is "" if the packet was captured as derived.
	Difference string
}

// at returns the hop that was derived, or else the one that was captured.
func (r HopRow) at() Hop {
	if r.Derived != nil {
		return *r.Derived
	}
	return *r.Captured
}

// compareHops returns the derived hops with the captured ones beside them. Captured hops that were not derived follow
// the hop after which they were captured.
func compareHops(derived, captured []Hop) (rows []HopRow) {
	ports, last := anyPorts{}, -1
	for _, d := range derived {
		row := HopRow{Derived: &d, Difference: "not captured"}
		if i := slices.IndexFunc(captured, d.isAt); i >= 0 {
			row.Captured, row.Difference = &captured[i], ports.difference(d, captured[i])
			if row.Difference == "" && i < last {
				row.Difference = "captured before the hop that is derived before it"
			}
			last = max(last, i)
		}
		rows = append(rows, row)
	}
	for i, c := range captured {
		if slices.ContainsFunc(derived, c.isAt) {
			continue
		}
		before := -1
		if i > 0 {
			before = slices.IndexFunc(rows, func(r HopRow) bool { return r.Captured != nil && r.Captured.isAt(captured[i-1]) })
		}
		rows = slices.Insert(rows, before+1, HopRow{Captured: &captured[i], Difference: "not derived"})
	}
	return rows
}

// anyPorts holds the captured ports of addresses with any port, which must be the same at all hops.
type anyPorts map[netip.Addr]uint16

// difference returns how the addresses of a captured hop differ from those that were derived.
func (p anyPorts) difference(derived, captured Hop) string {
	source, destination := p.known(derived.Source, captured.Source), p.known(derived.Destination, captured.Destination)
	switch {
	case source != captured.Source && destination != captured.Destination:
		return fmt.Sprintf("addresses %s > %s, derived %s > %s", captured.Source, captured.Destination, portText(source), portText(destination))
	case source != captured.Source:
		return fmt.Sprintf("source %s, derived %s", captured.Source, portText(source))
	case destination != captured.Destination:
		return fmt.Sprintf("destination %s, derived %s", captured.Destination, portText(destination))
	}
	return ""
}

// known returns a derived address with its port. Any port is the one of the first hop that has the address.
func (p anyPorts) known(derived, captured netip.AddrPort) netip.AddrPort {
	if derived.Port() != 0 {
		return derived
	}
	if p[derived.Addr()] == 0 && derived.Addr() == captured.Addr() {
		p[derived.Addr()] = captured.Port()
	}
	return netip.AddrPortFrom(derived.Addr(), p[derived.Addr()])
}

// portText returns an address and port, with * for any port.
func portText(a netip.AddrPort) string {
	if a.Port() == 0 {
		return net.JoinHostPort(a.Addr().String(), "*")
	}
	return a.String()
}
