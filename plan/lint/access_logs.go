package lint

import (
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// logRules are about the access logs of load balancers.
var logRules = []Rule{
	{
		Name:   "access-logs-without-tls",
		Reason: "a Network Load Balancer writes access logs of TLS listeners only, so the bucket gets none",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html",
		find:   findLogsWithoutTLS,
	},
}

func findLogsWithoutTLS(s *config.Stack, _ []address.Zone, found reportFunc) {
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		if !slices.Contains(config.NLBKinds, b.Kind) || slices.ContainsFunc(b.Members, func(m balancer.Member) bool { return m.Protocol == config.ProtocolTLS }) {
			continue
		}
		for _, m := range b.Members {
			if m.AccessLogs != nil && m.AccessLogs.Enabled {
				found(config.In("workloads", m.Name)+".accessLogs", "the listener is for %s; write protocol: TLS with a certificate, or use VPC flow logs (network.flowLogs)", m.Protocol)
			}
		}
	}
}
