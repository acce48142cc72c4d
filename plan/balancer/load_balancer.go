// Package balancer describes the load balancers of workloads: their listeners, rules and health checks, and the pods
// behind them.
package balancer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"eksnet/config"
)

// LoadBalancer is a load balancer and the workloads behind it.
type LoadBalancer struct {
	Kind, Scheme string
	// Name is the workload's or, where Group is set, that of the group that several workloads share.
	Name  string
	Group bool
	// Members are the workloads, in the order of their names.
	Members []Member
}

// Member is a workload behind a load balancer.
type Member struct {
	Name string
	config.Workload
}

// String names a load balancer as problems and warnings do.
func (b LoadBalancer) String() string {
	if b.Group {
		return fmt.Sprintf("the load balancer of group %s", b.Name)
	}
	return fmt.Sprintf("the load balancer of workload %s", b.Name)
}

// LoadBalancers returns the load balancers of workloads, by kind: one each, but one for all members of a group,
// and none for a workload without one.
func LoadBalancers(workloads map[string]config.Workload) []LoadBalancer {
	var all []LoadBalancer
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		if !w.Balanced() {
			continue
		}
		b := LoadBalancer{Kind: w.Kind, Scheme: w.Scheme, Name: name, Members: []Member{{name, w}}}
		if IsGrouped(w) {
			b.Name, b.Group = w.Group, true
		}
		sameGroup := func(other LoadBalancer) bool {
			return b.Group && other.Group && b.Name == other.Name && b.Kind == other.Kind
		}
		if i := slices.IndexFunc(all, sameGroup); i >= 0 {
			all[i].Members = append(all[i].Members, b.Members...)
		} else {
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b LoadBalancer) int { return cmp.Compare(kindOrder[a.Kind], kindOrder[b.Kind]) })
	return all
}

// IsGrouped reports whether a workload shares its load balancer with the other members of a group.
func IsGrouped(w config.Workload) bool {
	return w.Group != "" && (w.Kind == config.KindALB || w.IsGateway())
}

// GatewayOf returns namespace and name of the Gateway of a workload.
func GatewayOf(workload string, w config.Workload) (namespace, name string) {
	if IsGrouped(w) {
		return config.GatewayNamespace(w.Group), w.Group
	}
	return workload, workload
}

// ZonesOf returns the zones of a workload's load balancer, in their order: those of its zones key, or else all of the
// stack's. Members of a group have one load balancer, so the zones of the member that names some are those of all.
func ZonesOf(s *config.Stack, workload string) []string {
	members, w := []string{workload}, s.Workloads[workload]
	if IsGrouped(w) {
		members = slices.Sorted(maps.Keys(s.Workloads))
	}
	for _, name := range members {
		member := s.Workloads[name]
		if member.Kind == w.Kind && member.Group == w.Group && len(member.Zones) > 0 {
			return member.Zones
		}
	}
	return s.Network.Zones
}

// Everywhere returns the ranges that contain all clients: one, or one of each family for dual-stack load balancers.
func Everywhere(s *config.Stack) []string {
	if s.Network.IPv6() {
		return []string{"0.0.0.0/0", "::/0"}
	}
	return []string{"0.0.0.0/0"}
}

// kindOrder is the order in which kinds are listed.
var kindOrder = map[string]int{config.KindCLB: 1, config.KindNLB: 2, config.KindALB: 3, config.KindGatewayNLB: 4, config.KindGatewayALB: 5}
