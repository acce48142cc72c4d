package config

import (
	"net/netip"
	"strings"
)

func (v *validator) network(n Network, region string) {
	v.oneOf("network.ipFamily", n.IPFamily, IPv4, IPv6)
	v.cidr("network.cidr", n.CIDR)
	if n.IPAMPool != "" && !v.matches("network.ipamPool", n.IPAMPool, ipamPoolID) {
		v.Add("network.ipamPool", "%q is not the ID of an IPAM pool, such as ipam-pool-0123456789abcdef0", n.IPAMPool)
	}
	if v.exceeds("network.zones", len(n.Zones), mostZones) || v.lacks("network.zones", len(n.Zones), leastZones) {
		v.Add("network.zones", "%s; EKS requires at least two, and the address plan has room for four: list 2 to 4", Count(len(n.Zones), "zone", "zones"))
	}
	for i, zone := range n.Zones {
		letter, inRegion := strings.CutPrefix(zone, region)
		if !v.matches(At("network.zones", i), zone, zoneName) || !inRegion || len(letter) != 1 {
			v.Add(At("network.zones", i), "%q is not a zone of aws:region %s, such as %sa", zone, region, region)
		}
		if v.repeated(At("network.zones", i), n.Zones, i) {
			v.Add(At("network.zones", i), "%q is listed twice; list each zone once", zone)
		}
	}
	if n.PodCIDR != "" {
		v.cidr("network.podCidr", n.PodCIDR)
	}
	v.oneOf("network.podSubnets", n.PodSubnets, PodSubnetsCustom, PodSubnetsDiscovery)
	if n.PodSubnets == PodSubnetsDiscovery && n.PodCIDR == "" && !n.IPv6() {
		v.Add("network.podSubnets", "discovery, but without network.podCidr there are no subnets to discover; add podCidr, such as 100.64.0.0/16, or remove it")
	}
	if n.FlowLogs != nil {
		v.retention("network.flowLogs.retentionDays", n.FlowLogs.RetentionDays)
	}
	v.oneOf("network.nat", n.NAT, NATZone, NATSingle, NATNone)
	for i, service := range n.Endpoints {
		switch {
		case service == EndpointsAuto && len(n.Endpoints) > 1:
			v.Add(At("network.endpoints", i), "auto includes every endpoint that the stack needs and cannot be combined with others; write endpoints: auto")
		case v.repeated(At("network.endpoints", i), n.Endpoints, i):
			v.Add(At("network.endpoints", i), "%q is listed twice; list each service once", service)
		}
	}
}

// clientRange is a range of clients: an IPv4 range, or one of both families where load balancers and API have both.
func (v *validator) clientRange(path, text string, ipv6 bool) {
	if ipv6 {
		v.acceptPattern(path, anyIPv6Range)
	}
	prefix, err := netip.ParsePrefix(text)
	switch {
	case !ipv6 || err == nil && prefix.Addr().Is4():
		v.cidr(path, text)
	case err != nil:
		v.Add(path, "%q is not a range, such as 203.0.113.0/24 or 2001:db8::/32", text)
	case prefix != prefix.Masked():
		v.Add(path, "%q has host bits set; use %s", text, prefix.Masked())
	}
}

func (v *validator) cidr(path, text string) {
	v.acceptPattern(path, anyIPv4Range)
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		v.Add(path, "%q is not an IPv4 range, such as 10.0.0.0/16", text)
	case !prefix.Addr().Is4():
		v.Add(path, "%q is an IPv6 range; an IPv4 range is expected, such as 10.0.0.0/16", text)
	case prefix != prefix.Masked():
		v.Add(path, "%q has host bits set; use %s", text, prefix.Masked())
	}
}
