package config

import (
	"iter"
	"maps"
	"slices"
)

// Kinds of workloads by the load balancer that they have.
var (
	// NLBKinds and ALBKinds are the kinds with a Network and with an Application Load Balancer.
	NLBKinds = []string{KindNLB, KindGatewayNLB}
	ALBKinds = []string{KindALB, KindGatewayALB}
	// GatewayKinds are those whose load balancer is created for a Gateway.
	GatewayKinds = []string{KindGatewayNLB, KindGatewayALB}
	// ControllerKinds are those whose load balancer the load balancer controller creates.
	ControllerKinds = []string{KindNLB, KindALB, KindGatewayNLB, KindGatewayALB}
	// BalancedKinds are those with any load balancer.
	BalancedKinds = append([]string{KindCLB}, ControllerKinds...)
	// UnbalancedKinds are those without one.
	UnbalancedKinds = []string{KindPolicy, KindNetshoot, KindSpeed, KindMesh}
)

// BaseKind returns the kind with the same load balancer that needs no Gateway.
func BaseKind(kind string) string {
	switch kind {
	case KindGatewayNLB:
		return KindNLB
	case KindGatewayALB:
		return KindALB
	}
	return kind
}

// IsNLB reports whether the workload has a Network Load Balancer.
func (w Workload) IsNLB() bool { return BaseKind(w.Kind) == KindNLB }

// IsALB reports whether the workload has an Application Load Balancer.
func (w Workload) IsALB() bool { return BaseKind(w.Kind) == KindALB }

// HasUDP reports whether a workload's pods get UDP packets from a load balancer, and HasTCP whether they get TCP
// connections.
func (w Workload) HasUDP() bool { return w.Protocol == ProtocolUDP || w.Protocol == ProtocolTCPUDP }
func (w Workload) HasTCP() bool { return w.Protocol != ProtocolUDP }

// IsGateway reports whether the workload's load balancer is created for a Gateway.
func (w Workload) IsGateway() bool { return slices.Contains(GatewayKinds, w.Kind) }

// GatewayNamespace returns the namespace of the Gateway of a group.
func GatewayNamespace(group string) string { return "gateway-" + group }

// SpeedClients returns how many clients of a workload of kind speed are enough for each place: one in each zone, and
// another one in the zone of the server, if there is a zone with two nodes.
func SpeedClients(zones []string) int { return len(zones) + 1 }

// SpeedServer returns the name of the server of a workload of kind speed, and SpeedService that of its Service.
func SpeedServer(workload string) string  { return workload + "-server" }
func SpeedService(workload string) string { return workload + "-speed" }

// WorkloadsOfKind returns the workloads of some kinds by their paths, in the order of their names.
func WorkloadsOfKind(workloads map[string]Workload, kinds ...string) iter.Seq2[string, Workload] {
	return func(yield func(string, Workload) bool) {
		for _, name := range slices.Sorted(maps.Keys(workloads)) {
			if w := workloads[name]; slices.Contains(kinds, w.Kind) && !yield(In("workloads", name), w) {
				return
			}
		}
	}
}
