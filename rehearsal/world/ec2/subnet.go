package ec2

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

const createSubnetOp = "creating EC2 Subnet: operation error EC2: CreateSubnet"

var (
	SubnetInside = store.NewRule("a subnet is inside its VPC",
		createSubnetOp+", api error InvalidSubnet.Range: The CIDR '%s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
	SubnetDisjoint = store.NewRule("subnets do not overlap",
		createSubnetOp+", api error InvalidSubnet.Conflict: The CIDR '%s' conflicts with another subnet",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
	SubnetZone = store.NewRule("a subnet's zone is in its region",
		createSubnetOp+", api error InvalidParameterValue: Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %s.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html")
	SubnetQuota = store.NewRule("a VPC has at most two hundred subnets",
		createSubnetOp+", api error SubnetLimitExceeded: The maximum number of subnets has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	SubnetIPv6 = store.NewRule("a subnet's IPv6 network is a free /64 of its VPC's",
		createSubnetOp+", api error InvalidSubnet.Range: The IPv6 CIDR '%s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
	SubnetAssignsIPv6 = store.NewRule("a subnet that assigns IPv6 addresses has an IPv6 network",
		"setting EC2 Subnet (%[1]s) AssignIpv6AddressOnCreation: operation error EC2: ModifySubnetAttribute, api error InvalidParameterValue: Invalid value 'true' for assign-ipv6-address-on-creation. Cannot set assign-ipv6-address-on-creation to true unless the subnet (%[1]s) has an IPv6 CIDR block associated with it.",
		"https://github.com/hashicorp/terraform-provider-aws/issues/46795")
	SubnetKeepsIPv6 = store.NewRule("a subnet that assigns IPv6 addresses keeps its IPv6 network",
		"disassociating EC2 Subnet (%[1]s) IPv6 CIDR block (%[2]s): operation error EC2: DisassociateSubnetCidrBlock, api error InvalidCidrBlock.InUse: The subnet IPv6 CIDR block with association ID %[2]s may not be disassociated, because its subnet has assign-ipv6-address-on-creation set to true.",
		"https://github.com/hashicorp/terraform-provider-aws/issues/46017")
	SubnetEmpty = store.NewRule("a subnet has no network interfaces when it is deleted",
		"deleting EC2 Subnet (%[1]s): operation error EC2: DeleteSubnet, api error DependencyViolation: The subnet '%[1]s' has dependencies and cannot be deleted. (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html")
)

// Subnet is a subnet of a VPC.
type Subnet struct {
	VPC      string       `json:"vpcId"`
	Zone     string       `json:"availabilityZone"`
	ZoneID   string       `json:"availabilityZoneId"`
	CIDR     store.Prefix `json:"cidrBlock"`
	IPv6CIDR string       `json:"ipv6CidrBlock"`
	Public   bool         `json:"mapPublicIpOnLaunch"`
	// AssignsIPv6 reports whether interfaces of instances get an IPv6 address.
	AssignsIPv6 bool   `json:"assignIpv6AddressOnCreation"`
	ARN         string `json:"arn"`
}

// SubnetOf returns the properties of a subnet.
func SubnetOf(o *store.Object) *Subnet { return store.Decode[Subnet](o) }

func subnetKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.SubnetType, Tagged: true,
		Defaults: store.Properties{"assignIpv6AddressOnCreation": false, "enableDns64": false, "enableResourceNameDnsARecordOnLaunch": false,
			"enableResourceNameDnsAaaaRecordOnLaunch": false, "ipv6Native": false, "mapPublicIpOnLaunch": false},
		ForceNew: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"},
		Check:    func(in store.Properties) []store.Failure { return cidrFailures(in, "cidrBlock") },
		Create:   createSubnet,
		Update:   updateSubnet,
		Remove:   removeSubnet,
		Creation: 2 * time.Second, Deletion: 2 * time.Second,
	}}
}

func createSubnet(c *store.Call, o *store.Object) error {
	vpc, err := findVPC(c.Account, createSubnetOp, SubnetOf(o).VPC)
	if err != nil {
		return err
	}
	cidr := store.OrText(o.Inputs["cidrBlock"], "")
	p, ok := ParseNetwork(cidr)
	siblings := c.With(store.SubnetType, "vpcId", vpc.ID)
	err = store.First(
		SubnetQuota.When(len(siblings) >= 200),
		SubnetInside.When(!ok || p.Bits() < 16 || p.Bits() > 28 || !insideAny(p, NetworksOf(c.Account, vpc)), cidr),
		SubnetDisjoint.When(slices.ContainsFunc(siblings, func(s *store.Object) bool { return SubnetOf(s).CIDR.Overlaps(p) }), cidr))
	if err != nil {
		return err
	}
	o.ID = c.NewID("subnet-")
	return showSubnet(c.Account, o)
}

