package capacity

import (
	"eksnet/config"
	"eksnet/internal/awsdata"
)

// A pod with a security group of its own has a branch interface with an address of its subnet, and none of the
// addresses that the CNI keeps for other pods. Branch interfaces are associated with the trunk interface of their node,
// which is one of the interfaces of the instance (docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html;
// github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/provider/branch/trunk/trunk.go, InitTrunk). Both are in
// the subnet of the node, or with custom networking in the pod subnet of its zone.

// hasTrunk reports whether an instance has a trunk interface.
func (c cni) hasTrunk(i awsdata.InstanceType) bool { return c.podGroups && i.BranchInterfaces > 0 }

// branches returns how many branch interfaces a node of a group can have, whichever of the types it is of.
func (c cni) branches(types []string) int {
	if !c.podGroups || len(types) == 0 {
		return 0
	}
	least := awsdata.BranchInterfaces(types[0])
	for _, typ := range types[1:] {
		least = min(least, awsdata.BranchInterfaces(typ))
	}
	return least
}

// withTrunk adds the address of the trunk interface of an instance.
func (c cni) withTrunk(i awsdata.InstanceType, d nodeDemand) nodeDemand {
	switch {
	case !c.hasTrunk(i):
	case c.custom:
		d.pods.single++
	default:
		d.node.single++
	}
	return d
}

// addBranches adds the addresses of branch interfaces in one zone. At the desired size, pods are spread over the zones.
// At max, all of them are in the zone, and each replaces a pod whose interface exists for another minute
// (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/provider/branch/cooldown/cooldown.go).
func (z *zoneDemand) addBranches(s *config.Stack, zones int) {
	part := DemandPart{What: "pods with a security group of their own"}
	for _, class := range podsOf(s) {
		if class.branch {
			part.AtDesired, part.AtMax = part.AtDesired+divideUp(class.least, zones), part.AtMax+2*class.most
		}
	}
	if part.AtMax == 0 {
		return
	}
	c, subnets := cniOf(s), map[*[]DemandPart]bool{}
	for _, group := range s.NodeGroups {
		switch {
		case c.branches(group.InstanceTypes) == 0:
		case c.custom:
			subnets[&z.pods] = true
		case group.Subnets == config.PublicSubnets:
			subnets[&z.public] = true
		default:
			subnets[&z.private] = true
		}
	}
	for parts := range subnets {
		*parts = append(*parts, part)
	}
}
