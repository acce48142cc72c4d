package accept

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan"
)

// prices are the list prices of what a plan lists as billed, beside nodes.
var prices = map[string]awsdata.ListPrice{
	plan.BilledControlPlane:         awsdata.ControlPlanePrice,
	plan.BilledExtendedControlPlane: awsdata.ExtendedControlPlanePrice,
	"NAT gateway":                   awsdata.NATGatewayPrice,
	"interface endpoint in a zone":  awsdata.EndpointPrice,
	"Classic Load Balancer":         awsdata.ClassicPrice,
	"Network Load Balancer":         awsdata.LoadBalancerPrice,
	"Application Load Balancer":     awsdata.LoadBalancerPrice,
	"public IPv4 address":           awsdata.PublicAddressPrice,
}

// PriceText returns what a stack costs by the hour, and what is not in the sum.
func PriceText(s *config.Stack, billed []plan.Billed) string {
	sum := 0.0
	for _, b := range billed {
		sum += float64(b.Count) * prices[b.What].Hourly
	}
	nodes, notes := priceNodes(s.NodeGroups)
	text := fmt.Sprintf("%.2f USD an hour by the list prices of us-east-1, %.2f of it for nodes with their disks", sum+nodes, nodes)
	return strings.Join(append([]string{text}, append(notes, "traffic is not included")...), "; ")
}

// priceNodes returns what nodes and their disks cost by the hour, and what differs from it.
func priceNodes(groups map[string]config.NodeGroup) (sum float64, notes []string) {
	spot := false
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		g := groups[name]
		sum += float64(g.Scaling.Desired*g.DiskGiB) * awsdata.VolumePrice.Monthly / awsdata.HoursPerMonth
		price, unknown := highestPrice(g.InstanceTypes)
		sum += float64(g.Scaling.Desired) * price
		spot = spot || g.Capacity == config.Spot
		if len(unknown) > 0 {
			notes = append(notes, fmt.Sprintf("group %s: the price of %s is not known, see aws.amazon.com/ec2/pricing/on-demand", name, strings.Join(unknown, ", ")))
		}
	}
	if spot {
		notes = append(notes, "Spot Instances count with their on-demand price, and cost less")
	}
	return sum, notes
}

// highestPrice returns the highest price of some instance types, of which EKS chooses, and the types without one.
func highestPrice(types []string) (price float64, unknown []string) {
	for _, typ := range types {
		listed, known := awsdata.InstancePrices()[typ]
		if !known {
			unknown = append(unknown, typ)
		}
		price = max(price, listed.Hourly)
	}
	return price, unknown
}
