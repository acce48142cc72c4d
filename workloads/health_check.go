package workloads

import (
	"strconv"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// healthCheckAnnotations holds the names of a health check's annotations.
type healthCheckAnnotations struct{ protocol, port, path, interval, timeout, healthy, unhealthy string }

var (
	nlbCheck = healthCheckAnnotations{nlbCheckProtocol, nlbCheckPort, nlbCheckPath, nlbCheckInterval, nlbCheckTimeout, nlbHealthy, nlbUnhealthy}
	albCheck = healthCheckAnnotations{albCheckProtocol, albCheckPort, albCheckPath, albCheckInterval, albCheckTimeout, albHealthy, albUnhealthy}
)

// write adds annotations for the health check settings of the stack file; other settings keep the controller's
// defaults. AWS refuses an interval shorter than the timeout, so an interval is always written together with a timeout.
func (n healthCheckAnnotations) write(annotations map[string]string, spec config.Workload) {
	check, h := balancer.HealthCheckOf(spec), spec.Health
	if h == nil {
		return
	}
	set := func(name, value string) {
		if value != "" && value != "0" {
			annotations[name] = value
		}
	}
	set(n.protocol, h.Protocol)
	set(n.port, string(h.Port))
	if check.Protocol != config.HealthTCP {
		set(n.path, check.Path)
	}
	set(n.interval, strconv.Itoa(h.Interval))
	if h.Interval != 0 {
		set(n.timeout, strconv.Itoa(check.Timeout))
	}
	set(n.healthy, strconv.Itoa(h.HealthyThreshold))
	set(n.unhealthy, strconv.Itoa(h.UnhealthyThreshold))
}
