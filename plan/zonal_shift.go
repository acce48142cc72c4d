package plan

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/plan/balancer"
)

const zonalShiftAttribute = "zonal_shift.config.enabled"

// zonalShift returns what a zonal shift away from the zone would do, "" if neither the cluster nor a load balancer is
// registered with it (docs.aws.amazon.com/eks/latest/userguide/zone-shift.html;
// docs.aws.amazon.com/elasticloadbalancing/latest/network/zonal-shift.html).
func (z zoneLoss) zonalShift() string {
	var registered, others []string
	for _, b := range balancer.LoadBalancers(z.stack.Workloads) {
		if isRegistered(b) {
			registered = append(registered, BalancerPart(b))
		} else {
			others = append(others, BalancerPart(b))
		}
	}
	if !z.stack.Cluster.ZonalShift && len(registered) == 0 {
		return ""
	}
	nodes := "the cluster is not registered, so pods in the zone still get requests: write cluster.zonalShift: true"
	if z.stack.Cluster.ZonalShift {
		nodes = "EKS cordons the nodes in the zone and removes their pods from the endpoints of Services; the pods keep running, and no others are started"
	}
	texts := []string{nodes}
	if len(registered) > 0 {
		texts = append(texts, "clients get no addresses in the zone of: "+strings.Join(registered, ", "))
	}
	if len(others) > 0 {
		texts = append(texts, fmt.Sprintf("clients still get those of: %s (without the attribute %s)", strings.Join(others, ", "), zonalShiftAttribute))
	}
	return strings.Join(texts, "; ")
}

// isRegistered reports whether a load balancer is registered with zonal shift.
func isRegistered(b balancer.LoadBalancer) bool {
	return slices.ContainsFunc(b.Members, func(m balancer.Member) bool { return m.Attributes[zonalShiftAttribute] == "true" })
}
