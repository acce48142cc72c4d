package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// attribute is what AWS takes as its value, by the kind of load balancer. A kind that is not there does not have it.
type attribute map[string]values

// values tell what is accepted.
type values struct {
	accepted string
	accepts  func(value string) bool
}

var (
	onlyNLB = []string{KindNLB}
	onlyALB = []string{KindALB}
	nlbALB  = []string{KindNLB, KindALB}
)

func of(kinds []string, v values) attribute {
	a := attribute{}
	for _, kind := range kinds {
		a[kind] = v
	}
	return a
}

func words(known ...string) values {
	return values{list(known...), func(value string) bool { return slices.Contains(known, value) }}
}

// numbersFrom are those between two, and some words beside them.
func numbersFrom(least, most int, beside ...string) values {
	return values{list(append(beside, strconv.Itoa(least)+" to "+strconv.Itoa(most))...), func(value string) bool {
		number, err := strconv.Atoi(value)
		return slices.Contains(beside, value) || err == nil && number >= least && number <= most && value == strconv.Itoa(number)
	}}
}

var (
	truth = words("true", "false")
	// anyText goes into an annotation of the form a=b,c=d.
	// anyText goes into an annotation of the form a=b,c=d, of which the controller takes the spaces around each part away.
	anyText = values{"a text without , and =, and without a space at its ends", func(value string) bool {
		return value != "" && !strings.ContainsAny(value, ",=") && value == strings.TrimSpace(value)
	}}
	cookieName = values{"a text without , and = that does not begin with AWSALB, which is the load balancer's own", func(value string) bool {
		return anyText.accepts(value) && !strings.HasPrefix(value, "AWSALB")
	}}
)

// balancerAttributes are those of load balancers (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html)
// without the one that crossZone sets.
var balancerAttributes = map[string]attribute{
	"deletion_protection.enabled": of(nlbALB, truth),
	"access_logs.s3.enabled":      of(nlbALB, truth),
	"access_logs.s3.bucket":       of(nlbALB, anyText),
	"access_logs.s3.prefix":       of(nlbALB, anyText),
	"ipv6.deny_all_igw_traffic":   of(nlbALB, truth),
	"zonal_shift.config.enabled":  of(nlbALB, truth),

	"dns_record.client_routing_policy":       of(onlyNLB, words("any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity")),
	"secondary_ips.auto_assigned.per_subnet": of(onlyNLB, numbersFrom(0, 7)),

	"idle_timeout.timeout_seconds":                             of(onlyALB, numbersFrom(1, 4000)),
	"client_keep_alive.seconds":                                of(onlyALB, numbersFrom(60, 604800)),
	"connection_logs.s3.enabled":                               of(onlyALB, truth),
	"connection_logs.s3.bucket":                                of(onlyALB, anyText),
	"connection_logs.s3.prefix":                                of(onlyALB, anyText),
	"health_check_logs.s3.enabled":                             of(onlyALB, truth),
	"health_check_logs.s3.bucket":                              of(onlyALB, anyText),
	"health_check_logs.s3.prefix":                              of(onlyALB, anyText),
	"routing.http.desync_mitigation_mode":                      of(onlyALB, words("monitor", "defensive", "strictest")),
	"routing.http.drop_invalid_header_fields.enabled":          of(onlyALB, truth),
	"routing.http.preserve_host_header.enabled":                of(onlyALB, truth),
	"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": of(onlyALB, truth),
	"routing.http.xff_client_port.enabled":                     of(onlyALB, truth),
	"routing.http.xff_header_processing.mode":                  of(onlyALB, words("append", "preserve", "remove")),
	"routing.http2.enabled":                                    of(onlyALB, truth),
	"waf.fail_open.enabled":                                    of(onlyALB, truth),
}

// targetAttributes are those of target groups with instances and addresses
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html), without those that other keys set.
var targetAttributes = map[string]attribute{
	"stickiness.enabled":                of(nlbALB, truth),
	"stickiness.type":                   {KindNLB: words("source_ip"), KindALB: words("lb_cookie", "app_cookie")},
	"load_balancing.cross_zone.enabled": of(nlbALB, words("true", "false", "use_load_balancer_configuration")),
	"target_group_health.dns_failover.minimum_healthy_targets.count":                 of(nlbALB, numbersFrom(1, 1000, "off")),
	"target_group_health.dns_failover.minimum_healthy_targets.percentage":            of(nlbALB, numbersFrom(1, 100, "off")),
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      of(nlbALB, numbersFrom(1, 1000)),
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": of(nlbALB, numbersFrom(1, 100, "off")),

	"deregistration_delay.connection_termination.enabled":          of(onlyNLB, truth),
	"target_health_state.unhealthy.connection_termination.enabled": of(onlyNLB, truth),
	"target_health_state.unhealthy.draining_interval_seconds":      of(onlyNLB, numbersFrom(0, 360000)),

	"load_balancing.algorithm.type":               of(onlyALB, words("round_robin", "least_outstanding_requests", "weighted_random")),
	"load_balancing.algorithm.anomaly_mitigation": of(onlyALB, words("on", "off")),
	"slow_start.duration_seconds":                 of(onlyALB, numbersFrom(30, 900, "0")),
	"stickiness.app_cookie.cookie_name":           of(onlyALB, cookieName),
	"stickiness.app_cookie.duration_seconds":      of(onlyALB, numbersFrom(1, 604800)),
	"stickiness.lb_cookie.duration_seconds":       of(onlyALB, numbersFrom(1, 604800)),
}

// The attributes that have a key of their own.
var (
	balancerKeys = map[string]string{"load_balancing.cross_zone.enabled": "crossZone"}
	targetKeys   = map[string]string{
		"deregistration_delay.timeout_seconds": "deregistrationDelay",
		"preserve_client_ip.enabled":           "preserveClientAddress",
		"proxy_protocol_v2.enabled":            "proxyProtocol",
	}
)

// attributes refuses those that nobody knows, those of another kind, and those that another key sets.
func (v *validator) attributes(path, kind string, given map[string]string, known map[string]attribute, keys map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		at, takes := In(path, name), known[name][kind]
		switch {
		case keys[name] != "":
			v.attributeOfKey(at, kind, keys[name])
		case takes.accepts == nil:
			v.Add(at, "unknown attribute of %s; %s", kind, accepted(name, attributesOf(kind, known)))
		case !takes.accepts(given[name]):
			v.Add(at, "%q is not accepted; accepted: %s", given[name], takes.accepted)
		}
	}
}

func (v *validator) attributeOfKey(at, kind, key string) {
	if kind == KindALB && key != "deregistrationDelay" {
		v.Add(at, "nothing that can be set for alb; remove it")
		return
	}
	v.Add(at, "has a key of its own; remove it here and write %s", key)
}

// attributesOf are the names of a kind's attributes.
func attributesOf(kind string, known map[string]attribute) []string {
	names := slices.Sorted(maps.Keys(known))
	return slices.DeleteFunc(names, func(name string) bool { return known[name][kind].accepts == nil })
}
