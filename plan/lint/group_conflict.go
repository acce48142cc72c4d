package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

func findConflicts(s *config.Stack, _ []address.Zone, found reportFunc) {
	reported := map[string]bool{} // by what of whom: one conflict of a setting says it all
	for a, b := range memberPairs(s.Workloads) {
		say := func(key, value, other, wayOut string) {
			if path := b.path() + "." + key; !reported[path] {
				reported[path] = true
				found(path, "%s, but workload %s of group %s %s, and a group has one load balancer; %s", value, a.name, b.Group, other, wayOut)
			}
		}
		if a.Scheme != b.Scheme {
			say("scheme", b.Scheme, "is "+a.Scheme, "give them one scheme or another group")
		}
		if a.CrossZone != b.CrossZone {
			say("crossZone", strconv.FormatBool(b.CrossZone), "has "+strconv.FormatBool(a.CrossZone), "write one value for both, or give them another group")
		}
		if a.Certificate != "" && b.Certificate != "" && b.IsALB() && balancer.Redirects(a.Workload) != balancer.Redirects(b.Workload) {
			say("redirect", strconv.FormatBool(balancer.Redirects(b.Workload)), "has "+strconv.FormatBool(balancer.Redirects(a.Workload))+" for the same port 80", "write one value for both")
		}
		if a.IdleTimeout != nil && b.IdleTimeout != nil && *a.IdleTimeout != *b.IdleTimeout && a.Port == b.Port {
			say("idleTimeout", strconv.Itoa(*b.IdleTimeout), "has "+strconv.Itoa(*a.IdleTimeout)+" for the same port", "write one value for both")
		}
		if a.TLSPolicy != "" && b.TLSPolicy != "" && a.TLSPolicy != b.TLSPolicy && a.IsALB() == b.IsALB() && (a.IsALB() || a.Port == b.Port) {
			say("tlsPolicy", b.TLSPolicy, "has "+a.TLSPolicy+" for the same port", "write one value for both")
		}
		if a.AccessLogs != nil && b.AccessLogs != nil && *a.AccessLogs != *b.AccessLogs {
			say("accessLogs", logsText(b.AccessLogs), "has "+logsText(a.AccessLogs), "write the same for both, or in one of them alone")
		}
		if a.MutualTLS != nil && b.MutualTLS != nil && *a.MutualTLS != *b.MutualTLS {
			say("mutualTls", mutualTLSText(b.MutualTLS), "has "+mutualTLSText(a.MutualTLS)+" for the same port", "write the same for both")
		}
		if a.WAF != "" && b.WAF != "" && a.WAF != b.WAF {
			say("waf", b.WAF, "has "+a.WAF, "write one value for both, or in one of them alone")
		}
		if a.DefaultBackend && b.DefaultBackend {
			say("defaultBackend", "true", "is already the default backend", "keep one of them")
		}
		findListConflicts(a, b, say)
		for _, key := range slices.Sorted(maps.Keys(b.Attributes)) {
			if value, both := a.Attributes[key]; both && value != b.Attributes[key] {
				say("attributes["+strconv.Quote(key)+"]", b.Attributes[key], "has "+value, "write one value")
			}
		}
	}
}

// mutualTLSText returns the mode and the trust store.
func mutualTLSText(m *config.MutualTLS) string { return strings.TrimSpace(m.Mode + " " + m.TrustStore) }

// logsText returns where access logs are written.
func logsText(logs *config.AccessLogs) string {
	if !logs.Enabled {
		return "enabled false"
	}
	return strings.TrimSuffix(logs.Bucket+"/"+logs.Prefix, "/")
}

// findListConflicts finds lists of two members that differ. A member without a list has that of the other.
func findListConflicts(a, b member, say func(key, value, other, wayOut string)) {
	for _, set := range []struct {
		key          string
		of           func(config.Workload) []string
		orderMatters bool
	}{
		// Elastic IPs are in the order of the zones.
		{"zones", func(w config.Workload) []string { return w.Zones }, len(a.ElasticIPs)+len(b.ElasticIPs) > 0},
		{"securityGroups", func(w config.Workload) []string { return w.SecurityGroups }, true},
		{"sourceRanges", func(w config.Workload) []string { return w.SourceRanges }, false},
		{"prefixLists", config.Workload.PrefixListIDs, false},
		{"elasticIps", func(w config.Workload) []string { return w.ElasticIPs }, true},
	} {
		if one, other := set.of(a.Workload), set.of(b.Workload); len(one) > 0 && len(other) > 0 && !equalLists(one, other, set.orderMatters) {
			say(set.key, strings.Join(other, ", "), "has "+strings.Join(one, ", "), "write one list for both, or in one of them alone")
		}
	}
}

// equalLists compares two lists.
func equalLists(a, b []string, orderMatters bool) bool {
	if !orderMatters {
		a, b = slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b)))
	}
	return slices.Equal(a, b)
}
