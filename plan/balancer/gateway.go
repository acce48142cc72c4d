package balancer

import (
	"cmp"
	"maps"
	"slices"

	"eksnet/config"
)

// Gateway is a load balancer that is created for a Gateway, and the workloads whose routes it has.
type Gateway struct {
	// Namespace and Name are those of the Gateway. A group has a namespace of its own.
	Namespace, Name string
	// Group reports whether the workloads of a group share it.
	Group bool
	// Spec is that of a workload, with what the load balancer has once.
	Spec config.Workload
	// Listeners are its ports, each once.
	Listeners []Listener
	// Certificates are those of its listeners by port, the default one first, in the order that the rules of an
	// Ingress's group have.
	Certificates map[int][]string
	// TLSPolicies are the security policies of its listeners that have certificates, by port.
	TLSPolicies map[int]string
	// IdleTimeouts are those of its listeners that have one, in seconds by port.
	IdleTimeouts map[int]int
}

// GatewayFor returns the Gateway of a workload.
func GatewayFor(s *config.Stack, workload string) Gateway {
	w := s.Workloads[workload]
	g := Gateway{Group: IsGrouped(w), Spec: WithGroupSettings(s, workload), Certificates: map[int][]string{}, TLSPolicies: map[int]string{}, IdleTimeouts: map[int]int{}}
	g.Namespace, g.Name = GatewayOf(workload, w)
	for _, m := range gatewayMembers(s, workload) {
		for _, l := range ListenersOf(m) {
			g.addListener(l, m)
		}
	}
	slices.SortFunc(g.Listeners, func(a, b Listener) int { return cmp.Compare(a.Port, b.Port) })
	return g
}

func (g *Gateway) addListener(l Listener, member config.Workload) {
	if !slices.ContainsFunc(g.Listeners, func(other Listener) bool { return other.Port == l.Port }) {
		g.Listeners = append(g.Listeners, l)
	}
	if member.IdleTimeout != nil {
		g.IdleTimeouts[l.Port] = *member.IdleTimeout // plan/lint refuses members of one port that differ
	}
	if !l.Encrypted() {
		return
	}
	g.TLSPolicies[l.Port] = member.TLSPolicy // plan/lint refuses members of one port that differ
	if !slices.Contains(g.Certificates[l.Port], member.Certificate) {
		g.Certificates[l.Port] = append(g.Certificates[l.Port], member.Certificate)
	}
}

// Redirects reports whether the listener on port 80 redirects to HTTPS.
func (g Gateway) Redirects() bool {
	return slices.ContainsFunc(g.Listeners, func(l Listener) bool { return l.Redirect })
}

// GatewayMembers returns the sorted names of the workloads of a workload's Gateway.
func GatewayMembers(s *config.Stack, workload string) []string {
	w := s.Workloads[workload]
	if !IsGrouped(w) {
		return []string{workload}
	}
	var members []string
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		if m := s.Workloads[name]; m.Kind == w.Kind && m.Group == w.Group {
			members = append(members, name)
		}
	}
	return members
}

// gatewayMembers returns the workloads of a workload's Gateway, with the settings of their group.
func gatewayMembers(s *config.Stack, workload string) []config.Workload {
	if !IsGrouped(s.Workloads[workload]) {
		return []config.Workload{s.Workloads[workload]}
	}
	var members []config.Workload
	for _, name := range GatewayMembers(s, workload) {
		members = append(members, WithGroupSettings(s, name))
	}
	slices.SortStableFunc(members, func(a, b config.Workload) int { return cmp.Compare(DefaultGroupOrder(a), DefaultGroupOrder(b)) })
	return members
}
