package plan

import (
	"slices"

	"eksnet/config"
)

// computeGateways returns the zones with a NAT gateway of their own: the first alone, each, or none.
func computeGateways(n config.Network) []string {
	switch n.NAT {
	case config.NATNone:
		return nil
	case config.NATSingle:
		return n.Zones[:min(1, len(n.Zones))]
	default:
		return n.Zones
	}
}

// Gateway returns the zone whose NAT gateway serves a zone's private subnet, "" for none.
func (p *Plan) Gateway(zone string) string {
	switch {
	case len(p.Gateways) == 0:
		return ""
	case slices.Contains(p.Gateways, zone):
		return zone
	default:
		return p.Gateways[0]
	}
}
