package plan

import (
	"maps"
	"slices"

	"eksnet/config"
)

// checkNetworkPolicies refuses samples of NetworkPolicies that nothing would enforce: Kubernetes takes the object all
// the same, and everybody gets in (docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html).
func checkNetworkPolicies(s *config.Stack, problems *config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		if s.Workloads[name].Kind == config.KindPolicy && !s.Addons.VPCCNI.NetworkPolicy {
			problems.Add(config.In("workloads", name)+".kind", "policy, but addons.vpcCni.networkPolicy is false, so the NetworkPolicy is not enforced; set networkPolicy: true")
		}
	}
}

// checkExternalSNAT refuses pods that leave the VPC by an internet gateway under their own address: they have no public
// one, so it drops what they send (docs.aws.amazon.com/eks/latest/userguide/external-snat.html).
func checkExternalSNAT(s *config.Stack, problems *config.Problems) {
	const path = "addons.vpcCni.externalSnat"
	switch {
	case !s.Addons.VPCCNI.ExternalSNAT || !s.HasPublicNodes():
	case s.Network.PodCIDR == "":
		problems.Add(path, "true, but pods of node groups in public subnets have no public address, and the internet gateway drops what they send; set it to false, move the groups to private subnets, or give pods a range of their own by network.podCidr")
	case s.Network.NAT == config.NATNone:
		problems.Add(path, "true, but with network.nat none the pods' subnets have no route to the internet, and pods on nodes in public subnets would have none either; set it to false, or network.nat to single or zone")
	}
}
