package config

import (
	"net/netip"
	"slices"
	"strings"
)

func (v *validator) network(n Network, region string) {
	v.cidr("network.cidr", n.CIDR)
	if len(n.Zones) < 2 || len(n.Zones) > 4 {
		v.Add("network.zones", "%s; EKS requires at least two, and the address plan has room for four: list 2 to 4", Count(len(n.Zones), "zone", "zones"))
	}
	for i, zone := range n.Zones {
		letter, inRegion := strings.CutPrefix(zone, region)
		if !inRegion || len(letter) != 1 || letter < "a" || letter > "z" {
			v.Add(At("network.zones", i), "%q is not a zone of aws:region %s, such as %sa", zone, region, region)
		}
		if slices.Index(n.Zones, zone) < i {
			v.Add(At("network.zones", i), "%q is listed twice; list each zone once", zone)
		}
	}
	if n.PodCIDR != "" {
		v.cidr("network.podCidr", n.PodCIDR)
	}
	if n.FlowLogs != nil {
		v.retention("network.flowLogs.retentionDays", n.FlowLogs.RetentionDays)
	}
	v.oneOf("network.nat", n.NAT, NATZone, NATSingle, NATNone)
	for i, service := range n.Endpoints {
		switch {
		case service == EndpointsAuto && len(n.Endpoints) > 1:
			v.Add(At("network.endpoints", i), "auto includes every endpoint that the stack needs and cannot be combined with others; write endpoints: auto")
		case slices.Index(n.Endpoints, service) < i:
			v.Add(At("network.endpoints", i), "%q is listed twice; list each service once", service)
		}
	}
}

func (v *validator) cidr(path, text string) {
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
