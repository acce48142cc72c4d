package address

import (
	"fmt"
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// The pods' range is cut into four blocks, one a zone, like the VPC. Its smallest leaves each zone a /25, of whose
// eight /28 blocks six are whole: AWS keeps addresses in the first and in the last. Its largest is AWS's own limit
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
const largestPods, smallestPods = awsdata.LargestVPCBits, 25 - blockBits

// podRange returns network.podCidr where it can be the pods', the zero prefix for none.
func podRange(s *config.Stack, vpc netip.Prefix, problems *config.Problems) netip.Prefix {
	const path = "network.podCidr"
	pods, ok := ParseIPv4(s.Network.PodCIDR)
	if !ok {
		return netip.Prefix{}
	}
	before := len(*problems)
	if bits := pods.Bits(); bits < largestPods || bits > smallestPods {
		limit := fmt.Sprintf("at least a /%d is needed (6 whole /28 blocks)", smallestPods)
		if bits < largestPods {
			limit = fmt.Sprintf("a VPC supports no range larger than a /%d", largestPods)
		}
		problems.Add(path, "%s: each zone would get a /%d of it, with %s; %s, such as %s",
			pods, bits+blockBits, describeBlocks(bits+blockBits), limit, netip.PrefixFrom(pods.Addr(), min(max(bits, largestPods), smallestPods)).Masked())
	}
	switch services, _ := ParseIPv4(s.Cluster.ServiceCIDR); {
	case !checkReserved(path, pods, suggestPodRange(vpc, services).String(), problems):
	case pods.Overlaps(vpc):
		problems.Add(path, "%s overlaps network.cidr %s; choose a range outside of it, such as %s", pods, vpc, suggestPodRange(vpc, services))
	case services.IsValid() && pods.Overlaps(services):
		problems.Add(path, "%s overlaps cluster.serviceCidr %s; choose a range outside of it, such as %s", pods, services, suggestPodRange(vpc, services))
	default:
		checkAssociation(path, pods, vpc, suggestPodRange(vpc, services).String(), problems)
	}
	if len(*problems) > before {
		return netip.Prefix{}
	}
	return pods
}

// describeBlocks says how many prefixes a subnet of a length has room for.
func describeBlocks(bits int) string {
	switch blocks := WholeBlocks(bits); {
	case blocks == 0:
		return "no whole /28 block"
	case bits < largestPods:
		return "more addresses than a subnet supports"
	default:
		return fmt.Sprintf("%d whole /28 blocks", blocks)
	}
}

// The ranges that AWS does not let a VPC have together. What is in none of them, 100.64.0.0/10 and the internet's, goes
// with all (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, IPv4 CIDR block association restrictions).
var (
	carrierGradeNAT = netip.MustParsePrefix("100.64.0.0/10")
	benchmarkRange  = netip.MustParsePrefix("198.19.0.0/16")
	exclusiveRanges = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), benchmarkRange}

	// Within a range two corners are AWS's: the first part of 10.0.0.0/8 once the VPC is near it, and its default VPCs'
	// range.
	nearTenZero     = netip.MustParsePrefix("10.0.0.0/15")
	tenZero         = netip.MustParsePrefix("10.0.0.0/16")
	defaultVPCRange = netip.MustParsePrefix("172.31.0.0/16")
)

// checkAssociation refuses a range that AWS does not associate with a VPC.
func checkAssociation(path string, pods, vpc netip.Prefix, such string, problems *config.Problems) {
	home, of := exclusiveRangeOf(pods), exclusiveRangeOf(vpc)
	switch {
	case home.IsValid() && home != of:
		problems.Add(path, "%s, but AWS associates no range of %s with a VPC of %s; choose one of 100.64.0.0/10%s, such as %s", pods, home, vpc, orOwnRange(of), such)
	case inside(pods, tenZero) && vpc.Overlaps(nearTenZero):
		problems.Add(path, "%s, but AWS associates no range of 10.0.0.0/16 with a VPC of %s; choose one of 100.64.0.0/10, such as %s", pods, vpc, such)
	case inside(pods, defaultVPCRange):
		problems.Add(path, "%s, but AWS associates no range of 172.31.0.0/16, which is that of default VPCs; choose one of 100.64.0.0/10, such as %s", pods, such)
	}
}

func orOwnRange(of netip.Prefix) string {
	if of.IsValid() {
		return " or of " + of.String()
	}
	return ""
}

// exclusiveRangeOf returns the range of exclusiveRanges that a range is in, the zero prefix for none.
func exclusiveRangeOf(p netip.Prefix) netip.Prefix {
	if i := slices.IndexFunc(exclusiveRanges, func(r netip.Prefix) bool { return inside(p, r) }); i >= 0 {
		return exclusiveRanges[i]
	}
	return netip.Prefix{}
}

func inside(p, outer netip.Prefix) bool { return outer.Bits() <= p.Bits() && outer.Contains(p.Addr()) }

// suggestPodRange returns a range for pods that overlaps neither.
func suggestPodRange(vpc, services netip.Prefix) netip.Prefix {
	for _, text := range []string{"100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16"} {
		if p := netip.MustParsePrefix(text); !p.Overlaps(vpc) && !(services.IsValid() && p.Overlaps(services)) {
			return p
		}
	}
	return carrierGradeNAT // config's problem: no VPC and no services are as large
}
