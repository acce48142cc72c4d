package address

import (
	"net/netip"
	"strings"

	"eksnet/config"
)

// ExistingZone is a zone whose private subnet exists.
type ExistingZone struct {
	Name string
	// Subnet is the id of the private subnet, Private its range.
	Subnet  string
	Private netip.Prefix
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
			problems.Add("network.cidr", "%s, but %s of zone %s exists with %s; the range of a VPC cannot change: write the range that it has, or build another stack",
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
