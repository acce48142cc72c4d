package route53

import (
	"slices"

	"eksnet/rehearsal/world/store"
)

var (
	ZoneVPCFound = store.NewRule("a private zone's VPC exists",
		"operation error Route 53: %s, InvalidVPCId: The VPC: %s that you provided is not authorized to make the association or does not exist.",
		"https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html")
	ZoneVPCDomain = store.NewRule("a VPC is associated with one private zone of a domain",
		"operation error Route 53: %s, ConflictingDomainExists: The VPC %s in region %s has already been associated with the hosted zone %s with the same domain name.",
		"https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html")
	ZonePrivate = store.NewRule("only a private zone is associated with a VPC",
		"creating Route53 Zone Association: operation error Route 53: AssociateVPCWithHostedZone, PublicZoneVPCAssociation: You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support associating a VPC with a public hosted zone: %s",
		"https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html")
)

// Association is the association of a VPC with a private zone that exists.
type Association struct {
	Zone string `json:"zoneId"`
	VPC  string `json:"vpcId"`
}

// AssociationOf returns the properties of an association.
func AssociationOf(o *store.Object) *Association { return store.Decode[Association](o) }

func associationKind() *store.Kind {
	return &store.Kind{
		Typ: store.ZoneAssociationType, ForceNew: []string{"vpcId", "vpcRegion", "zoneId"},
		Create: func(c *store.Call, o *store.Object) error {
			association := AssociationOf(o)
			zone, err := FindZone(c.Account, "AssociateVPCWithHostedZone", association.Zone)
			if err != nil || zone == nil {
				return err
			}
			err = store.First(
				ZonePrivate.When(!ZoneOf(zone).Private(), association.Zone),
				vpcFits(c.Account, "AssociateVPCWithHostedZone", ZoneOf(zone).Name, association.VPC))
			o.ID = association.Zone + ":" + association.VPC
			o.Show(store.Properties{"owningAccount": c.Options.Account, "vpcRegion": c.Region})
			return err
		},
		Creation: zoneChange, Deletion: zoneChange,
	}
}

// vpcFits checks a VPC of a private zone with a domain.
func vpcFits(w *store.Account, operation, domain, id string) error {
	if err := ZoneVPCFound.When(w.Get(store.VPCType, id) == nil, operation, id); err != nil {
		return err
	}
	other := privateZone(w, id, domain)
	return ZoneVPCDomain.When(other != "", operation, id, w.Region, other)
}

// privateZone returns the ID of the private zone of a domain that a VPC uses, "" if there is none.
func privateZone(w *store.Account, vpc, domain string) string {
	for _, zone := range w.With(store.HostedZoneType, "name", domain) {
		created := slices.ContainsFunc(ZoneOf(zone).VPCs, func(v ZoneVPC) bool { return v.ID == vpc })
		if created || w.Get(store.ZoneAssociationType, zone.ID+":"+vpc) != nil {
			return zone.ID
		}
	}
	return ""
}
