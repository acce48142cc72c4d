package balancer

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"slices"
)

// assignment is a connection, session or request that is assigned to a target.
type assignment struct {
	*target
	group TargetGroup
	// ctx ends when the connection must be closed.
	ctx context.Context
}

// turnKey identifies the node of a load balancer that takes turns among the targets of a target group.
type turnKey struct{ zone, group string }

// caller is what a target is selected for. request is nil for a connection or session.
type caller struct {
	address netip.Addr
	request *http.Request
}

// assign selects a target for a connection or request that arrived in a zone. It returns nil if there is none. release
// must be called at its end.
func (b *Balancer) assign(z Zone, forward map[string]int, c caller) *assignment {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := selectGroup(forward)
	candidates := b.candidates(z, id)
	if len(candidates) == 0 {
		return nil
	}
	t := b.stickyTarget(b.spec.TargetGroups[id], candidates, c)
	if t == nil {
		t = b.selectTarget(turnKey{z.Name, id}, candidates, c.request != nil)
	}
	t.open++
	return &assignment{t, t.group, t.connections}
}

// selectGroup selects a target group by weight
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions).
func selectGroup(forward map[string]int) string {
	total := 0
	for _, weight := range forward {
		total += weight
	}
	if total == 0 {
		return ""
	}
	rest := rand.IntN(total)
	for _, id := range slices.Sorted(maps.Keys(forward)) {
		if rest -= forward[id]; rest < 0 {
			return id
		}
	}
	return ""
}

// candidates returns the healthy targets that the load balancer's node in a zone sends to. If too few are healthy, a
// Classic Load Balancer has no others, and the other kinds send to all of them
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html,
// docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
func (b *Balancer) candidates(z Zone, id string) []*target {
	group := b.spec.TargetGroups[id]
	found, healthyOnes := b.targetsOf(z, group)
	if b.spec.Kind == Classic || group.Routed.isReached(len(healthyOnes), len(found)) {
		return healthyOnes
	}
	return found
}

// targetsOf returns the targets of a group that the load balancer's node in a zone may send to, and the healthy ones
// among them.
func (b *Balancer) targetsOf(z Zone, group TargetGroup) (all, healthyOnes []*target) {
	crossZone := b.spec.isCrossZone(group)
	for _, registered := range group.Targets {
		t := b.targets[targetKey{group.ID, registered.Address}]
		if t == nil || t.health.State == unused || !crossZone && t.zone != z.Name && !isAnyZone(t.zone) {
			continue
		}
		all = append(all, t)
		if t.health.State == healthy {
			healthyOnes = append(healthyOnes, t)
		}
	}
	return all, healthyOnes
}

// isReached reports whether enough of all targets are healthy.
func (m Minimum) isReached(healthyTargets, all int) bool {
	return healthyTargets >= max(m.Count, 1) && healthyTargets*100 >= m.Percentage*all
}

// isCrossZone reports whether the load balancer sends to targets in all of its zones. That of an Application Load
// Balancer is on unless a target group turns it off
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#cross-zone).
func (s *Spec) isCrossZone(g TargetGroup) bool {
	if g.CrossZone != nil && s.Kind != Classic {
		return *g.CrossZone
	}
	return s.CrossZone || s.Kind == Application
}

// selectTarget selects one of the targets. A Network Load Balancer uses a hash that includes the sequence number of the
// first packet, which is random; a Classic Load Balancer the least outstanding requests for HTTP; an Application Load
// Balancer the algorithm of the target group, by default turns
// (docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#routing-algorithm).
func (b *Balancer) selectTarget(key turnKey, targets []*target, isRequest bool) *target {
	algorithm := b.spec.TargetGroups[key.group].Algorithm
	switch {
	case b.spec.Kind == Network || algorithm == "weighted_random":
		return targets[rand.IntN(len(targets))]
	case algorithm == "least_outstanding_requests" || b.spec.Kind == Classic && isRequest:
		return leastOpen(targets, b.turn(key))
	case slices.ContainsFunc(targets, func(t *target) bool { return t.share() < 1 }):
		return selectByShare(targets)
	}
	return targets[b.turn(key)%len(targets)]
}

func (b *Balancer) turn(key turnKey) int {
	b.turns[key]++
	return b.turns[key] - 1
}

// leastOpen returns the target with the least requests, and of several the one whose turn it is.
func leastOpen(targets []*target, turn int) *target {
	selected := targets[turn%len(targets)]
	for _, t := range targets {
		if t.open < selected.open {
			selected = t
		}
	}
	return selected
}

// release ends an assignment. The last one of a target that is draining completes its deregistration, except that of a
// Network Load Balancer.
func (a *assignment) release() {
	a.b.mu.Lock()
	defer a.b.mu.Unlock()
	if a.open--; a.open == 0 && a.drain != nil && a.b.spec.Kind != Network {
		a.finish()
	}
}
