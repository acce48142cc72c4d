package plan

import (
	"iter"
	"slices"
	"strings"

	"eksnet/config"
)

// checkAPIEndpoint refuses an API that nodes cannot reach: without private access they come in from the internet, by
// addresses that are not known before they are created, so only 0.0.0.0/0 contains them, and those of nodes in an IPv6
// cluster only ::/0 too
// (docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
func checkAPIEndpoint(s *config.Stack, problems *config.Problems) {
	e := s.Cluster.Endpoint
	everywhere := []string{"0.0.0.0/0"}
	if s.Network.IPv6() {
		everywhere = append(everywhere, "::/0")
	}
	missing := func(cidr string) bool { return !slices.Contains(e.PublicCIDRs, cidr) }
	switch {
	case e == nil || e.Private || !e.Public:
	case s.Network.NAT == config.NATNone && s.HasPrivateNodes():
		problems.Add("cluster.endpoint", "private is false and network.nat is none, so nodes in private subnets cannot join the cluster; set private: true")
	case slices.ContainsFunc(everywhere, missing):
		problems.Add("cluster.endpoint", "private is false and publicCidrs (%s) cannot contain the addresses of %s, which AWS assigns when the stack is created, so nodes cannot join the cluster; set private: true",
			strings.Join(e.PublicCIDRs, ", "), egressAddresses(s))
	}
}

// egressAddresses says by whose addresses nodes reach the internet.
func egressAddresses(s *config.Stack) string {
	switch {
	case s.Network.NAT == config.NATNone:
		return "the nodes"
	case s.HasPublicNodes() || s.Network.IPv6():
		return "the NAT gateways and the nodes"
	default:
		return "the NAT gateways"
	}
}

// checkARNs refuses ARNs of another partition: such principals can exist in none of the stack's accounts, nor reach
// them. Certificates, web ACLs and trust stores neither.
func checkARNs(s *config.Stack, partition Partition, problems *config.Problems) {
	own := "arn:" + partition.Name + ":"
	check := func(path, arn string) {
		if strings.HasPrefix(arn, "arn:") && !strings.HasPrefix(arn, own) {
			problems.Add(path, "%s is not in the partition of aws:region %s, whose ARNs begin with %s", arn, s.Region, own)
		}
	}
	check("aws:assumeRole.roleArn", s.Role)
	for path, arn := range clusterPrincipals(s.Cluster) {
		check(path, arn)
	}
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		check(path+".certificate", w.Certificate)
		check(path+".waf", w.WAF)
		if w.MutualTLS != nil {
			check(path+".mutualTls.trustStore", w.MutualTLS.TrustStore)
		}
	}
}

// clusterPrincipals returns the principals that get into the cluster, by path.
func clusterPrincipals(c config.Cluster) iter.Seq2[string, string] {
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
