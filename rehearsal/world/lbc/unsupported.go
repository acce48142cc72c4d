package lbc

import (
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// The simulated account finds features that it does not deploy in the model of the controller's builders, whatever
// annotation requests them.

// checkDeployable refuses a model with features that the simulated account does not deploy.
func checkDeployable(m *builders.Model, s Stack) error {
	var unknown []string
	note := func(found bool, what string) {
		if found {
			unknown = append(unknown, what)
		}
	}
	note(len(m.LoadBalancers) > 1, "a network load balancer in front of another")
	for _, b := range m.LoadBalancers {
		noteBalancer(&b.Spec, note)
	}
	for _, l := range m.Listeners {
		noteListener(&l.Spec, note)
		for _, r := range m.Rules(l) {
			noteRule(&r.Spec, note)
		}
	}
	for _, t := range m.TargetGroups {
		note(t.Spec.TargetControlPort != nil, "target control ports")
	}
	if len(unknown) == 0 {
		return nil
	}
	return store.Unmodelled("%s, requested by %s", strings.Join(unknown, " and "), s.Title())
}

// noteBalancer notes unsupported features of a load balancer.
func noteBalancer(b *elbv2.LoadBalancerSpec, note func(bool, string)) {
	note(b.EnablePrefixForIpv6SourceNat == elbv2.EnablePrefixForIpv6SourceNatOn, "prefixes for source NAT")
	note(b.SecurityGroupsInboundRulesOnPrivateLink != nil, "rules for traffic of PrivateLink")
	note(b.CustomerOwnedIPv4Pool != nil || b.IPv4IPAMPool != nil, "pools of addresses")
	note(b.MinimumLoadBalancerCapacity != nil, "reserved capacity")
	for _, subnet := range b.SubnetMappings {
		note(subnet.PrivateIPv4Address != nil || subnet.IPv6Address != nil, "explicit addresses in a subnet")
	}
}

// noteListener notes unsupported features of a listener.
func noteListener(l *elbv2.ListenerSpec, note func(bool, string)) {
	note(strings.Contains(string(l.Protocol), "QUIC"), "listeners for "+string(l.Protocol))
	note(len(l.ALPNPolicy) > 0 && !slices.Equal(l.ALPNPolicy, []string{"None"}), "ALPN policies")
	note(l.MutualAuthentication != nil && (valueOf(l.MutualAuthentication.IgnoreClientCertificateExpiry) || valueOf(l.MutualAuthentication.AdvertiseTrustStoreCaNames) == "on"), "options of mutual TLS")
	note(slices.ContainsFunc(l.ListenerAttributes, func(a elbv2.ListenerAttribute) bool { return strings.HasPrefix(a.Key, "routing.") }), "attributes of listeners of Application Load Balancers")
	noteActions(l.DefaultActions, note)
}

// noteRule notes unsupported features of a rule.
func noteRule(r *elbv2.ListenerRuleSpec, note func(bool, string)) {
	note(len(r.Transforms) > 0, "transforms of requests")
	for _, condition := range r.Conditions {
		host, path := condition.HostHeaderConfig, condition.PathPatternConfig
		note(host == nil && path == nil || host != nil && len(host.RegexValues) > 0 || path != nil && len(path.RegexValues) > 0, "conditions of rules beside hosts and paths")
	}
	noteActions(r.Actions, note)
}

// noteActions notes unsupported actions. Supported are forwarding to target groups, the fixed responses of the
// controller, and a redirect to the same host and path with HTTPS.
func noteActions(actions []elbv2.Action, note func(bool, string)) {
	for _, a := range actions {
		switch {
		case a.ForwardConfig != nil && a.ForwardConfig.TargetGroupStickinessConfig == nil:
		case a.FixedResponseConfig != nil && slices.Contains([]string{"404", "500", "503"}, a.FixedResponseConfig.StatusCode):
		case a.RedirectConfig != nil && a.RedirectConfig.Host == nil && a.RedirectConfig.Path == nil && a.RedirectConfig.Query == nil &&
			valueOf(a.RedirectConfig.Protocol) == "HTTPS":
		default:
			note(true, "actions beside forwarding, and redirects to HTTPS")
		}
	}
}
