package workloads

import (
	"strconv"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// checkNames are what the annotations of a health check are called.
type checkNames struct{ protocol, port, path, interval, timeout, healthy, unhealthy string }

var (
	nlbCheck = checkNames{nlbCheckProtocol, nlbCheckPort, nlbCheckPath, nlbCheckInterval, nlbCheckTimeout, nlbHealthy, nlbUnhealthy}
	albCheck = checkNames{albCheckProtocol, albCheckPort, albCheckPath, albCheckInterval, albCheckTimeout, albHealthy, albUnhealthy}
)

// write adds what the stack file says of a health check; the controller's defaults stay unsaid. A shorter interval than the time that an
// answer may take would be refused, so the one goes with the other.
func (n checkNames) write(annotations map[string]string, spec config.Workload) {
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
