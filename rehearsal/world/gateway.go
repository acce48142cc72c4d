package world

import (
	"slices"
	"time"
)

const (
	internetGatewayType = "aws:ec2/internetGateway:InternetGateway"
	natType             = "aws:ec2/natGateway:NatGateway"
)

const (
	attachGatewayOp = "creating EC2 Internet Gateway: attaching EC2 Internet Gateway: operation error EC2: AttachInternetGateway"
	createNATOp     = "creating EC2 NAT Gateway: operation error EC2: CreateNatGateway"
	natFailed       = "waiting for EC2 NAT Gateway (%s) create: unexpected state 'failed', wanted target 'available'. last error: "
)

var (
	gatewayOnce = rule("a VPC has at most one internet gateway",
		attachGatewayOp+", api error InvalidParameterValue: Network %s already has an internet gateway attached",
		"https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html")
	gatewayUnmapped = rule("no resource in a VPC has a public address when its internet gateway is detached",
		"deleting EC2 Internet Gateway (%[1]s): detaching EC2 Internet Gateway (%[1]s) from VPC (%[2]s): operation error EC2: DetachInternetGateway, api error DependencyViolation: Network %[2]s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway. (%[3]s)",
		"https://github.com/hashicorp/terraform/issues/497")
	natNetworkAttached = rule("a public NAT gateway's VPC has an internet gateway attached",
		natFailed+"Gateway.NotAttached: Network %s has no Internet gateway attached",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	natAddressGiven = rule("a public NAT gateway has an Elastic IP address, a private one has none",
		createNATOp+", api error MissingParameter: The request must include the AllocationId parameter if ConnectivityType is %s.",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html")
	natAddressExists = rule("a NAT gateway's Elastic IP address exists",
		createNATOp+", api error InvalidElasticIpID.NotFound: Elastic IP address %s could not be found",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	natAddressFree = rule("an Elastic IP address is used once",
		natFailed+"Resource.AlreadyAssociated: Elastic IP address [%s] is already associated",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	natSubnetFree = rule("a NAT gateway's subnet has a free address",
		natFailed+"InsufficientFreeAddressesInSubnet: Subnet %s has insufficient free addresses to create this NAT gateway",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
	natQuota = rule("a zone has at most five NAT gateways",
		createNATOp+", api error NatGatewayLimitExceeded: The maximum number of NAT Gateways has been reached in %s.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html")
)

func gatewayKinds() []*kind {
	return []*kind{{
		typ: internetGatewayType, tagged: true,
		create:   createGateway,
		update:   updateGateway,
		remove:   removeGateway,
		creation: 2 * time.Second, deletion: 10 * time.Second,
	}, {
		typ: natType, tagged: true, defaults: Properties{"connectivityType": "public"},
		forceNew: []string{"allocationId", "connectivityType", "privateIp", "subnetId"},
		create:   createNAT,
		update:   func(c *call, o, old *Object) error { c.showNAT(o, old.Outputs); return nil },
		remove:   removeNAT,
		creation: 106 * time.Second, deletion: 61 * time.Second,
	}}
}

func createGateway(c *call, o *Object) error {
	if id := o.text("vpcId"); id != "" {
		if err := c.gatewayFits(o, id); err != nil {
			return err
		}
	}
	o.ID = c.newID("igw-")
	c.showGateway(o)
	return nil
}

func (w *World) gatewayFits(o *Object, vpc string) error {
	if _, err := w.vpcOf(attachGatewayOp, vpc); err != nil {
		return err
	}
	others := w.with(internetGatewayType, "vpcId", vpc, func(g *Object) bool { return g.ID != o.ID })
	return gatewayOnce.when(len(others) > 0, vpc)
}

func (w *World) showGateway(o *Object) {
	o.show(Properties{"arn": w.arn("ec2", "internet-gateway/"+o.ID), "ownerId": w.options.Account, "vpcId": orText(o.Inputs["vpcId"], "")})
}

func updateGateway(c *call, o, old *Object) error {
	before, now := old.text("vpcId"), orText(o.Inputs["vpcId"], "")
	if before != now {
		err := c.unmapped(old)
		if now != "" {
			err = first(err, c.gatewayFits(o, now))
		}
		if err != nil {
			return err
		}
	}
	c.showGateway(o)
	return nil
}

func removeGateway(c *call, o *Object) error { return c.unmapped(o) }

// unmapped refuses to detach a gateway while a resource in its VPC has a public address.
func (w *World) unmapped(gateway *Object) error {
	vpc := gateway.text("vpcId")
	mapped := w.outwait(w.with(interfaceType, "vpcId", vpc, func(eni *Object) bool { return eni.text("publicIp") != "" }))
	return gatewayUnmapped.when(vpc != "" && len(mapped) > 0, gateway.ID, vpc, named(mapped))
}

func createNAT(c *call, o *Object) error {
	subnet, err := c.subnetOf(createNATOp, o.text("subnetId"))
	if err != nil {
		return err
	}
	public, id := o.text("connectivityType") != "private", o.text("allocationId")
	address, zone := c.get(eipType, id), subnet.text("availabilityZone")
	inZone := c.all(natType, func(n *Object) bool { return n.text("availabilityZone") == zone && n.text("state") != "failed" })
	err = first(
		natAddressGiven.when(public == (id == ""), o.text("connectivityType")),
		natAddressExists.when(public && address == nil, id),
		natQuota.when(len(inZone) >= 5, zone))
	if err != nil {
		return err
	}
	o.ID = c.newID("nat-")
	c.showNAT(o, nil)
	err = first(
		natNetworkAttached.unready(public && !c.hasGateway(subnet.text("vpcId")), o.ID, subnet.text("vpcId")),
		natAddressFree.unready(public && address.text("associationId") != "", o.ID, id),
		natSubnetFree.unready(c.subnetFree(subnet) < 1, o.ID, subnet.ID))
	if err != nil {
		o.learn("state", "failed")
		return err
	}
	c.startNAT(o, subnet, address)
	return nil
}

func (w *World) hasGateway(vpc string) bool {
	return len(w.with(internetGatewayType, "vpcId", vpc)) > 0
}

// startNAT creates the interface of a NAT gateway, and associates the Elastic IP address of a public one.
func (w *World) startNAT(o, subnet, address *Object) {
	public := ""
	if address != nil {
		public = address.text("publicIp")
	}
	eni := w.attach(networkInterface{subnet: subnet, owner: "nat", description: "Interface for NAT Gateway " + o.ID, public: public,
		kind: "nat_gateway", managed: true})
	o.set("networkInterfaceId", eni.ID)
	o.set("privateIp", eni.text("privateIp"))
	o.set("publicIp", public)
	o.learn("availabilityZone", subnet.text("availabilityZone"))
	o.learn("vpcId", subnet.text("vpcId"))
	if address != nil {
		association := w.newID("eipassoc-")
		o.set("associationId", association)
		w.associate(address, eni, association)
	}
}

// showNAT sets a NAT gateway's outputs and keeps what AWS generated.
func (w *World) showNAT(o *Object, drawn Properties) {
	out := Properties{"associationId": "", "networkInterfaceId": "", "privateIp": "", "publicIp": "",
		"secondaryAllocationIds": []any{}, "secondaryPrivateIpAddressCount": 0.0, "secondaryPrivateIpAddresses": []any{}}
	for _, property := range []string{"associationId", "networkInterfaceId", "privateIp", "publicIp"} {
		if value := drawn[property]; value != nil {
			out[property] = value
		}
	}
	o.show(out)
}

func removeNAT(c *call, o *Object) error {
	c.takeBackNAT(o)
	return nil
}

// takeBackNAT deletes the interface of a NAT gateway and disassociates its Elastic IP address.
func (w *World) takeBackNAT(o *Object) {
	if eni := w.get(interfaceType, o.text("networkInterfaceId")); eni != nil {
		w.drop(eni)
	}
	address := w.get(eipType, o.text("allocationId"))
	if address != nil && o.text("associationId") != "" && address.text("associationId") == o.text("associationId") {
		w.disassociate(address)
	}
}

// natPublicAddresses returns the source addresses of a VPC's private subnets on the internet.
func (w *World) natPublicAddresses(vpc string) []string {
	var addresses []string
	for _, nat := range w.with(natType, "vpcId", vpc) {
		if a := nat.text("publicIp"); a != "" {
			addresses = append(addresses, a)
		}
	}
	slices.Sort(addresses)
	return addresses
}
