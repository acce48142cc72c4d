package plan_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// ipv6Stack is a stack of family ipv6 that can work.
func ipv6Stack() *config.Stack {
	s := plantest.StackOfTypes(true, "m7g.large")
	s.Network.IPFamily, s.Cluster.ServiceCIDR = config.IPv6, ""
	s.Workloads = map[string]config.Workload{
		"shop": {Kind: config.KindNLB, Target: config.TargetIP, Protocol: config.ProtocolTCP, Scheme: config.InternetFacing},
		"site": {Kind: config.KindALB, Target: config.TargetIP, Scheme: config.InternetFacing, Paths: []string{"/"}},
	}
	return s
}

func TestAnIPv6StackThatCanWorkIsAccepted(t *testing.T) {
	if _, problems := plan.New(ipv6Stack()); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestWhatAnIPv6ClusterDoesNotHaveIsRefusedAtItsPath(t *testing.T) {
	workload := func(change func(*config.Workload)) func(*config.Stack) {
		return func(s *config.Stack) {
			w := s.Workloads["shop"]
			change(&w)
			s.Workloads["shop"] = w
		}
	}
	for name, test := range map[string]struct {
		change  func(*config.Stack)
		problem string // the path and the beginning of the message
		source  string
	}{
		"a region in China": {func(s *config.Stack) { s.Region = "cn-north-1" },
			"network.ipFamily: ipv6, but EKS has no IPv6 clusters in aws-cn; write ipv4", "aws-properties-eks-cluster-kubernetesnetworkconfig.html"},
		"a range of pods": {func(s *config.Stack) { s.Network.PodCIDR = "100.64.0.0/16" },
			`network.podCidr: "100.64.0.0/16", but with network.ipFamily ipv6 pods have addresses of their node's /80 prefix, and the VPC CNI does not start with a range of their own (custom networking); remove it`, "amazon-vpc-cni-k8s"},
		"a range of pods that the VPC CNI discovers": {func(s *config.Stack) {
			s.Network.PodCIDR, s.Network.PodSubnets = "100.64.0.0/16", config.PodSubnetsDiscovery
		}, `network.podCidr: "100.64.0.0/16", but with network.ipFamily ipv6 pods have addresses of their node's /80 prefix, and the VPC CNI creates no interfaces in other subnets; remove it`, "cni-ipv6.html"},
		"subnets that the VPC CNI discovers": {func(s *config.Stack) { s.Network.PodSubnets = config.PodSubnetsDiscovery },
			"network.podSubnets: discovery, but with network.ipFamily ipv6 pods have addresses of their node's /80 prefix, and the VPC CNI creates no interfaces in other subnets; remove it", "cni-ipv6.html"},
		"no NAT gateways": {func(s *config.Stack) { s.Network.NAT, s.Network.Endpoints = config.NATNone, config.Endpoints{"auto"} },
			"network.nat: none, but nodes of an IPv6 cluster do not join it without routes to the internet", "containers-roadmap/issues/2739"},
		"a range of Services": {func(s *config.Stack) { s.Cluster.ServiceCIDR = "172.20.0.0/16" },
			`cluster.serviceCidr: "172.20.0.0/16", but with network.ipFamily ipv6 EKS assigns the range of Services`, "API_KubernetesNetworkConfigRequest.html"},
		"no prefixes": {func(s *config.Stack) { s.Addons.VPCCNI.PrefixDelegation = false },
			"addons.vpcCni.prefixDelegation: false, but with network.ipFamily ipv6 the VPC CNI does not start without it", "ENABLE_IPv6"},
		"external SNAT": {func(s *config.Stack) { s.Addons.VPCCNI.ExternalSNAT = true },
			"addons.vpcCni.externalSnat: true, but with network.ipFamily ipv6 the VPC CNI ignores it", "ENABLE_IPv6"},
		"interfaces kept available": {func(s *config.Stack) { s.Addons.VPCCNI.Warm.ENIs = 2 },
			"addons.vpcCni.warm.enis: 2, but with network.ipFamily ipv6 a node has one /80 prefix", "ENABLE_IPv6"},
		"addresses kept available": {func(s *config.Stack) { s.Addons.VPCCNI.Warm.IPs = 4 },
			"addons.vpcCni.warm.ips: 4, but with network.ipFamily ipv6 a node has one /80 prefix", "ENABLE_IPv6"},
		"a minimum of addresses": {func(s *config.Stack) { s.Addons.VPCCNI.Warm.MinimumIPs = 16 },
			"addons.vpcCni.warm.minimumIps: 16, but with network.ipFamily ipv6 a node has one /80 prefix", "ENABLE_IPv6"},
		"prefixes kept available": {func(s *config.Stack) { s.Addons.VPCCNI.Warm.Prefixes = 2 },
			"addons.vpcCni.warm.prefixes: 2, but with network.ipFamily ipv6 a node has one /80 prefix", "ENABLE_IPv6"},
		"an instance type on Xen": {func(s *config.Stack) {
			plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.InstanceTypes = []string{"m7i.large", "m4.large"} })
		}, `nodeGroups["general"].instanceTypes[1]: m4.large is not on the Nitro System`, "cni-ipv6.html"},
		"a CLB": {workload(func(w *config.Workload) { w.Kind, w.Target = config.KindCLB, config.TargetInstance }),
			`workloads["shop"].kind: clb, but with network.ipFamily ipv6 the EKS cloud controller creates no load balancers; write nlb or alb`, "best-practices/ipv6.html"},
		"instance targets": {workload(func(w *config.Workload) { w.Target = config.TargetInstance }),
			`workloads["shop"].target: instance, but instances of managed node groups have no primary IPv6 address`, "containers-roadmap/issues/1653"},
		"UDP": {workload(func(w *config.Workload) { w.Protocol = config.ProtocolUDP }),
			`workloads["shop"].protocol: UDP, but with network.ipFamily ipv6 an NLB needs prefixes for source NAT`, "guide/service/annotations"},
		"nodes that could not reach the API": {func(s *config.Stack) {
			s.Cluster.Endpoint = &config.Endpoint{Public: true, PublicCIDRs: []string{"0.0.0.0/0"}}
		}, "cluster.endpoint: private is false and publicCidrs (0.0.0.0/0) cannot contain the addresses of the NAT gateways and the nodes", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := ipv6Stack()
			test.change(s)
			_, problems := plan.New(s)
			found := slices.ContainsFunc(problems, func(p config.Problem) bool {
				return strings.HasPrefix(p.String(), test.problem) && strings.Contains(p.Message, test.source)
			})
			if !found {
				t.Errorf("problems %v, want %s … %s", problems, test.problem, test.source)
			}
			s.Network.IPFamily = config.IPv4
			if s.Cluster.Endpoint.Private == false {
				return // 0.0.0.0/0 is enough there
			}
			if _, problems := plan.New(s); slices.ContainsFunc(problems, func(p config.Problem) bool { return strings.HasPrefix(p.String(), test.problem) }) {
				t.Errorf("refused in an IPv4 cluster too: %v", problems)
			}
		})
	}
}

func TestAllThatAnIPv6ClusterDoesNotHaveIsRefusedAtOnce(t *testing.T) {
	s := ipv6Stack()
	s.Network.PodCIDR, s.Cluster.ServiceCIDR, s.Addons.VPCCNI.ExternalSNAT = "100.64.0.0/16", "172.20.0.0/16", true
	s.Workloads["old"] = config.Workload{Kind: config.KindCLB, Target: config.TargetInstance, Scheme: config.Internal}
	_, problems := plan.New(s)
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	for _, want := range []string{"network.podCidr", "cluster.serviceCidr", "addons.vpcCni.externalSnat", `workloads["old"].kind`} {
		if !slices.Contains(paths, want) {
			t.Errorf("%s is not among %q", want, paths)
		}
	}
}
