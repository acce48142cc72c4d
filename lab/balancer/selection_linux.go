package balancer

import (
	"context"
	"maps"
	"math/rand/v2"
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

// assign selects a target for a connection or request that arrived in a zone. It returns nil if there is none. release
// must be called at its end.
func (b *Balancer) assign(z Zone, forward map[string]int, isRequest bool) *assignment {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := selectGroup(forward)
	candidates := b.candidates(z, id)
	if len(candidates) == 0 {
		return nil
	}
	t := b.selectTarget(turnKey{z.Name, id}, candidates, isRequest)
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

// candidates returns the healthy targets that the load balancer's node in a zone sends to. If none is healthy, a
// Classic Load Balancer has none, and the others send to all of them
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html,
// docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
func (b *Balancer) candidates(z Zone, id string) (found []*target) {
	group := b.spec.TargetGroups[id]
	crossZone, hasHealthy := b.spec.isCrossZone(group), false
	for _, registered := range group.Targets {
		t := b.targets[targetKey{id, registered.Address}]
		if t == nil || t.health.State == unused || !crossZone && t.zone != z.Name && !isAnyZone(t.zone) {
			continue
		}
		found = append(found, t)
		hasHealthy = hasHealthy || t.health.State == healthy
	}
	if hasHealthy || b.spec.Kind == Classic {
		found = slices.DeleteFunc(found, func(t *target) bool { return t.health.State != healthy })
	}
	return found
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
// first packet, which is random; a Classic Load Balancer the least outstanding requests for HTTP; the others take turns
// (docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#routing-algorithm).
func (b *Balancer) selectTarget(key turnKey, targets []*target, isRequest bool) *target {
	if b.spec.Kind == Network {
		return targets[rand.IntN(len(targets))]
	}
	turn := b.turns[key]
	b.turns[key]++
	selected := targets[turn%len(targets)]
	if b.spec.Kind == Classic && isRequest {
		for _, t := range targets {
			if t.open < selected.open {
				selected = t
			}
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
