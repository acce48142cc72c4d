package config

import (
	"regexp"
	"slices"
	"strings"
)

// DNS is Route 53: the hosted zones in which the host names of workloads get records, docs/dns.md. A record is an alias
// of the workload's load balancer, created after it and deleted before it.
type DNS struct {
	// Zones are the hosted zones. A host gets a record in the public zone and in the private zone whose domain contains
	// it, in the longest one if there are several. With zones, a host that is in none of them is refused. Default: [],
	// no records.
	Zones []HostedZone `json:"zones"`
}

// HostedZone is a hosted zone of Route 53: one that exists, or one that the stack creates.
type HostedZone struct {
	// Domain is the domain of the zone, such as example.com. A public and a private zone may have the same domain.
	// Required.
	Domain string `json:"domain"`
	// ID is the ID of a zone that exists, such as Z0123456789ABCDEFGHIJ. Default: the only zone of the account with
	// this domain and visibility.
	ID string `json:"id"`
	// Private is a zone that only associated VPCs use. The stack associates its VPC, also with a zone that exists.
	// Default false.
	Private bool `json:"private"`
	// Own creates the zone with the stack, and deletes it with the stack. A public zone answers once the parent domain
	// has its name servers (output nameServers). Default false: the zone exists, and only records of the stack are
	// created and deleted in it.
	Own bool `json:"own"`
}

// Contains reports whether a host is in the domain of the zone, or is the domain itself.
func (z HostedZone) Contains(host string) bool {
	return host == z.Domain || strings.HasSuffix(host, "."+z.Domain)
}

// Title returns the name of the zone in messages and in the names of resources. It is unique in a stack.
func (z HostedZone) Title() string {
	if z.Private {
		return z.Domain + "-private"
	}
	return z.Domain
}

var (
	domainName   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	hostedZoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
)

// mostDomain is the number of characters of a domain name
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html).
const mostDomain = 255

func (v *validator) dns(dns DNS) {
	for i, zone := range dns.Zones {
		path := At("dns.zones", i)
		switch {
		case zone.Domain == "":
			v.Add(path+".domain", "missing; write the domain of the zone, such as example.com")
		case !v.matches(path+".domain", zone.Domain, domainName) || v.longerThan(path+".domain", len(zone.Domain), mostDomain) || isAddress(zone.Domain):
			v.Add(path+".domain", "%q is not a domain, such as example.com, in lowercase and without a dot at the end", zone.Domain)
		case slices.ContainsFunc(dns.Zones[:i], func(other HostedZone) bool { return other.Title() == zone.Title() }):
			v.Add(path+".domain", "%q is listed twice with private: %t; list one zone, since a name has one record", zone.Domain, zone.Private)
		}
		switch {
		case zone.ID != "" && zone.Own:
			v.Add(path+".id", "%q, but own: true creates the zone, and Route 53 assigns its ID; remove one of the two keys", zone.ID)
		case zone.ID != "" && !v.matches(path+".id", zone.ID, hostedZoneID):
			v.Add(path+".id", "%q is not the ID of a hosted zone, such as Z0123456789ABCDEFGHIJ", zone.ID)
		}
	}
}

// hostname checks the name of a load balancer that does not read the host of requests.
func (v *validator) hostname(path, host string) {
	if host != "" && (!v.matches(path, host, hostName) || v.longerThan(path, len(host), mostDomain) || isAddress(host)) {
		v.Add(path, "%q is not a valid host name, such as echo.example.com or *.example.com, without scheme and port", host)
	}
}
