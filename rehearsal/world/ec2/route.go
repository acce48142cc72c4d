package ec2

import (
	"cmp"
	"hash/crc32"
	"slices"
	"strconv"
	"time"

	"eksnet/rehearsal/world/store"
)

const (
	createTableOp = "creating Route Table: operation error EC2: CreateRouteTable"
	associateOp   = "creating Route Table Association: operation error EC2: AssociateRouteTable"
)

var (
	AssociationSameVPC = store.NewRule("a route table and its subnet are in one VPC",
		associateOp+", api error InvalidParameterValue: Route table %s and subnet %s belong to different networks",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html")
	AssociationOnce = store.NewRule("a subnet has at most one route table",
		associateOp+", api error Resource.AlreadyAssociated: the specified association for route table %s conflicts with an existing association of %s",
		"https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html")
	TableUnused = store.NewRule("a route table has no associations when it is deleted",
		"deleting Route Table (%[1]s): operation error EC2: DeleteRouteTable, api error DependencyViolation: The routeTable '%[1]s' has dependencies and cannot be deleted. (%[2]s)",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html")
	RouteOnce = store.NewRule("a route table has at most one route for a destination",
		"api error RouteAlreadyExists: Route in Route Table (%s) with destination (%s) already exists",
		"https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_route.go")
	RouteOutside = store.NewRule("a route's destination is not inside the VPC's own network",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidParameterValue: The destination CIDR block %[2]s is equal to or more specific than one of this VPC's CIDR blocks.",
		"https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html")
	RouteTarget = store.NewRule("a route has one destination and one target",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidParameterCombination: exactly one destination and one target are needed",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html")
	RouteGateway = store.NewRule("a route's internet gateway exists and is attached to the table's VPC",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidParameterValue: route table %[1]s and network gateway %[3]s belong to different networks",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html")
	RouteNAT = store.NewRule("a route's NAT gateway exists and is available",
		"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidNatGatewayID.NotFound: The natGateway ID '%s' does not exist",
		"https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html")
)

// RouteTable is a route table of a VPC.
type RouteTable struct {
	VPC    string        `json:"vpcId"`
	Routes []InlineRoute `json:"routes"`
}

// RouteTableOf returns the properties of a route table.
func RouteTableOf(o *store.Object) *RouteTable { return store.Decode[RouteTable](o) }

// InlineRoute is a route in the properties of a route table.
type InlineRoute struct {
	CIDR       string `json:"cidrBlock"`
	IPv6CIDR   string `json:"ipv6CidrBlock"`
	PrefixList string `json:"destinationPrefixListId"`
	RouteTargets
}

// Route is a route of a route table.
type Route struct {
	Table      string `json:"routeTableId"`
	CIDR       string `json:"destinationCidrBlock"`
	IPv6CIDR   string `json:"destinationIpv6CidrBlock"`
	PrefixList string `json:"destinationPrefixListId"`
	RouteTargets
}

// RouteOf returns the properties of a route.
func RouteOf(o *store.Object) *Route { return store.Decode[Route](o) }

// RouteTargets holds the properties for the target of a route, of which one is set.
type RouteTargets struct {
	CarrierGateway string `json:"carrierGatewayId"`
	CoreNetwork    string `json:"coreNetworkArn"`
	EgressGateway  string `json:"egressOnlyGatewayId"`
	Gateway        string `json:"gatewayId"`
	LocalGateway   string `json:"localGatewayId"`
	NAT            string `json:"natGatewayId"`
	Interface      string `json:"networkInterfaceId"`
	TransitGateway string `json:"transitGatewayId"`
	Endpoint       string `json:"vpcEndpointId"`
	Peering        string `json:"vpcPeeringConnectionId"`
}

// Association is the association of a route table with a subnet.
type Association struct {
	Table  string `json:"routeTableId"`
	Subnet string `json:"subnetId"`
}

// AssociationOf returns the properties of an association of a route table.
func AssociationOf(o *store.Object) *Association { return store.Decode[Association](o) }

func RouteKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.RouteTableType, Tagged: true, ForceNew: []string{"vpcId"},
		Create:   createRouteTable,
		Update:   func(c *store.Call, o, _ *store.Object) error { return showTable(c.Account, o) },
		Remove:   removeRouteTable,
		Read:     readTable,
		Creation: 2 * time.Second, Deletion: 2 * time.Second,
	}, {
		Typ: store.AssociationType, ForceNew: []string{"gatewayId", "subnetId"},
		Create:   createAssociation,
		Update:   func(c *store.Call, o, _ *store.Object) error { return associationFits(c.Account, o) },
		Creation: time.Second, Deletion: time.Second,
	}, {
		Typ: store.RouteType, ForceNew: []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId"},
		Create:   createRoute,
		Update:   func(c *store.Call, o, _ *store.Object) error { return showRoute(c.Account, o) },
		Read:     func(c *store.Call, o *store.Object) { o.Set("state", routeState(c.Account, o)) },
		Creation: time.Second, Deletion: time.Second,
	}}
}

