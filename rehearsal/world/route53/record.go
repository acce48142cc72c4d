package route53

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

const (
	changeRecords = "operation error Route 53: ChangeResourceRecordSets, "
	invalidBatch  = changeRecords + "InvalidChangeBatch: "
	changeDocs    = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html"
)

var (
	RecordUnique = store.NewRule("a record is not created over an existing one",
		invalidBatch+"[Tried to create resource record set [name='%s.', type='%s'] but it already exists]", changeDocs)
	RecordConflict = store.NewRule("a name with a CNAME record has no other records",
		invalidBatch+"[RRSet of type %s with DNS name %s. is not permitted because a conflicting RRSet of type %s with the same DNS name already exists in zone %s.]",
		developerGuide+"ResourceRecordTypes.html#CNAMEFormat")
	RecordApex = store.NewRule("the apex of a hosted zone has no CNAME record",
		invalidBatch+"[RRSet of type CNAME with DNS name %s. is not permitted at apex in zone %[1]s.]",
		developerGuide+"ResourceRecordTypes.html#CNAMEFormat")
	RecordQuota = store.NewRule("a hosted zone has at most 10,000 records",
		changeRecords+"LimitsExceeded: Limits Exceeded: MAX_RRSETS_BY_ZONE=%d - Cannot create more RRSets in zone %s",
		developerGuide+"DNSLimitations.html#limits-api-entities-records")
	AliasZone = store.NewRule("an alias has the hosted zone of its load balancer",
		invalidBatch+"[Tried to create an alias that targets %s., type %s in zone %s, but the alias target name does not lie within the target zone]",
		developerGuide+"resource-record-sets-values-alias.html")
	AliasTarget = store.NewRule("an alias targets a load balancer that exists",
		invalidBatch+"[Tried to create an alias that targets %s., type %s in zone %s, but that target was not found]",
		"https://github.com/boto/boto/issues/2519; https://github.com/harmony-one/harmony-ops/issues/491")
)

// mostRecords is the default quota of records of a hosted zone.
const mostRecords = 10000

// Record is a record: an alias, or values with a time to live.
type Record struct {
	Zone          string   `json:"zoneId"`
	Name          string   `json:"name"`
	Type          string   `json:"type"`
	FQDN          string   `json:"fqdn"`
	Aliases       []Alias  `json:"aliases"`
	Values        []string `json:"records"`
	TTL           int      `json:"ttl"`
	SetIdentifier string   `json:"setIdentifier"`
	Overwrite     bool     `json:"allowOverwrite"`
}

// Alias is the target of an alias record.
type Alias struct {
	Name string `json:"name"`
	Zone string `json:"zoneId"`
	// EvaluateHealth is part of the command that deletes the record.
	EvaluateHealth bool `json:"evaluateTargetHealth"`
}

// RecordOf returns the properties of a record.
func RecordOf(o *store.Object) *Record { return store.Decode[Record](o) }

func recordKind() *store.Kind {
	return &store.Kind{
		Typ: store.RecordType, ForceNew: []string{"name", "zoneId"},
		Create: createRecord, Update: updateRecord,
		Creation: recordChange, Deletion: recordChange,
	}
}

// RecordsIn returns the records of a hosted zone that satisfy all conditions, without those that Route 53 creates.
func RecordsIn(w *store.Account, zone string, conditions ...func(*store.Object) bool) []*store.Object {
	return w.With(store.RecordType, "zoneId", zone, conditions...)
}

func createRecord(c *store.Call, o *store.Object) error {
	record := RecordOf(o)
	if record.SetIdentifier != "" {
		return store.Unmodelled("routing policies of records, such as that of %s", record.Name)
	}
	zone, err := FindZone(c.Account, "ChangeResourceRecordSets", record.Zone)
	if err != nil || zone == nil {
		return err
	}
	name := fullName(record.Name, ZoneOf(zone).Name)
	o.ID = recordID(record.Zone, name, record.Type)
	existing := c.Get(store.RecordType, o.ID)
	apex := name == ZoneOf(zone).Name && slices.Contains([]string{"NS", "SOA"}, record.Type)
	err = store.First(
		RecordQuota.When(len(RecordsIn(c.Account, record.Zone))+apexRecords >= mostRecords, mostRecords, record.Zone),
		RecordUnique.When((existing != nil || apex) && !record.Overwrite, name, record.Type),
		recordFits(c.Account, record, name, ZoneOf(zone).Name))
	showRecord(o, name)
	return err
}

