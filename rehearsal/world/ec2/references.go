package ec2

import (
	"net/netip"

	"eksnet/rehearsal/world/store"
)

// WithDefaults returns inputs with AWS's defaults for those that are not set.
func WithDefaults(given, defaults store.Properties) store.Properties {
	filled := store.Clone(defaults)
	for property, value := range given {
		if value != nil {
			filled[property] = value
		}
	}
	return filled
}

// ParseNetwork parses a CIDR; it is not valid if the text is not a CIDR or has host bits set.
func ParseNetwork(cidr string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(cidr)
	return p, err == nil && p == p.Masked()
}

// IsInside reports whether a network is inside another one.
func IsInside(inner, outer netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// Shared rules about references. The first value is the operation as the provider reports it.
var (
	VPCExists = store.NewRule("a VPC that is named exists",
		"%s, api error InvalidVpcID.NotFound: The vpc ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	SubnetExists = store.NewRule("a subnet that is named exists",
		"%s, api error InvalidSubnetID.NotFound: The subnet ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	GroupExists = store.NewRule("a security group that is named exists",
		"%s, api error InvalidGroup.NotFound: The security group '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
	PrefixListExists = store.NewRule("a prefix list that is named exists",
		"%s, api error InvalidPrefixListID.NotFound: The prefix list ID '%s' does not exist",
		"https://github.com/aws-cloudformation/rain/issues/308")
	TableExists = store.NewRule("a route table that is named exists",
		"%s, api error InvalidRouteTableID.NotFound: The routeTable ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
)

// findVPC returns a VPC for an operation.
func findVPC(w *store.Account, operation, id string) (*store.Object, error) {
	o := w.Get(store.VPCType, id)
	return o, VPCExists.When(o == nil, operation, id)
}

// FindSubnet returns a subnet for an operation.
func FindSubnet(w *store.Account, operation, id string) (*store.Object, error) {
	o := w.Get(store.SubnetType, id)
	return o, SubnetExists.When(o == nil, operation, id)
}

// FindSubnets returns the subnets of a list for an operation.
func FindSubnets(w *store.Account, operation string, ids []string) ([]*store.Object, error) {
	found := make([]*store.Object, 0, len(ids))
	for _, id := range ids {
		o, err := FindSubnet(w, operation, id)
		if err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, nil
}

// findTable returns a route table for an operation.
func findTable(w *store.Account, operation, id string) (*store.Object, error) {
	o := w.Get(store.RouteTableType, id)
	return o, TableExists.When(o == nil, operation, id)
}

// CheckSecurityGroups refuses security groups that do not exist.
func CheckSecurityGroups(w *store.Account, operation string, ids []string) error {
	for _, id := range ids {
		if err := GroupExists.When(w.Get(store.SecurityGroupType, id) == nil, operation, id); err != nil {
			return err
		}
	}
	return nil
}
