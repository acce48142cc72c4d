package config

import "net/netip"

// reserved are IPv4 ranges that no VPC and no client on the internet has
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html; iana.org/assignments/iana-ipv4-special-registry; RFC
// 6890).
var reserved = []struct {
	network netip.Prefix
	use     string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "addresses of no host"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local addresses, the instance metadata service among them"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved for future use"},
}

// Reserved is what a range overlaps that is reserved, such as "169.254.0.0/16 (link-local …)", "" for nothing.
func Reserved(network netip.Prefix) string {
	for _, r := range reserved {
		if r.network.Overlaps(network) {
			return r.network.String() + " (" + r.use + ")"
		}
	}
	return ""
}
