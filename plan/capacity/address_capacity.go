package capacity

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
)

// warnAtPercent is the percentage of a subnet above which AdviseOnSubnets warns.
const warnAtPercent = 80

// CheckSubnets refuses subnets that have fewer addresses than the stack needs at the desired size. For each kind of
// subnet it reports only the zone that needs the most addresses, because the subnets of all zones have the same size.
func CheckSubnets(s *config.Stack, demand []SubnetDemand, problems *config.Problems) {
	for _, worst := range fullestOfEachKind(demand) {
		if desired := worst.desired(); !desired.fits(worst.Range.Bits(), 100) {
			problems.Add(rangePath(worst.Kind), "%s; %s", desired.arithmetic("their desired size"), desired.wayOut(s, 100))
		}
	}
}

// AdviseOnSubnets warns about subnets that have too few addresses for the maximum size of the node groups, or hardly
// enough. It does not refuse them, because the stack itself never scales nodes to the maximum. It skips subnets that
// CheckSubnets refuses.
func AdviseOnSubnets(s *config.Stack, demand []SubnetDemand) []config.Warning {
	var warnings []config.Warning
	for _, worst := range fullestOfEachKind(demand) {
		path, bits := rangePath(worst.Kind), worst.Range.Bits()
		switch {
		case !worst.desired().fits(bits, 100):
		case !worst.fits(bits, 100):
			warnings = append(warnings, config.Warning{Path: path, Text: worst.arithmetic("max") + ", so it runs out of addresses before max; " + worst.wayOut(s, 100)})
		case !worst.fits(bits, warnAtPercent):
			warnings = append(warnings, config.Warning{Path: path, Text: worst.arithmetic("max") + "; " + worst.wayOut(s, warnAtPercent)})
		}
	}
	return warnings
}

// fullestOfEachKind returns, for each kind of subnet, the subnet that needs the most addresses. It omits kinds of which
// no addresses are needed.
func fullestOfEachKind(demand []SubnetDemand) []SubnetDemand {
	var all []SubnetDemand
	for _, kind := range []string{address.KindPrivate, address.KindPublic, address.KindPods, address.KindControlPlane} {
		if worst := fullest(demand, kind); len(worst.Parts) > 0 {
			all = append(all, worst)
		}
	}
	return all
}

// fits reports whether AtMax is at most a percentage of the addresses of a subnet with a prefix length of bits. With
// 100 percent it assumes the best case: single addresses are next to each other and leave whole /28 blocks for
// prefixes. With less it assumes the worst case: AWS assigns them anywhere. If half of the subnet is reserved for
// prefixes, single addresses can only use the other half.
func (d SubnetDemand) fits(bits, percent int) bool {
	size, single := 1<<(32-bits), d.AtMax-d.InPrefixes
	free := size - awsdata.ReservedAddresses
	if free*percent < d.AtMax*100 {
		return false
	}
	if d.Reserved > 0 {
		free = size/2 - awsdata.ReservedAtStart
	}
	return free*percent >= single*100 && (d.InPrefixes == 0 || d.findsBlocks(bits, single, percent < 100))
}

// findsBlocks reports whether there is a whole /28 block for each prefix in a subnet with a prefix length of bits. In
// the worst case, prefixes can only use the reserved half; without a reservation, each single address is in a block of
// its own.
func (d SubnetDemand) findsBlocks(bits, single int, worstCase bool) bool {
	blocks, prefixes := address.WholeBlocks(bits), d.InPrefixes/awsdata.AddressesPerPrefix
	switch {
	case worstCase && d.Reserved > 0:
		return prefixes <= blocks/2
	case worstCase:
		return prefixes+single <= blocks
	case d.Reserved > 0:
		overflow := max(single-(awsdata.AddressesPerPrefix-awsdata.ReservedAtStart), 0) // addresses that the first block cannot hold
		return prefixes+divideUp(overflow, awsdata.AddressesPerPrefix) <= blocks
	default:
		return prefixes <= blocks
	}
}

// fullest returns the subnet of a kind that needs the most addresses.
func fullest(all []SubnetDemand, kind string) SubnetDemand {
	var worst SubnetDemand
	for _, d := range all {
		if d.Kind == kind && d.AtMax > worst.AtMax {
			worst = d
		}
	}
	return worst
}

// rangePath returns the path, in the stack file, of the CIDR block that contains the subnets of a kind.
func rangePath(kind string) string {
	if kind == address.KindPods {
		return "network.podCidr"
	}
	return "network.cidr"
}

