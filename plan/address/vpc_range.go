package address

import (
	"fmt"
	"net/netip"

	"eksnet/config"
)

// checkReserved refuses a range of the VPC that overlaps a reserved one, for nodes and pods alike
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
func checkReserved(path string, network netip.Prefix, such string, problems *config.Problems) bool {
	reserved := config.Reserved(network)
	if reserved != "" {
		problems.Add(path, "%s overlaps %s, which a VPC cannot use; choose a private range, such as %s", network, reserved, such)
	}
	return reserved == ""
}

// privateRanges are private and shared ranges (RFC 1918, RFC 6598, RFC 2544).
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	carrierGradeNAT, netip.MustParsePrefix("198.18.0.0/15"),
}

// AdviseOnPublicRanges warns of ranges of the VPC that are public addresses: AWS accepts them, and routes
// them to the VPC.
func AdviseOnPublicRanges(s *config.Stack) []config.Warning {
	var all []config.Warning
	for _, r := range [][2]string{{"network.cidr", s.Network.CIDR}, {"network.podCidr", s.Network.PodCIDR}} {
		network, ok := ParseIPv4(r[1])
		own := false
		for _, private := range privateRanges {
			own = own || inside(network, private)
		}
		if ok && !own && config.Reserved(network) == "" {
			all = append(all, config.Warning{Path: r[0], Text: fmt.Sprintf("%s contains public addresses, whose owners on the internet cannot be reached from the VPC; unless they are yours, choose a private range or one of 100.64.0.0/10", network)})
		}
	}
	return all
}
