package ec2

import (
	"time"

	"eksnet/rehearsal/world/store"
)

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
