package address

import (
	"net/netip"
	"slices"

	"eksnet/config"
)

// serviceRanges are the ranges that EKS accepts for Services (EKS API, KubernetesNetworkConfigRequest.serviceIpv4Cidr).
var serviceRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// CheckServiceRange refuses a range for Services that EKS does not accept or that overlaps the VPC.
func CheckServiceRange(s *config.Stack, problems *config.Problems) {
	const path = "cluster.serviceCidr"
	service, readable := ParseIPv4(s.Cluster.ServiceCIDR)
	vpc, readableVPC := ParseIPv4(s.Network.CIDR)
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
	case readableVPC && service.Overlaps(vpc):
		problems.Add(path, "%s overlaps network.cidr %s; choose a range outside of it, such as %s", service, vpc, suggestServiceRange(vpc))
	}
}

// suggestServiceRange returns a usual range for Services that does not overlap the VPC.
func suggestServiceRange(vpc netip.Prefix) netip.Prefix {
	preferred := netip.MustParsePrefix("172.20.0.0/16")
	if preferred.Overlaps(vpc) {
		return netip.MustParsePrefix("10.100.0.0/16")
	}
	return preferred
}
