package balancer

import (
	"time"

	"eksnet/config"
)

// HealthyAfter returns how long a new pod with a readiness gate waits at least until its load balancer counts it as
// healthy, and 0 for a pod without one
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
func HealthyAfter(w config.Workload) time.Duration {
	if !w.ReadinessGate {
		return 0
	}
	check := HealthCheckOf(w)
	return time.Duration(check.Interval*check.Healthy) * time.Second
}

// RolloutSteps returns how many times a rollout of pods waits for new ones. A quarter of them may be too many, rounded
// up, and a quarter too few, rounded down (kubernetes.io/docs/concepts/workloads/controllers/deployment, max surge and
// max unavailable).
func RolloutSteps(pods int) int {
	step := (pods+3)/4 + pods/4
	return (pods + step - 1) / step
}
