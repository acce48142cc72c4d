package plan

import (
	"maps"
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Pages about what IPv6 clusters do not have.
const (
	ipv6Guide    = "docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html"
	ipv6CNI      = "github.com/aws/amazon-vpc-cni-k8s, README.md, ENABLE_IPv6"
	ipv6Services = "docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html"
	ipv6Balancer = "docs.aws.amazon.com/eks/latest/best-practices/ipv6.html"
)

// checkIPFamily refuses what EKS, the VPC CNI and load balancers do not have in an IPv6 cluster.
func checkIPFamily(s *config.Stack, partition Partition, problems *config.Problems) {
	if !s.Network.IPv6() {
		return
	}
	if partition.Name == china {
		problems.Add("network.ipFamily", "ipv6, but EKS has no IPv6 clusters in aws-cn; write ipv4 (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-eks-cluster-kubernetesnetworkconfig.html)")
	}
	checkIPv6PodSubnets(s.Network, problems)
	if s.Network.NAT == config.NATNone {
		problems.Add("network.nat", "none, but nodes of an IPv6 cluster do not join it without routes to the internet, and the registries of EKS's images have IPv4 addresses only; write single or zone (github.com/aws-ia/terraform-aws-eks-blueprints/issues/1584; github.com/aws/containers-roadmap/issues/2739)")
	}
	if s.Cluster.ServiceCIDR != "" {
		problems.Add("cluster.serviceCidr", "%q, but with network.ipFamily ipv6 EKS assigns the range of Services, a /108 of unique local addresses; remove it (%s)", s.Cluster.ServiceCIDR, ipv6Services)
	}
	checkIPv6CNI(s.Addons.VPCCNI, problems)
	checkIPv6InstanceTypes(s.NodeGroups, problems)
	checkIPv6Workloads(s.Workloads, problems)
}

// checkIPv6PodSubnets refuses subnets of their own for pods, whose addresses are those of a prefix of their node.
func checkIPv6PodSubnets(n config.Network, problems *config.Problems) {
	const pods = "with network.ipFamily ipv6 pods have addresses of their node's /80 prefix"
	switch {
	case n.PodSubnets == config.PodSubnetsDiscovery:
		problems.Add("network.podSubnets", "discovery, but %s, and the VPC CNI creates no interfaces in other subnets; remove it (%s)", pods, ipv6Guide)
		if n.PodCIDR != "" {
			problems.Add("network.podCidr", "%q, but %s, and the VPC CNI creates no interfaces in other subnets; remove it (%s)", n.PodCIDR, pods, ipv6Guide)
		}
	case n.PodCIDR != "":
		problems.Add("network.podCidr", "%q, but %s, and the VPC CNI does not start with a range of their own (custom networking); remove it (%s)", n.PodCIDR, pods, ipv6CNI)
	}
}

// checkIPv6CNI refuses settings of the VPC CNI that concern IPv4 addresses of pods. A node of an IPv6 cluster has one
// /80 prefix on its first interface and no other interfaces.
func checkIPv6CNI(cni config.VPCCNI, problems *config.Problems) {
	const path = "addons.vpcCni"
	if !cni.PrefixDelegation {
		problems.Add(path+".prefixDelegation", "false, but with network.ipFamily ipv6 the VPC CNI does not start without it; remove it (%s)", ipv6CNI)
	}
	if cni.ExternalSNAT {
		problems.Add(path+".externalSnat", "true, but with network.ipFamily ipv6 the VPC CNI ignores it: pods keep their addresses on the way to IPv6 networks, and have the node's on the way to IPv4 networks; remove it (%s)", ipv6CNI)
	}
	if cni.PodSecurityGroups != nil {
		problems.Add(path+".podSecurityGroups", "%s, but with network.ipFamily ipv6 the VPC CNI does not support security groups for pods; remove it (%s)", cni.PodSecurityGroups.Mode, ipv6CNI)
	}
	for _, target := range []struct {
		key              string
		value, byDefault int
	}{{"enis", cni.Warm.ENIs, 1}, {"ips", cni.Warm.IPs, 0}, {"minimumIps", cni.Warm.MinimumIPs, 0}, {"prefixes", cni.Warm.Prefixes, 1}} {
		if target.value != target.byDefault {
			problems.Add(path+".warm."+target.key, "%d, but with network.ipFamily ipv6 a node has one /80 prefix, and the VPC CNI keeps nothing else available; remove it (%s)", target.value, ipv6CNI)
		}
	}
}

// checkIPv6InstanceTypes refuses instance types without prefixes.
func checkIPv6InstanceTypes(groups map[string]config.NodeGroup, problems *config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		for i, typ := range groups[name].InstanceTypes {
			if known, found := awsdata.InstanceTypes()[typ]; found && !known.Nitro {
				problems.Add(config.At(config.In("nodeGroups", name)+".instanceTypes", i), "%s is not on the Nitro System, and with network.ipFamily ipv6 nodes need an IPv6 prefix, which only Nitro instances have; use a current type, such as m7i.large (%s)", typ, ipv6Guide)
			}
		}
	}
}

// checkIPv6Workloads refuses load balancers that cannot send to IPv6 addresses. Managed node groups do not pass the
// primary IPv6 address of a launch template on, which instance targets need
// (github.com/aws/containers-roadmap/issues/1653). For UDP, an NLB needs prefixes for source NAT
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html), which the stack does not set.
func checkIPv6Workloads(workloads map[string]config.Workload, problems *config.Problems) {
	for path, w := range config.WorkloadsOfKind(workloads, config.BalancedKinds...) {
		switch {
		case w.Kind == config.KindCLB:
			problems.Add(path+".kind", "clb, but with network.ipFamily ipv6 the EKS cloud controller creates no load balancers; write nlb or alb (%s)", ipv6Balancer)
		case w.Target == config.TargetInstance:
			problems.Add(path+".target", "instance, but instances of managed node groups have no primary IPv6 address, which instance targets of an IPv6 cluster need; write ip, or remove it (github.com/aws/containers-roadmap/issues/1653)")
		case w.HasUDP():
			problems.Add(path+".protocol", "%s, but with network.ipFamily ipv6 an NLB needs prefixes for source NAT, which the stack does not set; write TCP or TLS (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations)", w.Protocol)
		}
	}
}
