package fabric

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
)

// publicAddresses returns the public addresses of private ones, none without an internet gateway.
func publicAddresses(s *Spec) map[netip.Addr]netip.Addr {
	public := map[netip.Addr]netip.Addr{}
	if s.InternetGateway == "" {
		return public
	}
	for _, g := range s.NATGateways {
		if g.Public.IsValid() {
			public[g.Private] = g.Public
		}
	}
	for _, i := range s.Interfaces {
		if i.Public.IsValid() {
			public[i.Primary] = i.Public
		}
	}
	return public
}

// publicRanges returns the IPv6 ranges of the subnets whose hosts are reachable from outside: their route tables have a
// route to the internet gateway.
func publicRanges(s *Spec) (ranges []string) {
	for _, subnet := range s.Subnets {
		table := find(s.RouteTables, subnet.RouteTable, func(t RouteTable) string { return t.ID })
		if subnet.IPv6.IsValid() && table != nil && slices.ContainsFunc(table.Routes, func(r Route) bool {
			return r.Destination.Addr().Is6() && r.Target != "" && r.Target == s.InternetGateway
		}) {
			ranges = append(ranges, subnet.IPv6.Masked().String())
		}
	}
	return ranges
}

// internetRules returns the nft rules of the internet gateway. Open connections keep their translation when the rules
// are replaced.
func internetRules(s *Spec) string {
	var outbound, inbound []string
	addresses := publicAddresses(s)
	for _, private := range slices.SortedFunc(maps.Keys(addresses), netip.Addr.Compare) {
		public := addresses[private]
		outbound = append(outbound, fmt.Sprintf("%s : %s", private, public))
		inbound = append(inbound, fmt.Sprintf("%s : %s", public, private))
	}
	var t ruleText
	t.beginTable()
	t.line("map outbound { type ipv4_addr : ipv4_addr;")
	t.elements(outbound)
	t.line("}")
	t.line("map inbound { type ipv4_addr : ipv4_addr;")
	t.elements(inbound)
	t.line("}")
	t.set("public", "ipv6_addr", "flags interval;", publicRanges(s))
	t.line("chain destinations { type nat hook prerouting priority dstnat; policy accept;")
	t.line("dnat ip to ip daddr map @inbound")
	t.line("}")
	t.line("chain sources { type nat hook postrouting priority srcnat; policy accept;")
	t.line("iifname %q snat ip to ip saddr map @outbound", vpcName)
	t.line("}")
	// An address without a public address reaches no host outside, and no host outside reaches a private address.
	t.line("chain forward { type filter hook forward priority filter; policy accept;")
	t.line("iifname %q ip saddr != @outbound counter drop", vpcName)
	t.line("oifname %q ip daddr != @outbound counter drop", vpcName)
	t.line("oifname %q meta nfproto ipv4 ct direction original ct status & dnat == 0 counter drop", vpcName)
	// IPv6 addresses are public. An egress-only internet gateway forwards no connections from outside.
	t.line("oifname %q ct state new ip6 daddr != @public counter drop", vpcName)
	t.line("}")
	t.line("}")
	return t.String()
}

// natRules returns the nft rules of a NAT gateway. It forwards connections, and does not accept any.
func natRules(g NATGateway) string {
	var t ruleText
	t.beginTable()
	t.line("chain sources { type nat hook postrouting priority srcnat; policy accept;")
	t.line("oifname %q snat ip to %s", DeviceName(0), g.Private)
	t.line("}")
	t.line("chain input { type filter hook input priority filter; policy accept;")
	t.line("iifname %q ct state new counter drop", DeviceName(0))
	t.line("}")
	t.line("}")
	return t.String()
}
