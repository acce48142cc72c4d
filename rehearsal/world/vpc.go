package world

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

const (
	vpcType        = "aws:ec2/vpc:Vpc"
	secondaryType  = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	networkACLType = "aws:ec2/networkAcl:NetworkAcl"
)

const createVPC = "creating EC2 VPC: operation error EC2: CreateVpc"

var (
	cidrWritten = rule("an IPv4 network is a CIDR block without host bits",
		"%q is not a valid IPv4 CIDR block",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/verify/validate.go")
	vpcSize = rule("a VPC's network is from /16 to /28",
		createVPC+", api error InvalidVpc.Range: The CIDR '%s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html")
	vpcReserved = rule("a VPC's network is in no reserved range",
		"%s, api error InvalidVpc.Range: The CIDR '%s' is invalid. (%s)",
		"https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html; https://www.rfc-editor.org/rfc/rfc6890")
	vpcQuota = rule("a region has at most five VPCs",
		createVPC+", api error VpcLimitExceeded: The maximum number of VPCs has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	vpcNetworkGiven = rule("a VPC has a network",
		createVPC+", api error MissingParameter: Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html")
	vpcEmpty = rule("a VPC is empty when it is deleted",
		"deleting EC2 VPC (%[1]s): operation error EC2: DeleteVpc, api error DependencyViolation: The vpc '%[1]s' has dependencies and cannot be deleted. (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html")
	secondaryRange = rule("a VPC's further network does not overlap its others, and is in an allowed range",
		"creating EC2 VPC (%s) IPv4 CIDR Block (%s) Association: operation error EC2: AssociateVpcCidrBlock, api error InvalidVpc.Range: The CIDR '%[2]s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html")
	secondaryUnused = rule("a VPC's further network has no subnets when it is removed",
		"deleting EC2 VPC IPv4 CIDR Block Association (%s): operation error EC2: DisassociateVpcCidrBlock, api error DependencyViolation: The vpc '%s' has dependencies and cannot be deleted. (%s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html")
)

func vpcKinds() []*kind {
	return []*kind{{
		typ: vpcType, tagged: true,
		defaults: Properties{"enableDnsSupport": true, "instanceTenancy": "default"},
		forceNew: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"},
		check:    func(in Properties) []Failure { return cidrFailures(in, "cidrBlock") },
		create:   createVpc,
		update:   func(c *call, o, _ *Object) error { c.showVPC(o); return nil },
		remove:   removeVPC,
		creation: 3 * time.Second, deletion: time.Second,
	}, {
		typ:      secondaryType,
		forceNew: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "vpcId"},
		check:    func(in Properties) []Failure { return cidrFailures(in, "cidrBlock") },
		create:   createSecondary,
		remove:   removeSecondary,
		creation: 5 * time.Second, deletion: 5 * time.Second,
	}}
}

// cidrFailures returns the provider's failure for a property that is not an IPv4 network.
func cidrFailures(in Properties, property string) []Failure {
	cidr, given := in[property].(string)
	p, ok := network(cidr)
	return cidrWritten.failure(given && (!ok || !p.Addr().Is4()), property, cidr)
}

func createVpc(c *call, o *Object) error {
	cidr := o.text("cidrBlock")
	p, ok := network(cidr)
	err := first(
		vpcNetworkGiven.when(cidr == ""),
		vpcSize.when(!ok || p.Bits() < 16 || p.Bits() > 28, cidr),
		vpcReserved.when(reservedRange(p) != "", createVPC, cidr, reservedRange(p)),
		vpcQuota.when(len(c.all(vpcType)) >= 5))
	if err != nil {
		return err
	}
	o.ID = c.newID("vpc-")
	built := func(typ, prefix string, outputs Properties) string {
		b := &Object{Type: typ, ID: c.newID(prefix), Owner: "vpc"}
		outputs["vpcId"] = o.ID
		b.show(outputs)
		c.put(b)
		return b.ID
	}
	o.Outputs = Properties{
		"defaultSecurityGroupId": built(securityGroupType, "sg-", Properties{"name": "default", "description": "default VPC security group"}),
		"mainRouteTableId":       built(routeTableType, "rtb-", Properties{"routes": []any{}}),
		"defaultNetworkAclId":    built(networkACLType, "acl-", Properties{}),
		"dhcpOptionsId":          "dopt-" + c.region,
	}
	c.showVPC(o)
	return nil
}

