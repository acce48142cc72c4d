// Package plan works out what follows from a stack file, as plain values, and refuses what AWS or the controllers would
// refuse later. It needs no network and knows nothing of Pulumi.
package plan

import (
	"eksnet/config"
)

// Plan is what follows from a stack file.
type Plan struct {
	// Partition is AWS's partition of the region: aws, aws-cn or aws-us-gov.
	Partition Partition
	// Zones are the subnets of each zone, in the order of the stack file.
	Zones []Zone
	// Gateways are the zones that get a NAT gateway.
	Gateways []string
}

// New plans a stack. It passes over values that cannot be read, which are config's problems, so that both can be told at once.
func New(s *config.Stack) (*Plan, config.Problems) {
	var problems config.Problems
	p := &Plan{Partition: partitionOf(s.Region)}
	p.Zones = zones(s.Network, &problems)
	p.Gateways = gateways(s.Network)

	services(s, &problems)
	if s.Cluster.Endpoint != nil {
		endpoint(*s.Cluster.Endpoint, &problems)
	}
	principals(s, p.Partition, &problems)
	names(s, &problems)
	start(s.NodeGroups, &problems)
	return p, problems
}

// gateways are the zones with a NAT gateway of their own: the first alone, or each.
func gateways(n config.Network) []string {
	if n.NAT == config.NATSingle {
		return n.Zones[:min(1, len(n.Zones))]
	}
	return n.Zones
}

// Gateway is the zone whose NAT gateway serves a zone's private subnet.
func (p *Plan) Gateway(zone string) string {
	for _, gateway := range p.Gateways {
		if gateway == zone {
			return zone
		}
	}
	return p.Gateways[0]
}
