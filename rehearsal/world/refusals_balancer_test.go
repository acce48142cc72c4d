package world

import (
	"errors"
	"fmt"
	"slices"
)

func balancerRefusals() []refusal {
	balancer := func(change func(*lab, *loadBalancer)) func(*lab) error {
		return func(l *lab) error {
			l.network().make("group", securityGroupType, Properties{"name": "group", "vpcId": l.ids["vpc"]})
			spec := loadBalancer{name: "web", kind: "network", scheme: "internet-facing", owner: "test", vpc: l.ids["vpc"],
				subnets: []string{l.ids["public-a"], l.ids["public-b"]}, groups: []string{l.ids["group"]}}
			change(l, &spec)
			_, err := l.world.createLoadBalancer(spec)
			return err
		}
	}
	existing := func(then func(*lab, *Object) error) func(*lab) error {
		return func(l *lab) error {
			if err := balancer(func(*lab, *loadBalancer) {})(l); err != nil {
				return err
			}
			return then(l, l.world.all(loadBalancerType)[0])
		}
	}
	attributes := func(key, value string) func(*lab) error {
		return existing(func(l *lab, o *Object) error { return l.world.setBalancerAttributes(o, map[string]string{key: value}) })
	}
	return []refusal{
		{"a load balancer's name that is too long", balancerName, balancer(func(_ *lab, s *loadBalancer) { s.name = "a-name-that-is-longer-than-thirty-two" })},
		{"a load balancer that exists already", balancerUnique, func(l *lab) error {
			again := balancer(func(*lab, *loadBalancer) {})
			if err := again(l); err != nil {
				return err
			}
			l.world.drop(l.object(securityGroupType, "group"))
			_, err := l.world.createLoadBalancer(loadBalancer{name: "web", kind: "network", subnets: []string{l.ids["public-a"]}})
			return err
		}},
		{"a load balancer with two subnets in a zone", balancerSubnets, balancer(func(l *lab, s *loadBalancer) { s.subnets[1] = l.ids["private-a"] })},
		{"a load balancer without subnets", balancerSubnets, balancer(func(_ *lab, s *loadBalancer) { s.subnets = nil })},
		{"an application load balancer in one zone", balancerZones, balancer(func(_ *lab, s *loadBalancer) { s.kind, s.subnets = "application", s.subnets[:1] })},
		{"a load balancer in a full subnet", balancerSpace, balancer(func(l *lab, _ *loadBalancer) { l.fill("public-b", 7) })},
		{"an internet-facing load balancer in private subnets", balancerPublic, balancer(func(l *lab, s *loadBalancer) {
			s.subnets = []string{l.ids["private-a"], l.ids["private-b"]}
		})},
		{"a load balancer with a security group that does not exist", balancerGroups, balancer(func(_ *lab, s *loadBalancer) { s.groups = []string{"sg-0"} })},
		{"a fifty-first load balancer", balancerQuota, existing(func(l *lab, o *Object) error {
			for i := range 49 {
				more := *o
				more.ID = string(rune('A' + i))
				l.world.put(&more)
			}
			_, err := l.world.createLoadBalancer(loadBalancer{name: "more", kind: "network", subnets: []string{l.ids["public-a"]}})
			return err
		})},
		{"a load balancer with deletion protection that is deleted", balancerProtected, existing(func(l *lab, o *Object) error {
			o.set("attributes", map[string]any{"deletion_protection.enabled": "true"})
			return l.world.deleteLoadBalancer(o)
		})},
		{"a network load balancer that loses its security groups", balancerGroupsFixed, existing(func(l *lab, o *Object) error { return l.world.setSecurityGroups(o, nil) })},
		{"a target group that is deleted before its listener", targetGroupUsed, existing(func(l *lab, o *Object) error {
			group, err := l.world.createTargetGroup(healthy("TCP"))
			l.must(err)
			if _, err := l.world.createListener(o, "TCP", 80, []string{group.ID}, nil); err != nil {
				return err
			}
			return l.world.deleteTargetGroup(group)
		})},
		{"two listeners on a port", listenerPort, existing(func(l *lab, o *Object) error {
			return errors.Join(listening(l, o, "TCP", 80), listening(l, o, "UDP", 80))
		})},
		{"a fifty-first listener", listenerQuota, existing(func(l *lab, o *Object) error {
			for port := range 50 {
				l.must(listening(l, o, "TCP", 80+port))
			}
			return listening(l, o, "TCP", 443)
		})},
		{"one rule too many", ruleQuota, existing(func(l *lab, o *Object) error {
			for i := range 100 {
				l.world.put(&Object{Type: listenerRuleType, ID: fmt.Sprint("rule", i), Outputs: Properties{"listenerArn": o.ID + "/one"}})
			}
			c := &controller{World: l.world}
			return c.ruleFits(o)
		})},
		{"TLS with a certificate of another region", certificateNamed, existing(func(l *lab, o *Object) error {
			return listening(l, o, "TLS", 443, "arn:aws:acm:us-east-1:111122223333:certificate/x")
		})},
		{"TLS with a certificate of another partition", certificateNamed, existing(func(l *lab, o *Object) error {
			return listening(l, o, "TLS", 443, "arn:aws-cn:acm:ap-northeast-2:111122223333:certificate/x")
		})},
		{"TLS without a certificate", certificateGiven, existing(func(l *lab, o *Object) error { return listening(l, o, "TLS", 443) })},
		{"one certificate too many", certificateCount, existing(func(l *lab, o *Object) error {
			return listening(l, o, "TLS", 443, slices.Repeat([]string{certificate}, 27)...)
		})},
		{"an Elastic IP address that is in use", elasticFree, balancer(func(l *lab, s *loadBalancer) {
			s.addresses = []string{l.make("eip-2", eipType, Properties{"domain": "vpc"}), l.ids["eip"]}
		})},
		{"one Elastic IP address for two zones", elasticFree, balancer(func(l *lab, s *loadBalancer) {
			address := l.make("eip-2", eipType, Properties{"domain": "vpc"})
			s.addresses = []string{address, address}
		})},
		{"another subnet of a zone for a network load balancer", subnetOfZoneStays, existing(func(l *lab, o *Object) error {
			l.subnet("public-2", "10.0.3.0/24", "a", nil)
			l.make("public-2-table", associationType, Properties{"routeTableId": l.ids["public"], "subnetId": l.ids["public-2"]})
			return l.world.setSubnets(o, []string{l.ids["public-2"], l.ids["public-b"]}, nil)
		})},
		{"an attribute of the other type", balancerAttributeKnown, attributes("idle_timeout.timeout_seconds", "60")},
		{"an attribute that does not exist", balancerAttributeKnown, attributes("idle.timeout", "60")},
		{"an attribute with an invalid value", balancerAttributeFits, attributes("zonal_shift.config.enabled", "yes")},
		{"an attribute out of range", balancerAttributeFits, attributes("secondary_ips.auto_assigned.per_subnet", "8")},
		{"access logs without a bucket", balancerLogBucket, attributes("access_logs.s3.enabled", "true")},
		{"fewer secondary addresses than before", balancerSecondaryGrow, existing(func(l *lab, o *Object) error {
			l.must(l.world.setBalancerAttributes(o, map[string]string{"secondary_ips.auto_assigned.per_subnet": "2"}))
			return l.world.setBalancerAttributes(o, map[string]string{"secondary_ips.auto_assigned.per_subnet": "0"})
		})},
	}
}

