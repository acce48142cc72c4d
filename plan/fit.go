package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"eksnet/config"
)

// crowded is the part of a subnet from which on a stack is warned.
const crowded = 80

// fit refuses subnets that have fewer addresses than their stack needs at the desired size, and warns of those that have fewer, or hardly
// more, than it needs at its max, which nothing of the stack scales nodes to. Of the zones the one that needs most is told: their subnets
// are of one size.
func fit(s *config.Stack, p *Plan, problems *config.Problems) []Warning {
	var warnings []Warning
	for _, kind := range []string{KindPrivate, KindPublic, KindPods, KindControlPlane} {
		worst := fullest(p.Demand, kind)
		if len(worst.Parts) == 0 {
			continue
		}
		path, desired := rangePath(kind), worst.desired()
		switch {
		case !desired.fits(worst.Range.Bits(), 100):
			problems.Add(path, "%s; %s", desired.arithmetic("their desired size"), desired.wayOut(s, len(p.Zones), 100))
		case !worst.fits(worst.Range.Bits(), 100):
			warnings = append(warnings, Warning{path, worst.arithmetic("max") + ", so that it runs out before; " + worst.wayOut(s, len(p.Zones), 100)})
		case !worst.fits(worst.Range.Bits(), crowded):
			warnings = append(warnings, Warning{path, worst.arithmetic("max") + "; " + worst.wayOut(s, len(p.Zones), crowded)})
		}
	}
	return warnings
}

// fits tells whether the need at max is at most so many percent of a subnet of a length. 100 percent is what can be, with single
// addresses close together; less is what is sure, wherever AWS takes them from. Where half of the subnet is reserved for prefixes, single
// addresses have the other half alone.
func (d SubnetDemand) fits(bits, percent int) bool {
	size, single := 1<<(32-bits), d.AtMax-d.InPrefixes
	free := size - reservedByAWS
	if free*percent < d.AtMax*100 {
		return false
	}
	if d.Reserved > 0 {
		free = size/2 - reservedAtStart
	}
	return free*percent >= single*100 && (d.InPrefixes == 0 || d.findsBlocks(bits, single, percent < 100))
}

// findsBlocks tells whether each prefix finds a whole /28 block in a subnet of a length. It does for sure in a part that is reserved, and where
// none is, if each single address were in a block of its own.
func (d SubnetDemand) findsBlocks(bits, single int, sure bool) bool {
	blocks, prefixes := wholeBlocks(bits), d.InPrefixes/prefixSize
	switch {
	case sure && d.Reserved > 0:
		return prefixes <= blocks/2
	case sure:
		return prefixes+single <= blocks
	case d.Reserved > 0:
		beyond := max(single-(prefixSize-reservedAtStart), 0) // the first block
		return prefixes+ceil(beyond, prefixSize) <= blocks
	default:
		return prefixes <= blocks
	}
}

// wholeBlocks is how many /28 blocks of a subnet of a length can be prefixes: in the first and in the last AWS keeps addresses.
func wholeBlocks(bits int) int { return max(1<<max(28-bits, 0)-2, 0) }

// fullest is the subnet of a kind that needs the most.
func fullest(all []SubnetDemand, kind string) SubnetDemand {
	var worst SubnetDemand
	for _, d := range all {
		if d.Kind == kind && d.AtMax > worst.AtMax {
			worst = d
		}
	}
	return worst
}

// rangePath is the range that a kind of subnet is cut from.
func rangePath(kind string) string {
	if kind == KindPods {
		return "network.podCidr"
	}
	return "network.cidr"
}

