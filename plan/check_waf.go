package plan

import "eksnet/config"

// checkWAF refuses web ACLs of load balancers whose controller cannot call AWS WAF.
func checkWAF(s *config.Stack, c Controller, problems *config.Problems) {
	if c.WAF {
		return
	}
	why := "there is no AWS WAF for load balancers of EKS in the region; remove it"
	if s.Network.NAT == config.NATNone {
		why = "without NAT the load balancer controller has no path to AWS WAF; remove it, or write another network.nat"
	}
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ALBKinds...) {
		if w.WAF != "" && w.WAF != config.NoWAF {
			problems.Add(path+".waf", "%s, but %s", w.WAF, why)
		}
	}
}