const certificate = "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678"

// healthy is a target group that is accepted.
func healthy(protocol string) targetGroup {
	h := healthCheck{Protocol: "TCP", Port: trafficPort, Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3}
	if kindOfProtocol(protocol) == ofALB {
		h = healthCheck{Protocol: "HTTP", Port: trafficPort, Path: "/", Matcher: "200", Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2}
	}
	return targetGroup{name: "web", targetType: "ip", protocol: protocol, port: 80, health: h}
}

// listening makes a listener and hands on its error.
func listening(l *lab, o *Object, protocol string, port int, certificates ...string) error {
	_, err := l.world.createListener(o, protocol, port, nil, certificates)
	return err
}

func targetGroupRefusals() []refusal {
	group := func(protocol string, change func(*targetGroup)) func(*lab) error {
		return func(l *lab) error {
			spec := healthy(protocol)
			change(&spec)
			_, err := l.world.createTargetGroup(spec)
			return err
		}
	}
	const (
		termination = "target_health_state.unhealthy.connection_termination.enabled"
		drainage    = "target_health_state.unhealthy.draining_interval_seconds"
		thresholds  = "target_group_health."
	)
	// then asks for attributes of a target group by pairs, one call after the other.
	then := func(protocol string, calls ...[]string) func(*lab) error {
		return func(l *lab) error {
			o, err := l.world.createTargetGroup(healthy(protocol))
			l.must(err)
			for _, pairs := range calls {
				asked := map[string]string{}
				for i := 0; i < len(pairs); i += 2 {
					asked[pairs[i]] = pairs[i+1]
				}
				if err := l.world.setTargetAttributes(o, asked); err != nil {
					return err
				}
			}
			return nil
		}
	}
	attributes := func(protocol string, pairs ...string) func(*lab) error { return then(protocol, pairs) }
	return []refusal{
		{"a target group's name that is too long", targetGroupName, group("TCP", func(s *targetGroup) { s.name = "a-name-that-is-longer-than-thirty-two" })},
		{"a target group that exists already", targetGroupUnique, func(l *lab) error {
			return errors.Join(group("TCP", func(*targetGroup) {})(l), group("TCP", func(*targetGroup) {})(l))
		}},
		{"a check every four seconds", healthNumbers, group("TCP", func(s *targetGroup) { s.health.Interval, s.health.Timeout = 4, 3 })},
		{"a target that is healthy at once", healthNumbers, group("TCP", func(s *targetGroup) { s.health.Healthy = 1 })},
		{"a check whose timeout is longer than its interval", healthInterval, group("TCP", func(s *targetGroup) { s.health.Interval = 5 })},
		{"a check of an Application Load Balancer whose timeout is its interval", healthInterval, group("HTTP", func(s *targetGroup) { s.health.Interval = 5 })},
		{"a check of a path that does not begin with /", healthPath, group("HTTP", func(s *targetGroup) { s.health.Path = "healthz" })},
		{"a check for an invalid code", healthCodes, group("HTTP", func(s *targetGroup) { s.health.Matcher = "200-599" })},
		{"a check of port 0", healthPort, group("TCP", func(s *targetGroup) { s.health.Port = "0" })},
		{"a target group's attribute that does not exist", targetAttributeKnown, attributes("TCP", "delay", "60")},
		{"proxy protocol for an application load balancer", targetAttributeKnown, attributes("HTTP", "proxy_protocol_v2.enabled", "true")},
		{"a target group's attribute with an invalid value", targetAttributeFits, attributes("HTTP", "load_balancing.algorithm.type", "random")},
		{"a slow start of five seconds", targetAttributeFits, attributes("HTTP", "slow_start.duration_seconds", "5")},
		{"a delay of two hours", targetAttributeFits, attributes("TCP", "deregistration_delay.timeout_seconds", "7200")},
		{"cookies of a network load balancer", targetAttributeFits, attributes("TCP", "stickiness.type", "lb_cookie")},
		{"UDP without the client's address", targetPreservesUDP, attributes("UDP", "preserve_client_ip.enabled", "false")},
		{"proxy protocol by UDP", targetProxyTCP, attributes("UDP", "proxy_protocol_v2.enabled", "true")},
		{"sticky sessions by TLS", targetStickyTLS, attributes("TLS", "stickiness.enabled", "true")},
		{"terminated connections with a draining interval", targetDraining, attributes("TCP", termination, "true", drainage, "30")},
		{"a draining interval with the default, which terminates connections", targetDraining, attributes("TLS", drainage, "30")},
		{"the default with a draining interval that remains", targetDraining, then("TCP", []string{termination, "false", drainage, "30"}, []string{termination, "true"})},
		{"terminated connections by UDP", targetTerminationUDP, attributes("UDP", termination, "true")},
		{"a DNS failover threshold below the unhealthy routing threshold", targetThresholds, attributes("HTTP", thresholds+"unhealthy_state_routing.minimum_healthy_targets.count", "3", thresholds+"dns_failover.minimum_healthy_targets.count", "1")},
		{"a threshold above the other's default", targetThresholds, attributes("TCP", thresholds+"unhealthy_state_routing.minimum_healthy_targets.count", "2")},
		{"a percentage above the other's", targetThresholds, attributes("TCP", thresholds+"unhealthy_state_routing.minimum_healthy_targets.percentage", "50", thresholds+"dns_failover.minimum_healthy_targets.percentage", "20")},
		{"anomaly mitigation by round robin", targetAnomaly, attributes("HTTP", "load_balancing.algorithm.anomaly_mitigation", "on")},
		{"sticky sessions within zones", targetStickyZones, attributes("HTTP", "stickiness.enabled", "true", "load_balancing.cross_zone.enabled", "false")},
		{"a cookie of the load balancer's own name", targetCookie, attributes("HTTP", "stickiness.type", "app_cookie", "stickiness.app_cookie.cookie_name", "AWSALBTG")},
		{"a cookie without a name", targetCookie, attributes("HTTP", "stickiness.type", "app_cookie")},
		{"another algorithm with a slow start that remains", targetSlowStart, then("HTTP", []string{"slow_start.duration_seconds", "30"}, []string{"load_balancing.algorithm.type", "weighted_random"})},
		{"slow start by least requests", targetSlowStart, attributes("HTTP", "slow_start.duration_seconds", "30", "load_balancing.algorithm.type", "least_outstanding_requests")},
	}
}
