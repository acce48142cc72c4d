package check

import "slices"

// usual are the values of attributes that nobody set, of load balancers and target groups
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html, API_TargetGroupAttribute.html, and
// docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_LoadBalancerAttributes.html). Moto has the same, but that it calls
// cross-zone balancing of an ALB false, which AWS always has on.
var usual = map[string][]string{
	"access_logs.s3.bucket":             {""},
	"access_logs.s3.prefix":             {""},
	"deletion_protection.enabled":       {"false"},
	"load_balancing.cross_zone.enabled": {"false", "use_load_balancer_configuration"},

	"deregistration_delay.timeout_seconds": {"300"},
	"load_balancing.algorithm.type":        {"round_robin"},
	"slow_start.duration_seconds":          {"0"},
	"stickiness.enabled":                   {"false"},
	"stickiness.type":                      {"lb_cookie", "source_ip"},
	"waf.fail_open.enabled":                {"false"},

	"connectionDrainingTimeout": {"300"},
}

// isUsual tells whether a value is AWS's own.
func isUsual(attribute string, value any) bool {
	text, _ := value.(string)
	return slices.Contains(usual[attribute], text)
}
