package route53

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

const developerGuide = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"

var (
	ZoneDomain = store.NewRule("a hosted zone has a domain name",
		"creating Route53 Hosted Zone (%s): operation error Route 53: CreateHostedZone, InvalidDomainName: %[1]s is not a valid domain name",
		developerGuide+"DomainNameFormat.html")
	ZoneQuota = store.NewRule("an account has at most 500 hosted zones",
		"creating Route53 Hosted Zone (%s): operation error Route 53: CreateHostedZone, TooManyHostedZones: Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.",
		developerGuide+"DNSLimitations.html#limits-api-entities-hosted-zones")
	ZoneEmpty = store.NewRule("a hosted zone with records cannot be deleted",
		"deleting Route53 Hosted Zone (%s): operation error Route 53: DeleteHostedZone, HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
		"https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html")
	ZoneFound = store.NewRule("a hosted zone that is used exists",
		"operation error Route 53: %s, NoSuchHostedZone: No hosted zone found with ID: %s",
		"https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html")
	ZoneMatches = store.NewRule("a hosted zone that is read by its domain exists",
		"no matching Route 53 Hosted Zone found",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/route53/zone_data_source.go")
	ZoneSingle = store.NewRule("a hosted zone that is read by its domain is the only one",
		"multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a single Route 53 Hosted Zone",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/route53/zone_data_source.go")
)

// mostZones is the default quota of hosted zones of an account.
const mostZones = 500

// Zone is a hosted zone. One with VPCs is private.
type Zone struct {
	ID           string    `json:"zoneId"`
	Name         string    `json:"name"`
	VPCs         []ZoneVPC `json:"vpcs"`
	Comment      string    `json:"comment"`
	NameServers  []string  `json:"nameServers"`
	ForceDestroy bool      `json:"forceDestroy"`
}

// ZoneVPC is a VPC with which a private zone is created.
type ZoneVPC struct {
	ID string `json:"vpcId"`
}

// ZoneOf returns the properties of a hosted zone.
func ZoneOf(o *store.Object) *Zone { return store.Decode[Zone](o) }

// Private reports whether only associated VPCs use the zone.
func (z *Zone) Private() bool { return len(z.VPCs) > 0 }

func zoneKind() *store.Kind {
	return &store.Kind{
		Typ: store.HostedZoneType, Tagged: true, ForceNew: []string{"name", "delegationSetId"}, Defaults: store.Properties{"forceDestroy": false},
		Create: createZone,
		Update: func(c *store.Call, o, old *store.Object) error {
			if before := ZoneOf(old); before.Private() != ZoneOf(o).Private() || !slices.Equal(before.VPCs, ZoneOf(o).VPCs) {
				return store.Unmodelled("changed VPCs of hosted zone %s", o.ID)
			}
			showZone(o, c.Region)
			return nil
		},
		Remove: func(c *store.Call, o *store.Object) error {
			zone := ZoneOf(o)
			records := RecordsIn(c.Account, zone.ID)
			if err := ZoneEmpty.When(len(records) > 0 && !zone.ForceDestroy, zone.ID); err != nil {
				return err
			}
			for _, record := range records {
				c.Drop(record)
			}
			return nil
		},
		Creation: zoneChange, Deletion: zoneChange,
	}
}

// The provider waits until a change is in sync on all name servers, and first looks after a delay of 10 s or more
// (terraform-provider-aws, internal/service/route53/record.go, recordSetSyncMinDelay). AWS says that most changes take
// up to 60 s (docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html). The figures are estimates between
// the two.
const (
	zoneChange   = 40 * time.Second
	recordChange = 35 * time.Second
)

var domainForm = regexp.MustCompile(`^([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?$`)

func createZone(c *store.Call, o *store.Object) error {
	zone := ZoneOf(o)
	err := store.First(
		ZoneDomain.When(!domainForm.MatchString(zone.Name) || len(zone.Name) > 255, zone.Name),
		ZoneQuota.When(len(c.All(store.HostedZoneType)) >= mostZones, zone.Name))
	for _, vpc := range zone.VPCs {
		if err == nil {
			err = vpcFits(c.Account, "CreateHostedZone", zone.Name, vpc.ID)
		}
	}
	if err != nil {
		return err
	}
	o.ID = newZoneID(c.Account)
	showZone(o, c.Region)
	return nil
}

// newZoneID returns an ID in the form of new hosted zones: Z, seven digits and 13 letters or digits.
func newZoneID(w *store.Account) string {
	id := strings.ToUpper(w.NewID(""))
	return "Z0" + fmt.Sprintf("%06d", w.Next()) + id[1:14]
}

func showZone(o *store.Object, region string) {
	partition := store.PartitionOf(region).ID
	in, _ := store.As[Zone](o.Inputs)
	servers := nameServersOf(o.ID, partition)
	o.Show(store.Properties{"zoneId": o.ID, "name": strings.TrimSuffix(in.Name, "."), "comment": in.Comment,
		"arn": "arn:" + partition + ":route53:::hostedzone/" + o.ID, "nameServers": store.AnyOf(servers), "primaryNameServer": servers[0]})
}

// nameServersOf returns the four name servers of a zone, in four top-level domains. Their numbers depend on the zone.
func nameServersOf(id, partition string) []string {
	number := 0
	for _, r := range id {
		number = (number*31 + int(r)) % 512
	}
	domains := []string{"com", "net", "org", "co.uk"}
	if partition == "aws-cn" {
		domains = []string{"com", "cn", "net", "org"}
	}
	var servers []string
	for i, domain := range domains {
		servers = append(servers, fmt.Sprintf("ns-%d.awsdns-%02d.%s", number+512*i, number/8, domain))
	}
	slices.Sort(servers)
	return servers
}

// FindZone returns a hosted zone that an operation uses.
func FindZone(w *store.Account, operation, id string) (*store.Object, error) {
	zone := w.Get(store.HostedZoneType, strings.TrimPrefix(id, "/hostedzone/"))
	return zone, ZoneFound.When(zone == nil, operation, id)
}

// HoldZone adds a hosted zone of the operator that belongs to no stack. An existing zone with its ID, or without an ID
// with its domain and visibility, does not change. It returns the ID of the zone.
func HoldZone(w *store.Account, zone store.HostedZone) string {
	for _, o := range w.All(store.HostedZoneType) {
		existing := ZoneOf(o)
		if o.ID == zone.ID || zone.ID == "" && existing.Name == zone.Domain && existing.Private() == zone.Private {
			return o.ID
		}
	}
	o := &store.Object{Type: store.HostedZoneType, ID: zone.ID, Owner: store.OperatorOwner, Inputs: store.Properties{"name": zone.Domain, "comment": ""}}
	if o.ID == "" {
		o.ID = newZoneID(w)
	}
	if zone.Private {
		o.Inputs["vpcs"] = []any{map[string]any{"vpcId": "vpc-0" + strings.ToLower(o.ID), "vpcRegion": zone.Region}}
	}
	showZone(o, zone.Region)
	w.Put(o)
	return o.ID
}

// getZone finds a hosted zone as the provider's data source does.
func getZone(c *store.Call, args store.Properties) (store.Properties, error) {
	var found *store.Object
	if id := store.OrText(args["zoneId"], ""); id != "" {
		zone, err := FindZone(c.Account, "GetHostedZone", id)
		if err != nil || zone == nil {
			return nil, err
		}
		found = zone
	} else {
		name, private := strings.TrimSuffix(store.OrText(args["name"], ""), "."), args["privateZone"] == true
		matching := c.With(store.HostedZoneType, "name", name, func(o *store.Object) bool { return ZoneOf(o).Private() == private })
		if err := store.First(ZoneMatches.When(len(matching) == 0), ZoneSingle.When(len(matching) > 1)); err != nil || len(matching) == 0 {
			return nil, err
		}
		found = matching[0]
	}
	zone := ZoneOf(found)
	return store.Properties{"id": zone.ID, "zoneId": zone.ID, "arn": found.Text("arn"), "name": zone.Name, "privateZone": zone.Private(), "comment": zone.Comment,
		"callerReference": "", "linkedServiceDescription": "", "linkedServicePrincipal": "", "vpcId": "", "tags": store.MapOf(found.At("tagsAll")),
		"nameServers": store.AnyOf(zone.NameServers), "primaryNameServer": found.Text("primaryNameServer"),
		"resourceRecordSetCount": float64(len(RecordsIn(c.Account, zone.ID)) + apexRecords)}, nil
}

// apexRecords are the NS and the SOA record that Route 53 creates in each zone.
const apexRecords = 2
