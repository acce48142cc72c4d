package world

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

const subnetType = "aws:ec2/subnet:Subnet"

const createSubnetOp = "creating EC2 Subnet: operation error EC2: CreateSubnet"

var (
	subnetInside = rule("a subnet is inside its VPC",
		createSubnetOp+", api error InvalidSubnet.Range: The CIDR '%s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
	subnetDisjoint = rule("subnets do not overlap",
		createSubnetOp+", api error InvalidSubnet.Conflict: The CIDR '%s' conflicts with another subnet",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
	subnetZone = rule("a subnet's zone is in its region",
		createSubnetOp+", api error InvalidParameterValue: Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %s.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html")
	subnetQuota = rule("a VPC has at most two hundred subnets",
		createSubnetOp+", api error SubnetLimitExceeded: The maximum number of subnets has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	subnetIPv6 = rule("a subnet's IPv6 network is a free /64 of its VPC's",
		createSubnetOp+", api error InvalidSubnet.Range: The IPv6 CIDR '%s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html")
	subnetEmpty = rule("a subnet has no network interfaces when it is deleted",
		"deleting EC2 Subnet (%[1]s): operation error EC2: DeleteSubnet, api error DependencyViolation: The subnet '%[1]s' has dependencies and cannot be deleted. (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html")
)

func subnetKinds() []*kind {
	return []*kind{{
		typ: subnetType, tagged: true,
		defaults: Properties{"assignIpv6AddressOnCreation": false, "enableDns64": false, "enableResourceNameDnsARecordOnLaunch": false,
			"enableResourceNameDnsAaaaRecordOnLaunch": false, "ipv6Native": false, "mapPublicIpOnLaunch": false},
		forceNew: []string{"availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"},
		check:    func(in Properties) []Failure { return cidrFailures(in, "cidrBlock") },
		create:   createSubnet,
		update:   func(c *call, o, _ *Object) error { return c.showSubnet(o) },
		remove:   removeSubnet,
		creation: 2 * time.Second, deletion: 2 * time.Second,
	}}
}

func createSubnet(c *call, o *Object) error {
	vpc, err := c.vpcOf(createSubnetOp, o.text("vpcId"))
	if err != nil {
		return err
	}
	cidr := o.text("cidrBlock")
	p, ok := network(cidr)
	siblings := c.with(subnetType, "vpcId", vpc.ID)
	err = first(
		subnetQuota.when(len(siblings) >= 200),
		subnetInside.when(!ok || p.Bits() < 16 || p.Bits() > 28 || !insideAny(p, c.networksOf(vpc)), cidr),
		subnetDisjoint.when(slices.ContainsFunc(siblings, func(s *Object) bool {
			other, ok := network(s.text("cidrBlock"))
			return ok && other.Overlaps(p)
		}), cidr))
	if err != nil {
		return err
	}
	o.ID = c.newID("subnet-")
	return c.showSubnet(o)
}

func insideAny(p netip.Prefix, outer []netip.Prefix) bool {
	return slices.ContainsFunc(outer, func(n netip.Prefix) bool { return inside(p, n) })
}

// showSubnet finds the subnet's zone by name or ID, and sets the outputs.
func (w *World) showSubnet(o *Object) error {
	zones := zonesOf(w.region)
	name, id := o.text("availabilityZone"), o.text("availabilityZoneId")
	at := slices.IndexFunc(zones, func(z zone) bool {
		return (name == "" || z.name == name) && (id == "" || z.id == id)
	})
	var names []string
	for _, z := range zones {
		names = append(names, z.name)
	}
	err := first(
		subnetZone.when(at < 0, name+id, strings.Join(names, ", ")),
		w.ipv6Fits(o))
	if err != nil {
		return err
	}
	association := ""
	if o.Inputs["ipv6CidrBlock"] != nil {
		association = "subnet-cidr-assoc-" + o.ID
	}
	o.show(Properties{
		"arn": w.arn("ec2", "subnet/"+o.ID), "availabilityZone": zones[at].name, "availabilityZoneId": zones[at].id,
		"ipv6CidrBlockAssociationId": association, "ownerId": w.options.Account,
		"privateDnsHostnameTypeOnLaunch": orText(o.Inputs["privateDnsHostnameTypeOnLaunch"], "ip-name"),
	})
	return nil
}

func orText(value any, otherwise string) string {
	if s, ok := value.(string); ok && s != "" {
		return s
	}
	return otherwise
}

// ipv6Fits checks a subnet's IPv6 network against its VPC's and the other subnets'.
func (w *World) ipv6Fits(o *Object) error {
	block, given := o.Inputs["ipv6CidrBlock"].(string)
	if !given {
		return nil
	}
	p, ok := network(block)
	vpc, fits := network(w.get(vpcType, o.text("vpcId")).text("ipv6CidrBlock"))
	taken := w.with(subnetType, "ipv6CidrBlock", block, where("vpcId", o.text("vpcId")), func(s *Object) bool { return s.ID != o.ID })
	return subnetIPv6.when(!ok || p.Bits() != 64 || !fits || !inside(p, vpc) || len(taken) > 0, block)
}

func removeSubnet(c *call, o *Object) error {
	left := c.outwait(c.with(interfaceType, "subnetId", o.ID))
	if err := subnetEmpty.when(len(left) > 0, o.ID, named(left)); err != nil {
		return err
	}
	// Associations and reservations are deleted with their subnet.
	for _, typ := range []string{associationType, cidrReservationType} {
		for _, a := range c.with(typ, "subnetId", o.ID) {
			c.drop(a)
		}
	}
	return nil
}

// named lists resources for a message, with ID, owner and description.
func named(objects []*Object) string {
	var names []string
	for _, o := range objects {
		name := o.ID
		if d := o.text("description"); d != "" {
			name += " " + d
		}
		if o.Owner != "" {
			name += ", created by " + o.Owner
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}

// discoverSubnets returns the subnets of a VPC that the load balancer controllers select for a scheme
// ("internet-facing" or "internal"): tagged with the role, not tagged for another cluster only, one for each zone
// (aws-load-balancer-controller, docs/deploy/subnet_discovery.md).
func (w *World) discoverSubnets(vpc, scheme, cluster string) []*Object {
	role := "kubernetes.io/role/internal-elb"
	if scheme == "internet-facing" {
		role = "kubernetes.io/role/elb"
	}
	chosen := map[string]bool{}
	var found []*Object
	for _, s := range w.with(subnetType, "vpcId", vpc) {
		tag, tagged := s.tags()[role]
		zone := s.text("availabilityZone")
		if !tagged || (tag != "1" && tag != "") || ownedByAnother(s, cluster) || chosen[zone] {
			continue
		}
		chosen[zone] = true
		found = append(found, s)
	}
	return found
}

// ownedByAnother reports whether a subnet has the tags of other clusters but not of this one.
func ownedByAnother(subnet *Object, cluster string) bool {
	const prefix = "kubernetes.io/cluster/"
	others := false
	for key := range subnet.tags() {
		if key == prefix+cluster {
			return false
		}
		others = others || strings.HasPrefix(key, prefix)
	}
	return others
}
