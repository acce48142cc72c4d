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
	VPC string `json:"vpcId"`
	// Routes are those in the table's properties. As outputs they include the routes of separate resources.
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

// count returns how many targets are set.
func (t RouteTargets) count() int {
	all := []string{t.CarrierGateway, t.CoreNetwork, t.EgressGateway, t.Gateway, t.LocalGateway, t.NAT, t.Interface, t.TransitGateway, t.Endpoint, t.Peering}
	return len(slices.DeleteFunc(all, func(id string) bool { return id == "" }))
}

// Association is the association of a route table with a subnet.
type Association struct {
	Table  string `json:"routeTableId"`
	Subnet string `json:"subnetId"`
}

// AssociationOf returns the properties of an association of a route table.
func AssociationOf(o *store.Object) *Association { return store.Decode[Association](o) }

func routeKinds() []*store.Kind {
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
	if _, err := findVPC(c.Account, createTableOp, RouteTableOf(o).VPC); err != nil {
		return err
	}
	o.ID = c.NewID("rtb-")
	return showTable(c.Account, o)
}

// showTable checks the inline routes of a table and sets its outputs.
func showTable(w *store.Account, o *store.Object) error {
	routes, _ := o.Inputs["routes"].([]any)
	for _, r := range inlineRoutes(o) {
		route := Route{CIDR: r.CIDR, IPv6CIDR: r.IPv6CIDR, PrefixList: r.PrefixList, RouteTargets: r.RouteTargets}
		if err := routeFits(w, o, &route); err != nil {
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
	for _, other := range c.With(store.RouteType, "routeTableId", o.ID) {
		r := RouteOf(other)
		route, _ := store.AsProperties(InlineRoute{CIDR: r.CIDR, IPv6CIDR: r.IPv6CIDR, PrefixList: r.PrefixList, RouteTargets: r.RouteTargets})
		routes = append(routes, route)
	}
	o.Set("routes", append([]any{}, routes...))
}

func removeRouteTable(c *store.Call, o *store.Object) error {
	left := c.With(store.AssociationType, "routeTableId", o.ID)
	if err := TableUnused.When(len(left) > 0, o.ID, store.DescribeAll(left)); err != nil {
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
	a := AssociationOf(o)
	table, err := findTable(w, associateOp, a.Table)
	if err != nil {
		return err
	}
	subnet, err := FindSubnet(w, associateOp, a.Subnet)
	if err != nil {
		return err
	}
	others := w.With(store.AssociationType, "subnetId", subnet.ID, func(other *store.Object) bool { return other.ID != o.ID })
	err = store.First(
		AssociationSameVPC.When(RouteTableOf(table).VPC != SubnetOf(subnet).VPC, table.ID, subnet.ID),
		AssociationOnce.When(len(others) > 0, table.ID, subnet.ID))
	if err == nil && o.ID != "" {
		o.Show(nil)
	}
	return err
}

// RouteDestination returns a route's destination.
func RouteDestination(route *store.Object) string { return RouteOf(route).Destination() }

// Destination returns the network or the prefix list that a route is for.
func (r *Route) Destination() string { return cmp.Or(r.CIDR, r.IPv6CIDR, r.PrefixList) }

func createRoute(c *store.Call, o *store.Object) error {
	r := RouteOf(o)
	table, err := findTable(c.Account, "creating Route: operation error EC2: CreateRoute", r.Table)
	if err != nil {
		return err
	}
	to := r.Destination()
	same := c.With(store.RouteType, "routeTableId", table.ID, func(other *store.Object) bool { return RouteDestination(other) == to })
	if err := RouteOnce.When(len(same) > 0 || inlineRoute(table, to) != nil, table.ID, to); err != nil {
		return err
	}
	o.ID = "r-" + table.ID + strconv.Itoa(int(crc32.ChecksumIEEE([]byte(to))))
	return showRoute(c.Account, o)
}

// inlineRoutes returns the routes that are declared in a table itself.
func inlineRoutes(table *store.Object) []InlineRoute {
	if table.Inputs["routes"] == nil {
		return nil
	}
	declared, _ := store.As[RouteTable](table.Inputs)
	return declared.Routes
}

// inlineRoute returns the route of a table itself for a destination, nil if there is none.
func inlineRoute(table *store.Object, to string) *InlineRoute {
	for _, r := range inlineRoutes(table) {
		if to != "" && (r.CIDR == to || r.IPv6CIDR == to) {
			return &r
		}
	}
	return nil
}

func showRoute(w *store.Account, o *store.Object) error {
	r := RouteOf(o)
	if err := routeFits(w, w.Get(store.RouteTableType, r.Table), r); err != nil {
		return err
	}
	o.Show(store.Properties{"instanceId": "", "instanceOwnerId": "", "networkInterfaceId": store.OrText(o.Inputs["networkInterfaceId"], ""),
		"origin": "CreateRoute", "state": "active"})
	return nil
}

// routeFits checks a route's target and destination for a table.
func routeFits(w *store.Account, table *store.Object, r *Route) error {
	t, to := RouteTableOf(table), r.Destination()
	p, valid := ParseNetwork(to)
	if err := RouteTarget.When(r.count() != 1 || to == "" || (!valid && r.PrefixList == ""), table.ID, to); err != nil {
		return err
	}
	vpc, gateway, nat := w.Get(store.VPCType, t.VPC), w.Get(store.InternetGatewayType, r.Gateway), w.Get(store.NatType, r.NAT)
	return store.First(
		egressOnlyFits(w, table, r),
		RouteOutside.When(valid && vpc != nil && insideAny(p, NetworksOf(w, vpc)), table.ID, to),
		RouteGateway.When(r.Gateway != "" && (gateway == nil || InternetGatewayOf(gateway).VPC != t.VPC), table.ID, to, r.Gateway),
		RouteNAT.When(r.NAT != "" && (nat == nil || NATGatewayOf(nat).State == "failed"), table.ID, to, r.NAT))
}

// routeState returns "blackhole" once a route's target is deleted.
func routeState(w *store.Account, route *store.Object) string {
	r := RouteOf(route)
	if (r.Gateway != "" && w.Get(store.InternetGatewayType, r.Gateway) == nil) || (r.NAT != "" && w.Get(store.NatType, r.NAT) == nil) ||
		(r.EgressGateway != "" && w.Get(store.EgressGatewayType, r.EgressGateway) == nil) {
		return "blackhole"
	}
	return "active"
}

// tableFor returns the route table that a subnet uses: its own or else the VPC's main one.
func tableFor(w *store.Account, subnet *store.Object) *store.Object {
	for _, a := range w.With(store.AssociationType, "subnetId", subnet.ID) {
		return w.Get(store.RouteTableType, AssociationOf(a).Table)
	}
	if vpc := w.Get(store.VPCType, SubnetOf(subnet).VPC); vpc != nil {
		return w.Get(store.RouteTableType, VPCOf(vpc).MainTable)
	}
	return nil
}

// egressPath is how a subnet reaches the internet: through an internet gateway, through a NAT gateway, or not at all.
type egressPath struct {
	Gateway *store.Object // an internet gateway, for interfaces with a public address
	NAT     *store.Object // a NAT gateway that itself reaches the internet, for all interfaces, with its address
	Blocked bool          // whether VPC Block Public Access stops what the internet gateway would forward
}

// Works reports whether an interface in the subnet reaches the internet; public is set if it has a public address.
func (e egressPath) Works(public bool) bool {
	return e.NAT != nil || (e.Gateway != nil && public && !e.Blocked)
}

// EgressPathOf returns the IPv4 path of a subnet to the internet.
func EgressPathOf(w *store.Account, subnet *store.Object) egressPath {
	route := routeTo(w, subnet, allIPv4)
	path := egressPath{Gateway: attachedGateway(w, route.Gateway, SubnetOf(subnet).VPC), Blocked: w.Options.PublicAccessBlock != ""}
	o := w.Get(store.NatType, route.NAT)
	if o == nil || w.Options.PublicAccessBlock == store.BlockBidirectional {
		return path
	}
	n := NATGatewayOf(o)
	home := w.Get(store.SubnetType, n.Subnet)
	if n.State == "failed" || n.Connectivity == "private" || home == nil {
		return path
	}
	if out := routeTo(w, home, allIPv4); attachedGateway(w, out.Gateway, SubnetOf(home).VPC) != nil {
		path.NAT = o
	}
	return path
}

func attachedGateway(w *store.Account, id, vpc string) *store.Object {
	if o := w.Get(store.InternetGatewayType, id); o != nil && InternetGatewayOf(o).VPC == vpc {
		return o
	}
	return nil
}

// Destinations of default routes.
const (
	allIPv4 = "0.0.0.0/0"
	allIPv6 = "::/0"
)

// routeTo returns the targets of a subnet's route for a destination, none if there is no such route.
func routeTo(w *store.Account, subnet *store.Object, destination string) RouteTargets {
	table := tableFor(w, subnet)
	if table == nil {
		return RouteTargets{}
	}
	if r := inlineRoute(table, destination); r != nil {
		return r.RouteTargets
	}
	for _, o := range w.With(store.RouteType, "routeTableId", table.ID) {
		if r := RouteOf(o); r.Destination() == destination {
			return r.RouteTargets
		}
	}
	return RouteTargets{}
}
