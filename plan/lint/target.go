package lint

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// targetRules are about what a load balancer sends to, and whose address is on it.
var targetRules = []Rule{
	{
		Name: "udp-address", Refused: true,
		Reason: "AWS preserves the client's address with UDP and refuses to turn that off",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation",
		find:   findUDPWithoutAddress,
	},
	{
		Name:   "hairpin",
		Reason: "hairpin connections time out, which are those of a target that calls this load balancer and is chosen as its own target; other clients are unaffected",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html#loopback-timeout",
		find:   findHairpin,
	},
	{
		Name: "readiness-gate", Refused: true,
		Reason: "the load balancer knows nodes then and no pods, so the controller gives pods no gate and a rollout waits for nothing",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate",
		find:   findReadinessGate,
	},
	{
		Name: "target-generation", Refused: true,
		Reason: "the load balancer gets every node as a target, and an NLB takes instances of C1, CC1, CC2, CG1, CG2, CR1, G1, G2, HI1, HS1, M1, M2, M3 and T1 by their address alone",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-type",
		find:   findOldTargets,
	},
	{
		Name: "node-port", Refused: true,
		Reason: "a Service without a node port cannot be the backend of instance targets, and Kubernetes gives out those from 30000 to 32767 alone",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#target-type; kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver, --service-node-port-range",
		find:   findTooManyNodePorts,
	},
}

func findUDPWithoutAddress(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindNLB) {
		if w.Protocol == config.ProtocolUDP && !balancer.PreservesClientAddress(w) {
			found(path+".preserveClientAddress", "false with protocol UDP; remove it, or write protocol: TCP")
		}
	}
}

func findHairpin(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindNLB) {
		switch {
		case w.Scheme != config.Internal || !balancer.PreservesClientAddress(w):
		case w.Protocol == config.ProtocolUDP:
			found(path+".scheme", "internal with protocol UDP, which preserves the client's address: let nothing that runs on its targets call it, or call the Service's own address there")
		default:
			found(path+".preserveClientAddress", "true with scheme internal and %s targets; write false if anything that runs on its targets calls it", w.Target)
		}
	}
}

func findReadinessGate(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindNLB, config.KindALB) {
		if w.ReadinessGate && w.Target == config.TargetInstance {
			found(path+".readinessGate", "true with instance targets; write target: ip, or false")
		}
	}
}

// familiesByAddressAlone are the families of the table that an NLB does not take as instances.
var familiesByAddressAlone = []string{"c1", "cr1", "hs1", "m1", "m2", "m3", "t1"}

func findOldTargets(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindNLB) {
		if w.Target != config.TargetInstance {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
			for _, typ := range s.NodeGroups[name].InstanceTypes {
				if family, _, _ := strings.Cut(typ, "."); slices.Contains(familiesByAddressAlone, family) {
					found(path+".target", "instance, but nodes of group %s are %s; write target: ip, or use a current type there", name, typ)
				}
			}
		}
	}
}

// mostNodePorts is how many ports Kubernetes has for Services on its nodes.
const mostNodePorts = awsdata.LastNodePort - awsdata.FirstNodePort + 1

func findTooManyNodePorts(s *config.Stack, _ []address.Zone, found reportFunc) {
	taken := 0
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.KindCLB, config.KindNLB, config.KindALB) {
		before := taken
		if taken += nodePortsOf(w); before <= mostNodePorts && taken > mostNodePorts {
			found(path+".target", "instance, but with this workload %d ports of the nodes are needed of %d; write target: ip", taken, mostNodePorts)
		}
	}
}

// nodePortsOf is how many of the nodes' ports a workload's Services take: one for traffic where targets are nodes, and
// with trafficPolicy Local one for the health check.
func nodePortsOf(w config.Workload) int {
	switch {
	case w.Target != config.TargetInstance:
		return 0
	case w.TrafficPolicy == config.PolicyLocal:
		return 2
	default:
		return 1
	}
}
