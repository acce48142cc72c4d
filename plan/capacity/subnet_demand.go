package capacity

import (
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// SubnetDemand is how many addresses of a subnet are needed, and how many it has.
type SubnetDemand struct {
	Zone  string       `json:"zone"`
	Kind  string       `json:"kind"`
	Range netip.Prefix `json:"range"`
	// Usable are the addresses that AWS does not keep for itself.
	Usable int `json:"usable"`
	// AtDesired is the need with groups at their desired size and the pods that the stack itself starts, AtMax that
	// with groups at their max, one update on the way and as many pods as nodes take.
	AtDesired int `json:"atDesired"`
	AtMax     int `json:"atMax"`
	// InPrefixes are those of AtMax that come in /28 prefixes, and Reserved is how many addresses are kept for prefixes
	// alone.
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
	// freeForLoadBalancer are the addresses that must be free in a subnet for each load balancer, so that it can grow
	// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer);
	// the controller passes over subnets with fewer.
	freeForLoadBalancer = 8
	// EKS wants 6 free addresses in each of the cluster's subnets for the control plane's interfaces and advises 16,
	// which an upgrade may take for a while (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). A /28 of its
	// own has 11, which AWS holds to be enough (docs.aws.amazon.com/eks/latest/best-practices/subnets.html).
	controlPlaneNeeds, controlPlaneAdvised = 6, 16
)

// ComputeDemand returns the need of every subnet of zones. Gateways are the zones with a NAT gateway, and endpoints how
// many interface endpoints the VPC has.
func ComputeDemand(s *config.Stack, zones []address.Zone, gateways []string, endpoints int) []SubnetDemand {
	nodes := nodeDemands(s, len(zones))
	internal, facing := 0, 0
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		if b.Scheme == config.Internal {
			internal++
		} else {
			facing++
		}
	}
	var all []SubnetDemand
	for i, zone := range zones {
		shared, own := DemandPart{}, constant("control plane", controlPlaneNeeds)
		if !s.Network.ControlPlaneSubnets && i < address.ControlPlaneZones {
			shared = DemandPart{What: "control plane", AtDesired: controlPlaneNeeds, AtMax: controlPlaneAdvised}
		}
		gateway := 0
		if slices.Contains(gateways, zone.Name) {
			gateway = 1
		}
		subnet := func(kind string, of netip.Prefix, parts ...[]DemandPart) {
			if of.IsValid() {
				all = append(all, sum(zone, kind, of, slices.Concat(parts...)))
			}
		}
		subnet(address.KindPrivate, zone.Private, nodes.private, []DemandPart{shared, constant("interface endpoints", endpoints), constant("internal load balancers", internal*freeForLoadBalancer)})
		subnet(address.KindPublic, zone.Public, nodes.public, []DemandPart{constant("NAT gateway", gateway), constant("internet-facing load balancers", facing*freeForLoadBalancer)})
		subnet(address.KindPods, zone.Pods, nodes.pods)
		subnet(address.KindControlPlane, zone.ControlPlane, []DemandPart{own})
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
func sum(zone address.Zone, kind string, of netip.Prefix, parts []DemandPart) SubnetDemand {
	d := SubnetDemand{Zone: zone.Name, Kind: kind, Range: of, Usable: address.Usable(of)}
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
