package plan

import (
	"net/netip"
	"slices"

	"eksnet/config"
)

// The kinds of subnets.
const (
	KindPrivate      = "private"
	KindPublic       = "public"
	KindPods         = "pods"
	KindControlPlane = "controlPlane"
)

// SubnetDemand is how many addresses of a subnet are needed, and how many it has.
type SubnetDemand struct {
	Zone  string       `json:"zone"`
	Kind  string       `json:"kind"`
	Range netip.Prefix `json:"range"`
	// Usable are the addresses that AWS does not keep for itself.
	Usable int `json:"usable"`
	// AtDesired is the need with groups at their desired size and the pods that the stack itself starts, AtMax that with groups at their
	// max, one update on the way and as many pods as nodes take.
	AtDesired int `json:"atDesired"`
	AtMax     int `json:"atMax"`
	// InPrefixes are those of AtMax that come in /28 prefixes, and Reserved is how many addresses are kept for prefixes alone.
	InPrefixes int `json:"inPrefixes"`
	Reserved   int `json:"reserved"`
	// Parts are what the need is made of; those of nothing are left out.
	Parts []DemandPart `json:"parts"`
}

// DemandPart is a part of the need for addresses.
type DemandPart struct {
	// What names it, such as "group general" or "NAT gateway".
	What      string `json:"what"`
	AtDesired int    `json:"atDesired"`
	AtMax     int    `json:"atMax"`
	// InPrefixes are those of AtMax that come in /28 prefixes.
	InPrefixes int `json:"inPrefixes"`
	// group is the node group that it is of, and perNode what one of its nodes takes at max.
	group   string
	perNode amount
	// desiredInPrefixes are those of AtDesired that come in prefixes.
	desiredInPrefixes int
}

const (
	// reservedByAWS are addresses of every subnet: the first four and the last
	// (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
	reservedByAWS, reservedAtStart = 5, 4
	// freeForBalancer are the addresses that must be free in a subnet for each load balancer, so that it can grow
	// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer); the
	// controller passes over subnets with fewer.
	freeForBalancer = 8
	// EKS wants 6 free addresses in each of the cluster's subnets for the control plane's interfaces and advises 16, which an upgrade
	// may take for a while (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). A /28 of its own has 11, which AWS holds to be
	// enough (docs.aws.amazon.com/eks/latest/best-practices/subnets.html).
	controlPlaneNeeds, controlPlaneAdvised = 6, 16
)

// usable are the addresses of a subnet that are there to be taken.
func usable(subnet netip.Prefix) int { return 1<<(32-subnet.Bits()) - reservedByAWS }

// demand is the need of every subnet.
func demand(s *config.Stack, p *Plan) []SubnetDemand {
	nodes := nodeDemands(s, len(p.Zones))
	internal, facing := 0, 0
	for _, b := range Balancers(s.Workloads) {
		if b.Scheme == config.Internal {
			internal++
		} else {
			facing++
		}
	}
	var all []SubnetDemand
	for i, zone := range p.Zones {
		shared, own := DemandPart{}, constant("control plane", controlPlaneNeeds)
		if !s.Network.ControlPlaneSubnets && i < ControlPlaneZones {
			shared = DemandPart{What: "control plane", AtDesired: controlPlaneNeeds, AtMax: controlPlaneAdvised}
		}
		gateways := 0
		if slices.Contains(p.Gateways, zone.Name) {
			gateways = 1
		}
		subnet := func(kind string, of netip.Prefix, parts ...[]DemandPart) {
			if of.IsValid() {
				all = append(all, sum(zone, kind, of, slices.Concat(parts...)))
			}
		}
		subnet(KindPrivate, zone.Private, nodes.private, []DemandPart{shared, constant("interface endpoints", len(p.Endpoints)), constant("internal load balancers", internal*freeForBalancer)})
		subnet(KindPublic, zone.Public, nodes.public, []DemandPart{constant("NAT gateway", gateways), constant("internet-facing load balancers", facing*freeForBalancer)})
		subnet(KindPods, zone.Pods, nodes.pods)
		subnet(KindControlPlane, zone.ControlPlane, []DemandPart{own})
	}
	return all
}

// desired is the need with groups at their desired size alone.
func (d SubnetDemand) desired() SubnetDemand {
	d.AtMax, d.InPrefixes, d.Parts = d.AtDesired, 0, slices.Clone(d.Parts)
	for i, part := range d.Parts {
		d.InPrefixes += part.desiredInPrefixes
		d.Parts[i].AtMax, d.Parts[i].perNode = part.AtDesired, amount{}
	}
	return d
}

// constant is a part that is the same at every size.
func constant(what string, addresses int) DemandPart {
	return DemandPart{What: what, AtDesired: addresses, AtMax: addresses}
}

// sum is the need of a subnet by its parts.
func sum(zone Zone, kind string, of netip.Prefix, parts []DemandPart) SubnetDemand {
	d := SubnetDemand{Zone: zone.Name, Kind: kind, Range: of, Usable: usable(of)}
	if zone.Reserved.IsValid() && of.Overlaps(zone.Reserved) {
		d.Reserved = 1 << (32 - zone.Reserved.Bits())
	}
	for _, part := range parts {
		if part.AtMax == 0 {
			continue
		}
		d.Parts = append(d.Parts, part)
		d.AtDesired, d.AtMax, d.InPrefixes = d.AtDesired+part.AtDesired, d.AtMax+part.AtMax, d.InPrefixes+part.InPrefixes
	}
	return d
}
