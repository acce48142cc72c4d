package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"eksnet/config"
)

// The pods' range is cut into four blocks, one a zone, like the VPC. Its smallest leaves each zone a /25, of whose eight /28 blocks
// six are whole: AWS keeps addresses in the first and in the last. Its largest is AWS's own limit
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
const largestPods, smallestPods = 16, 25 - blockBits

// podRange is network.podCidr where it can be the pods', the zero prefix for none.
func podRange(s *config.Stack, vpc netip.Prefix, problems *config.Problems) netip.Prefix {
	const path = "network.podCidr"
	pods, ok := ipv4(s.Network.PodCIDR)
	if !ok {
		return netip.Prefix{}
	}
	before := len(*problems)
	if bits := pods.Bits(); bits < largestPods || bits > smallestPods {
		limit := fmt.Sprintf("a /%d at least is needed (6 whole /28 blocks)", smallestPods)
		if bits < largestPods {
			limit = fmt.Sprintf("a VPC takes no range larger than a /%d", largestPods)
		}
		problems.Add(path, "%s: each zone would get a /%d of it, with %s; %s, such as %s",
			pods, bits+blockBits, blocksOf(bits+blockBits), limit, netip.PrefixFrom(pods.Addr(), min(max(bits, largestPods), smallestPods)).Masked())
	}
	switch services, _ := ipv4(s.Cluster.ServiceCIDR); {
	case !notReserved(path, pods, podsApart(vpc, services).String(), problems):
	case pods.Overlaps(vpc):
		problems.Add(path, "%s overlaps network.cidr %s; choose a range outside of it, such as %s", pods, vpc, podsApart(vpc, services))
	case services.IsValid() && pods.Overlaps(services):
		problems.Add(path, "%s overlaps cluster.serviceCidr %s; choose a range outside of it, such as %s", pods, services, podsApart(vpc, services))
	default:
		associable(path, pods, vpc, podsApart(vpc, services).String(), problems)
	}
	if len(*problems) > before {
		return netip.Prefix{}
	}
	return pods
}

// blocksOf tells people how many prefixes a subnet of a length has room for.
func blocksOf(bits int) string {
	switch blocks := wholeBlocks(bits); {
	case blocks == 0:
		return "no whole /28 block"
	case bits < largestPods:
		return "more addresses than a subnet takes"
	default:
		return fmt.Sprintf("%d whole /28 blocks", blocks)
	}
}

// The ranges that AWS does not let a VPC have together. What is in none of them, 100.64.0.0/10 and the internet's, goes with all
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, IPv4 CIDR block association restrictions).
var (
	shared    = netip.MustParsePrefix("100.64.0.0/10")
	benchmark = netip.MustParsePrefix("198.19.0.0/16")
	exclusive = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), benchmark}

	// Within a range two corners are AWS's: the first part of 10.0.0.0/8 once the VPC is near it, and its default VPCs' range.
	nearFirst     = netip.MustParsePrefix("10.0.0.0/15")
	first         = netip.MustParsePrefix("10.0.0.0/16")
	ofDefaultVPCs = netip.MustParsePrefix("172.31.0.0/16")
)

// associable refuses a range that AWS does not associate with a VPC.
func associable(path string, pods, vpc netip.Prefix, such string, problems *config.Problems) {
	home, of := rangeOf(pods), rangeOf(vpc)
	switch {
	case home.IsValid() && home != of:
		problems.Add(path, "%s, but AWS associates no range of %s with a VPC of %s; choose one of 100.64.0.0/10%s, such as %s", pods, home, vpc, orOwn(of), such)
	case inside(pods, first) && vpc.Overlaps(nearFirst):
		problems.Add(path, "%s, but AWS associates no range of 10.0.0.0/16 with a VPC of %s; choose one of 100.64.0.0/10, such as %s", pods, vpc, such)
	case inside(pods, ofDefaultVPCs):
		problems.Add(path, "%s, but AWS associates no range of 172.31.0.0/16, which is that of default VPCs; choose one of 100.64.0.0/10, such as %s", pods, such)
	}
}

func orOwn(of netip.Prefix) string {
	if of.IsValid() {
		return " or of " + of.String()
	}
	return ""
}

// rangeOf is the exclusive range that a range is in, the zero prefix for none.
func rangeOf(p netip.Prefix) netip.Prefix {
	if i := slices.IndexFunc(exclusive, func(r netip.Prefix) bool { return inside(p, r) }); i >= 0 {
		return exclusive[i]
	}
	return netip.Prefix{}
}

func inside(p, outer netip.Prefix) bool { return outer.Bits() <= p.Bits() && outer.Contains(p.Addr()) }

// podsApart is a range for pods that overlaps neither.
func podsApart(vpc, services netip.Prefix) netip.Prefix {
	for _, text := range []string{"100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16"} {
		if p := netip.MustParsePrefix(text); !p.Overlaps(vpc) && !(services.IsValid() && p.Overlaps(services)) {
			return p
		}
	}
	return shared // config's problem: no VPC and no services are as large
}
