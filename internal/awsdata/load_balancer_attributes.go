package awsdata

import (
	"maps"
	"strconv"
)

// The types of load balancers that have attributes by name, as AWS's API calls them.
const (
	ApplicationLoadBalancer = "application"
	NetworkLoadBalancer     = "network"
)

// Attribute is what AWS accepts as the value of an attribute of a load balancer or target group.
type Attribute struct {
	// Words are accepted, and numbers from Least to Most, none where Most is 0. One with neither takes any text.
	Words       []string
	Least, Most int
	// Default is AWS's own value, "" for none.
	Default string
}

// Attributes are the attributes of a type of load balancer or of its target groups, by name.
type Attributes map[string]Attribute

// flag is an attribute that is true or false.
func flag(byDefault string) Attribute {
	return Attribute{Words: []string{"true", "false"}, Default: byDefault}
}

// LoadBalancerAttributes are those of load balancers, by type
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
var LoadBalancerAttributes = map[string]Attributes{
	NetworkLoadBalancer: with(Attributes{
		LoadBalancerCrossZone:                    flag("false"),
		"dns_record.client_routing_policy":       {Words: []string{"any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"}, Default: "any_availability_zone"},
		"secondary_ips.auto_assigned.per_subnet": {Least: 0, Most: 7, Default: "0"},
	}, ofEveryLoadBalancer),
	ApplicationLoadBalancer: with(Attributes{
		LoadBalancerCrossZone: {Words: []string{"true"}, Default: "true"}, // it is always on

		"idle_timeout.timeout_seconds":                             {Least: 1, Most: 4000, Default: "60"},
		"client_keep_alive.seconds":                                {Least: 60, Most: 604800, Default: "3600"},
		"connection_logs.s3.enabled":                               flag("false"),
		"connection_logs.s3.bucket":                                {},
		"connection_logs.s3.prefix":                                {},
		"health_check_logs.s3.enabled":                             flag("false"),
		"health_check_logs.s3.bucket":                              {},
		"health_check_logs.s3.prefix":                              {},
		"routing.http.desync_mitigation_mode":                      {Words: []string{"monitor", "defensive", "strictest"}, Default: "defensive"},
		"routing.http.drop_invalid_header_fields.enabled":          flag("false"),
		"routing.http.preserve_host_header.enabled":                flag("false"),
		"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": flag("false"),
		"routing.http.xff_client_port.enabled":                     flag("false"),
		ForwardedForMode:                                           {Words: []string{"append", "preserve", "remove"}, Default: "append"},
		"routing.http2.enabled":                                    flag("true"),
		"waf.fail_open.enabled":                                    flag("false"),
	}, ofEveryLoadBalancer),
}

var ofEveryLoadBalancer = Attributes{
	DeletionProtection:           flag("false"),
	AccessLogsEnabled:            flag("false"),
	AccessLogsBucket:             {},
	AccessLogsPrefix:             {},
	"ipv6.deny_all_igw_traffic":  flag("false"),
	"zonal_shift.config.enabled": flag("false"),
}

// TargetGroupAttributes are those of target groups with instances or addresses, by the type of their load balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
var TargetGroupAttributes = map[string]Attributes{
	NetworkLoadBalancer: with(Attributes{
		StickinessType: {Words: []string{"source_ip"}, Default: "source_ip"},
		"deregistration_delay.connection_termination.enabled": flag("false"),
		PreserveClientIP:   {Words: []string{"true", "false"}}, // true for instances and UDP, false otherwise
		ProxyProtocolV2:    flag("false"),
		TerminateUnhealthy: flag("true"), // false for UDP
		DrainUnhealthy:     {Least: 0, Most: 360000, Default: "0"},
	}, ofEveryTargetGroup),
	ApplicationLoadBalancer: with(Attributes{
		StickinessType:         {Words: []string{"lb_cookie", "app_cookie"}, Default: "lb_cookie"},
		Algorithm:              {Words: []string{"round_robin", "least_outstanding_requests", "weighted_random"}, Default: "round_robin"},
		AnomalyMitigation:      {Words: []string{"on", "off"}, Default: "off"},
		SlowStart:              {Words: []string{"0"}, Least: 30, Most: 900, Default: "0"},
		AppCookieName:          {},
		AppCookieDuration:      {Least: 1, Most: 604800, Default: "86400"},
		BalancerCookieDuration: {Least: 1, Most: 604800, Default: "86400"},
	}, ofEveryTargetGroup),
}

var ofEveryTargetGroup = Attributes{
	DeregistrationTimeout:    {Least: 0, Most: 3600, Default: strconv.Itoa(DeregistrationDelay)},
	Stickiness:               flag("false"),
	TargetGroupCrossZone:     {Words: []string{"true", "false", "use_load_balancer_configuration"}, Default: "use_load_balancer_configuration"},
	LeaveDNSCount:            {Words: []string{"off"}, Least: 1, Most: 1000, Default: "1"},
	LeaveDNSPercentage:       {Words: []string{"off"}, Least: 1, Most: 100, Default: "off"},
	RouteUnhealthyCount:      {Least: 1, Most: 1000, Default: "1"},
	RouteUnhealthyPercentage: {Words: []string{"off"}, Least: 1, Most: 100, Default: "off"},
}

// Names of attributes that keys of a stack file set, that constrain each other, or that the path of a request follows
// from.
const (
	DeletionProtection    = "deletion_protection.enabled"
	LoadBalancerCrossZone = "load_balancing.cross_zone.enabled"
	AccessLogsEnabled     = "access_logs.s3.enabled"
	AccessLogsBucket      = "access_logs.s3.bucket"
	AccessLogsPrefix      = "access_logs.s3.prefix"
	DeregistrationTimeout = "deregistration_delay.timeout_seconds"
	PreserveClientIP      = "preserve_client_ip.enabled"
	ProxyProtocolV2       = "proxy_protocol_v2.enabled"

	ForwardedForMode = "routing.http.xff_header_processing.mode"

	TerminateUnhealthy       = "target_health_state.unhealthy.connection_termination.enabled"
	DrainUnhealthy           = "target_health_state.unhealthy.draining_interval_seconds"
	Algorithm                = "load_balancing.algorithm.type"
	AnomalyMitigation        = "load_balancing.algorithm.anomaly_mitigation"
	SlowStart                = "slow_start.duration_seconds"
	Stickiness               = "stickiness.enabled"
	StickinessType           = "stickiness.type"
	AppCookieName            = "stickiness.app_cookie.cookie_name"
	AppCookieDuration        = "stickiness.app_cookie.duration_seconds"
	BalancerCookieDuration   = "stickiness.lb_cookie.duration_seconds"
	TargetGroupCrossZone     = "load_balancing.cross_zone.enabled"
	LeaveDNSCount            = "target_group_health.dns_failover.minimum_healthy_targets.count"
	LeaveDNSPercentage       = "target_group_health.dns_failover.minimum_healthy_targets.percentage"
	RouteUnhealthyCount      = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
	RouteUnhealthyPercentage = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
)

// with returns attributes with others beside them.
func with(own, shared Attributes) Attributes {
	maps.Copy(own, shared)
	return own
}
