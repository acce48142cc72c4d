package cluster

import (
	"fmt"
	"net/netip"

	"eksnet/lab/rehearsed"
)

// Numbers of addresses in the range of Services: that of the API server's own Service
// (kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation), and that of CoreDNS on EKS
// (docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html).
const (
	kubernetesService = 1
	dnsService        = 10
)

// serviceAddress returns an address of the range of Services, IPv4 or IPv6, by its number.
func serviceAddress(s *rehearsed.Stack, number int) (string, error) {
	services, err := netip.ParsePrefix(s.Cluster.ServiceCIDR)
	if err != nil {
		return "", fmt.Errorf("the range of Services: %w", err)
	}
	address := services.Masked().Addr()
	for range number {
		address = address.Next()
	}
	return address.String(), nil
}

// shortRange returns the first part of an IPv6 range, of 65,536 addresses, which are short as texts.
func shortRange(p netip.Prefix) netip.Prefix {
	const bits = 112
	return netip.PrefixFrom(p.Masked().Addr(), max(p.Bits(), bits))
}

// resolverAddress returns the address of the resolver of a VPC, the base of its primary range plus two
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func resolverAddress(vpc netip.Prefix) netip.Addr { return vpc.Masked().Addr().Next().Next() }
