package balancer_test

import (
	"testing"
	"time"

	"eksnet/config"
	"eksnet/plan/balancer"
)

func TestAGatedPodIsHealthyAfterItsChecks(t *testing.T) {
	for _, test := range []struct {
		workload config.Workload
		want     time.Duration
	}{
		{config.Workload{Kind: config.KindNLB}, 0},
		{config.Workload{Kind: config.KindNLB, ReadinessGate: true}, 30 * time.Second},
		{config.Workload{Kind: config.KindALB, ReadinessGate: true}, 30 * time.Second},
		{config.Workload{Kind: config.KindALB, ReadinessGate: true, Health: &config.Health{Interval: 300, HealthyThreshold: 10}}, 50 * time.Minute},
	} {
		if got := balancer.HealthyAfter(test.workload); got != test.want {
			t.Errorf("%s, gate %v: %s and not %s", test.workload.Kind, test.workload.ReadinessGate, got, test.want)
		}
	}
}

func TestARolloutWaitsOnceForEachQuarterTooManyAndTooFew(t *testing.T) {
	for pods, want := range map[int]int{1: 1, 2: 2, 3: 3, 4: 2, 5: 2, 8: 2, 10: 2, 100: 2} {
		if got := balancer.RolloutSteps(pods); got != want {
			t.Errorf("%d pods: %d steps and not %d", pods, got, want)
		}
	}
}