func createRouteTable(c *store.Call, o *store.Object) error {
	if _, err := findVPC(c.Account, createTableOp, o.Text("vpcId")); err != nil {
		return err
	}
	o.ID = c.NewID("rtb-")
	return showTable(c.Account, o)
}

// showTable checks the inline routes of a table and sets its outputs.
func showTable(w *store.Account, o *store.Object) error {
	routes, _ := o.Inputs["routes"].([]any)
	for _, r := range routes {
		written := store.MapOf(r)
		route := &store.Object{Type: store.RouteType, Inputs: store.Clone(written)}
		route.Inputs["destinationCidrBlock"], route.Inputs["destinationIpv6CidrBlock"] = written["cidrBlock"], written["ipv6CidrBlock"]
		if err := routeFits(w, o, route); err != nil {
			return err
		}
	}
	if routes == nil {
		routes = []any{}
	}
	o.Show(store.Properties{"arn": w.ARN("ec2", "route-table/"+o.ID), "ownerId": w.Options.Account, "routes": routes,
		"propagatingVgws": store.AnyOf(store.Texts(o.Inputs["propagatingVgws"]))})
	return nil
}

// readTable sets the routes of a table, including those of separate resources; the provider leaves out the VPC's local
// route and those of gateway endpoints (terraform-provider-aws, internal/service/ec2/vpc_route_table.go,
// flattenRoutes).
func readTable(c *store.Call, o *store.Object) {
	routes, _ := store.CloneValue(o.Inputs["routes"]).([]any)
	for _, r := range c.With(store.RouteType, "routeTableId", o.ID) {
		route := map[string]any{"cidrBlock": r.Text("destinationCidrBlock"), "ipv6CidrBlock": r.Text("destinationIpv6CidrBlock"),
			"destinationPrefixListId": r.Text("destinationPrefixListId")}
		for _, target := range targets {
			route[target] = r.Text(target)
		}
		routes = append(routes, route)
	}
	o.Set("routes", append([]any{}, routes...))
}

func removeRouteTable(c *store.Call, o *store.Object) error {
	left := c.With(store.AssociationType, "routeTableId", o.ID)
	if err := TableUnused.When(len(left) > 0, o.ID, store.Named(left)); err != nil {
		return err
	}
	// Its routes are deleted with it.
	for _, r := range c.With(store.RouteType, "routeTableId", o.ID) {
		c.Drop(r)
	}
	return nil
}

func createAssociation(c *store.Call, o *store.Object) error {
	if err := associationFits(c.Account, o); err != nil {
		return err
	}
	o.ID = c.NewID("rtbassoc-")
	o.Show(nil)
	return nil
}

func associationFits(w *store.Account, o *store.Object) error {
	table, err := findTable(w, associateOp, o.Text("routeTableId"))
	if err != nil {
		return err
	}
	subnet, err := FindSubnet(w, associateOp, o.Text("subnetId"))
	if err != nil {
		return err
	}
	others := w.With(store.AssociationType, "subnetId", subnet.ID, func(a *store.Object) bool { return a.ID != o.ID })
	err = store.First(
		AssociationSameVPC.When(table.Text("vpcId") != subnet.Text("vpcId"), table.ID, subnet.ID),
		AssociationOnce.When(len(others) > 0, table.ID, subnet.ID))
	if err == nil && o.ID != "" {
		o.Show(nil)
	}
	return err
}

// Destination returns a route's destination.
func Destination(route *store.Object) string {
	return cmp.Or(route.Text("destinationCidrBlock"), route.Text("destinationIpv6CidrBlock"), route.Text("destinationPrefixListId"))
}

// targets are the properties for a route's target.
var targets = []string{"carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
	"networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId"}

func createRoute(c *store.Call, o *store.Object) error {
	table, err := findTable(c.Account, "creating Route: operation error EC2: CreateRoute", o.Text("routeTableId"))
	if err != nil {
		return err
	}
	same := c.With(store.RouteType, "routeTableId", table.ID, func(r *store.Object) bool { return Destination(r) == Destination(o) })
	if err := RouteOnce.When(len(same) > 0 || inlineRoute(table, Destination(o)) != nil, table.ID, Destination(o)); err != nil {
		return err
	}
	o.ID = "r-" + table.ID + strconv.Itoa(int(crc32.ChecksumIEEE([]byte(Destination(o)))))
	return showRoute(c.Account, o)
}

// inlineRoute returns a route that is declared in the table itself, nil if there is none.
func inlineRoute(table *store.Object, to string) map[string]any {
	routes, _ := table.Inputs["routes"].([]any)
	for _, r := range routes {
		if m := store.MapOf(r); m["cidrBlock"] == to || m["ipv6CidrBlock"] == to {
			return m
		}
	}
	return nil
}

