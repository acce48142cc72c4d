package check

import (
	"slices"

	"eksnet/internal/awsdata"
)

// otherDefaults are defaults that differ from those of awsdata, or are not there: cross-zone balancing, which AWS
// always has on for an ALB and moto reports as false, and a Classic Load Balancer's draining as the rehearsal's world
// names it (docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_LoadBalancerAttributes.html).
var otherDefaults = map[string][]string{
	awsdata.LoadBalancerCrossZone: {"false", "use_load_balancer_configuration"},
	"connectionDrainingTimeout":   {"300"},
}

// isDefault reports whether a value is the default of an attribute of load balancers or target groups.
func isDefault(attribute string, value any) bool {
	text, _ := value.(string)
	if defaults, listed := otherDefaults[attribute]; listed {
		return slices.Contains(defaults, text)
	}
	for _, tables := range []map[string]awsdata.Attributes{awsdata.LoadBalancerAttributes, awsdata.TargetGroupAttributes} {
		for _, attributes := range tables {
			if a, has := attributes[attribute]; has && a.Default == text {
				return true
			}
		}
	}
	return false
}
