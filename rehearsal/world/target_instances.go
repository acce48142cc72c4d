package world

import (
	"slices"
	"strings"
)

var targetByInstance = rule("a Network Load Balancer's instance targets have current instance types",
	"operation error Elastic Load Balancing v2: RegisterTargets, api error InvalidTarget: The following targets cannot be registered by instance ID because of their instance type: '%s' (%s)",
	"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-type (you can't register instances by instance ID if they use C1, CC1, CC2, CG1, CG2, CR1, G1, G2, HI1, HS1, M1, M2, M3 or T1)")

var notByInstance = []string{"c1", "cc1", "cc2", "cg1", "cg2", "cr1", "g1", "g2", "hi1", "hs1", "m1", "m2", "m3", "t1"}

// byInstance refuses nodes that a network load balancer can only register by their IP address.
func (c *controller) byInstance(target *Object) error {
	if target.text("targetType") != "instance" || kindOfProtocol(target.text("protocol")) != ofNLB {
		return nil
	}
	for _, node := range c.readyNodes(c.cluster) {
		family, _, _ := strings.Cut(node.text("instanceType"), ".")
		if err := targetByInstance.when(slices.Contains(notByInstance, family), node.text("instanceId"), node.text("instanceType")); err != nil {
			return err
		}
	}
	return nil
}
