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
// defaults. An interval shorter than the timeout would be refused, so an interval is written together with its timeout.
func (n healthCheckAnnotations) write(annotations map[string]string, spec config.Workload) {
	check, h := balancer.HealthCheckOf(spec), spec.Health
	if h == nil {
		return
	}
	say := func(name, value string) {
		if value != "" && value != "0" {
			annotations[name] = value
		}
	}
	say(n.protocol, h.Protocol)
	say(n.port, string(h.Port))
	if check.Protocol != config.HealthTCP {
		say(n.path, check.Path)
	}
	say(n.interval, strconv.Itoa(h.Interval))
	if h.Interval != 0 {
		say(n.timeout, strconv.Itoa(check.Timeout))
	}
	say(n.healthy, strconv.Itoa(h.HealthyThreshold))
	say(n.unhealthy, strconv.Itoa(h.UnhealthyThreshold))
}