// showVPC sets a VPC's outputs, and keeps what AWS generated at its creation.
func (w *World) showVPC(o *Object) {
	drawn := o.Outputs
	out := Properties{
		"arn": w.arn("ec2", "vpc/"+o.ID), "ownerId": w.options.Account, "enableDnsHostnames": o.flag("enableDnsHostnames"),
		"enableNetworkAddressUsageMetrics": o.flag("enableNetworkAddressUsageMetrics"),
		"ipv6AssociationId":                "", "ipv6CidrBlock": "", "ipv6CidrBlockNetworkBorderGroup": "",
	}
	for _, property := range []string{"defaultSecurityGroupId", "mainRouteTableId", "defaultNetworkAclId", "dhcpOptionsId"} {
		out[property] = drawn[property]
	}
	out["defaultRouteTableId"] = drawn["mainRouteTableId"]
	if on, _ := o.Inputs["assignGeneratedIpv6CidrBlock"].(bool); on {
		block, _ := drawn["ipv6CidrBlock"].(string)
		if block == "" {
			block = fmt.Sprintf("2001:db8:%x::/56", w.next()%0xffff)
		}
		out["ipv6CidrBlock"], out["ipv6AssociationId"], out["ipv6CidrBlockNetworkBorderGroup"] = block, "vpc-cidr-assoc-"+o.ID, w.region
	}
	o.show(out)
}

// dependents returns the resources in a VPC that prevent its deletion: all except those that AWS created with it.
func (w *World) dependents(vpc string) []*Object {
	return w.with("", "vpcId", vpc, func(o *Object) bool {
		return o.Owner != "vpc" && o.Type != defaultGroupType && o.Cluster == "" && o.Type != secondaryType && o.Type != flowLogType
	})
}

func removeVPC(c *call, o *Object) error {
	left := c.dependents(o.ID)
	if err := vpcEmpty.when(len(left) > 0, o.ID, named(left)); err != nil {
		return err
	}
	for _, built := range c.with("", "vpcId", o.ID) {
		c.drop(built)
	}
	return nil
}

// networksOf returns the IPv4 networks of a VPC, including its further ones.
func (w *World) networksOf(vpc *Object) []netip.Prefix {
	var networks []netip.Prefix
	if p, ok := network(vpc.text("cidrBlock")); ok {
		networks = append(networks, p)
	}
	for _, o := range w.with(secondaryType, "vpcId", vpc.ID) {
		if p, ok := network(o.text("cidrBlock")); ok {
			networks = append(networks, p)
		}
	}
	return networks
}

func createSecondary(c *call, o *Object) error {
	cidr := o.text("cidrBlock")
	vpc, err := c.vpcOf("creating EC2 VPC IPv4 CIDR Block Association: operation error EC2: AssociateVpcCidrBlock", o.text("vpcId"))
	if err != nil {
		return err
	}
	p, ok := network(cidr)
	bad := !ok || p.Bits() < 16 || p.Bits() > 28 || restricted(c.networksOf(vpc), p)
	associate := "creating EC2 VPC (" + vpc.ID + ") IPv4 CIDR Block (" + cidr + ") Association: operation error EC2: AssociateVpcCidrBlock"
	if err := first(vpcReserved.when(reservedRange(p) != "", associate, cidr, reservedRange(p)), secondaryRange.when(bad, vpc.ID, cidr)); err != nil {
		return err
	}
	o.ID = c.newID("vpc-cidr-assoc-")
	o.show(Properties{"cidrBlock": cidr, "ipv4IpamPoolId": nil})
	return nil
}

// reservedRanges are those in which no VPC and no client on the internet has an address.
var reservedRanges = map[netip.Prefix]string{
	netip.MustParsePrefix("0.0.0.0/8"): "this network", netip.MustParsePrefix("127.0.0.0/8"): "loopback", netip.MustParsePrefix("169.254.0.0/16"): "link local",
	netip.MustParsePrefix("224.0.0.0/4"): "multicast", netip.MustParsePrefix("240.0.0.0/4"): "reserved",
}

// reservedRange returns the reserved range that a network overlaps, "" for none.
func reservedRange(p netip.Prefix) string {
	for r, use := range reservedRanges {
		if p.IsValid() && r.Overlaps(p) {
			return r.String() + " is " + use
		}
	}
	return ""
}

// exclusive are the ranges of which a VPC can have further networks only if it already has one of the same, because of
// AWS's own services. 100.64.0.0/10 can be combined with all of them.
var exclusive = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("198.19.0.0/16")}

// restricted reports whether a further network overlaps one of a VPC's, or is one that AWS does not associate with it
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, IPv4 CIDR block association restrictions).
func restricted(networks []netip.Prefix, p netip.Prefix) bool {
	within := func(r netip.Prefix) bool {
		return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return inside(n, r) })
	}
	if slices.ContainsFunc(networks, p.Overlaps) || p.Overlaps(netip.MustParsePrefix("172.31.0.0/16")) {
		return true
	}
	if inside(p, netip.MustParsePrefix("10.0.0.0/16")) && within(netip.MustParsePrefix("10.0.0.0/15")) {
		return true
	}
	return slices.ContainsFunc(exclusive, func(r netip.Prefix) bool { return inside(p, r) && !within(r) })
}

func removeSecondary(c *call, o *Object) error {
	p, _ := network(o.text("cidrBlock"))
	left := c.with(subnetType, "vpcId", o.text("vpcId"), func(s *Object) bool {
		n, ok := network(s.text("cidrBlock"))
		return ok && p.Overlaps(n)
	})
	return secondaryUnused.when(len(left) > 0, o.ID, o.text("vpcId"), named(left))
}
