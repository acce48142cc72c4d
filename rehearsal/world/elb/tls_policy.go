package elb

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/store"
)

// TLSPolicyFound refuses unknown security policies, whose names are those of
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html.
var TLSPolicyFound = store.NewRule("the security policy of a listener exists",
	"operation error Elastic Load Balancing v2: CreateListener, api error SSLPolicyNotFound: SSL policy '%s' not found",
	"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html (SSLPolicyNotFound)")

// tlsPolicies are the parts of the names after ELBSecurityPolicy-, by the dates at their ends.
var tlsPolicies = map[string][]string{
	"2016-08": {""},
	"2017-01": {"TLS-1-1-", "TLS-1-2-"},
	"2018-06": {"TLS-1-2-Ext-"},
	"2021-06": {"TLS13-1-0-", "TLS13-1-1-", "TLS13-1-2-", "TLS13-1-2-Ext1-", "TLS13-1-2-Ext2-", "TLS13-1-2-Res-", "TLS13-1-3-"},
	"2023-04": {"TLS13-1-0-FIPS-", "TLS13-1-1-FIPS-", "TLS13-1-2-Ext0-FIPS-", "TLS13-1-2-Ext1-FIPS-", "TLS13-1-2-Ext2-FIPS-", "TLS13-1-2-FIPS-", "TLS13-1-2-Res-FIPS-", "TLS13-1-3-FIPS-"},
	"2025-09": {
		"TLS13-1-0-PQ-", "TLS13-1-2-Ext1-PQ-", "TLS13-1-2-Ext2-PQ-", "TLS13-1-2-PQ-", "TLS13-1-2-Res-PQ-", "TLS13-1-3-PQ-",
		"TLS13-1-2-Ext0-FIPS-PQ-", "TLS13-1-2-Ext1-FIPS-PQ-", "TLS13-1-2-Ext2-FIPS-PQ-", "TLS13-1-2-FIPS-PQ-", "TLS13-1-2-Res-FIPS-PQ-", "TLS13-1-3-FIPS-PQ-",
	},
}

// CheckTLSPolicy refuses a security policy that AWS does not have; "" is AWS's default.
func CheckTLSPolicy(name string) error {
	rest, prefixed := strings.CutPrefix(name, "ELBSecurityPolicy-")
	at := max(len(rest)-len("2006-01"), 0)
	known := prefixed && slices.Contains(tlsPolicies[rest[at:]], rest[:at])
	return TLSPolicyFound.When(name != "" && !known, name)
}
