package config

// health checks a load balancer's health check, by what AWS takes
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html).
func (v *validator) health(path string, w Workload) {
	if w.Health == nil {
		return
	}
	h, at := *w.Health, path+".health"
	switch {
	case h.Protocol == "":
	case w.IsALB():
		v.oneOf(at+".protocol", h.Protocol, HealthHTTP, HealthHTTPS)
	default:
		v.oneOf(at+".protocol", h.Protocol, HealthTCP, HealthHTTP, HealthHTTPS)
	}
	v.accept(at+".port", func(c *Constraint) { c.OneOf = []string{string(TrafficPort)} })
	if h.Port != "" && h.Port != TrafficPort && !v.portText(at+".port", string(h.Port)) {
		v.Add(at+".port", "%q is not a port; 1 to 65535 or %s are accepted", h.Port, TrafficPort)
	}
	switch asks := h.Protocol == HealthHTTP || h.Protocol == HealthHTTPS || w.IsALB(); {
	case h.Path == "":
	case !asks:
		v.Add(at+".path", "%q, but a TCP health check has no path; write protocol: HTTP, or remove it", h.Path)
	case !v.matches(at+".path", h.Path, checkPath) || v.longerThan(at+".path", len(h.Path), 1024):
		v.Add(at+".path", "%q is not a valid health check path, such as /healthz", h.Path)
	}
	v.untypedOr(at+".interval", h.Interval, 5, 300, "seconds")
	v.untypedOr(at+".healthyThreshold", h.HealthyThreshold, 2, 10, "checks")
	v.untypedOr(at+".unhealthyThreshold", h.UnhealthyThreshold, 2, 10, "checks")
}

// untypedOr is between two numbers, or zero for the default.
func (v *validator) untypedOr(path string, value, least, most int, unit string) {
	if value != 0 {
		v.between(path, value, least, most, unit)
	}
}
