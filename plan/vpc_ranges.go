package plan

import (
	"fmt"
	"net/netip"

	"eksnet/config"
)

// notReserved refuses a range of the VPC that overlaps a reserved one, for nodes and pods alike
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
func notReserved(path string, network netip.Prefix, such string, problems *config.Problems) bool {
	reserved := config.Reserved(network)
	if reserved != "" {
		problems.Add(path, "%s is of %s, which no VPC has; choose a private range, such as %s", network, reserved, such)
	}
	return reserved == ""
}

// ownRanges are private and shared ranges (RFC 1918, RFC 6598, RFC 2544).
var ownRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	shared, netip.MustParsePrefix("198.18.0.0/15"),
}

// borrowed warns of ranges of the VPC that are somebody's on the internet: AWS accepts them, and routes them to the VPC.
func borrowed(s *config.Stack) []Warning {
	var all []Warning
	for _, r := range [][2]string{{"network.cidr", s.Network.CIDR}, {"network.podCidr", s.Network.PodCIDR}} {
		network, ok := ipv4(r[1])
		own := false
		for _, private := range ownRanges {
			own = own || inside(network, private)
		}
		if ok && !own && config.Reserved(network) == "" {
			all = append(all, Warning{r[0], fmt.Sprintf("%s has addresses of the internet: whoever owns them there cannot be reached from the VPC; unless they are yours, choose a private range or one of 100.64.0.0/10", network)})
		}
	}
	return all
}