func showRoute(w *store.Account, o *store.Object) error {
	if err := routeFits(w, w.Get(store.RouteTableType, o.Text("routeTableId")), o); err != nil {
		return err
	}
	o.Show(store.Properties{"instanceId": "", "instanceOwnerId": "", "networkInterfaceId": store.OrText(o.Inputs["networkInterfaceId"], ""),
		"origin": "CreateRoute", "state": "active"})
	return nil
}

// routeFits checks a route's target and destination for a table.
func routeFits(w *store.Account, table, route *store.Object) error {
	to, vpc := Destination(route), w.Get(store.VPCType, table.Text("vpcId"))
	named := slices.DeleteFunc(slices.Clone(targets), func(t string) bool { s, _ := route.Inputs[t].(string); return s == "" })
	p, valid := Network(to)
	if err := RouteTarget.When(len(named) != 1 || to == "" || (!valid && route.Text("destinationPrefixListId") == ""), table.ID, to); err != nil {
		return err
	}
	gateway, nat := w.Get(store.InternetGatewayType, route.Text("gatewayId")), w.Get(store.NatType, route.Text("natGatewayId"))
	return store.First(
		egressOnlyFits(w, table, route),
		RouteOutside.When(valid && vpc != nil && insideAny(p, NetworksOf(w, vpc)), table.ID, to),
		RouteGateway.When(named[0] == "gatewayId" && (gateway == nil || gateway.Text("vpcId") != table.Text("vpcId")), table.ID, to, route.Text("gatewayId")),
		RouteNAT.When(named[0] == "natGatewayId" && (nat == nil || nat.Text("state") == "failed"), table.ID, to, route.Text("natGatewayId")))
}

// routeState returns "blackhole" once a route's target is deleted.
func routeState(w *store.Account, route *store.Object) string {
	gateway, nat := route.Text("gatewayId"), route.Text("natGatewayId")
	if (gateway != "" && w.Get(store.InternetGatewayType, gateway) == nil) || (nat != "" && w.Get(store.NatType, nat) == nil) {
		return "blackhole"
	}
	return "active"
}

// tableFor returns the route table that a subnet uses: its own or else the VPC's main one.
func tableFor(w *store.Account, subnet *store.Object) *store.Object {
	for _, a := range w.With(store.AssociationType, "subnetId", subnet.ID) {
		return w.Get(store.RouteTableType, a.Text("routeTableId"))
	}
	if vpc := w.Get(store.VPCType, subnet.Text("vpcId")); vpc != nil {
		return w.Get(store.RouteTableType, vpc.Text("mainRouteTableId"))
	}
	return nil
}

// egressPath is how a subnet reaches the internet: through an internet gateway, through a NAT gateway, or not at all.
type egressPath struct {
	Gateway *store.Object // an internet gateway, for interfaces with a public address
	NAT     *store.Object // a NAT gateway that itself reaches the internet, for all interfaces, with its address
}

// Works reports whether an interface in the subnet reaches the internet; public is set if it has a public address.
func (e egressPath) Works(public bool) bool { return e.NAT != nil || (e.Gateway != nil && public) }

// Egress returns the IPv4 path of a subnet to the internet.
func Egress(w *store.Account, subnet *store.Object) egressPath {
	gateway, nat := defaultRoute(w, subnet)
	path := egressPath{Gateway: attachedGateway(w, gateway, subnet.Text("vpcId"))}
	o := w.Get(store.NatType, nat)
	if o == nil || o.Text("state") == "failed" || o.Text("connectivityType") == "private" {
		return path
	}
	home := w.Get(store.SubnetType, o.Text("subnetId"))
	if home == nil {
		return path
	}
	if out, _ := defaultRoute(w, home); attachedGateway(w, out, home.Text("vpcId")) != nil {
		path.NAT = o
	}
	return path
}

func attachedGateway(w *store.Account, id, vpc string) *store.Object {
	if o := w.Get(store.InternetGatewayType, id); o != nil && o.Text("vpcId") == vpc {
		return o
	}
	return nil
}

// defaultRoute returns the gateways of a subnet's 0.0.0.0/0.
func defaultRoute(w *store.Account, subnet *store.Object) (gateway, nat string) {
	table := tableFor(w, subnet)
	if table == nil {
		return "", ""
	}
	if r := inlineRoute(table, "0.0.0.0/0"); r != nil {
		o := &store.Object{Inputs: r}
		return o.Text("gatewayId"), o.Text("natGatewayId")
	}
	for _, r := range w.With(store.RouteType, "routeTableId", table.ID, store.Where("destinationCidrBlock", "0.0.0.0/0")) {
		return r.Text("gatewayId"), r.Text("natGatewayId")
	}
	return "", ""
}
