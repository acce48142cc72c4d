package matrix

import "eksnet/rehearsal/world"

// otherZones are the zones of the IPv6 stack with another zone in place of corp.example.com.
func otherZones(other string) string {
	return `[{domain: dev6.example.com, id: Z0123456789ABCDEFGHIJ}, {domain: dev6.example.com, private: true, own: true}` + other + `]`
}

// dnsChanges are changes of hosted zones.
var dnsChanges = []Row{
	{
		Key: "dns.zones", Change: "shortened with the host in the zone", Stack: ipv6Stack,
		Edits: edits{setKey("dns.zones", otherZones("")), setKey("workloads.admin.hosts", "[admin.dev6.example.com]")},
		Want: `
			delete Record dev6-admin.corp.example.com-private-A
			delete Record dev6-admin.corp.example.com-private-AAAA
			delete ZoneAssociation dev6-corp.example.com-private
			delete eksnet:dns:Record dev6-admin.corp.example.com-private
			delete eksnet:dns:Zone dev6-corp.example.com-private
			update Ingress admin-alb (spec.rules[1])
			update Policy dev6-external-dns (policy)`,
	},
	{
		Key: "dns.zones", Change: "shortened alone", Stack: ipv6Stack,
		Edits:   edits{setKey("dns.zones", otherZones(""))},
		Refused: `workloads["admin"].hosts[1]: "admin.corp.example.com" is in no zone of dns.zones (dev6.example.com); add a zone that contains it, or remove it`,
	},
	{
		Key: "dns.zones[].domain", Change: "changed with the host in the zone", Stack: ipv6Stack,
		Edits: edits{setKey("dns.zones", otherZones(", {domain: example.net, private: true}")), setKey("workloads.admin.hosts", "[admin.dev6.example.com, admin.example.net]")},
		Own:   ownZone("", "example.net", true),
		Want: `
			create Record dev6-admin.example.net-private-A
			create Record dev6-admin.example.net-private-AAAA
			create ZoneAssociation dev6-example.net-private
			create eksnet:dns:Record dev6-admin.example.net-private
			create eksnet:dns:Zone dev6-example.net-private
			delete Record dev6-admin.corp.example.com-private-A
			delete Record dev6-admin.corp.example.com-private-AAAA
			delete ZoneAssociation dev6-corp.example.com-private
			delete eksnet:dns:Record dev6-admin.corp.example.com-private
			delete eksnet:dns:Zone dev6-corp.example.com-private
			update Ingress admin-alb (spec.rules[1].host)
			update Policy dev6-external-dns (policy)`,
	},
	{
		Key: "dns.zones[].id", Change: "changed", Stack: ipv6Stack,
		Edits: edits{setKey("dns.zones", `[{domain: dev6.example.com, id: Z9876543210ABCDEFGHIJ}, {domain: dev6.example.com, private: true, own: true}, {domain: corp.example.com, private: true}]`)},
		Own:   ownZone("Z9876543210ABCDEFGHIJ", "dev6.example.com", false),
		Want: `
			replace Record dev6-echo.dev6.example.com-A (zoneId)
			replace Record dev6-echo.dev6.example.com-AAAA (zoneId)
			update Policy dev6-external-dns (policy)
			update Policy dev6-external-dns-teardown (policy)
			update Release dev6-external-dns (values.extraArgs["zone-id-filter"][0])
			update Release dev6-external-dns-teardown (values.zones[0])`,
	},
	{
		Key: "dns.zones[].private", Change: "turned off", Stack: ipv6Stack,
		Edits: edits{setKey("dns.zones", otherZones(", {domain: corp.example.com, private: false}"))},
		Own:   ownZone("", "corp.example.com", false),
		Want: `
			create Record dev6-admin.corp.example.com-A
			create Record dev6-admin.corp.example.com-AAAA
			create eksnet:dns:Record dev6-admin.corp.example.com
			create eksnet:dns:Zone dev6-corp.example.com
			delete Record dev6-admin.corp.example.com-private-A
			delete Record dev6-admin.corp.example.com-private-AAAA
			delete ZoneAssociation dev6-corp.example.com-private
			delete eksnet:dns:Record dev6-admin.corp.example.com-private
			delete eksnet:dns:Zone dev6-corp.example.com-private`,
	},
	{
		Key: "dns.zones[].own", Change: "turned off", Stack: ipv6Stack,
		Edits:   edits{setKey("dns.zones", `[{domain: dev6.example.com, id: Z0123456789ABCDEFGHIJ}, {domain: dev6.example.com, private: true}, {domain: corp.example.com, private: true}]`)},
		Refused: `dns.zones[1].own: false, but this stack created the hosted zone`,
	},
}

// ownZone creates another hosted zone of the operator.
func ownZone(id, domain string, private bool) func(*world.World, string) (before, after edits, err error) {
	return func(w *world.World, _ string) (before, after edits, err error) {
		w.HoldZone(world.HostedZone{ID: id, Domain: domain, Private: private, Region: "eu-north-1"})
		return nil, nil, nil
	}
}
