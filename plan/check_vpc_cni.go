package plan

import (
	"maps"
	"net/netip"
	"slices"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/capacity"
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
	case !s.Network.CustomNetworking():
		problems.Add(path, "true, but pods of node groups in public subnets have no public address, and the internet gateway drops what they send; set it to false, move the groups to private subnets, or give pods a range of their own by network.podCidr with podSubnets customNetworking")
	case s.Network.NAT == config.NATNone:
		problems.Add(path, "true, but with network.nat none the pods' subnets have no route to the internet, and pods on nodes in public subnets would have none either; set it to false, or network.nat to single or zone")
	}
}

// checkPodDiscovery refuses subnets for pods that the VPC CNI would use after those of the nodes: it creates interfaces
// in the subnet of the zone that has the most free addresses (github.com/aws/amazon-vpc-cni-k8s v1.23.2,
// pkg/awsutils/awsutils.go, GetVpcSubnets).
func checkPodDiscovery(s *config.Stack, problems *config.Problems) {
	vpc, readable := address.ParseIPv4(s.Network.CIDR)
	pods, ok := address.ParseIPv4(s.Network.PodCIDR)
	if !s.Network.PodDiscovery() || s.Network.IPv6() || !readable || !ok {
		return
	}
	private, own := vpc.Bits()+address.CutBits[address.KindPrivate], pods.Bits()+address.CutBits[address.KindPods]
	if own >= private {
		problems.Add("network.podSubnets", "discovery, but the pods' subnets (/%d) are not larger than the private subnets (/%d), and the VPC CNI creates interfaces in the subnet with the most free addresses, so pods would use up the private subnets; use a podCidr of at least /%d, such as %s, or podSubnets customNetworking",
			own, private, vpc.Bits(), netip.PrefixFrom(pods.Addr(), vpc.Bits()).Masked())
	}
}

// adviseOnPodDiscovery warns of subnets for pods that no node needs: the first interface of a node, which is in the
// node's own subnet, has room for the addresses of all of its pods. With prefixes that is usual.
func adviseOnPodDiscovery(s *config.Stack, demand []capacity.SubnetDemand) []config.Warning {
	needed := func(d capacity.SubnetDemand) bool { return d.Kind == address.KindPods && d.AtMax > 0 }
	if !s.Network.PodDiscovery() || len(s.NodeGroups) == 0 || slices.ContainsFunc(demand, needed) {
		return nil
	}
	text := "discovery, but no node needs an interface in the pods' subnets: its first interface, in the node's own subnet, has addresses for all of its pods"
	if s.Addons.VPCCNI.PrefixDelegation {
		text += "; write podSubnets: customNetworking, or addons.vpcCni.prefixDelegation: false, with which an interface has fewer addresses"
	} else {
		text += "; write podSubnets: customNetworking"
	}
	return []config.Warning{{Path: "network.podSubnets", Text: text}}
}
