package lbc

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/elb"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

var TargetByInstance = store.NewRule("a Network Load Balancer's instance targets have current instance types",
	"operation error Elastic Load Balancing v2: RegisterTargets, api error InvalidTarget: The following targets cannot be registered by instance ID because of their instance type: '%s' (%s)",
	"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-type (you can't register instances by instance ID if they use C1, CC1, CC2, CG1, CG2, CR1, G1, G2, HI1, HS1, M1, M2, M3 or T1)")

// oldFamilies are the instance types that cannot be registered by their instance ID.
var oldFamilies = []string{"c1", "cc1", "cc2", "cg1", "cg2", "cr1", "g1", "g2", "hi1", "hs1", "m1", "m2", "m3", "t1"}

// checkInstanceTypes refuses nodes that a network load balancer can only register by their IP address.
func (c *Controller) checkInstanceTypes(target *elb.TargetGroup) error {
	if target.TargetType != "instance" || elb.KindOfProtocol(target.Protocol) != elb.Network {
		return nil
	}
	for _, o := range nodepkg.ReadyNodes(c.Account, c.cluster) {
		node := nodepkg.NodeOf(o)
		family, _, _ := strings.Cut(node.Type, ".")
		if err := TargetByInstance.When(slices.Contains(oldFamilies, family), node.Instance, node.Type); err != nil {
			return err
		}
	}
	return nil
}