// arithmetic returns the text of how many addresses a subnet has and needs.
func (d SubnetDemand) arithmetic(size string) string {
	var parts []string
	for _, part := range d.Parts {
		if part.AtMax == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %d", part.What, part.AtMax))
	}
	text := fmt.Sprintf("the %s subnet of %s (%s) has %d addresses and needs %d (%d%%) with all node groups at %s (%s)",
		kindNames[d.Kind], d.Zone, d.Range, d.Usable, d.AtMax, d.AtMax*100/d.Usable, size, strings.Join(parts, ", "))
	blocks := address.WholeBlocks(d.Range.Bits())
	switch {
	case d.InPrefixes == 0:
		return text
	case d.Reserved > 0:
		return fmt.Sprintf("%s, %d of them in %d prefixes; of its %d whole /28 blocks, %d are reserved for prefixes", text, d.InPrefixes, d.InPrefixes/awsdata.AddressesPerPrefix, blocks, blocks/2)
	default:
		return fmt.Sprintf("%s, %d of them in %d prefixes; it has %d whole /28 blocks, as long as no other address is in them", text, d.InPrefixes, d.InPrefixes/awsdata.AddressesPerPrefix, blocks)
	}
}

var kindNames = map[string]string{address.KindPrivate: "private", address.KindPublic: "public", address.KindPods: "pods'", address.KindControlPlane: "control plane's"}

// wayOut returns the text of what to change so that the need is at most a percentage of the subnet: a range that is
// large enough, and a lower max of the node group that needs the most addresses.
func (d SubnetDemand) wayOut(s *config.Stack, percent int) string {
	var ways []string
	if wider := d.widerRange(s, percent); wider != "" {
		ways = append(ways, wider)
	}
	if smaller := d.smallerMax(s, percent); smaller != "" {
		ways = append(ways, smaller)
	}
	if d.Kind == address.KindPrivate && s.Network.PodCIDR == "" && !s.Network.IPv6() && len(ways) < 2 {
		ways = append(ways, "give pods a range of their own (network.podCidr, such as 100.64.0.0/16)")
	}
	if len(ways) == 0 {
		return "reduce what needs its addresses"
	}
	return strings.Join(ways, ", or ")
}

// widerRange returns the text that proposes the smallest range that is large enough, "" if AWS does not allow one.
func (d SubnetDemand) widerRange(s *config.Stack, percent int) string {
	cut, divided := address.CutBits[d.Kind]
	path, cidr := rangePath(d.Kind), s.Network.CIDR
	if d.Kind == address.KindPods {
		cidr = s.Network.PodCIDR
	}
	now, readable := address.ParseIPv4(cidr)
	if !divided || !readable {
		return ""
	}
	for bits := now.Bits() - 1; bits >= awsdata.LargestVPCBits; bits-- {
		if d.fits(bits+cut, percent) {
			return fmt.Sprintf("a %s of at least /%d is enough (a range cannot change after the VPC is created), such as %s", path, bits, netip.PrefixFrom(now.Addr(), bits).Masked())
		}
	}
	return ""
}

// smallerMax returns the text that proposes the largest max, for the group that needs the most addresses, with which
// the subnet is large enough; "" if no max of that group is enough.
func (d SubnetDemand) smallerMax(s *config.Stack, percent int) string {
	zones := min(len(s.Network.Zones), address.MostZones)
	parts := slices.DeleteFunc(slices.Clone(d.Parts), func(part DemandPart) bool { return part.group == "" || part.perNode == (addressCount{}) })
	if len(parts) == 0 {
		return ""
	}
	largest := slices.MaxFunc(parts, func(a, b DemandPart) int { return a.AtMax - b.AtMax })
	group := s.NodeGroups[largest.group]
	most := sort.Search(group.Scaling.Max, func(n int) bool { return !d.withMax(largest, n+1, group, zones).fits(d.Range.Bits(), percent) })
	if most < max(group.Scaling.Desired, 1) || most >= group.Scaling.Max {
		return ""
	}
	return fmt.Sprintf("%s.scaling.max %d", config.In("nodeGroups", largest.group), most)
}

// withMax returns the need if the group of a part had another max.
func (d SubnetDemand) withMax(part DemandPart, most int, group config.NodeGroup, zones int) SubnetDemand {
	group.Scaling.Max = most
	smaller := part.perNode.times(divideUp(most+surge(group), zones))
	d.AtMax += smaller.total() - part.AtMax
	d.InPrefixes += smaller.prefixed - part.InPrefixes
	return d
}