// updateSubnet changes a subnet. The provider turns the assignment of addresses off before it disassociates the IPv6
// network, and on after it has associated one.
func updateSubnet(c *store.Call, o, old *store.Object) error {
	before, after := SubnetOf(old), SubnetOf(o)
	kept := before.AssignsIPv6 && after.AssignsIPv6 && before.IPv6CIDR != "" && after.IPv6CIDR != before.IPv6CIDR
	association := store.OrText(old.Outputs["ipv6CidrBlockAssociationId"], "")
	if err := SubnetKeepsIPv6.When(kept, o.ID, association); err != nil {
		return err
	}
	return showSubnet(c.Account, o)
}

func insideAny(p netip.Prefix, outer []netip.Prefix) bool {
	return slices.ContainsFunc(outer, func(n netip.Prefix) bool { return IsInside(p, n) })
}

// showSubnet finds the subnet's zone by name or ID, and sets the outputs.
func showSubnet(w *store.Account, o *store.Object) error {
	s, zones := SubnetOf(o), store.ZonesOf(w.Region)
	at := slices.IndexFunc(zones, func(z store.Zone) bool {
		return (s.Zone == "" || z.Name == s.Zone) && (s.ZoneID == "" || z.ID == s.ZoneID)
	})
	var names []string
	for _, z := range zones {
		names = append(names, z.Name)
	}
	err := store.First(
		SubnetZone.When(at < 0, s.Zone+s.ZoneID, strings.Join(names, ", ")),
		ipv6Fits(w, o),
		SubnetAssignsIPv6.When(s.AssignsIPv6 && o.Inputs["ipv6CidrBlock"] == nil, o.ID))
	if err != nil {
		return err
	}
	association := ""
	if o.Inputs["ipv6CidrBlock"] != nil {
		association = "subnet-cidr-assoc-" + o.ID
	}
	o.Show(store.Properties{
		"arn": w.ARN("ec2", "subnet/"+o.ID), "availabilityZone": zones[at].Name, "availabilityZoneId": zones[at].ID,
		"ipv6CidrBlockAssociationId": association, "ownerId": w.Options.Account,
		"privateDnsHostnameTypeOnLaunch": store.OrText(o.Inputs["privateDnsHostnameTypeOnLaunch"], "ip-name"),
	})
	return nil
}

// ipv6Fits checks a subnet's IPv6 network against its VPC's and the other subnets'.
func ipv6Fits(w *store.Account, o *store.Object) error {
	block, given := o.Inputs["ipv6CidrBlock"].(string)
	if !given {
		return nil
	}
	vpc := SubnetOf(o).VPC
	p, ok := ParseNetwork(block)
	whole, fits := ParseNetwork(VPCOf(w.Get(store.VPCType, vpc)).IPv6CIDR)
	taken := w.With(store.SubnetType, "ipv6CidrBlock", block, func(s *store.Object) bool { return s.ID != o.ID && SubnetOf(s).VPC == vpc })
	return SubnetIPv6.When(!ok || p.Bits() != 64 || !fits || !IsInside(p, whole) || len(taken) > 0, block)
}

func removeSubnet(c *store.Call, o *store.Object) error {
	left := waitForDeletion(c.Account, c.With(store.InterfaceType, "subnetId", o.ID))
	if err := SubnetEmpty.When(len(left) > 0, o.ID, store.DescribeAll(left)); err != nil {
		return err
	}
	// Associations and reservations are deleted with their subnet.
	for _, typ := range []string{store.AssociationType, store.CIDRReservationType} {
		for _, a := range c.With(typ, "subnetId", o.ID) {
			c.Drop(a)
		}
	}
	return nil
}

// DiscoverSubnets returns the subnets of a VPC that the load balancer controllers select for a scheme
// ("internet-facing" or "internal"): tagged with the role, not tagged for another cluster only, one for each zone
// (aws-load-balancer-controller, docs/deploy/subnet_discovery.md).
func DiscoverSubnets(w *store.Account, vpc, scheme, cluster string) []*store.Object {
	role := "kubernetes.io/role/internal-elb"
	if scheme == "internet-facing" {
		role = "kubernetes.io/role/elb"
	}
	chosen := map[string]bool{}
	var found []*store.Object
	for _, s := range w.With(store.SubnetType, "vpcId", vpc) {
		tag, tagged := s.Tags()[role]
		zone := SubnetOf(s).Zone
		if !tagged || (tag != "1" && tag != "") || OwnedByAnother(s, cluster) || chosen[zone] {
			continue
		}
		chosen[zone] = true
		found = append(found, s)
	}
	return found
}

// OwnedByAnother reports whether a subnet has the tags of other clusters but not of this one.
func OwnedByAnother(subnet *store.Object, cluster string) bool {
	const prefix = "kubernetes.io/cluster/"
	others := false
	for key := range subnet.Tags() {
		if key == prefix+cluster {
			return false
		}
		others = others || strings.HasPrefix(key, prefix)
	}
	return others
}
