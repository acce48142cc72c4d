package world

import (
	"slices"
	"time"
)

// This file has the reservations of subnets; subnet_room.go assigns addresses from them.
const reserveOp = "creating EC2 Subnet CIDR Reservation: operation error EC2: CreateSubnetCidrReservation, api error "

const reservationDocs = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html"

var (
	reservationInside = rule("a reservation is inside its subnet",
		reserveOp+"InvalidParameterValue: The CIDR '%s' is not within the CIDR '%s' of subnet %s",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnetCidrReservation.html")
	reservationApart = rule("reservations do not overlap",
		reserveOp+"InvalidParameterValue: The CIDR '%s' overlaps the existing reservation %s", reservationDocs)
	reservationBlocks = rule("a reservation for prefixes is at least a /28",
		reserveOp+"InvalidParameterValue: The CIDR '%s' is smaller than a prefix",
		"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html")
	reservationType = rule("a reservation's type is prefix or explicit",
		`expected reservation_type to be one of ["prefix" "explicit"], got %s`,
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_subnet_cidr_reservation.go")
)

func reservationKinds() []*kind {
	return []*kind{{
		typ:      cidrReservationType,
		forceNew: []string{"cidrBlock", "description", "reservationType", "subnetId"},
		check: func(in Properties) []Failure {
			kind, given := in["reservationType"].(string)
			wrong := given && kind != "prefix" && kind != "explicit"
			return append(cidrFailures(in, "cidrBlock"), reservationType.failure(wrong, "reservationType", kind)...)
		},
		create:   createReservation,
		creation: time.Second, deletion: time.Second,
	}}
}

// createReservation may include addresses in use, which do not change.
func createReservation(c *call, o *Object) error {
	subnet, err := c.subnetOf("creating EC2 Subnet CIDR Reservation: operation error EC2: CreateSubnetCidrReservation", o.text("subnetId"))
	if err != nil {
		return err
	}
	cidr := o.text("cidrBlock")
	p, _ := network(cidr)
	home, _ := network(subnet.text("cidrBlock"))
	others := c.with(cidrReservationType, "subnetId", subnet.ID, func(other *Object) bool {
		taken, ok := network(other.text("cidrBlock"))
		return ok && taken.Overlaps(p)
	})
	if err := first(
		reservationInside.when(!inside(p, home), cidr, home, subnet.ID),
		reservationBlocks.when(o.text("reservationType") == "prefix" && p.Bits() > 28, cidr),
		reservationApart.when(len(others) > 0, cidr, named(slices.Clone(others)))); err != nil {
		return err
	}
	o.ID = c.newID("scr-")
	o.show(Properties{"ownerId": c.options.Account})
	return nil
}
