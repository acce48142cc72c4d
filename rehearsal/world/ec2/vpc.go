package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"eksnet/rehearsal/world/store"
)

const createVPCOp = "creating EC2 VPC: operation error EC2: CreateVpc"

var (
	CIDRWritten = store.NewRule("an IPv4 network is a CIDR block without host bits",
		"%q is not a valid IPv4 CIDR block",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/verify/validate.go")
	VPCSize = store.NewRule("a VPC's network is from /16 to /28",
		createVPCOp+", api error InvalidVpc.Range: The CIDR '%s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html")
	VPCReserved = store.NewRule("a VPC's network is in no reserved range",
		"%s, api error InvalidVpc.Range: The CIDR '%s' is invalid. (%s)",
		"https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html; https://www.rfc-editor.org/rfc/rfc6890")
	VPCQuota = store.NewRule("a region has at most five VPCs",
		createVPCOp+", api error VpcLimitExceeded: The maximum number of VPCs has been reached.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
	VPCNetworkGiven = store.NewRule("a VPC has a network",
		createVPCOp+", api error MissingParameter: Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html")
	VPCEmpty = store.NewRule("a VPC is empty when it is deleted",
		"deleting EC2 VPC (%[1]s): operation error EC2: DeleteVpc, api error DependencyViolation: The vpc '%[1]s' has dependencies and cannot be deleted. (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html")
	VPCIPv6Used = store.NewRule("a VPC's IPv6 network has no subnets when it is taken away",
		"updating EC2 VPC (%[1]s): disassociating IPv6 CIDR block: operation error EC2: DisassociateVpcCidrBlock, api error InvalidCidrBlock.InUse: The vpc %[1]s currently has a subnet within CIDR block %[2]s (%[3]s)",
		"https://github.com/hashicorp/terraform-provider-aws/issues/39854; https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html")
	SecondaryRange = store.NewRule("a VPC's further network does not overlap its others, and is in an allowed range",
		"creating EC2 VPC (%s) IPv4 CIDR Block (%s) Association: operation error EC2: AssociateVpcCidrBlock, api error InvalidVpc.Range: The CIDR '%[2]s' is invalid.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html")
	SecondaryUnused = store.NewRule("a VPC's further network has no subnets when it is removed",
		"deleting EC2 VPC IPv4 CIDR Block Association (%s): operation error EC2: DisassociateVpcCidrBlock, api error DependencyViolation: The vpc '%s' has dependencies and cannot be deleted. (%s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html")
)

// VPC is a virtual private cloud.
type VPC struct {
	CIDR         store.Prefix `json:"cidrBlock"`
	IPv6CIDR     string       `json:"ipv6CidrBlock"`
	DNSSupport   bool         `json:"enableDnsSupport"`
	DNSHostnames bool         `json:"enableDnsHostnames"`
	UsageMetrics bool         `json:"enableNetworkAddressUsageMetrics"`
	DefaultGroup string       `json:"defaultSecurityGroupId"`
	MainTable    string       `json:"mainRouteTableId"`
}

// VPCOf returns the properties of a VPC.
func VPCOf(o *store.Object) *VPC { return store.Decode[VPC](o) }

// SecondaryNetwork is a further network of a VPC.
type SecondaryNetwork struct {
	VPC  string       `json:"vpcId"`
	CIDR store.Prefix `json:"cidrBlock"`
}

// SecondaryNetworkOf returns the properties of a VPC's further network.
func SecondaryNetworkOf(o *store.Object) *SecondaryNetwork { return store.Decode[SecondaryNetwork](o) }

func vpcKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.VPCType, Tagged: true,
		Defaults: store.Properties{"enableDnsSupport": true, "instanceTenancy": "default"},
		ForceNew: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"},
		Check:    func(in store.Properties) []store.Failure { return cidrFailures(in, "cidrBlock") },
		Create:   createVPC,
		Update:   updateVPC,
		Remove:   removeVPC,
		Creation: 3 * time.Second, Deletion: time.Second,
	}, {
		Typ:      store.SecondaryType,
		ForceNew: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "vpcId"},
		Check:    func(in store.Properties) []store.Failure { return cidrFailures(in, "cidrBlock") },
		Create:   createSecondary,
		Remove:   removeSecondary,
		Creation: 5 * time.Second, Deletion: 5 * time.Second,
	}}
}

