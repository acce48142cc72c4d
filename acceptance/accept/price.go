package accept

import (
	"fmt"
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/plan"
)

// prices are the list prices of what a plan lists as billed.
var prices = map[string]awsdata.ListPrice{
	"EKS control plane":            awsdata.ControlPlanePrice,
	"NAT gateway":                  awsdata.NATGatewayPrice,
	"interface endpoint in a zone": awsdata.EndpointPrice,
	"Classic Load Balancer":        awsdata.ClassicPrice,
	"Network Load Balancer":        awsdata.LoadBalancerPrice,
	"Application Load Balancer":    awsdata.LoadBalancerPrice,
	"public IPv4 address":          awsdata.PublicAddressPrice,
}

// PriceText returns what a stack costs by the hour, and what is not in the sum: nodes, whose price differs by instance
// type, and traffic.
func PriceText(billed []plan.Billed) string {
	sum, others := 0.0, []string{}
	for _, b := range billed {
		if price, found := prices[b.What]; found {
			sum += float64(b.Count) * price.Hourly
			continue
		}
		others = append(others, fmt.Sprintf("%s (%s)", count(b.Count, b.What, b.What+"s"), b.Detail))
	}
	return fmt.Sprintf("%.2f USD an hour by the list prices of us-east-1, and %s, and traffic", sum, strings.Join(others, ", "))
}
