package world

import "time"

const egressGatewayType = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"

var routeEgressGateway = rule("a route's egress-only gateway exists in the table's VPC",
	"creating Route in Route Table (%s) with destination (%s): operation error EC2: CreateRoute, api error InvalidGatewayID.NotFound: The eigw ID '%s' does not exist",
	"https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html")

func egressGatewayKinds() []*kind {
	return []*kind{{
		typ: egressGatewayType, tagged: true, forceNew: []string{"vpcId"},
		create: func(c *call, o *Object) error {
			_, err := c.vpcOf("creating EC2 Egress-only Internet Gateway: operation error EC2: CreateEgressOnlyInternetGateway", o.text("vpcId"))
			o.ID = c.newID("eigw-")
			o.show(nil)
			return err
		},
		update:   func(c *call, o, _ *Object) error { o.show(nil); return nil },
		creation: 2 * time.Second, deletion: 2 * time.Second,
	}}
}

// egressOnlyFits checks a route to an egress-only gateway.
func (w *World) egressOnlyFits(table, route *Object) error {
	id := route.text("egressOnlyGatewayId")
	gateway := w.get(egressGatewayType, id)
	return routeEgressGateway.when(id != "" && (gateway == nil || gateway.text("vpcId") != table.text("vpcId")), table.ID, destination(route), id)
}
