package ec2

import (
	"slices"
	"time"

	"eksnet/rehearsal/world/store"
)

const (
	attachGatewayOp = "creating EC2 Internet Gateway: attaching EC2 Internet Gateway: operation error EC2: AttachInternetGateway"
	createNATOp     = "creating EC2 NAT Gateway: operation error EC2: CreateNatGateway"
	natFailed       = "waiting for EC2 NAT Gateway (%s) create: unexpected state 'failed', wanted target 'available'. last error: "
)

var (
	GatewayOnce = store.NewRule("a VPC has at most one internet gateway",
		attachGatewayOp+", api error InvalidParameterValue: Network %s already has an internet gateway attached",
		"https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html")
	GatewayUnmapped = store.NewRule("no resource in a VPC has a public address when its internet gateway is detached",
		"deleting EC2 Internet Gateway (%[1]s): detaching EC2 Internet Gateway (%[1]s) from VPC (%[2]s): operation error EC2: DetachInternetGateway, api error DependencyViolation: Network %[2]s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway. (%[3]s)",
		"https://github.com/hashicorp/terraform/issues/497")
	NatNetworkAttached = store.NewRule("a public NAT gateway's VPC has an internet gateway attached",
		natFailed+"Gateway.NotAttached: Network %s has no Internet gateway attached",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	NatAddressGiven = store.NewRule("a public NAT gateway has an Elastic IP address, a private one has none",
		createNATOp+", api error MissingParameter: The request must include the AllocationId parameter if ConnectivityType is %s.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html")
	NatAddressExists = store.NewRule("a NAT gateway's Elastic IP address exists",
		createNATOp+", api error InvalidElasticIpID.NotFound: Elastic IP address %s could not be found",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	NatAddressFree = store.NewRule("an Elastic IP address is used once",
		natFailed+"Resource.AlreadyAssociated: Elastic IP address [%s] is already associated",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	NatSubnetFree = store.NewRule("a NAT gateway's subnet has a free address",
		natFailed+"InsufficientFreeAddressesInSubnet: Subnet %s has insufficient free addresses to create this NAT gateway",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	NatQuota = store.NewRule("a zone has at most five NAT gateways",
		createNATOp+", api error NatGatewayLimitExceeded: The maximum number of NAT Gateways has been reached in %s.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
)

// InternetGateway is an internet gateway, attached to a VPC or to none.
type InternetGateway struct {
	VPC string `json:"vpcId"`
}

// InternetGatewayOf returns the properties of an internet gateway.
func InternetGatewayOf(o *store.Object) *InternetGateway { return store.Decode[InternetGateway](o) }

// NATGateway is a NAT gateway.
type NATGateway struct {
	Subnet       string `json:"subnetId"`
	Connectivity string `json:"connectivityType"` // public or private
	Allocation   string `json:"allocationId"`     // the Elastic IP address of a public one
	Association  string `json:"associationId"`
	Interface    string `json:"networkInterfaceId"`
	PrivateIP    string `json:"privateIp"`
	PublicIP     string `json:"publicIp"`

	// Facts, which no provider shows. The VPC and the zone are absent if the gateway did not start.
	VPC   string `json:"vpcId"`
	Zone  string `json:"availabilityZone"`
	State string `json:"state"` // failed, or empty
}

// NATGatewayOf returns the properties of a NAT gateway.
func NATGatewayOf(o *store.Object) *NATGateway { return store.Decode[NATGateway](o) }

func gatewayKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.InternetGatewayType, Tagged: true,
		Create:   createGateway,
		Update:   updateGateway,
		Remove:   removeGateway,
		Creation: 2 * time.Second, Deletion: 10 * time.Second,
	}, {
		Typ: store.NatType, Tagged: true, Defaults: store.Properties{"connectivityType": "public"},
		ForceNew: []string{"allocationId", "connectivityType", "privateIp", "subnetId"},
		Create:   createNAT,
		Update:   func(c *store.Call, o, old *store.Object) error { showNAT(c.Account, o, old.Outputs); return nil },
		Remove:   removeNAT,
		Creation: 106 * time.Second, Deletion: 61 * time.Second,
	}}
}

func createGateway(c *store.Call, o *store.Object) error {
	if vpc := InternetGatewayOf(o).VPC; vpc != "" {
		if err := gatewayFits(c.Account, o, vpc); err != nil {
			return err
		}
	}
	o.ID = c.NewID("igw-")
	showGateway(c.Account, o)
	return nil
}

func gatewayFits(w *store.Account, o *store.Object, vpc string) error {
	if _, err := findVPC(w, attachGatewayOp, vpc); err != nil {
		return err
	}
	others := w.With(store.InternetGatewayType, "vpcId", vpc, func(g *store.Object) bool { return g.ID != o.ID })
	return GatewayOnce.When(len(others) > 0, vpc)
}

func showGateway(w *store.Account, o *store.Object) {
	o.Show(store.Properties{"arn": w.ARN("ec2", "internet-gateway/"+o.ID), "ownerId": w.Options.Account, "vpcId": store.OrText(o.Inputs["vpcId"], "")})
}

func updateGateway(c *store.Call, o, old *store.Object) error {
	before, now := InternetGatewayOf(old).VPC, store.OrText(o.Inputs["vpcId"], "")
	if before != now {
		err := checkUnmapped(c.Account, old)
		if now != "" {
			err = store.First(err, gatewayFits(c.Account, o, now))
		}
		if err != nil {
			return err
		}
	}
	showGateway(c.Account, o)
	return nil
}

func removeGateway(c *store.Call, o *store.Object) error { return checkUnmapped(c.Account, o) }

// checkUnmapped refuses to detach a gateway while a resource in its VPC has a public address.
func checkUnmapped(w *store.Account, gateway *store.Object) error {
	vpc := InternetGatewayOf(gateway).VPC
	mapped := waitForDeletion(w, w.With(store.InterfaceType, "vpcId", vpc, func(eni *store.Object) bool { return InterfaceOf(eni).PublicIP != "" }))
	return GatewayUnmapped.When(vpc != "" && len(mapped) > 0, gateway.ID, vpc, store.DescribeAll(mapped))
}

func createNAT(c *store.Call, o *store.Object) error {
	nat := NATGatewayOf(o)
	subnet, err := FindSubnet(c.Account, createNATOp, nat.Subnet)
	if err != nil {
		return err
	}
	s, public, address := SubnetOf(subnet), nat.Connectivity != "private", c.Get(store.EipType, nat.Allocation)
	inZone := c.All(store.NatType, func(other *store.Object) bool {
		n := NATGatewayOf(other)
		return n.Zone == s.Zone && n.State != "failed"
	})
	err = store.First(
		NatAddressGiven.When(public == (nat.Allocation == ""), nat.Connectivity),
		NatAddressExists.When(public && address == nil, nat.Allocation),
		NatQuota.When(len(inZone) >= 5, s.Zone))
	if err != nil {
		return err
	}
	o.ID = c.NewID("nat-")
	showNAT(c.Account, o, nil)
	err = store.First(
		NatNetworkAttached.Unready(public && !hasGateway(c.Account, s.VPC), o.ID, s.VPC),
		NatAddressFree.Unready(public && AddressOf(address).Association != "", o.ID, nat.Allocation),
		NatSubnetFree.Unready(SubnetFree(c.Account, subnet) < 1, o.ID, subnet.ID))
	if err != nil {
		o.Learn("state", "failed")
		return err
	}
	startNAT(c.Account, o, subnet, address)
	return nil
}

func hasGateway(w *store.Account, vpc string) bool {
	return len(w.With(store.InternetGatewayType, "vpcId", vpc)) > 0
}

// startNAT creates the interface of a NAT gateway, and associates the Elastic IP address of a public one.
func startNAT(w *store.Account, o, subnet, address *store.Object) {
	s, public := SubnetOf(subnet), ""
	if address != nil {
		public = AddressOf(address).PublicIP
	}
	eni := AttachInterface(w, InterfaceSpec{Subnet: subnet, Owner: "nat", Description: "Interface for NAT Gateway " + o.ID, Public: public,
		Kind: "nat_gateway", Managed: true})
	o.Set("networkInterfaceId", eni.ID)
	o.Set("privateIp", InterfaceOf(eni).PrivateIP)
	o.Set("publicIp", public)
	o.Learn("availabilityZone", s.Zone)
	o.Learn("vpcId", s.VPC)
	if address != nil {
		association := w.NewID("eipassoc-")
		o.Set("associationId", association)
		AssociateAddress(w, address, eni, association)
	}
}

// showNAT sets a NAT gateway's outputs and keeps what AWS generated.
func showNAT(w *store.Account, o *store.Object, drawn store.Properties) {
	out := store.Properties{"associationId": "", "networkInterfaceId": "", "privateIp": "", "publicIp": "",
		"secondaryAllocationIds": []any{}, "secondaryPrivateIpAddressCount": 0.0, "secondaryPrivateIpAddresses": []any{}}
	for _, property := range []string{"associationId", "networkInterfaceId", "privateIp", "publicIp"} {
		if value := drawn[property]; value != nil {
			out[property] = value
		}
	}
	o.Show(out)
}

func removeNAT(c *store.Call, o *store.Object) error {
	TakeBackNAT(c.Account, o)
	return nil
}

// TakeBackNAT deletes the interface of a NAT gateway and disassociates its Elastic IP address.
func TakeBackNAT(w *store.Account, o *store.Object) {
	nat := NATGatewayOf(o)
	if eni := w.Get(store.InterfaceType, nat.Interface); eni != nil {
		w.Drop(eni)
	}
	address := w.Get(store.EipType, nat.Allocation)
	if address != nil && nat.Association != "" && AddressOf(address).Association == nat.Association {
		disassociate(w, address)
	}
}

// NatPublicAddresses returns the source addresses of a VPC's private subnets on the internet.
func NatPublicAddresses(w *store.Account, vpc string) []string {
	var addresses []string
	for _, nat := range w.With(store.NatType, "vpcId", vpc) {
		if a := NATGatewayOf(nat).PublicIP; a != "" {
			addresses = append(addresses, a)
		}
	}
	slices.Sort(addresses)
	return addresses
}

var RouteEgressGateway = store.NewRule("a route's egress-only gateway exists in the table's VPC",
	"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidGatewayID.NotFound: The eigw ID '%s' does not exist",
	"https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html")

// EgressGateway is an egress-only internet gateway.
type EgressGateway struct {
	VPC string `json:"vpcId"`
}

// EgressGatewayOf returns the properties of an egress-only internet gateway.
func EgressGatewayOf(o *store.Object) *EgressGateway { return store.Decode[EgressGateway](o) }

func egressGatewayKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.EgressGatewayType, Tagged: true, ForceNew: []string{"vpcId"},
		Create: func(c *store.Call, o *store.Object) error {
			_, err := findVPC(c.Account, "creating EC2 Egress-only Internet Gateway: operation error EC2: CreateEgressOnlyInternetGateway", EgressGatewayOf(o).VPC)
			o.ID = c.NewID("eigw-")
			o.Show(nil)
			return err
		},
		Update:   func(c *store.Call, o, _ *store.Object) error { o.Show(nil); return nil },
		Creation: 2 * time.Second, Deletion: 2 * time.Second,
	}}
}

// egressOnlyFits checks a route to an egress-only gateway.
func egressOnlyFits(w *store.Account, table *store.Object, r *Route) error {
	gateway := w.Get(store.EgressGatewayType, r.EgressGateway)
	wrong := r.EgressGateway != "" && (gateway == nil || EgressGatewayOf(gateway).VPC != RouteTableOf(table).VPC)
	return RouteEgressGateway.When(wrong, table.ID, r.Destination(), r.EgressGateway)
}
