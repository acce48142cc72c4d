package plan

import (
	"fmt"
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// adviseOnTLSPolicies warns about security policies with versions of TLS that are deprecated
// (datatracker.ietf.org/doc/html/rfc8996).
func adviseOnTLSPolicies(s *config.Stack) (warnings []config.Warning) {
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		if policy := s.Workloads[name].TLSPolicy; awsdata.AcceptsOldTLS(policy) {
			warnings = append(warnings, config.Warning{
				Path: config.In("workloads", name) + ".tlsPolicy",
				Text: fmt.Sprintf("%s accepts clients with TLS 1.0 or 1.1, which are deprecated; if no client needs them, remove the key for %s", policy, awsdata.DefaultTLSPolicy),
			})
		}
	}
	return warnings
}