// arithmetic is what a subnet needs and has.
func (d SubnetDemand) arithmetic(size string) string {
	var parts []string
	for _, part := range d.Parts {
		if part.AtMax == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %d", part.What, part.AtMax))
	}
	text := fmt.Sprintf("the %s subnet of %s (%s) has %d addresses and needs %d (%d%%) with all groups at %s (%s)",
		kindNames[d.Kind], d.Zone, d.Range, d.Usable, d.AtMax, d.AtMax*100/d.Usable, size, strings.Join(parts, ", "))
	blocks := wholeBlocks(d.Range.Bits())
	switch {
	case d.InPrefixes == 0:
		return text
	case d.Reserved > 0:
		return fmt.Sprintf("%s, %d of them in %d prefixes; of its %d whole /28 blocks %d are reserved for these", text, d.InPrefixes, d.InPrefixes/prefixSize, blocks, blocks/2)
	default:
		return fmt.Sprintf("%s, %d of them in %d prefixes; it has %d whole /28 blocks, as long as no other address is in them", text, d.InPrefixes, d.InPrefixes/prefixSize, blocks)
	}
}

var kindNames = map[string]string{KindPrivate: "private", KindPublic: "public", KindPods: "pods'", KindControlPlane: "control plane's"}

// wayOut is the smallest range with which the need is at most so many percent of the subnet, and the max of the group that needs most
// with which it is.
func (d SubnetDemand) wayOut(s *config.Stack, zones, percent int) string {
	var ways []string
	if wider := d.wider(s, percent); wider != "" {
		ways = append(ways, wider)
	}
	if smaller := d.smaller(s, zones, percent); smaller != "" {
		ways = append(ways, smaller)
	}
	if d.Kind == KindPrivate && s.Network.PodCIDR == "" && len(ways) < 2 {
		ways = append(ways, "give pods a range of their own (network.podCidr, such as 100.64.0.0/16)")
	}
	if len(ways) == 0 {
		return "ask for less in it"
	}
	return strings.Join(ways, ", or ")
}

// share is the part of a range that a subnet of a kind gets, in bits.
var share = map[string]int{KindPrivate: privateBits, KindPublic: publicBits, KindPods: blockBits}

// wider is the smallest range that is enough, "" where AWS makes none.
func (d SubnetDemand) wider(s *config.Stack, percent int) string {
	cut, known := share[d.Kind]
	path, given := rangePath(d.Kind), s.Network.CIDR
	if d.Kind == KindPods {
		given = s.Network.PodCIDR
	}
	now, readable := ipv4(given)
	if !known || !readable {
		return ""
	}
	for bits := now.Bits() - 1; bits >= largest; bits-- {
		if d.fits(bits+cut, percent) {
			return fmt.Sprintf("a %s of /%d at least is enough (a range is fixed when the VPC is made), such as %s", path, bits, netip.PrefixFrom(now.Addr(), bits).Masked())
		}
	}
	return ""
}

// smaller is the max of the group that needs most with which a subnet is enough, "" where no max of it helps.
func (d SubnetDemand) smaller(s *config.Stack, zones, percent int) string {
	parts := slices.DeleteFunc(slices.Clone(d.Parts), func(part DemandPart) bool { return part.group == "" || part.perNode == (amount{}) })
	if len(parts) == 0 {
		return ""
	}
	hungry := slices.MaxFunc(parts, func(a, b DemandPart) int { return a.AtMax - b.AtMax })
	group := s.NodeGroups[hungry.group]
	most := sort.Search(group.Scaling.Max, func(n int) bool { return !d.with(hungry, n+1, group, zones).fits(d.Range.Bits(), percent) })
	if most < max(group.Scaling.Desired, 1) || most >= group.Scaling.Max {
		return ""
	}
	return fmt.Sprintf("%s.scaling.max %d", config.In("nodeGroups", hungry.group), most)
}

// with is the need if a group had another max.
func (d SubnetDemand) with(part DemandPart, most int, group config.NodeGroup, zones int) SubnetDemand {
	group.Scaling.Max = most
	smaller := part.perNode.times(ceil(most+surge(group), zones))
	d.AtMax += smaller.sum() - part.AtMax
	d.InPrefixes += smaller.prefixed - part.InPrefixes
	return d
}
