package check

import "slices"

// defaultAttributes holds AWS's defaults of attributes of load balancers and target groups
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html,
// API_TargetGroupAttribute.html, and
// docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_LoadBalancerAttributes.html). Moto has the same,
// except that cross-zone load balancing of an ALB is false, which is always on in AWS.
var defaultAttributes = map[string][]string{
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

// isDefault reports whether a value is AWS's default.
func isDefault(attribute string, value any) bool {
	text, _ := value.(string)
	return slices.Contains(defaultAttributes[attribute], text)
}