// cidrFailures returns the provider's failure for a property that is not an IPv4 network.
func cidrFailures(in store.Properties, property string) []store.Failure {
	cidr, given := in[property].(string)
	p, ok := ParseNetwork(cidr)
	return CIDRWritten.Failure(given && (!ok || !p.Addr().Is4()), property, cidr)
}

func createVPC(c *store.Call, o *store.Object) error {
	cidr := store.OrText(o.Inputs["cidrBlock"], "")
	p, ok := ParseNetwork(cidr)
	err := store.First(
		VPCNetworkGiven.When(cidr == ""),
		VPCSize.When(!ok || p.Bits() < 16 || p.Bits() > 28, cidr),
		VPCReserved.When(ReservedRange(p) != "", createVPCOp, cidr, ReservedRange(p)),
		VPCQuota.When(len(c.All(store.VPCType)) >= 5),
		allocateFromPool(c.Account, store.OrText(o.Inputs["ipv4IpamPoolId"], ""), p))
	if err != nil {
		return err
	}
	o.ID = c.NewID("vpc-")
	built := func(typ, prefix string, outputs store.Properties) string {
		b := &store.Object{Type: typ, ID: c.NewID(prefix), Owner: "vpc"}
		outputs["vpcId"] = o.ID
		b.Show(outputs)
		c.Put(b)
		return b.ID
	}
	o.Outputs = store.Properties{
		"defaultSecurityGroupId": built(store.SecurityGroupType, "sg-", store.Properties{"name": "default", "description": "default VPC security group"}),
		"mainRouteTableId":       built(store.RouteTableType, "rtb-", store.Properties{"routes": []any{}}),
		"defaultNetworkAclId":    built(store.NetworkACLType, "acl-", store.Properties{}),
		"dhcpOptionsId":          "dopt-" + c.Region,
	}
	showVPC(c.Account, o)
	return nil
}

func updateVPC(c *store.Call, o, old *store.Object) error {
	showVPC(c.Account, o)
	block := VPCOf(old).IPv6CIDR
	if block == "" || VPCOf(o).IPv6CIDR == block {
		return nil
	}
	within := c.With(store.SubnetType, "vpcId", o.ID, func(s *store.Object) bool { return SubnetOf(s).IPv6CIDR != "" })
	return VPCIPv6Used.When(len(within) > 0, o.ID, block, store.DescribeAll(within))
}

// showVPC sets a VPC's outputs, and keeps what AWS generated at its creation.
func showVPC(w *store.Account, o *store.Object) {
	v, drawn := VPCOf(o), o.Outputs
	out := store.Properties{
		"arn": w.ARN("ec2", "vpc/"+o.ID), "ownerId": w.Options.Account, "enableDnsHostnames": v.DNSHostnames,
		"enableNetworkAddressUsageMetrics": v.UsageMetrics,
		"ipv6AssociationId":                "", "ipv6CidrBlock": "", "ipv6CidrBlockNetworkBorderGroup": "",
	}
	for _, property := range []string{"defaultSecurityGroupId", "mainRouteTableId", "defaultNetworkAclId", "dhcpOptionsId"} {
		out[property] = drawn[property]
	}
	out["defaultRouteTableId"] = drawn["mainRouteTableId"]
	if on, _ := o.Inputs["assignGeneratedIpv6CidrBlock"].(bool); on {
		block, _ := drawn["ipv6CidrBlock"].(string)
		if block == "" {
			block = fmt.Sprintf("2001:db8:%x::/56", w.Next()%0xffff)
		}
		out["ipv6CidrBlock"], out["ipv6AssociationId"], out["ipv6CidrBlockNetworkBorderGroup"] = block, "vpc-cidr-assoc-"+o.ID, w.Region
	}
	o.Show(out)
}

