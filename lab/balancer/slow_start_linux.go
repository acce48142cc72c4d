package balancer

import (
	"math/rand/v2"
	"time"
)

// startSlowly begins the slow start of a target that has become healthy, unless no other one has all of its share. The
// targets that are registered first get theirs at once
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode).
func (t *target) startSlowly() {
	if t.isLater && t.b.hasEstablished(t.key.group) {
		t.slowSince = time.Now()
	}
}

// hasEstablished reports whether a target group has a healthy target that gets all of its share.
func (b *Balancer) hasEstablished(group string) bool {
	for key, t := range b.targets {
		if key.group == group && t.health.State == healthy && t.share() == 1 {
			return true
		}
	}
	return false
}

// share returns which part of its share of the requests a target gets, more than 0 and at most 1. It grows linearly.
func (t *target) share() float64 {
	if t.group.SlowStart == 0 || t.slowSince.IsZero() {
		return 1
	}
	const first = 0.01 // so that it gets requests at all
	return min(max(time.Since(t.slowSince).Seconds()/t.group.SlowStart.Seconds(), first), 1)
}

// selectByShare selects a target at random by the shares.
func selectByShare(targets []*target) *target {
	total := 0.0
	for _, t := range targets {
		total += t.share()
	}
	rest := rand.Float64() * total
	for _, t := range targets {
		if rest -= t.share(); rest < 0 {
			return t
		}
	}
	return targets[len(targets)-1]
}
