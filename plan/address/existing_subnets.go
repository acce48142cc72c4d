package address

import (
	"net/netip"
	"slices"
	"strings"

	"eksnet/config"
)

// ExistingZone is a zone whose private subnet exists.
type ExistingZone struct {
	Name string
	// Cluster is the cluster name with which the subnet was created.
	Cluster string
	// Subnet is the id of the private subnet, Private its range.
	Subnet  string
	Private netip.Prefix
}

// CheckClusterName refuses a cluster.name other than the one that the stack was created with. All names derive from it,
// so an up would create a second network and a second cluster beside the existing ones, and then delete the first.
func CheckClusterName(s *config.Stack, existing []ExistingZone) config.Problems {
	var problems config.Problems
	for _, zone := range existing {
		if zone.Cluster != s.Cluster.Name {
			problems.Add("cluster.name", "%q, but the stack exists with the name %s (%s of zone %s); write that name, or create another stack",
				s.Cluster.Name, zone.Cluster, zone.Subnet, zone.Name)
			return problems
		}
	}
	return problems
}

// ExistingRange is the range of a subnet that exists.
type ExistingRange struct {
	Subnet string
	Range  netip.Prefix
	// Discovered reports whether the VPC CNI finds the subnet by its tag.
	Discovered bool
}

// CheckPodCIDR refuses to remove subnets in which new nodes would have interfaces, and a podCidr other than the one of
// the existing subnets for pods. AWS deletes no subnet that has network interfaces of nodes, and only new nodes use the
// new range (docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html).
func CheckPodCIDR(s *config.Stack, existing []ExistingRange) config.Problems {
	var problems config.Problems
	for _, subnet := range existing {
		if s.Network.PodCIDR == "" && subnet.Discovered {
			problems.Add("network.podCidr", "none, but %s exists with %s, and the VPC CNI creates interfaces of nodes in it until it is deleted, which EC2 refuses because of them; write podCidr again with podSubnets: customNetworking, run up, and remove podCidr then",
				subnet.Subnet, subnet.Range)
			return problems
		}
	}
	pods, ok := ParseIPv4(s.Network.PodCIDR)
	if !ok {
		return problems
	}
	var places []netip.Prefix
	for i := range 1 << blockBits {
		places = append(places, subdivide(pods, blockBits, i))
	}
	for _, subnet := range existing {
		if !slices.Contains(places, subnet.Range) {
			problems.Add("network.podCidr", "%s, but %s exists with %s, and nodes use its addresses; remove podCidr and run up, then set the new range",
				pods, subnet.Subnet, subnet.Range)
			return problems
		}
	}
	return problems
}

// CheckExistingZones refuses the zones of a stack file that would take the addresses of other zones. The place in the
// list fixes a zone's ranges, and AWS neither moves a subnet nor creates one in a range that is taken
// (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). EKS takes subnets of the zones in which it created a
// control plane, and of no others (docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html).
func CheckExistingZones(s *config.Stack, existing []ExistingZone) config.Problems {
	var problems config.Problems
	vpc, ok := ParseIPv4(s.Network.CIDR)
	if !ok {
		return problems
	}
	places := make([]ExistingZone, MostZones)
	for _, zone := range existing {
		i := positionOf(vpc, zone.Private)
		if i < 0 {
			problems.Add("network.cidr", "%s, but %s of zone %s exists with %s; the range of a VPC cannot change: write the existing range, or create another stack",
				vpc, zone.Subnet, zone.Name, zone.Private)
			return problems
		}
		places[i] = zone
	}
	for i, name := range s.Network.Zones[:min(len(s.Network.Zones), len(places))] {
		if there := places[i]; there.Name != "" && there.Name != name {
			problems.Add(config.At("network.zones", i), "%q takes the place of %s, whose subnets exist (%s, %s): %s", name, there.Name, there.Subnet, there.Private, wayOutOfDisplacement(s, places, i))
		}
	}
	return problems
}

// positionOf returns the place in the list of the zone that has a range for its private subnet, -1 where no zone of the
// VPC has it.
func positionOf(vpc, private netip.Prefix) int {
	for i := range MostZones {
		if privateOf(vpc, i) == private {
			return i
		}
	}
	return -1
}

// wayOutOfDisplacement says what to do about a zone that takes the place of another.
func wayOutOfDisplacement(s *config.Stack, places []ExistingZone, i int) string {
	var order []string
	for _, zone := range places {
		if zone.Name != "" {
			order = append(order, zone.Name)
		}
	}
	if i < ControlPlaneZones {
		return "the control plane is in the first two zones, and EKS fixes its zones when it creates the cluster; begin the list with " +
			strings.Join(order[:min(ControlPlaneZones, len(order))], ", ") + " and append others"
	}
	return "the place in the list fixes a zone's addresses, so zones are appended, and removed from the end; begin the list with " + strings.Join(order, ", ") +
		", or run up with " + strings.Join(s.Network.Zones[:i], ", ") + " first and append the others in a second up"
}
