package plan

import (
	"net/netip"
	"slices"
	"strings"

	"eksnet/config"
)

// serviceRanges are the ranges that EKS accepts for Services (EKS API, KubernetesNetworkConfigRequest.serviceIpv4Cidr).
var serviceRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// services refuses a range for Services that EKS does not take or that pods could not tell from the VPC.
func services(s *config.Stack, problems *config.Problems) {
	const path = "cluster.serviceCidr"
	service, readable := ipv4(s.Cluster.ServiceCIDR)
	vpc, known := ipv4(s.Network.CIDR)
	if !readable {
		return
	}
	inside := func(private netip.Prefix) bool {
		return private.Contains(service.Addr()) && service.Bits() >= private.Bits()
	}
	switch {
	case service.Bits() < 12 || service.Bits() > 24:
		problems.Add(path, "%s; EKS accepts /12 to /24, such as 172.20.0.0/16", service)
	case !slices.ContainsFunc(serviceRanges, inside):
		problems.Add(path, "%s; EKS accepts ranges within 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16", service)
	case known && service.Overlaps(vpc):
		problems.Add(path, "%s overlaps network.cidr %s; choose a range outside of it, such as %s", service, vpc, apart(vpc))
	}
}

// apart is a usual range for Services that does not overlap the VPC.
func apart(vpc netip.Prefix) netip.Prefix {
	usual := netip.MustParsePrefix("172.20.0.0/16")
	if usual.Overlaps(vpc) {
		return netip.MustParsePrefix("10.100.0.0/16")
	}
	return usual
}

// endpoint refuses an API that nodes cannot reach: without private access they come in from the internet by their NAT
// gateway's address, which nobody knows before it is made, so only a public range of everybody contains it
// (docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
func endpoint(e config.Endpoint, problems *config.Problems) {
	if e.Private || !e.Public || slices.Contains(e.PublicCIDRs, "0.0.0.0/0") {
		return
	}
	problems.Add("cluster.endpoint", "private is false and publicCidrs (%s) cannot contain the addresses of the NAT gateways, which are made with the stack: nodes could never join; set private: true",
		strings.Join(e.PublicCIDRs, ", "))
}

// principals refuses administrators of another partition: their ARNs can exist in none of the stack's accounts.
func principals(s *config.Stack, partition Partition, problems *config.Problems) {
	for i, arn := range s.Cluster.Admins {
		if own := "arn:" + partition.Name + ":"; !strings.HasPrefix(arn, own) {
			problems.Add(config.At("cluster.admins", i), "%s is not of aws:region %s, whose ARNs begin with %s", arn, s.Region, own)
		}
	}
}
