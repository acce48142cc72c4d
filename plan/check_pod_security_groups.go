package plan

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

const podSecurityGroups = "addons.vpcCni.podSecurityGroups"

// checkPodSecurityGroups refuses security groups for pods in a stack without instance types that support them
// (docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html). Whether the pods find such a node is checked
// with the other pods of the stack.
func checkPodSecurityGroups(s *config.Stack, problems *config.Problems) {
	if s.Addons.VPCCNI.PodSecurityGroups == nil || len(s.NodeGroups) == 0 {
		return
	}
	for _, group := range s.NodeGroups {
		unsupported := func(typ string) bool { return awsdata.BranchInterfaces(typ) == 0 }
		if !slices.ContainsFunc(group.InstanceTypes, unsupported) {
			return
		}
	}
	first := slices.Sorted(maps.Keys(s.NodeGroups))[0]
	problems.Add(podSecurityGroups, "no node group has only instance types with trunk interfaces, which pods need for a security group of their own (group %s: %s); use types of the Nitro System that are not burstable, such as m7g.large, or remove it",
		first, strings.Join(s.NodeGroups[first].InstanceTypes, ", "))
}

// adviseOnPodSecurityGroups warns of pods whose traffic to the internet is dropped: with mode strict it has the address
// of the pod, which is not public (docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html).
func adviseOnPodSecurityGroups(s *config.Stack) []config.Warning {
	groups := s.Addons.VPCCNI.PodSecurityGroups
	if groups == nil || groups.Mode != config.EnforceStrict || !s.HasPublicNodes() {
		return nil
	}
	return []config.Warning{{Path: podSecurityGroups + ".mode", Text: "strict, with which pods with a security group of their own have no access to the internet on nodes in public subnets: their traffic keeps the address of the pod; write standard, or move the node groups to private subnets with a NAT gateway"}}
}
