package plan

import (
	"fmt"
	"strings"

	"eksnet/config"
)

// adviseOnExternalDNS warns of domains with a public and a private zone. ExternalDNS 0.21 compares the records of all
// of its zones together, by name and type: after a change that succeeded in one zone alone it does not repeat it in the
// other (docs/dns.md, measured with the program itself).
func adviseOnExternalDNS(s *config.Stack) []config.Warning {
	visibilities := map[string]map[bool]bool{}
	for _, i := range s.ExternalDNSZones() {
		zone := s.DNS.Zones[i]
		if visibilities[zone.Domain] == nil {
			visibilities[zone.Domain] = map[bool]bool{}
		}
		visibilities[zone.Domain][zone.Private] = true
	}
	var both []string
	for _, domain := range s.ExternalDNSDomains() {
		if len(visibilities[domain]) == 2 {
			both = append(both, domain)
		}
	}
	if len(both) == 0 {
		return nil
	}
	return []config.Warning{{Path: "addons.externalDns", Text: fmt.Sprintf("%s has a public and a private zone: if a change of ExternalDNS succeeds in one of them alone, ExternalDNS does not repeat it in the other one until the name changes (docs/dns.md); to avoid it, list in zones only domains with one zone", strings.Join(both, ", "))}}
}
