package externaldns

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// aliasTypes are the types of the records of a name: both, also of a load balancer with IPv4 addresses alone
// (provider/aws/aws.go).
var aliasTypes = []string{"A", "AAAA"}

// Act does what a loop of ExternalDNS does: it creates the records of names that have none, changes those whose load
// balancer has changed, and deletes its records whose names are gone. It does the first change that is due.
func Act(w *store.Account, item store.Key) (changed bool, unfinished error) {
	deployment := w.Find(item.Cluster, item.Typ, item.ID)
	if deployment == nil || !podclient.ImageNamed(deployment, Owner) {
		return false, nil
	}
	c := newController(w, deployment)
	program, err := c.program()
	if err != nil {
		return false, err
	}
	zones := c.zones()
	if err := ZonesFound.When(len(zones) == 0, c.flags["domain-filter"], c.flags["zone-id-filter"]); err != nil {
		return false, err
	}
	names := c.names()
	for _, zone := range zones {
		changed, err := c.syncZone(program, zone, zones, names)
		if changed {
			return true, nil
		}
		unfinished = store.First(unfinished, err)
	}
	return false, unfinished
}

// syncZone does the first change that is due in a zone. A change that is refused does not prevent others, which
// ExternalDNS then sends one by one.
func (c *Controller) syncZone(program *podclient.Program, zone *store.Object, zones []*store.Object, names []named) (changed bool, unfinished error) {
	if err := program.CheckAllowed("route53:ListResourceRecordSets", c.zoneARN(zone), nil); err != nil {
		return false, err
	}
	var here []named
	for _, n := range names {
		if slices.Contains(zonesFor(n.name, zones), zone) {
			here = append(here, n)
		}
	}
	for _, n := range here {
		changed, err := c.create(program, zone, n)
		if changed {
			return true, nil
		}
		unfinished = store.First(unfinished, err)
	}
	for _, txt := range c.owned(zone) {
		name, typ := c.nameOf(txt, zone)
		if name == "" || slices.ContainsFunc(here, func(n named) bool { return n.name == name }) {
			continue
		}
		changed, err := c.remove(program, zone, txt, name, typ)
		if changed {
			return true, nil
		}
		unfinished = store.First(unfinished, err)
	}
	return false, unfinished
}

// create creates or changes the records of a name in a zone. A record without a TXT record of its own owner belongs to
// somebody else, and stays.
func (c *Controller) create(program *podclient.Program, zone *store.Object, n named) (changed bool, err error) {
	for _, typ := range aliasTypes {
		existing := route53.FindRecord(c.Account, zone.ID, n.name, typ)
		txt := route53.FindRecord(c.Account, zone.ID, c.txtName(n.name, typ), "TXT")
		own := txt != nil && c.isOwn(txt)
		if existing != nil && (!own || route53.IsAliasOf(existing, n.target)) {
			continue
		}
		if err := c.mayChange(program, zone, n.name, c.txtName(n.name, typ), typ); err != nil {
			return false, err
		}
		if existing != nil {
			c.Drop(existing)
		}
		if err := route53.MakeAlias(c.Account, Owner, zone.ID, n.name, typ, n.target); err != nil {
			return existing != nil, err
		}
		if txt == nil {
			if err := route53.MakeRecord(c.Account, Owner, zone.ID, c.txtName(n.name, typ), "TXT", c.label(n.object)); err != nil {
				return true, err
			}
		}
		return true, nil
	}
	return false, nil
}

// remove deletes a record with its TXT record.
func (c *Controller) remove(program *podclient.Program, zone, txt *store.Object, name, typ string) (changed bool, err error) {
	policy := c.flag("policy")
	if err := store.First(PolicySync.When(policy != "sync", policy), c.mayChange(program, zone, name, route53.RecordOf(txt).FQDN, typ)); err != nil {
		return false, err
	}
	if record := route53.FindRecord(c.Account, zone.ID, name, typ); record != nil {
		c.Drop(record)
	}
	c.Drop(txt)
	return true, nil
}

// mayChange refuses a change of a record and its TXT record that the role does not allow
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html).
func (c *Controller) mayChange(program *podclient.Program, zone *store.Object, name, txtName, typ string) error {
	return program.CheckAllowed("route53:ChangeResourceRecordSets", c.zoneARN(zone), iam.Facts{
		"route53:ChangeResourceRecordSetsNormalizedRecordNames": {normalized(name), normalized(txtName)},
		"route53:ChangeResourceRecordSetsRecordTypes":           {typ, "TXT"},
	})
}

func normalized(name string) string { return strings.ReplaceAll(name, "*", `\052`) }

func (c *Controller) zoneARN(zone *store.Object) string {
	return "arn:" + c.Partition().ID + ":route53:::hostedzone/" + zone.ID
}

// label returns the value of a TXT record of an object.
func (c *Controller) label(object string) string {
	return fmt.Sprintf(`"heritage=external-dns,external-dns/owner=%s,external-dns/resource=%s"`, c.flag("txt-owner-id"), object)
}

// owned returns the TXT records in a zone of this owner.
func (c *Controller) owned(zone *store.Object) []*store.Object {
	return recordsOfOwner(c.Account, zone.ID, c.flag("txt-owner-id"))
}

func (c *Controller) isOwn(txt *store.Object) bool { return hasOwner(txt, c.flag("txt-owner-id")) }

// recordsOfOwner returns the TXT records of an owner in a zone.
func recordsOfOwner(w *store.Account, zone, owner string) []*store.Object {
	return route53.RecordsIn(w, zone, func(o *store.Object) bool { return hasOwner(o, owner) })
}

// hasOwner reports whether a TXT record has an owner.
func hasOwner(txt *store.Object, owner string) bool {
	record := route53.RecordOf(txt)
	return record.Type == "TXT" && slices.ContainsFunc(record.Values, func(value string) bool {
		_, rest, found := strings.Cut(value, "external-dns/owner=")
		return found && (strings.HasPrefix(rest, owner+",") || strings.HasPrefix(rest, owner+`"`))
	})
}

// nameOf returns the name and the type of the record of a TXT record, "" for one with another prefix.
func (c *Controller) nameOf(txt, zone *store.Object) (name, typ string) {
	own := route53.RecordOf(txt).FQDN
	for _, o := range route53.RecordsIn(c.Account, zone.ID) {
		record := route53.RecordOf(o)
		if slices.Contains(aliasTypes, record.Type) && c.txtName(record.FQDN, record.Type) == own {
			return record.FQDN, record.Type
		}
	}
	return "", ""
}
