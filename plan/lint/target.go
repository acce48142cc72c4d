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
		Name: "hairpin", Measured: true,
		Reason: "a target that connects to this load balancer and is selected as its own target gets a timeout (hairpinning); other clients are not affected",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html#loopback-timeout",
		find:   findHairpin,
	},
	{
		Name: "readiness-gate", Refused: true, Measured: true,
		Reason: "with instance targets the load balancer has nodes and no pods as targets, so the controller adds no readiness gates and a rollout does not wait for the load balancer",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate",
		find:   findReadinessGate,
	},
	{
		Name: "target-generation", Refused: true,
		Reason: "every node becomes a target, and an NLB can register instances of C1, CC1, CC2, CG1, CG2, CR1, G1, G2, HI1, HS1, M1, M2, M3 and T1 only by IP address",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-type",
		find:   findOldTargets,
	},
	{
		Name: "node-port", Refused: true,
		Reason: "instance targets require a Service with a node port, and Kubernetes assigns node ports only from 30000 to 32767",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#target-type; kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver, --service-node-port-range",
		find:   findTooManyNodePorts,
	},
}

func findUDPWithoutAddress(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.NLBKinds...) {
		if w.HasUDP() && !balancer.PreservesClientAddress(w) {
			found(path+".preserveClientAddress", "false with protocol %s; remove it, or write protocol: TCP", w.Protocol)
		}
	}
}

func findHairpin(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.NLBKinds...) {
		switch {
		case w.Scheme != config.Internal || !balancer.PreservesClientAddress(w):
		case w.HasUDP():
			found(path+".scheme", "internal with protocol %s, which preserves the client's address: clients on its targets must not use it, but the address of the Service", w.Protocol)
		default:
			found(path+".preserveClientAddress", "true with scheme internal and %s targets; write false if clients on its targets use it", w.Target)
		}
	}
}

func findReadinessGate(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		if w.ReadinessGate && w.Target == config.TargetInstance {
			found(path+".readinessGate", "true with instance targets; write target: ip, or false")
		}
	}
}

// familiesByAddressAlone are the families of the table that an NLB does not take as instances.
var familiesByAddressAlone = []string{"c1", "cr1", "hs1", "m1", "m2", "m3", "t1"}

func findOldTargets(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.NLBKinds...) {
		if w.Target != config.TargetInstance {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
			for _, typ := range s.NodeGroups[name].InstanceTypes {
				if family, _, _ := strings.Cut(typ, "."); slices.Contains(familiesByAddressAlone, family) {
					found(path+".target", "instance, but nodes of node group %s are %s; write target: ip, or use a current type there", name, typ)
				}
			}
		}
	}
}

// mostNodePorts is how many ports Kubernetes has for Services on its nodes.
const mostNodePorts = awsdata.LastNodePort - awsdata.FirstNodePort + 1

func findTooManyNodePorts(s *config.Stack, _ []address.Zone, found reportFunc) {
	taken := 0
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.BalancedKinds...) {
		before := taken
		if taken += nodePortsOf(w); before <= mostNodePorts && taken > mostNodePorts {
			found(path+".target", "instance, but with this workload %d node ports are needed of %d; write target: ip", taken, mostNodePorts)
		}
	}
}

// nodePortsOf is how many of the nodes' ports a workload's Services take: one for traffic where targets are nodes, and
// one for the health check where Kubernetes assigns it.
func nodePortsOf(w config.Workload) int {
	switch {
	case w.Target != config.TargetInstance:
		return 0
	case balancer.HasHealthNodePort(w):
		return 2
	default:
		return 1
	}
}
