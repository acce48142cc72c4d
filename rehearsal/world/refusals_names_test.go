package world_test

import (
	"fmt"
	"strings"
	"testing"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// txtRecord returns the inputs of a record with a text.
func txtRecord(zone, name string) store.Properties {
	return store.Properties{"zoneId": zone, "name": name, "type": "TXT", "ttl": 300.0, "records": []any{"a text"}}
}

// aliasRecord returns the inputs of an alias.
func aliasRecord(zone, target, targetZone string) store.Properties {
	return store.Properties{"zoneId": zone, "name": "web.example.com", "type": "A",
		"aliases": []any{map[string]any{"name": target, "zoneId": targetZone, "evaluateTargetHealth": true}}}
}

// zoneInputs returns the inputs of a hosted zone, which is private if it has a VPC.
func zoneInputs(domain, vpc string) store.Properties {
	in := store.Properties{"name": domain, "comment": "test"}
	if vpc != "" {
		in["vpcs"] = []any{map[string]any{"vpcId": vpc}}
	}
	return in
}

// networkBalancer creates an NLB and returns its DNS name.
func networkBalancer(l *worldtest.Lab) string {
	o, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "web", Kind: elb.Network, Scheme: "internet-facing", VPC: l.IDs["vpc"],
		Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}})
	l.Must(err)
	return elb.LoadBalancerOf(o).DNSName
}

