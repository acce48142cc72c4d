package rehearsed

import (
	"fmt"
	"slices"
	"strings"
)

const (
	hostedZoneType      = "aws:route53/zone:Zone"
	zoneAssociationType = "aws:route53/zoneAssociation:ZoneAssociation"
	recordType          = "aws:route53/record:Record"
)

// HostedZone is a hosted zone of Route 53, of the stack or of the operator.
type HostedZone struct {
	ID, Domain string
	// Own reports whether the stack creates the zone.
	Own bool
	// VPCs holds the IDs of the VPCs with which a private zone is created. A public zone has none.
	VPCs []string
	// Associated holds the IDs of the VPCs that are associated later.
	Associated []string
	Tags       map[string]string
}

// Private reports whether only VPCs use the zone.
func (z HostedZone) Private() bool { return len(z.VPCs) > 0 }

// Record is a record in a hosted zone. Name has no last dot. Alias is nil for a record with values.
type Record struct {
	Zone, Name, Type string
	Alias            *Alias
	Values           []string
	TTL              int
}

// Title returns the name, type and zone of a record, which identify it.
func (r Record) Title() string {
	return fmt.Sprintf("record %s %s in hosted zone %s", r.Name, r.Type, r.Zone)
}

// Text returns all properties of a record.
func (r Record) Text() string {
	if r.Alias != nil {
		return fmt.Sprintf("%s to %s in %s, health %t", r.Title(), r.Alias.Host, r.Alias.Zone, r.Alias.EvaluateHealth)
	}
	return fmt.Sprintf("%s with %s for %d seconds", r.Title(), strings.Join(r.Values, " "), r.TTL)
}

// Alias is the target of an alias record. Host is the DNS name of a load balancer, and Zone the hosted zone of ELB that
// contains it.
type Alias struct {
	Host, Zone     string
	EvaluateHealth bool
}

func (w *World) hostedZones() (all []HostedZone) {
	for _, o := range w.All(hostedZoneType) {
		zone := HostedZone{ID: o.ID, Domain: strings.TrimSuffix(o.Text("name"), "."), Own: o.ofProgram(), Tags: o.Map("tags")}
		for _, vpc := range o.Items("vpcs") {
			id, _ := vpc["vpcId"].(string)
			zone.VPCs = append(zone.VPCs, id)
		}
		for _, a := range w.All(zoneAssociationType, func(a *Object) bool { return a.Text("zoneId") == o.ID }) {
			zone.Associated = append(zone.Associated, a.Text("vpcId"))
		}
		all = append(all, zone)
	}
	return all
}

// records returns the records of the program and of the operator. Those of controllers in the cluster are not among
// them: the lab's own controllers create them.
func (w *World) records() (all []Record) {
	for _, o := range w.All(recordType, (*Object).ofStackOrOperator) {
		record := Record{Zone: o.Text("zoneId"), Name: strings.TrimSuffix(o.Text("fqdn"), "."), Type: o.Text("type"),
			Values: o.Texts("records"), TTL: o.Number("ttl")}
		for _, item := range o.Items("aliases") {
			a := &Object{Outputs: item}
			record.Alias = &Alias{Host: a.Text("name"), Zone: a.Text("zoneId"), EvaluateHealth: a.Flag("evaluateTargetHealth")}
		}
		all = append(all, record)
	}
	return all
}

// ofStackOrOperator reports whether no actor in the account or the cluster created an object.
func (o *Object) ofStackOrOperator() bool { return o.Owner == "" || o.Owner == "operator" }

// Owner is the Service, Ingress or Gateway of a load balancer.
type Owner struct{ Kind, Namespace, Name string }

// OwnerOf returns the object that has a host as its address, and false for none.
func (w *World) OwnerOf(host string) (Owner, bool) {
	for kind, typ := range map[string]string{"Service": Service, "Ingress": Ingress, "Gateway": Gateway} {
		for _, o := range w.All(typ) {
			if slices.Contains(addressesOf(o), host) {
				return Owner{Kind: kind, Namespace: o.Text("metadata.namespace"), Name: o.Text("metadata.name")}, true
			}
		}
	}
	return Owner{}, false
}

// addressesOf returns the host names in the status of a Service, an Ingress or a Gateway.
func addressesOf(o *Object) (hosts []string) {
	for _, item := range o.Items("status.loadBalancer.ingress") {
		hosts = append(hosts, (&Object{Outputs: item}).Text("hostname"))
	}
	for _, item := range o.Items("status.addresses") {
		hosts = append(hosts, (&Object{Outputs: item}).Text("value"))
	}
	return hosts
}
