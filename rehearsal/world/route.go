package world

import (
	"cmp"
	"hash/crc32"
	"slices"
	"strconv"
	"time"
)

const (
	routeTableType  = "aws:ec2/routeTable:RouteTable"
	associationType = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	routeType       = "aws:ec2/route:Route"
)

const (
	createTableOp = "creating Route Table: operation error EC2: CreateRouteTable"
	associateOp   = "creating Route Table Association: operation error EC2: AssociateRouteTable"
)

var (
	associationSameVPC = rule("a route table and its subnet are in one VPC",
		associateOp+", api error InvalidParameterValue: Route table %s and subnet %s belong to different networks",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html")
	associationOnce = rule("a subnet has at most one route table",
		associateOp+", api error Resource.AlreadyAssociated: the specified association for route table %s conflicts with an existing association of %s",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html")
	tableUnused = rule("a route table has no associations when it is deleted",
		"deleting Route Table (%[1]s): operation error EC2: DeleteRouteTable, api error DependencyViolation: The routeTable '%[1]s' has dependencies and cannot be deleted. (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html")
	routeOnce = rule("a route table has at most one route for a destination",
		"api error RouteAlreadyExists: Route in Route Table (%s) with destination (%s) already exists",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_route.go")
	routeOutside = rule("a route's destination is not inside the VPC's own network",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidParameterValue: The destination CIDR block %[2]s is equal to or more specific than one of this VPC's CIDR blocks.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html")
	routeTarget = rule("a route has one destination and one target",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidParameterCombination: exactly one destination and one target are needed",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html")
	routeGateway = rule("a route's internet gateway exists and is attached to the table's VPC",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidParameterValue: route table %[1]s and network gateway %[3]s belong to different networks",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html")
	routeNAT = rule("a route's NAT gateway exists and is available",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidNatGatewayID.NotFound: The natGateway ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
)

func routeKinds() []*kind {
	return []*kind{{
		typ: routeTableType, tagged: true, forceNew: []string{"vpcId"},
		create:   createRouteTable,
		update:   func(c *call, o, _ *Object) error { return c.showTable(o) },
		remove:   removeRouteTable,
		read:     readTable,
		creation: 2 * time.Second, deletion: 2 * time.Second,
	}, {
		typ: associationType, forceNew: []string{"gatewayId", "subnetId"},
		create:   createAssociation,
		update:   func(c *call, o, _ *Object) error { return c.associationFits(o) },
		creation: time.Second, deletion: time.Second,
	}, {
		typ: routeType, forceNew: []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId"},
		create:   createRoute,
		update:   func(c *call, o, _ *Object) error { return c.showRoute(o) },
		read:     func(c *call, o *Object) { o.set("state", c.routeState(o)) },
		creation: time.Second, deletion: time.Second,
	}}
}

func createRouteTable(c *call, o *Object) error {
	if _, err := c.vpcOf(createTableOp, o.text("vpcId")); err != nil {
		return err
	}
	o.ID = c.newID("rtb-")
	return c.showTable(o)
}

// showTable checks the inline routes of a table and sets its outputs.
func (w *World) showTable(o *Object) error {
	routes, _ := o.Inputs["routes"].([]any)
	for _, r := range routes {
		written := mapOf(r)
		route := &Object{Type: routeType, Inputs: clone(written)}
		route.Inputs["destinationCidrBlock"], route.Inputs["destinationIpv6CidrBlock"] = written["cidrBlock"], written["ipv6CidrBlock"]
		if err := w.routeFits(o, route); err != nil {
			return err
		}
	}
	if routes == nil {
		routes = []any{}
	}
	o.show(Properties{"arn": w.arn("ec2", "route-table/"+o.ID), "ownerId": w.options.Account, "routes": routes,
		"propagatingVgws": anyOf(texts(o.Inputs["propagatingVgws"]))})
	return nil
}

// readTable sets the routes of a table, including those of separate resources; the provider leaves out the VPC's local
// route and those of gateway endpoints (terraform-provider-aws, internal/service/ec2/vpc_route_table.go,
// flattenRoutes).
func readTable(c *call, o *Object) {
	routes, _ := cloneValue(o.Inputs["routes"]).([]any)
	for _, r := range c.with(routeType, "routeTableId", o.ID) {
		route := map[string]any{"cidrBlock": r.text("destinationCidrBlock"), "ipv6CidrBlock": r.text("destinationIpv6CidrBlock"),
			"destinationPrefixListId": r.text("destinationPrefixListId")}
		for _, target := range targets {
			route[target] = r.text(target)
		}
		routes = append(routes, route)
	}
	o.set("routes", append([]any{}, routes...))
}

func removeRouteTable(c *call, o *Object) error {
	left := c.with(associationType, "routeTableId", o.ID)
	if err := tableUnused.when(len(left) > 0, o.ID, named(left)); err != nil {
		return err
	}
	// Its routes are deleted with it.
	for _, r := range c.with(routeType, "routeTableId", o.ID) {
		c.drop(r)
	}
	return nil
}

func createAssociation(c *call, o *Object) error {
	if err := c.associationFits(o); err != nil {
		return err
	}
	o.ID = c.newID("rtbassoc-")
	o.show(nil)
	return nil
}

func (w *World) associationFits(o *Object) error {
	table, err := w.tableOf(associateOp, o.text("routeTableId"))
	if err != nil {
		return err
	}
	subnet, err := w.subnetOf(associateOp, o.text("subnetId"))
	if err != nil {
		return err
	}
	others := w.with(associationType, "subnetId", subnet.ID, func(a *Object) bool { return a.ID != o.ID })
	err = first(
		associationSameVPC.when(table.text("vpcId") != subnet.text("vpcId"), table.ID, subnet.ID),
		associationOnce.when(len(others) > 0, table.ID, subnet.ID))
	if err == nil && o.ID != "" {
		o.show(nil)
	}
	return err
}

// destination returns a route's destination.
func destination(route *Object) string {
	return cmp.Or(route.text("destinationCidrBlock"), route.text("destinationIpv6CidrBlock"), route.text("destinationPrefixListId"))
}

// targets are the properties for a route's target.
var targets = []string{"carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
	"networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId"}

func createRoute(c *call, o *Object) error {
	table, err := c.tableOf("creating Route: operation error EC2: CreateRoute", o.text("routeTableId"))
	if err != nil {
		return err
	}
	same := c.with(routeType, "routeTableId", table.ID, func(r *Object) bool { return destination(r) == destination(o) })
	if err := routeOnce.when(len(same) > 0 || inlineRoute(table, destination(o)) != nil, table.ID, destination(o)); err != nil {
		return err
	}
	o.ID = "r-" + table.ID + strconv.Itoa(int(crc32.ChecksumIEEE([]byte(destination(o)))))
	return c.showRoute(o)
}

// inlineRoute returns a route that is declared in the table itself, nil if there is none.
func inlineRoute(table *Object, to string) map[string]any {
	routes, _ := table.Inputs["routes"].([]any)
	for _, r := range routes {
		if m := mapOf(r); m["cidrBlock"] == to || m["ipv6CidrBlock"] == to {
			return m
		}
	}
	return nil
}

func (w *World) showRoute(o *Object) error {
	if err := w.routeFits(w.get(routeTableType, o.text("routeTableId")), o); err != nil {
		return err
	}
	o.show(Properties{"instanceId": "", "instanceOwnerId": "", "networkInterfaceId": orText(o.Inputs["networkInterfaceId"], ""),
		"origin": "CreateRoute", "state": "active"})
	return nil
}

// routeFits checks a route's target and destination for a table.
func (w *World) routeFits(table, route *Object) error {
	to, vpc := destination(route), w.get(vpcType, table.text("vpcId"))
	named := slices.DeleteFunc(slices.Clone(targets), func(t string) bool { s, _ := route.Inputs[t].(string); return s == "" })
	p, valid := network(to)
	if err := routeTarget.when(len(named) != 1 || to == "" || (!valid && route.text("destinationPrefixListId") == ""), table.ID, to); err != nil {
		return err
	}
	gateway, nat := w.get(internetGatewayType, route.text("gatewayId")), w.get(natType, route.text("natGatewayId"))
	return first(
		w.egressOnlyFits(table, route),
		routeOutside.when(valid && vpc != nil && insideAny(p, w.networksOf(vpc)), table.ID, to),
		routeGateway.when(named[0] == "gatewayId" && (gateway == nil || gateway.text("vpcId") != table.text("vpcId")), table.ID, to, route.text("gatewayId")),
		routeNAT.when(named[0] == "natGatewayId" && (nat == nil || nat.text("state") == "failed"), table.ID, to, route.text("natGatewayId")))
}

// routeState returns "blackhole" once a route's target is deleted.
func (w *World) routeState(route *Object) string {
	gateway, nat := route.text("gatewayId"), route.text("natGatewayId")
	if (gateway != "" && w.get(internetGatewayType, gateway) == nil) || (nat != "" && w.get(natType, nat) == nil) {
		return "blackhole"
	}
	return "active"
}

// tableFor returns the route table that a subnet uses: its own or else the VPC's main one.
func (w *World) tableFor(subnet *Object) *Object {
	for _, a := range w.with(associationType, "subnetId", subnet.ID) {
		return w.get(routeTableType, a.text("routeTableId"))
	}
	if vpc := w.get(vpcType, subnet.text("vpcId")); vpc != nil {
		return w.get(routeTableType, vpc.text("mainRouteTableId"))
	}
	return nil
}

// egressPath is how a subnet reaches the internet: through an internet gateway, through a NAT gateway, or not at all.
type egressPath struct {
	Gateway *Object // an internet gateway, for interfaces with a public address
	NAT     *Object // a NAT gateway that itself reaches the internet, for all interfaces, with its address
}

// works reports whether an interface in the subnet reaches the internet; public is set if it has a public address.
func (e egressPath) works(public bool) bool { return e.NAT != nil || (e.Gateway != nil && public) }

// egress returns the IPv4 path of a subnet to the internet.
func (w *World) egress(subnet *Object) egressPath {
	gateway, nat := w.defaultRoute(subnet)
	path := egressPath{Gateway: w.attachedGateway(gateway, subnet.text("vpcId"))}
	o := w.get(natType, nat)
	if o == nil || o.text("state") == "failed" || o.text("connectivityType") == "private" {
		return path
	}
	home := w.get(subnetType, o.text("subnetId"))
	if home == nil {
		return path
	}
	if out, _ := w.defaultRoute(home); w.attachedGateway(out, home.text("vpcId")) != nil {
		path.NAT = o
	}
	return path
}

func (w *World) attachedGateway(id, vpc string) *Object {
	if o := w.get(internetGatewayType, id); o != nil && o.text("vpcId") == vpc {
		return o
	}
	return nil
}

// defaultRoute returns the gateways of a subnet's 0.0.0.0/0.
func (w *World) defaultRoute(subnet *Object) (gateway, nat string) {
	table := w.tableFor(subnet)
	if table == nil {
		return "", ""
	}
	if r := inlineRoute(table, "0.0.0.0/0"); r != nil {
		o := &Object{Inputs: r}
		return o.text("gatewayId"), o.text("natGatewayId")
	}
	for _, r := range w.with(routeType, "routeTableId", table.ID, where("destinationCidrBlock", "0.0.0.0/0")) {
		return r.text("gatewayId"), r.text("natGatewayId")
	}
	return "", ""
}
