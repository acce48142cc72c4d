package config

import (
	"maps"
	"slices"
	"strconv"

	"eksnet/internal/awsdata"
)

// constraints are sets of attributes of which AWS refuses some values beside others, by the kind of load balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
var constraints = map[string][][]string{
	KindNLB: {
		{awsdata.TerminateUnhealthy, awsdata.DrainUnhealthy},
		{awsdata.LeaveDNSCount, awsdata.RouteUnhealthyCount},
		{awsdata.LeaveDNSPercentage, awsdata.RouteUnhealthyPercentage},
	},
	KindALB: {
		{awsdata.Algorithm, awsdata.AnomalyMitigation, awsdata.SlowStart},
		{awsdata.Stickiness, awsdata.TargetGroupCrossZone},
		{awsdata.LeaveDNSCount, awsdata.RouteUnhealthyCount},
		{awsdata.LeaveDNSPercentage, awsdata.RouteUnhealthyPercentage},
	},
}

// CompleteTargetGroupAttributes returns the workload's target group attributes with AWS's default for each that
// constrains one of them. AWS checks a change against what the target group has, and an attribute that the stack file
// no longer names keeps its last value there, which the new value of another may exclude.
func (w Workload) CompleteTargetGroupAttributes() map[string]string {
	all := map[string]string{}
	for _, set := range constraints[BaseKind(w.Kind)] {
		if w.HasUDP() && slices.Contains(set, awsdata.TerminateUnhealthy) {
			continue // AWS refuses true, its default of other protocols
		}
		if slices.ContainsFunc(set, func(name string) bool { return w.TargetGroupAttributes[name] != "" }) {
			for _, name := range set {
				all[name] = awsdata.TargetGroupAttributes[balancerTypes[BaseKind(w.Kind)]][name].Default
			}
		}
	}
	maps.Copy(all, w.TargetGroupAttributes)
	return all
}

// together refuses what AWS takes alone and not beside the rest
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html,
// .../network/edit-target-group-attributes.html).
func (v *validator) together(path string, w Workload) {
	b := w.Attributes
	for _, logs := range []string{"connection_logs", "health_check_logs"} {
		if b[logs+".s3.enabled"] == "true" && b[logs+".s3.bucket"] == "" {
			v.Add(In(path+".attributes", logs+".s3.enabled"), "true without a bucket; add %s.s3.bucket", logs)
		}
	}
	t := targetGroup{v, path + ".targetGroupAttributes", w.TargetGroupAttributes, w.CompleteTargetGroupAttributes()}
	switch BaseKind(w.Kind) {
	case KindNLB:
		t.unhealthy(w.Protocol)
	case KindALB:
		t.routing()
		t.stickiness()
	}
	t.thresholds(awsdata.LeaveDNSCount, awsdata.RouteUnhealthyCount)
	t.thresholds(awsdata.LeaveDNSPercentage, awsdata.RouteUnhealthyPercentage)
}

// targetGroup is a workload's target group with the attributes that are typed, and all with those that AWS would
// assume.
type targetGroup struct {
	*validator
	path       string
	typed, all map[string]string
}

func (t targetGroup) say(name, format string, values ...any) {
	t.Add(In(t.path, name), "%s"+format, append([]any{t.all[name]}, values...)...)
}

// unhealthy checks what an NLB does with connections to targets that are unhealthy.
func (t targetGroup) unhealthy(protocol string) {
	udp := Workload{Protocol: protocol}.HasUDP()
	switch {
	case t.typed[awsdata.Stickiness] == "true" && protocol == ProtocolTLS:
		t.say(awsdata.Stickiness, ", but TLS listeners do not support stickiness; remove it, or write protocol: TCP")
	case t.typed[awsdata.TerminateUnhealthy] == "true" && udp:
		t.say(awsdata.TerminateUnhealthy, ", but AWS does not terminate connections to unhealthy targets with protocol %s; remove it", protocol)
	case seconds(t.all[awsdata.DrainUnhealthy]) > 0 && !udp && t.all[awsdata.TerminateUnhealthy] != "false":
		t.say(awsdata.DrainUnhealthy, " seconds, but this interval applies only if connections to unhealthy targets are not terminated, and AWS terminates them by default; add %s: \"false\", or write \"0\"", awsdata.TerminateUnhealthy)
	}
}

// routing checks how an ALB chooses a target.
func (t targetGroup) routing() {
	if seconds(t.typed[awsdata.SlowStart]) > 0 && t.all[awsdata.Algorithm] != "round_robin" {
		t.say(awsdata.SlowStart, " seconds, but slow start requires round_robin, and load_balancing.algorithm.type is %s; remove one of them", t.all[awsdata.Algorithm])
	}
	if t.typed[awsdata.AnomalyMitigation] == "on" && t.all[awsdata.Algorithm] != "weighted_random" {
		t.say(awsdata.AnomalyMitigation, ", but it requires weighted_random; add load_balancing.algorithm.type: weighted_random")
	}
}

func (t targetGroup) stickiness() {
	if t.typed["stickiness.type"] == "app_cookie" && t.typed["stickiness.app_cookie.cookie_name"] == "" {
		t.say("stickiness.type", " without a cookie name; add stickiness.app_cookie.cookie_name")
	}
	if t.typed[awsdata.Stickiness] == "true" && t.all[awsdata.TargetGroupCrossZone] == "false" {
		t.say(awsdata.Stickiness, ", but AWS does not support stickiness where %s is false (docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-cross-zone.html); remove one of them", awsdata.TargetGroupCrossZone)
	}
}

// thresholds compares the number of healthy targets below which a zone leaves DNS with that below which its unhealthy
// targets get traffic (docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html,
// Requirements and considerations).
func (t targetGroup) thresholds(dns, routing string) {
	least, err := strconv.Atoi(t.all[routing])
	if most, wrong := strconv.Atoi(t.all[dns]); err == nil && wrong == nil && most < least {
		at := dns
		if t.typed[dns] == "" {
			at = routing
		}
		t.say(at, ", but AWS requires %s (%d) to be at least %s (%d), so that a zone is removed from DNS before its unhealthy targets receive traffic; write %s: %q or more, or \"off\"", dns, most, routing, least, dns, strconv.Itoa(least))
	}
}

// seconds is a number of an attribute, 0 where there is none.
func seconds(text string) int {
	number, _ := strconv.Atoi(text)
	return number
}
