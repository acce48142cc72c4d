package balancer

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

// States and reasons of targets
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html).
const (
	initial   = "initial"
	healthy   = "healthy"
	unhealthy = "unhealthy"
	draining  = "draining"
	unused    = "unused"

	initialHealthChecking    = "Elb.InitialHealthChecking"
	responseCodeMismatch     = "Target.ResponseCodeMismatch"
	timedOut                 = "Target.Timeout"
	failedHealthChecks       = "Target.FailedHealthChecks"
	notInUse                 = "Target.NotInUse"
	deregistrationInProgress = "Target.DeregistrationInProgress"
)

type targetKey struct {
	group   string
	address netip.AddrPort
}

// target is a target of a target group, until it is deregistered and drained. The mutex of the load balancer protects
// its fields.
type target struct {
	b          *Balancer
	key        targetKey
	zone       string
	group      TargetGroup // as last registered
	health     Health
	successes  int // consecutive health checks
	failures   int
	stopChecks context.CancelFunc
	// connections ends when the connections to the target must be closed.
	connections context.Context
	close       context.CancelFunc
	open        int // requests and connections
	drain       *time.Timer
	// isLater reports whether others of its group were established when it was registered or became unhealthy, and
	// slowSince is the beginning of its slow start.
	isLater    bool
	slowSince  time.Time
	transports map[Zone]*http.Transport
}

// updateTargets registers and deregisters targets, so that they are those of the Spec.
func (b *Balancer) updateTargets() {
	registered := map[targetKey]bool{}
	for _, id := range slices.Sorted(maps.Keys(b.spec.TargetGroups)) {
		group := b.spec.TargetGroups[id]
		for _, t := range group.Targets {
			key := targetKey{id, t.Address}
			registered[key] = true
			b.register(key, t.Zone, group)
		}
	}
	for key, t := range b.targets {
		if !registered[key] && t.drain == nil {
			t.deregister()
		}
	}
}

// register adds a target, or updates a registered one. One that is draining is registered again.
func (b *Balancer) register(key targetKey, zone string, group TargetGroup) {
	t := b.targets[key]
	if t == nil {
		t = &target{b: b, key: key, stopChecks: func() {}, transports: map[Zone]*http.Transport{}}
		t.connections, t.close = context.WithCancel(b.ctx)
		t.isLater = b.hasEstablished(key.group)
		b.targets[key] = t
	}
	if t.drain != nil {
		t.drain.Stop()
		t.drain, t.health = nil, Health{}
	}
	checked := t.group.Check
	t.zone, t.group = zone, group
	switch {
	case !b.spec.uses(zone):
		// docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#availability-zones
		t.stopChecks()
		t.health = Health{unused, notInUse}
	case t.health.State == "" || t.health.State == unused:
		t.health, t.successes, t.failures = Health{initial, initialHealthChecking}, 0, 0
		t.startChecks(group.Check)
	case checked != group.Check:
		t.startChecks(group.Check)
	}
}

// uses reports whether targets of a zone receive traffic: the load balancer must be in the zone. A target outside of
// the VPC is in all of them (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html).
func (s *Spec) uses(zone string) bool {
	return isAnyZone(zone) || slices.ContainsFunc(s.Zones, func(z Zone) bool { return z.Name == zone })
}

func isAnyZone(zone string) bool { return zone == "" || zone == "all" }

// deregister begins the deregistration delay, after which the target is removed. A target without connections of an
// Application or Classic Load Balancer is removed at once
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay).
func (t *target) deregister() {
	t.stopChecks()
	isUnused := t.health.State == unused
	t.health = Health{draining, deregistrationInProgress}
	for _, transport := range t.transports {
		transport.CloseIdleConnections()
	}
	if isUnused || t.open == 0 && t.b.spec.Kind != Network {
		t.finish()
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(t.group.DeregistrationDelay, func() {
		t.b.mu.Lock()
		defer t.b.mu.Unlock()
		if t.drain == timer { // it is not registered again
			t.finish()
		}
	})
	t.drain = timer
}

// finish removes the target. Connections of a Network Load Balancer continue unless its target group terminates them
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#deregistration-delay).
func (t *target) finish() {
	t.stopChecks()
	if t.drain != nil {
		t.drain.Stop()
	}
	if t.b.spec.Kind != Network || t.group.TerminateDeregistered || t.b.ctx.Err() != nil {
		t.close()
	}
	for _, transport := range t.transports {
		transport.CloseIdleConnections()
	}
	if t.b.targets[t.key] == t {
		delete(t.b.targets, t.key)
	}
}

// startChecks starts the health checks, in the place of earlier ones.
func (t *target) startChecks(check HealthCheck) {
	t.stopChecks()
	ctx, cancel := context.WithCancel(t.b.ctx)
	t.stopChecks = cancel
	t.b.goRun(func() {
		const defaultInterval = 30 * time.Second
		ticker := time.NewTicker(cmp.Or(check.Interval, defaultInterval))
		defer ticker.Stop()
		for ctx.Err() == nil {
			reason := t.check(ctx, check)
			t.record(ctx, check, reason)
			select {
			case <-ticker.C:
			case <-ctx.Done():
			}
		}
	})
}

// record records the result of a health check: the reason of a failure, "" for success.
func (t *target) record(ctx context.Context, check HealthCheck, reason string) {
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	if reason == "" {
		t.successes, t.failures = t.successes+1, 0
		if t.successes >= t.healthyThreshold(check) && t.health.State != healthy {
			t.startSlowly()
			t.health = Health{State: healthy}
		}
		return
	}
	t.successes, t.failures = 0, t.failures+1
	if t.failures < max(check.Unhealthy, 1) {
		return
	}
	if t.health.State == healthy {
		t.isLater, t.slowSince = true, time.Time{}
		t.terminateConnections()
	}
	t.health = Health{unhealthy, reason}
}

// healthyThreshold returns the number of consecutive successes after which the target is healthy. A new target of an
// Application Load Balancer must pass one health check
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
func (t *target) healthyThreshold(check HealthCheck) int {
	if t.b.spec.Kind == Application && t.health.State == initial {
		return 1
	}
	return max(check.Healthy, 1)
}

// terminateConnections closes the connections of a Network Load Balancer to a target that becomes unhealthy
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#unhealthy-target-connection-termination).
func (t *target) terminateConnections() {
	if t.b.spec.Kind == Network && !t.group.KeepUnhealthy && t.group.Protocol != "UDP" {
		t.close()
		t.connections, t.close = context.WithCancel(t.b.ctx)
	}
}