func nameRefusals() []refusal {
	inZone := func(try func(*worldtest.Lab, string) error) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network()
			return try(l, l.Make("zone", store.HostedZoneType, zoneInputs("example.com", "")))
		}
	}
	record := func(changes store.Properties) func(*worldtest.Lab) error {
		return inZone(func(l *worldtest.Lab, zone string) error {
			in := txtRecord(zone, "a.example.com")
			for property, value := range changes {
				in[property] = value
			}
			return l.Fails(store.RecordType, in)
		})
	}
	lookup := func(args store.Properties, before func(*worldtest.Lab)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			before(l)
			_, err := l.Client.Invoke("aws:route53/getZone:getZone", args)
			return err
		}
	}
	return []refusal{
		{"a hosted zone without a domain name", route53.ZoneDomain, func(l *worldtest.Lab) error { return l.Fails(store.HostedZoneType, zoneInputs("exa mple.com", "")) }},
		{"a 501st hosted zone", route53.ZoneQuota, func(l *worldtest.Lab) error {
			for i := range 500 {
				l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", Domain: fmt.Sprintf("%d.example.com", i)})
			}
			return l.Fails(store.HostedZoneType, zoneInputs("example.com", ""))
		}},
		{"a private zone in a VPC that does not exist", route53.ZoneVPCFound, func(l *worldtest.Lab) error { return l.Fails(store.HostedZoneType, zoneInputs("example.com", "vpc-0")) }},
		{"a second private zone of a domain in a VPC", route53.ZoneVPCDomain, func(l *worldtest.Lab) error {
			l.Network().Make("zone", store.HostedZoneType, zoneInputs("example.com", l.IDs["vpc"]))
			return l.Fails(store.HostedZoneType, zoneInputs("example.com", l.IDs["vpc"]))
		}},
		{"an association with a second private zone of a domain", route53.ZoneVPCDomain, func(l *worldtest.Lab) error {
			l.Network().Make("zone", store.HostedZoneType, zoneInputs("example.com", l.IDs["vpc"]))
			return l.Fails(store.ZoneAssociationType, store.Properties{"zoneId": l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", ID: "Z1", Domain: "example.com", Private: true}), "vpcId": l.IDs["vpc"]})
		}},
		{"an association with a zone that does not exist", route53.ZoneFound, func(l *worldtest.Lab) error {
			return l.Network().Fails(store.ZoneAssociationType, store.Properties{"zoneId": "Z0", "vpcId": l.IDs["vpc"]})
		}},
		{"an association with a public zone", route53.ZonePrivate, inZone(func(l *worldtest.Lab, zone string) error {
			return l.Fails(store.ZoneAssociationType, store.Properties{"zoneId": zone, "vpcId": l.IDs["vpc"]})
		})},
		{"a hosted zone that is deleted with a record of others", route53.ZoneEmpty, inZone(func(l *worldtest.Lab, zone string) error {
			l.Must(l.World.HoldRecord(zone, "other.example.com", "TXT", "a text"))
			return l.Delete(store.HostedZoneType, "zone")
		})},
		{"a record in a zone that does not exist", route53.ZoneFound, record(store.Properties{"zoneId": "Z0"})},
		{"a record that exists", route53.RecordUnique, inZone(func(l *worldtest.Lab, zone string) error {
			l.Must(l.World.HoldRecord(zone, "a.example.com", "TXT", "of others"))
			return l.Fails(store.RecordType, txtRecord(zone, "a.example.com"))
		})},
		{"an NS record of a zone itself", route53.RecordUnique, record(store.Properties{"name": "example.com", "type": "NS"})},
		{"a CNAME record at the apex", route53.RecordApex, record(store.Properties{"name": "example.com", "type": "CNAME"})},
		{"a record with the name of a CNAME record", route53.RecordConflict, inZone(func(l *worldtest.Lab, zone string) error {
			l.Must(l.World.HoldRecord(zone, "a.example.com", "CNAME", "example.net"))
			return l.Fails(store.RecordType, txtRecord(zone, "a.example.com"))
		})},
		{"one record too many", route53.RecordQuota, inZone(func(l *worldtest.Lab, zone string) error {
			for i := range 9998 {
				l.World.Put(&store.Object{Type: store.RecordType, ID: fmt.Sprint(i), Outputs: store.Properties{"zoneId": zone}})
			}
			return l.Fails(store.RecordType, txtRecord(zone, "a.example.com"))
		})},
		{"an alias of a load balancer that does not exist", route53.AliasTarget, inZone(func(l *worldtest.Lab, zone string) error {
			return l.Fails(store.RecordType, aliasRecord(zone, "web-0.elb.ap-northeast-2.amazonaws.com", elb.HostedZoneOf("ap-northeast-2", elb.Network)))
		})},
		{"an alias of an NLB in the zone of ALBs", route53.AliasZone, inZone(func(l *worldtest.Lab, zone string) error {
			return l.Fails(store.RecordType, aliasRecord(zone, networkBalancer(l), elb.HostedZoneOf("ap-northeast-2", elb.Application)))
		})},
		{"the zone of load balancers in a region that does not exist", elb.HostedZoneKnown, func(l *worldtest.Lab) error {
			_, err := l.Client.Invoke("aws:lb/getHostedZoneId:getHostedZoneId", store.Properties{"region": "eu-west-9"})
			return err
		}},
		{"a zone that is read by another ID", route53.ZoneFound, lookup(store.Properties{"zoneId": "Z0"}, func(*worldtest.Lab) {})},
		{"a private zone that is read and is public", route53.ZoneMatches, lookup(store.Properties{"name": "example.com", "privateZone": true}, func(l *worldtest.Lab) {
			l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", ID: "Z1", Domain: "example.com"})
		})},
		{"a zone that is read by its domain and is not the only one", route53.ZoneSingle, lookup(store.Properties{"name": "example.com"}, func(l *worldtest.Lab) {
			l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", ID: "Z1", Domain: "example.com"})
			l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", ID: "Z2", Domain: "example.com"})
		})},
	}
}

func TestAnAliasFollowsAnotherLoadBalancerInPlace(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	zone := l.Make("zone", store.HostedZoneType, zoneInputs("example.com", ""))
	target := networkBalancer(l)
	id := l.Make("record", store.RecordType, aliasRecord(zone, target, elb.HostedZoneOf("ap-northeast-2", elb.Network)))
	if err := l.Change(store.RecordType, id, store.Properties{"aliases": aliasRecord(zone, "gone.elb.ap-northeast-2.amazonaws.com", "")["aliases"]}); worldtest.RuleOf(err) != route53.AliasTarget {
		t.Errorf("a changed target that does not exist is %v", err)
	}
	l.Must(l.Change(store.RecordType, id, store.Properties{"aliases": aliasRecord(zone, "dualstack."+target, elb.HostedZoneOf("ap-northeast-2", elb.Network))["aliases"]}))
	if got := route53.RecordOf(l.Object(store.RecordType, "record")); got.FQDN != "web.example.com" || got.Aliases[0].Name != "dualstack."+target {
		t.Errorf("the record is %+v", got)
	}
}

func TestAZoneThatIsForcedDeletesItsRecords(t *testing.T) {
	l := worldtest.NewLab(t)
	in := zoneInputs("example.com", "")
	in["forceDestroy"] = true
	l.Must(l.World.HoldRecord(l.Make("zone", store.HostedZoneType, in), "a.example.com", "TXT", "a text"))
	if err := l.Delete(store.HostedZoneType, "zone"); err != nil || len(l.World.All(store.RecordType)) > 0 {
		t.Errorf("%v, and %d records remain", err, len(l.World.All(store.RecordType)))
	}
}

func TestTheCommandThatDeletesARecordHasItsContent(t *testing.T) {
	l := worldtest.NewLab(t)
	zone := l.World.HoldZone(store.HostedZone{Region: "ap-northeast-2", ID: "Z1", Domain: "example.com"})
	l.Must(l.World.HoldRecord(zone, "a.example.com", "TXT", "a text"))
	command := route53.DeletionCommand(l.World.All(store.RecordType)[0])
	for _, part := range []string{"--hosted-zone-id Z1 ", `"Action":"DELETE"`, `"Name":"a.example.com"`, `"TTL":300`, `"Value":"a text"`} {
		if !strings.Contains(command, part) {
			t.Errorf("%s lacks %s", command, part)
		}
	}
}