// dependents returns the resources in a VPC that prevent its deletion: all except those that AWS created with it, and
// those of other services, which EC2 does not look at.
func dependents(w *store.Account, vpc string) []*store.Object {
	return w.With("", "vpcId", vpc, func(o *store.Object) bool {
		return o.Owner != "vpc" && o.Cluster == "" && !slices.Contains([]string{store.DefaultGroupType, store.SecondaryType, store.FlowLogType, store.ZoneAssociationType}, o.Type)
	})
}

func removeVPC(c *store.Call, o *store.Object) error {
	left := dependents(c.Account, o.ID)
	if err := VPCEmpty.When(len(left) > 0, o.ID, store.DescribeAll(left)); err != nil {
		return err
	}
	for _, built := range c.With("", "vpcId", o.ID) {
		c.Drop(built)
	}
	awaitRelease(c, store.OrText(o.Inputs["ipv4IpamPoolId"], ""))
	return nil
}

// NetworksOf returns the IPv4 networks of a VPC, including its further ones.
func NetworksOf(w *store.Account, vpc *store.Object) []netip.Prefix {
	var networks []netip.Prefix
	if p := VPCOf(vpc).CIDR; p.IsValid() {
		networks = append(networks, p.Prefix)
	}
	for _, o := range w.With(store.SecondaryType, "vpcId", vpc.ID) {
		if p := SecondaryNetworkOf(o).CIDR; p.IsValid() {
			networks = append(networks, p.Prefix)
		}
	}
	return networks
}

func createSecondary(c *store.Call, o *store.Object) error {
	cidr := store.OrText(o.Inputs["cidrBlock"], "")
	vpc, err := findVPC(c.Account, "creating EC2 VPC IPv4 CIDR Block Association: operation error EC2: AssociateVpcCidrBlock", SecondaryNetworkOf(o).VPC)
	if err != nil {
		return err
	}
	p, ok := ParseNetwork(cidr)
	bad := !ok || p.Bits() < 16 || p.Bits() > 28 || restricted(NetworksOf(c.Account, vpc), p)
	associate := "creating EC2 VPC (" + vpc.ID + ") IPv4 CIDR Block (" + cidr + ") Association: operation error EC2: AssociateVpcCidrBlock"
	if err := store.First(VPCReserved.When(ReservedRange(p) != "", associate, cidr, ReservedRange(p)), SecondaryRange.When(bad, vpc.ID, cidr)); err != nil {
		return err
	}
	o.ID = c.NewID("vpc-cidr-assoc-")
	o.Show(store.Properties{"cidrBlock": cidr, "ipv4IpamPoolId": nil})
	return nil
}

// reservedRanges are those in which no VPC and no client on the internet has an address.
var reservedRanges = map[netip.Prefix]string{
	netip.MustParsePrefix("0.0.0.0/8"): "this network", netip.MustParsePrefix("127.0.0.0/8"): "loopback", netip.MustParsePrefix("169.254.0.0/16"): "link local",
	netip.MustParsePrefix("224.0.0.0/4"): "multicast", netip.MustParsePrefix("240.0.0.0/4"): "reserved",
}

// ReservedRange returns the reserved range that a network overlaps, "" for none.
func ReservedRange(p netip.Prefix) string {
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
		return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return IsInside(n, r) })
	}
	if slices.ContainsFunc(networks, p.Overlaps) || p.Overlaps(netip.MustParsePrefix("172.31.0.0/16")) {
		return true
	}
	if IsInside(p, netip.MustParsePrefix("10.0.0.0/16")) && within(netip.MustParsePrefix("10.0.0.0/15")) {
		return true
	}
	return slices.ContainsFunc(exclusive, func(r netip.Prefix) bool { return IsInside(p, r) && !within(r) })
}

func removeSecondary(c *store.Call, o *store.Object) error {
	n := SecondaryNetworkOf(o)
	left := c.With(store.SubnetType, "vpcId", n.VPC, func(s *store.Object) bool { return n.CIDR.Overlaps(SubnetOf(s).CIDR.Prefix) })
	return SecondaryUnused.When(len(left) > 0, o.ID, n.VPC, store.DescribeAll(left))
}
