package world

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	balancerAttributeDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html"
	targetAttributeDocs   = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"
	modifyBalancerOp      = "operation error Elastic Load Balancing v2: ModifyLoadBalancerAttributes, api error "
	modifyTargetOp        = "operation error Elastic Load Balancing v2: ModifyTargetGroupAttributes, api error "
)

var (
	balancerAttributeKnown = rule("a load balancer's attribute is supported by its type",
		modifyBalancerOp+"InvalidConfigurationRequest: Load balancer attribute key '%s' is not supported on load balancers with type '%s'",
		balancerAttributeDocs)
	balancerAttributeFits = rule("a load balancer's attribute has a valid value",
		modifyBalancerOp+"ValidationError: Load balancer attribute value '%[2]s' of key '%[1]s' is not valid: it takes %[3]s",
		balancerAttributeDocs)
	balancerLogBucket = rule("a load balancer with access logs has a bucket",
		modifyBalancerOp+"InvalidConfigurationRequest: The value of '%[1]s.s3.bucket' cannot be empty if '%[1]s.s3.enabled' is true",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html")
	balancerSecondaryGrow = rule("the number of a network load balancer's secondary addresses does not decrease",
		modifyBalancerOp+"InvalidConfigurationRequest: The value of 'secondary_ips.auto_assigned.per_subnet' cannot be decreased from %s to %s",
		balancerAttributeDocs+": after you set this value, you can't decrease it")
	targetAttributeKnown = rule("a target group's attribute is supported by its load balancer's type",
		modifyTargetOp+"ValidationError: Target group attribute key '%s' is not recognized for a target group of protocol %s",
		targetAttributeDocs)
	targetAttributeFits = rule("a target group's attribute has a valid value",
		modifyTargetOp+"ValidationError: Target group attribute value '%[2]s' of key '%[1]s' is not valid: it takes %[3]s",
		targetAttributeDocs)
	targetPreservesUDP = rule("a target group for UDP preserves the client's address",
		modifyTargetOp+"InvalidConfigurationRequest: preserve_client_ip.enabled cannot be false if the target group protocol is UDP or TCP_UDP",
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4899; https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation")
	targetProxyTCP = rule("a target group for UDP does not use proxy protocol",
		modifyTargetOp+"InvalidConfigurationRequest: Proxy protocol v2 is not supported for target groups with the %s protocol",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol: it is for TCP and TLS")
	targetStickyTLS = rule("a target group with the TLS protocol has no sticky sessions",
		modifyTargetOp+"InvalidConfigurationRequest: You cannot enable stickiness on target groups with the TLS protocol",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#sticky-sessions")
	targetSlowStart = rule("slow start requires the round robin algorithm",
		modifyTargetOp+"InvalidConfigurationRequest: You cannot enable slow start when the routing algorithm is %s",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode")
)

// attribute holds the valid values of an attribute.
type attribute struct {
	// kinds are the types of load balancers with the attribute.
	kinds string
	takes values
}

// values holds a check of a value and a description of the valid values.
type values struct {
	says string
	fits func(string) bool
}

func oneOf(known ...string) values {
	return values{strings.Join(known, ", "), func(value string) bool { return slices.Contains(known, value) }}
}

func within(least, most int) values {
	return values{strconv.Itoa(least) + " to " + strconv.Itoa(most), func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && n >= least && n <= most
	}}
}

func orAlso(word string, v values) values {
	return values{word + ", " + v.says, func(value string) bool { return value == word || v.fits(value) }}
}

var (
	trueOrFalse = oneOf("true", "false")
	anything    = values{"any text", func(string) bool { return true }}
)

const (
	ofALB  = "application"
	ofNLB  = "network"
	ofBoth = "application network"
)

// balancerAttributes are the attributes of load balancers (API_LoadBalancerAttribute).
var balancerAttributes = map[string]attribute{
	"deletion_protection.enabled":       {ofBoth, trueOrFalse},
	"load_balancing.cross_zone.enabled": {ofBoth, trueOrFalse},
	"access_logs.s3.enabled":            {ofBoth, trueOrFalse},
	"access_logs.s3.bucket":             {ofBoth, anything},
	"access_logs.s3.prefix":             {ofBoth, anything},
	"ipv6.deny_all_igw_traffic":         {ofBoth, trueOrFalse},
	"zonal_shift.config.enabled":        {ofBoth, trueOrFalse},

	"idle_timeout.timeout_seconds":                             {ofALB, within(1, 4000)},
	"client_keep_alive.seconds":                                {ofALB, within(60, 604800)},
	"connection_logs.s3.enabled":                               {ofALB, trueOrFalse},
	"connection_logs.s3.bucket":                                {ofALB, anything},
	"connection_logs.s3.prefix":                                {ofALB, anything},
	"health_check_logs.s3.enabled":                             {ofALB, trueOrFalse},
	"health_check_logs.s3.bucket":                              {ofALB, anything},
	"health_check_logs.s3.prefix":                              {ofALB, anything},
	"routing.http.desync_mitigation_mode":                      {ofALB, oneOf("monitor", "defensive", "strictest")},
	"routing.http.drop_invalid_header_fields.enabled":          {ofALB, trueOrFalse},
	"routing.http.preserve_host_header.enabled":                {ofALB, trueOrFalse},
	"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": {ofALB, trueOrFalse},
	"routing.http.xff_client_port.enabled":                     {ofALB, trueOrFalse},
	"routing.http.xff_header_processing.mode":                  {ofALB, oneOf("append", "preserve", "remove")},
	"routing.http2.enabled":                                    {ofALB, trueOrFalse},
	"waf.fail_open.enabled":                                    {ofALB, trueOrFalse},
	"dns_record.client_routing_policy":                         {ofNLB, oneOf("any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity")},
	"secondary_ips.auto_assigned.per_subnet":                   {ofNLB, within(0, 7)},
}

// targetAttributes are the attributes of target groups with instances or addresses (API_TargetGroupAttribute).
var targetAttributes = map[string]attribute{
	"deregistration_delay.timeout_seconds":                                           {ofBoth, within(0, 3600)},
	"stickiness.enabled":                                                             {ofBoth, trueOrFalse},
	"load_balancing.cross_zone.enabled":                                              {ofBoth, oneOf("true", "false", "use_load_balancer_configuration")},
	"target_group_health.dns_failover.minimum_healthy_targets.count":                 {ofBoth, orAlso("off", within(1, 1000))},
	"target_group_health.dns_failover.minimum_healthy_targets.percentage":            {ofBoth, orAlso("off", within(1, 100))},
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      {ofBoth, within(1, 1000)},
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {ofBoth, orAlso("off", within(1, 100))},

	"load_balancing.algorithm.type":               {ofALB, oneOf("round_robin", "least_outstanding_requests", "weighted_random")},
	"load_balancing.algorithm.anomaly_mitigation": {ofALB, oneOf("on", "off")},
	"slow_start.duration_seconds":                 {ofALB, orAlso("0", within(30, 900))},
	"stickiness.app_cookie.cookie_name":           {ofALB, anything},
	"stickiness.app_cookie.duration_seconds":      {ofALB, within(1, 604800)},
	"stickiness.lb_cookie.duration_seconds":       {ofALB, within(1, 604800)},

	"deregistration_delay.connection_termination.enabled":          {ofNLB, trueOrFalse},
	"preserve_client_ip.enabled":                                   {ofNLB, trueOrFalse},
	"proxy_protocol_v2.enabled":                                    {ofNLB, trueOrFalse},
	"target_health_state.unhealthy.connection_termination.enabled": {ofNLB, trueOrFalse},
	"target_health_state.unhealthy.draining_interval_seconds":      {ofNLB, within(0, 360000)},
}

// stickinessTypes are the valid stickiness types of each type of load balancer.
var stickinessTypes = map[string]values{ofALB: oneOf("lb_cookie", "app_cookie"), ofNLB: oneOf("source_ip")}

// checkBalancerAttributes refuses the first invalid attribute of a load balancer of a type.
func checkBalancerAttributes(kind string, asked map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		value, known := asked[key], balancerAttributes[key]
		takes := known.takes
		if kind == ofALB && key == "load_balancing.cross_zone.enabled" {
			takes = oneOf("true") // cross-zone load balancing of an ALB is always enabled
		}
		if err := balancerAttributeKnown.when(!strings.Contains(known.kinds, kind), key, kind); err != nil || takes.fits == nil {
			return err
		}
		if err := balancerAttributeFits.when(!takes.fits(value), key, value, takes.says); err != nil {
			return err
		}
	}
	for _, logs := range []string{"access_logs", "connection_logs", "health_check_logs"} {
		if err := balancerLogBucket.when(asked[logs+".s3.enabled"] == "true" && asked[logs+".s3.bucket"] == "", logs); err != nil {
			return err
		}
	}
	return nil
}

// checkTargetAttributes refuses the first invalid attribute of a target group of a protocol.
func checkTargetAttributes(protocol string, asked map[string]string) error {
	kind := kindOfProtocol(protocol)
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		value, known := asked[key], targetAttributes[key]
		if key == "stickiness.type" {
			known = attribute{kinds: ofBoth, takes: stickinessTypes[kind]}
		}
		if err := targetAttributeKnown.when(!strings.Contains(known.kinds, kind), key, protocol); err != nil || known.takes.fits == nil {
			return err
		}
		if err := targetAttributeFits.when(!known.takes.fits(value), key, value, known.takes.says); err != nil {
			return err
		}
	}
	algorithm, slow := asked["load_balancing.algorithm.type"], asked["slow_start.duration_seconds"]
	return first(
		checkTogether(protocol, asked),
		targetPreservesUDP.when(protocol == "UDP" && asked["preserve_client_ip.enabled"] == "false"),
		targetProxyTCP.when(protocol == "UDP" && asked["proxy_protocol_v2.enabled"] == "true", protocol),
		targetStickyTLS.when(protocol == "TLS" && asked["stickiness.enabled"] == "true"),
		targetSlowStart.when(slow != "" && slow != "0" && algorithm != "" && algorithm != "round_robin", algorithm),
	)
}

// kindOfProtocol returns the type of load balancer whose target groups use a protocol.
func kindOfProtocol(protocol string) string {
	if protocol == "HTTP" || protocol == "HTTPS" {
		return ofALB
	}
	return ofNLB
}

// merged returns the current attributes with the requested ones: an attribute that is no longer requested keeps its
// value.
func merged(existing any, asked map[string]string) map[string]any {
	all := clone(mapOf(existing))
	if all == nil {
		all = map[string]any{}
	}
	for key, value := range asked {
		all[key] = value
	}
	return all
}

// textMap returns a JSON object whose values are strings.
func textMap(values map[string]any) map[string]string {
	found := make(map[string]string, len(values))
	for key, value := range values {
		found[key], _ = value.(string)
	}
	return found
}

// anyMap returns strings as a JSON object.
func anyMap(values map[string]string) map[string]any {
	found := make(map[string]any, len(values))
	for key, value := range values {
		found[key] = value
	}
	return found
}
