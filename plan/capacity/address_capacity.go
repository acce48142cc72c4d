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

// crowded is the part of a subnet from which on a stack is warned.
const crowded = 80

// CheckSubnets refuses subnets that have fewer addresses than their stack needs at the desired size. Of the zones it
// reports the one that needs most: their subnets are of one size.
func CheckSubnets(s *config.Stack, demand []SubnetDemand, problems *config.Problems) {
	for _, worst := range fullestOfEachKind(demand) {
		if desired := worst.desired(); !desired.fits(worst.Range.Bits(), 100) {
			problems.Add(rangePath(worst.Kind), "%s; %s", desired.arithmetic("their desired size"), desired.wayOut(s, 100))
		}
	}
}

// AdviseOnSubnets warns of subnets that have fewer addresses, or hardly more, than the stack needs at its max, which
// nothing of the stack scales nodes to. What CheckSubnets refuses is left out.
func AdviseOnSubnets(s *config.Stack, demand []SubnetDemand) []config.Warning {
	var warnings []config.Warning
	for _, worst := range fullestOfEachKind(demand) {
		path, bits := rangePath(worst.Kind), worst.Range.Bits()
		switch {
		case !worst.desired().fits(bits, 100):
		case !worst.fits(bits, 100):
			warnings = append(warnings, config.Warning{Path: path, Text: worst.arithmetic("max") + ", so it runs out of addresses before max; " + worst.wayOut(s, 100)})
		case !worst.fits(bits, crowded):
			warnings = append(warnings, config.Warning{Path: path, Text: worst.arithmetic("max") + "; " + worst.wayOut(s, crowded)})
		}
	}
	return warnings
}

// fullestOfEachKind returns the subnet that needs the most of each kind of which something is needed.
func fullestOfEachKind(demand []SubnetDemand) []SubnetDemand {
	var all []SubnetDemand
	for _, kind := range []string{address.KindPrivate, address.KindPublic, address.KindPods, address.KindControlPlane} {
		if worst := fullest(demand, kind); len(worst.Parts) > 0 {
			all = append(all, worst)
		}
	}
	return all
}

// fits reports whether the need at max is at most so many percent of a subnet of a length. 100 percent is what can be,
// with single addresses close together; less is what is sure, wherever AWS takes them from. Where half of the subnet is
// reserved for prefixes, single addresses have the other half alone.
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

// findsBlocks reports whether each prefix finds a whole /28 block in a subnet of a length. It does for sure in a part
// that is reserved, and where none is, if each single address were in a block of its own.
func (d SubnetDemand) findsBlocks(bits, single int, sure bool) bool {
	blocks, prefixes := address.WholeBlocks(bits), d.InPrefixes/awsdata.AddressesPerPrefix
	switch {
	case sure && d.Reserved > 0:
		return prefixes <= blocks/2
	case sure:
		return prefixes+single <= blocks
	case d.Reserved > 0:
		beyond := max(single-(awsdata.AddressesPerPrefix-awsdata.ReservedAtStart), 0) // the first block
		return prefixes+divideUp(beyond, awsdata.AddressesPerPrefix) <= blocks
	default:
		return prefixes <= blocks
	}
}

// fullest returns the subnet of a kind that needs the most.
func fullest(all []SubnetDemand, kind string) SubnetDemand {
	var worst SubnetDemand
	for _, d := range all {
		if d.Kind == kind && d.AtMax > worst.AtMax {
			worst = d
		}
	}
	return worst
}

// rangePath returns the path of the range that a kind of subnet is cut from.
func rangePath(kind string) string {
	if kind == address.KindPods {
		return "network.podCidr"
	}
	return "network.cidr"
}

// arithmetic says what a subnet needs and has.
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

// wayOut names the smallest range with which the need is at most so many percent of the subnet, and the max of the
// group that needs most with which it is.
func (d SubnetDemand) wayOut(s *config.Stack, percent int) string {
	var ways []string
	if wider := d.wider(s, percent); wider != "" {
		ways = append(ways, wider)
	}
	if smaller := d.smaller(s, percent); smaller != "" {
		ways = append(ways, smaller)
	}
	if d.Kind == address.KindPrivate && s.Network.PodCIDR == "" && len(ways) < 2 {
		ways = append(ways, "give pods a range of their own (network.podCidr, such as 100.64.0.0/16)")
	}
	if len(ways) == 0 {
		return "reduce what needs its addresses"
	}
	return strings.Join(ways, ", or ")
}

// wider names the smallest range that is enough, "" where AWS makes none.
func (d SubnetDemand) wider(s *config.Stack, percent int) string {
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

// smaller names the max of the group that needs most with which a subnet is enough, "" where no max of it helps.
func (d SubnetDemand) smaller(s *config.Stack, percent int) string {
	zones := min(len(s.Network.Zones), address.MostZones)
	parts := slices.DeleteFunc(slices.Clone(d.Parts), func(part DemandPart) bool { return part.group == "" || part.perNode == (amount{}) })
	if len(parts) == 0 {
		return ""
	}
	largest := slices.MaxFunc(parts, func(a, b DemandPart) int { return a.AtMax - b.AtMax })
	group := s.NodeGroups[largest.group]
	most := sort.Search(group.Scaling.Max, func(n int) bool { return !d.with(largest, n+1, group, zones).fits(d.Range.Bits(), percent) })
	if most < max(group.Scaling.Desired, 1) || most >= group.Scaling.Max {
		return ""
	}
	return fmt.Sprintf("%s.scaling.max %d", config.In("nodeGroups", largest.group), most)
}

// with is the need if a group had another max.
func (d SubnetDemand) with(part DemandPart, most int, group config.NodeGroup, zones int) SubnetDemand {
	group.Scaling.Max = most
	smaller := part.perNode.times(divideUp(most+surge(group), zones))
	d.AtMax += smaller.sum() - part.AtMax
	d.InPrefixes += smaller.prefixed - part.InPrefixes
	return d
}
