package elb

import (
	"cmp"
	"strconv"
	"strings"

	"eksnet/rehearsal/world/store"
)

const targetHealthDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html"

// AWS checks the resulting attributes of a target group after a change: previous values are kept, and others have their
// defaults.
var (
	TargetDraining = store.NewRule("a target group has a draining interval for unhealthy targets only if it does not terminate their connections",
		modifyTargetOp+"InvalidConfigurationRequest: You cannot have both 'target_health_state.unhealthy.connection_termination.enabled' set to true and 'target_health_state.unhealthy.draining_interval_seconds' set to %s",
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4648; "+targetAttributeDocs)
	TargetTerminationUDP = store.NewRule("a target group for UDP terminates no connections to unhealthy targets",
		modifyTargetOp+"InvalidConfigurationRequest: target_health_state.unhealthy.connection_termination.enabled cannot be true if the target group protocol is UDP or TCP_UDP",
		targetAttributeDocs+": this attribute can't be enabled for UDP and TCP_UDP target groups")
	TargetThresholds = store.NewRule("a target group's DNS failover threshold is not below its unhealthy routing threshold",
		modifyTargetOp+"InvalidConfigurationRequest: The value of '%s' must be greater than or equal to the value of '%s'",
		targetHealthDocs+" (requirements and considerations)")
	TargetAnomaly = store.NewRule("anomaly mitigation requires the weighted random algorithm",
		modifyTargetOp+"InvalidConfigurationRequest: You cannot enable anomaly mitigation when the routing algorithm is %s",
		targetAttributeDocs)
	TargetStickyZones = store.NewRule("stickiness requires cross-zone load balancing",
		modifyTargetOp+"InvalidConfigurationRequest: Target stickiness is not supported when cross-zone load balancing is off",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-cross-zone.html")
	TargetCookie = store.NewRule("an application cookie's name is not a name of the load balancer's cookies",
		modifyTargetOp+"InvalidConfigurationRequest: The value '%s' of 'stickiness.app_cookie.cookie_name' is not valid",
		targetAttributeDocs+": names that start with AWSALB, AWSALBAPP and AWSALBTG are not allowed")
)

// checkTogether refuses attributes of a target group that exclude each other.
func checkTogether(protocol string, all map[string]string) error {
	value := func(name, otherwise string) string { return cmp.Or(all[name], otherwise) }
	drains := value("target_health_state.unhealthy.draining_interval_seconds", "0")
	terminates := value("target_health_state.unhealthy.connection_termination.enabled", strconv.FormatBool(!isUDP(protocol)))
	algorithm, cookie := value("load_balancing.algorithm.type", "round_robin"), all["stickiness.app_cookie.cookie_name"]
	application := KindOfProtocol(protocol) == Application
	return store.First(
		TargetTerminationUDP.When(isUDP(protocol) && terminates == "true"),
		TargetDraining.When(!application && drains != "0" && terminates == "true", drains),
		TargetAnomaly.When(all["load_balancing.algorithm.anomaly_mitigation"] == "on" && algorithm != "weighted_random", algorithm),
		TargetStickyZones.When(application && all["stickiness.enabled"] == "true" && all["load_balancing.cross_zone.enabled"] == "false"),
		TargetCookie.When(strings.HasPrefix(cookie, "AWSALB") || all["stickiness.type"] == "app_cookie" && cookie == "", cookie),
		checkThresholds("count", value, "1"), checkThresholds("percentage", value, "off"))
}

// checkThresholds compares thresholds of healthy targets of a kind, count or percentage, whose default is the same for
// both.
func checkThresholds(kind string, value func(name, otherwise string) string, otherwise string) error {
	dns, routing := "target_group_health.dns_failover.minimum_healthy_targets."+kind, "target_group_health.unhealthy_state_routing.minimum_healthy_targets."+kind
	most, off := strconv.Atoi(value(dns, otherwise))
	least, none := strconv.Atoi(value(routing, otherwise))
	return TargetThresholds.When(off == nil && none == nil && most < least, dns, routing)
}
