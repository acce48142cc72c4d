package capacity

import (
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// SubnetDemand is how many addresses the stack needs in a subnet, and how many the subnet has.
type SubnetDemand struct {
	Zone  string       `json:"zone"`
	Kind  string       `json:"kind"`
	Range netip.Prefix `json:"range"`
	// Usable is the number of addresses that AWS does not reserve.
	Usable int `json:"usable"`
	// AtDesired is the number of addresses needed with node groups at their desired size and only the pods that the
	// stack itself starts. AtMax is the number with node groups at their max, during an update, and with the maximum
	// number of pods on each node.
	AtDesired int `json:"atDesired"`
	AtMax     int `json:"atMax"`
	// InPrefixes is the part of AtMax that is in /28 prefixes. Reserved is how many addresses of the subnet are
	// reserved for prefixes.
	InPrefixes int `json:"inPrefixes"`
	Reserved   int `json:"reserved"`
	// Parts are the consumers of the addresses. Those that need none are omitted.
	Parts []DemandPart `json:"parts"`
}

// DemandPart is the number of addresses that one consumer needs in a subnet.
type DemandPart struct {
	// What is the consumer, such as "group general" or "NAT gateway".
	What      string `json:"what"`
	AtDesired int    `json:"atDesired"`
	AtMax     int    `json:"atMax"`
	// InPrefixes is the part of AtMax that is in /28 prefixes.
	InPrefixes int `json:"inPrefixes"`
	// group is the node group if the consumer is one, and perNode what each of its nodes needs at max.
	group   string
	perNode addressCount
	// desiredInPrefixes is the part of AtDesired that is in prefixes.
	desiredInPrefixes int
}

const (
	// freeForLoadBalancer is the number of addresses that must be free in a subnet for each load balancer to scale
	// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer);
	// the controller ignores subnets with fewer.
	freeForLoadBalancer = 8
	// EKS requires 6 free addresses in each of the cluster's subnets for the control plane's network interfaces. It
	// recommends 16, which an upgrade may use for a while (docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
	// A separate /28 for the control plane has 11, which is enough according to AWS
	// (docs.aws.amazon.com/eks/latest/best-practices/subnets.html).
	controlPlaneNeeds, controlPlaneAdvised = 6, 16
)

// ComputeDemand returns the need of every subnet in the zones. gateways are the zones with a NAT gateway, and endpoints
// is the number of interface endpoints of the VPC.
func ComputeDemand(s *config.Stack, zones []address.Zone, gateways []string, endpoints int) []SubnetDemand {
	nodes := newZoneDemand(s, len(zones))
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
		inPrivate, separate := DemandPart{}, fixedPart("control plane", controlPlaneNeeds)
		if !s.Network.ControlPlaneSubnets && i < address.ControlPlaneZones {
			inPrivate = DemandPart{What: "control plane", AtDesired: controlPlaneNeeds, AtMax: controlPlaneAdvised}
		}
		gateway := 0
		if slices.Contains(gateways, zone.Name) {
			gateway = 1
		}
		subnet := func(kind string, of netip.Prefix, parts ...[]DemandPart) {
			if of.IsValid() {
				all = append(all, sumParts(zone, kind, of, slices.Concat(parts...)))
			}
		}
		subnet(address.KindPrivate, zone.Private, nodes.private, []DemandPart{inPrivate, fixedPart("interface endpoints", endpoints), fixedPart("internal load balancers", internal*freeForLoadBalancer)})
		subnet(address.KindPublic, zone.Public, nodes.public, []DemandPart{fixedPart("NAT gateway", gateway), fixedPart("internet-facing load balancers", facing*freeForLoadBalancer)})
		subnet(address.KindPods, zone.Pods, nodes.pods)
		subnet(address.KindControlPlane, zone.ControlPlane, []DemandPart{separate})
	}
	return all
}

// desired returns the need at the desired size, in the fields that are otherwise for max.
func (d SubnetDemand) desired() SubnetDemand {
	d.AtMax, d.InPrefixes, d.Parts = d.AtDesired, 0, slices.Clone(d.Parts)
	for i, part := range d.Parts {
		d.InPrefixes += part.desiredInPrefixes
		d.Parts[i].AtMax, d.Parts[i].perNode = part.AtDesired, addressCount{}
	}
	return d
}

// fixedPart returns a part that is the same at every size of the node groups.
func fixedPart(what string, addresses int) DemandPart {
	return DemandPart{What: what, AtDesired: addresses, AtMax: addresses}
}

// sumParts adds the parts of a subnet's need.
func sumParts(zone address.Zone, kind string, of netip.Prefix, parts []DemandPart) SubnetDemand {
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
