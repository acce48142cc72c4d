package ec2

import (
	"slices"
	"time"

	"eksnet/rehearsal/world/store"
)

const reserveOp = "creating EC2 Subnet CIDR Reservation: operation error EC2: CreateSubnetCidrReservation, api error "

const reservationDocs = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html"

var (
	ReservationInside = store.NewRule("a reservation is inside its subnet",
		reserveOp+"InvalidParameterValue: The CIDR '%s' is not within the CIDR '%s' of subnet %s",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnetCidrReservation.html")
	ReservationApart = store.NewRule("reservations do not overlap",
		reserveOp+"InvalidParameterValue: The CIDR '%s' overlaps the existing reservation %s", reservationDocs)
	ReservationBlocks = store.NewRule("a reservation for prefixes is at least a /28",
		reserveOp+"InvalidParameterValue: The CIDR '%s' is smaller than a prefix",
		"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html")
	ReservationType = store.NewRule("a reservation's type is prefix or explicit",
		`expected reservation_type to be one of ["prefix" "explicit"], got %s`,
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_subnet_cidr_reservation.go")
)

// Reservation is the reservation of a part of a subnet.
type Reservation struct {
	Subnet string       `json:"subnetId"`
	CIDR   store.Prefix `json:"cidrBlock"`
	Kind   string       `json:"reservationType"` // prefix or explicit
}

// ReservationOf returns the properties of a reservation.
func ReservationOf(o *store.Object) *Reservation { return store.Decode[Reservation](o) }

func reservationKinds() []*store.Kind {
	return []*store.Kind{{
		Typ:      store.CIDRReservationType,
		ForceNew: []string{"cidrBlock", "description", "reservationType", "subnetId"},
		Check: func(in store.Properties) []store.Failure {
			kind, given := in["reservationType"].(string)
			wrong := given && kind != "prefix" && kind != "explicit"
			return append(cidrFailures(in, "cidrBlock"), ReservationType.Failure(wrong, "reservationType", kind)...)
		},
		Create:   createReservation,
		Creation: time.Second, Deletion: time.Second,
	}}
}

// createReservation may include addresses in use, which do not change.
func createReservation(c *store.Call, o *store.Object) error {
	r := ReservationOf(o)
	subnet, err := FindSubnet(c.Account, "creating EC2 Subnet CIDR Reservation: operation error EC2: CreateSubnetCidrReservation", r.Subnet)
	if err != nil {
		return err
	}
	p, home, cidr := r.CIDR.Prefix, SubnetOf(subnet).CIDR.Prefix, store.OrText(o.Inputs["cidrBlock"], "")
	others := c.With(store.CIDRReservationType, "subnetId", subnet.ID, func(other *store.Object) bool { return ReservationOf(other).CIDR.Overlaps(p) })
	if err := store.First(
		ReservationInside.When(!IsInside(p, home), cidr, home, subnet.ID),
		ReservationBlocks.When(r.Kind == "prefix" && p.Bits() > 28, cidr),
		ReservationApart.When(len(others) > 0, cidr, store.DescribeAll(slices.Clone(others)))); err != nil {
		return err
	}
	o.ID = c.NewID("scr-")
	o.Show(store.Properties{"ownerId": c.Options.Account})
	return nil
}
