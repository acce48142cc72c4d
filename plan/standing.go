package plan

import (
	"net/netip"
	"slices"
	"strings"

	"eksnet/config"
)

// StandingZone is a zone whose private subnet exists.
type StandingZone struct {
	Name string
	// Cluster is the cluster's name with which the subnet was made.
	Cluster string
	// Subnet is the id of the private subnet, Private its range.
	Subnet  string
	Private netip.Prefix
}

// Renamed refuses another cluster.name than the one that the stack was made with. Everything is named after it, so an up would make a second
// network and a second cluster beside those that exist, as far as the account's quotas allow, and then delete the first.
func Renamed(s *config.Stack, standing []StandingZone) config.Problems {
	var problems config.Problems
	for _, zone := range standing {
		if zone.Cluster != s.Cluster.Name {
			problems.Add("cluster.name", "%q, but the stack exists with the name %s (%s of zone %s); write that name, or build another stack",
				s.Cluster.Name, zone.Cluster, zone.Subnet, zone.Name)
			return problems
		}
	}
	return problems
}

// Upgraded refuses a Kubernetes version that EKS does not give a cluster that exists: it goes on by one minor version at a time, and never back
// (docs.aws.amazon.com/eks/latest/userguide/update-cluster.html). Standing is the version that the cluster has, "" for no cluster.
func Upgraded(s *config.Stack, standing string) config.Problems {
	var problems config.Problems
	to, from := slices.Index(config.Versions, s.Cluster.Version), slices.Index(config.Versions, standing) // the newest is first
	if standing == "" || to < 0 || from < 0 {
		return problems
	}
	switch step := from - to; {
	case step < 0:
		problems.Add("cluster.version", "%q is older than %s, which the cluster has, and EKS does not go back; write %q", s.Cluster.Version, standing, standing)
	case step > 1:
		problems.Add("cluster.version", "%q is %d minor versions after %s, which the cluster has, and EKS goes on by one at a time; write %q and run up first",
			s.Cluster.Version, step, standing, config.Versions[from-1])
	}
	return problems
}

// StandingRange is the range of a subnet that exists.
type StandingRange struct {
	Subnet string
	Range  netip.Prefix
}

// MovedPods refuses another podCidr than the one from which the pods' subnets were made. AWS deletes no subnet while the CNI has interfaces of nodes
// in it, and nodes take addresses of the new range only as others take their place
// (docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html).
func MovedPods(s *config.Stack, standing []StandingRange) config.Problems {
	var problems config.Problems
	pods, ok := ipv4(s.Network.PodCIDR)
	if !ok {
		return problems
	}
	var places []netip.Prefix
	for i := range 1 << blockBits {
		places = append(places, nth(pods, blockBits, i))
	}
	for _, subnet := range standing {
		if !slices.Contains(places, subnet.Range) {
			problems.Add("network.podCidr", "%s, but %s exists with %s, and nodes have addresses of it; remove podCidr and run up, then write the other range",
				pods, subnet.Subnet, subnet.Range)
			return problems
		}
	}
	return problems
}

// Displaced are the zones of a stack file that would take the addresses of other zones. The place in the list fixes a zone's ranges, and AWS
// neither moves a subnet nor creates one in a range that is taken
// (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). EKS takes subnets of the zones in which it created a control plane, and of no
// others (docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html).
func Displaced(s *config.Stack, standing []StandingZone) config.Problems {
	var problems config.Problems
	vpc, ok := ipv4(s.Network.CIDR)
	if !ok {
		return problems
	}
	places := make([]StandingZone, 1<<blockBits)
	for _, zone := range standing {
		i := placeOf(vpc, zone.Private)
		if i < 0 {
			problems.Add("network.cidr", "%s, but %s of zone %s exists with %s; the range of a VPC cannot change: write the range that it has, or build another stack",
				vpc, zone.Subnet, zone.Name, zone.Private)
			return problems
		}
		places[i] = zone
	}
	for i, name := range s.Network.Zones[:min(len(s.Network.Zones), len(places))] {
		if there := places[i]; there.Name != "" && there.Name != name {
			problems.Add(config.At("network.zones", i), "%q takes the place of %s, whose subnets exist (%s, %s): %s", name, there.Name, there.Subnet, there.Private, wayOut(s, places, i))
		}
	}
	return problems
}

// placeOf is the place in the list of the zone that has a range for its private subnet, -1 where no zone of the VPC has it.
func placeOf(vpc, private netip.Prefix) int {
	for i := range 1 << blockBits {
		if privateOf(vpc, i) == private {
			return i
		}
	}
	return -1
}

// wayOut is what to do about a zone that takes the place of another.
func wayOut(s *config.Stack, places []StandingZone, i int) string {
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
