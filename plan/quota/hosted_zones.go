package quota

import (
	"strings"

	"eksnet/config"
)

// zoneLimits are those of Route 53. Zones that exist are in the account already, and count too.
func zoneLimits(s *config.Stack, records int) []limit {
	return []limit{
		zonesPerAccount.need(len(s.DNS.Zones), "dns.zones"),
		recordsOfZone.need(records, "dns.zones"),
	}
}

// regionOf returns the region whose Service Quotas has the quota in a stack's region. The quotas of a global service
// are in one region of a partition, for Route 53 of partition aws in us-east-1
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-service-quotas).
func (l limit) regionOf(region string) string {
	if !l.global || region == "" || strings.HasPrefix(region, "cn-") || strings.HasPrefix(region, "us-gov-") {
		return region
	}
	return "us-east-1"
}
