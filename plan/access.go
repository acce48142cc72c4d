package plan

import (
	"iter"
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

// reach refuses an API that nodes cannot reach: without private access they come in from the internet, by addresses that nobody
// knows before they are made, so only a public range of everybody contains them
// (docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
func reach(s *config.Stack, problems *config.Problems) {
	e := s.Cluster.Endpoint
	switch {
	case e == nil || e.Private || !e.Public:
	case s.Network.NAT == config.NATNone && privateNodes(s.NodeGroups):
		problems.Add("cluster.endpoint", "private is false and network.nat none: nodes in private subnets could never join; set private: true")
	case !slices.Contains(e.PublicCIDRs, "0.0.0.0/0"):
		problems.Add("cluster.endpoint", "private is false and publicCidrs (%s) cannot contain the addresses of %s, which are made with the stack: nodes could never join; set private: true",
			strings.Join(e.PublicCIDRs, ", "), exits(s))
	}
}

// exits says by whose addresses nodes reach the internet.
func exits(s *config.Stack) string {
	switch {
	case s.Network.NAT == config.NATNone:
		return "the nodes"
	case publicNodes(s.NodeGroups):
		return "the NAT gateways and the nodes"
	default:
		return "the NAT gateways"
	}
}

// principals refuses ARNs of another partition: such principals can exist in none of the stack's accounts, nor reach them. Certificates
// neither.
func principals(s *config.Stack, partition Partition, problems *config.Problems) {
	own := "arn:" + partition.Name + ":"
	check := func(path, arn string) {
		if strings.HasPrefix(arn, "arn:") && !strings.HasPrefix(arn, own) {
			problems.Add(path, "%s is not of aws:region %s, whose ARNs begin with %s", arn, s.Region, own)
		}
	}
	check("aws:assumeRole.roleArn", s.Role)
	for path, arn := range admitted(s.Cluster) {
		check(path, arn)
	}
	for path, w := range each(s.Workloads, config.KindNLB, config.KindALB) {
		check(path+".certificate", w.Certificate)
	}
}

// admitted are the principals that get into the cluster, by path.
func admitted(c config.Cluster) iter.Seq2[string, string] {
	return func(yield func(path, arn string) bool) {
		for i, arn := range c.Admins {
			if !yield(config.At("cluster.admins", i), arn) {
				return
			}
		}
		for i, arn := range c.Viewers {
			if !yield(config.At("cluster.viewers", i), arn) {
				return
			}
		}
		for i, access := range c.Access {
			if !yield(config.At("cluster.access", i)+".principal", access.Principal) {
				return
			}
		}
	}
}
