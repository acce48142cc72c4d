package awsdata

import (
	"regexp"
	"slices"
)

// DefaultTLSPolicy is the security policy that AWS recommends for new listeners, and that its console selects. AWS's
// API and the load balancer controller use ELBSecurityPolicy-2016-08 instead, with TLS 1.0 and 1.1 and without 1.3
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
const DefaultTLSPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

// TLSPolicies are the security policies of Network and Application Load Balancers as of November 2026, the recommended
// ones first (the same page, and network/describe-ssl-policies.html).
var TLSPolicies = []string{
	DefaultTLSPolicy,
	"ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-3-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06",
	"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06",
	"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
	"ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
	"ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
	"ELBSecurityPolicy-TLS-1-2-2017-01",
	"ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
	"ELBSecurityPolicy-TLS13-1-1-2021-06",
	"ELBSecurityPolicy-TLS13-1-0-2021-06",
	"ELBSecurityPolicy-TLS13-1-0-PQ-2025-09",
	"ELBSecurityPolicy-TLS-1-1-2017-01",
	"ELBSecurityPolicy-2016-08",
}

var olderThanTLS12 = regexp.MustCompile(`-1-[01]-`)

// AcceptsOldTLS reports whether a security policy accepts clients with TLS 1.0 or 1.1.
func AcceptsOldTLS(policy string) bool {
	return policy == "ELBSecurityPolicy-2016-08" || slices.Contains(TLSPolicies, policy) && olderThanTLS12.MatchString(policy)
}