// recordID returns the ID of a record as the provider has it.
func recordID(zone, name, typ string) string { return strings.Join([]string{zone, name, typ}, "_") }

func updateRecord(c *store.Call, o, old *store.Object) error {
	record, zone := RecordOf(o), c.Get(store.HostedZoneType, RecordOf(old).Zone)
	name := fullName(record.Name, ZoneOf(zone).Name)
	if before := RecordOf(old); record.Type != before.Type || record.SetIdentifier != before.SetIdentifier {
		return store.Unmodelled("a record %s that gets another type or routing policy", before.FQDN)
	}
	if err := aliasFits(c.Account, record); err != nil {
		return err
	}
	showRecord(o, name)
	return nil
}

func showRecord(o *store.Object, name string) {
	// The provider keeps the name as it is typed.
	o.Show(store.Properties{"fqdn": name, "allowOverwrite": o.Flag("allowOverwrite")})
}

// fullName returns the name of a record as the provider completes it: a name outside of the zone is one below it
// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/route53/record.go, expandRecordName).
func fullName(name, zone string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	switch {
	case name == "":
		return zone
	case name == zone || strings.HasSuffix(name, "."+zone):
		return name
	}
	return name + "." + zone
}

func recordFits(w *store.Account, record *Record, name, zone string) error {
	if err := RecordApex.When(record.Type == "CNAME" && name == zone, name); err != nil {
		return err
	}
	for _, o := range RecordsIn(w, record.Zone) {
		other := RecordOf(o)
		if err := RecordConflict.When(other.FQDN == name && other.Type != record.Type && (other.Type == "CNAME" || record.Type == "CNAME"),
			record.Type, name, other.Type, zone); err != nil {
			return err
		}
	}
	return aliasFits(w, record)
}

// aliasFits checks the targets of an alias, which are load balancers.
func aliasFits(w *store.Account, record *Record) error {
	for _, alias := range record.Aliases {
		target := strings.TrimPrefix(strings.TrimSuffix(alias.Name, "."), "dualstack.")
		if !strings.Contains(target, ".elb.") {
			return store.Unmodelled("an alias of %s, which is no load balancer", target)
		}
		balancer := findBalancer(w, target)
		if err := AliasTarget.When(balancer == nil, alias.Name, record.Type, alias.Zone); err != nil || balancer == nil {
			return err
		}
		zone := elb.HostedZoneOf(w.Region, elb.LoadBalancerOf(balancer).Kind)
		if err := AliasZone.When(alias.Zone != zone, alias.Name, record.Type, alias.Zone); err != nil {
			return err
		}
	}
	return nil
}

// findBalancer returns the load balancer with a DNS name, nil if there is none.
func findBalancer(w *store.Account, name string) *store.Object {
	for _, typ := range []string{store.LoadBalancerType, store.ClassicType} {
		if found := w.With(typ, "dnsName", name); len(found) > 0 {
			return found[0]
		}
	}
	return nil
}

// MakeRecord creates a record with a value as a person or another program does.
func MakeRecord(w *store.Account, owner, zone, name, typ, value string) error {
	return makeRecord(w, owner, store.Properties{"zoneId": zone, "name": name, "type": typ, "ttl": 300.0, "records": []any{value}})
}

// MakeAlias creates an alias of a load balancer, named by its DNS name, as a person or another program does.
func MakeAlias(w *store.Account, owner, zone, name, typ, target string) error {
	alias := map[string]any{"name": target, "evaluateTargetHealth": true}
	if balancer := findBalancer(w, target); balancer != nil {
		alias["zoneId"] = elb.HostedZoneOf(w.Region, elb.LoadBalancerOf(balancer).Kind)
	}
	return makeRecord(w, owner, store.Properties{"zoneId": zone, "name": name, "type": typ, "aliases": []any{alias}})
}

// IsAliasOf reports whether a record is an alias of a load balancer.
func IsAliasOf(o *store.Object, target string) bool {
	aliases := RecordOf(o).Aliases
	return len(aliases) == 1 && aliases[0].Name == target
}

// FindRecord returns a record of a hosted zone, nil if there is none.
func FindRecord(w *store.Account, zone, name, typ string) *store.Object {
	return w.Get(store.RecordType, recordID(zone, name, typ))
}

func makeRecord(w *store.Account, owner string, inputs store.Properties) error {
	o := &store.Object{Type: store.RecordType, Owner: owner, Inputs: inputs}
	if err := createRecord(&store.Call{Account: w}, o); err != nil {
		return err
	}
	w.Put(o)
	return nil
}
