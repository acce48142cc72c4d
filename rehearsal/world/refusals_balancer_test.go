package world_test

import (
	"errors"
	"fmt"
	"slices"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func balancerRefusals() []refusal {
	balancer := func(change func(*worldtest.Lab, *elb.LoadBalancerSpec)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Network().Make("group", store.SecurityGroupType, store.Properties{"name": "group", "vpcId": l.IDs["vpc"]})
			spec := elb.LoadBalancerSpec{Name: "web", Kind: "network", Scheme: "internet-facing", Owner: "test", VPC: l.IDs["vpc"],
				Subnets: []string{l.IDs["public-a"], l.IDs["public-b"]}, Groups: []string{l.IDs["group"]}}
			change(l, &spec)
			_, err := elb.CreateLoadBalancer(l.World.Account, spec)
			return err
		}
	}
	existing := func(then func(*worldtest.Lab, *store.Object) error) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			if err := balancer(func(*worldtest.Lab, *elb.LoadBalancerSpec) {})(l); err != nil {
				return err
			}
			return then(l, l.World.All(store.LoadBalancerType)[0])
		}
	}
	// logging turns on the access logs of a network load balancer, into a bucket.
	logging := func(bucket elb.Bucket) func(*worldtest.Lab) error {
		return existing(func(l *worldtest.Lab, o *store.Object) error {
			l.World.HoldBucket("logs", bucket)
			return elb.SetBalancerAttributes(l.World.Account, o, map[string]string{"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs"})
		})
	}
	attributes := func(key, value string) func(*worldtest.Lab) error {
		return existing(func(l *worldtest.Lab, o *store.Object) error {
			return elb.SetBalancerAttributes(l.World.Account, o, map[string]string{key: value})
		})
	}
	return []refusal{
		{"a load balancer's name that is too long", elb.BalancerName, balancer(func(_ *worldtest.Lab, s *elb.LoadBalancerSpec) { s.Name = "a-name-that-is-longer-than-thirty-two" })},
		{"a load balancer that exists already", elb.BalancerUnique, func(l *worldtest.Lab) error {
			again := balancer(func(*worldtest.Lab, *elb.LoadBalancerSpec) {})
			if err := again(l); err != nil {
				return err
			}
			l.World.Drop(l.Object(store.SecurityGroupType, "group"))
			_, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "web", Kind: "network", Subnets: []string{l.IDs["public-a"]}})
			return err
		}},
		{"a load balancer with two subnets in a zone", elb.BalancerSubnets, balancer(func(l *worldtest.Lab, s *elb.LoadBalancerSpec) { s.Subnets[1] = l.IDs["private-a"] })},
		{"a load balancer without subnets", elb.BalancerSubnets, balancer(func(_ *worldtest.Lab, s *elb.LoadBalancerSpec) { s.Subnets = nil })},
		{"an application load balancer in one zone", elb.BalancerZones, balancer(func(_ *worldtest.Lab, s *elb.LoadBalancerSpec) { s.Kind, s.Subnets = "application", s.Subnets[:1] })},
		{"a load balancer in a full subnet", elb.BalancerSpace, balancer(func(l *worldtest.Lab, _ *elb.LoadBalancerSpec) { l.Fill("public-b", 7) })},
		{"an internet-facing load balancer in private subnets", elb.BalancerPublic, balancer(func(l *worldtest.Lab, s *elb.LoadBalancerSpec) {
			s.Subnets = []string{l.IDs["private-a"], l.IDs["private-b"]}
		})},
		{"a load balancer with a security group that does not exist", elb.BalancerGroups, balancer(func(_ *worldtest.Lab, s *elb.LoadBalancerSpec) { s.Groups = []string{"sg-0"} })},
		{"a fifty-first load balancer", elb.BalancerQuota, existing(func(l *worldtest.Lab, o *store.Object) error {
			for i := range 49 {
				more := *o
				more.ID = string(rune('A' + i))
				l.World.Put(&more)
			}
			_, err := elb.CreateLoadBalancer(l.World.Account, elb.LoadBalancerSpec{Name: "more", Kind: "network", Subnets: []string{l.IDs["public-a"]}})
			return err
		})},
		{"a load balancer with deletion protection that is deleted", elb.BalancerProtected, existing(func(l *worldtest.Lab, o *store.Object) error {
			o.Set("attributes", map[string]any{"deletion_protection.enabled": "true"})
			return elb.DeleteLoadBalancer(l.World.Account, o)
		})},
		{"a network load balancer that loses its security groups", elb.BalancerGroupsFixed, existing(func(l *worldtest.Lab, o *store.Object) error { return elb.SetSecurityGroups(l.World.Account, o, nil) })},
		{"a target group that is deleted before its listener", elb.TargetGroupUsed, existing(func(l *worldtest.Lab, o *store.Object) error {
			group, err := elb.CreateTargetGroup(l.World.Account, healthy("TCP"))
			l.Must(err)
			if _, err := elb.CreateListener(l.World.Account, o, "TCP", 80, []string{group.ID}, nil); err != nil {
				return err
			}
			return elb.DeleteTargetGroup(l.World.Account, group)
		})},
		{"two listeners on a port", elb.ListenerPort, existing(func(l *worldtest.Lab, o *store.Object) error {
			return errors.Join(listening(l, o, "TCP", 80), listening(l, o, "UDP", 80))
		})},
		{"a fifty-first listener", elb.ListenerQuota, existing(func(l *worldtest.Lab, o *store.Object) error {
			for port := range 50 {
				l.Must(listening(l, o, "TCP", 80+port))
			}
			return listening(l, o, "TCP", 443)
		})},
		{"one rule too many", elb.RuleQuota, existing(func(l *worldtest.Lab, o *store.Object) error {
			for i := range 100 {
				l.World.Put(&store.Object{Type: store.ListenerRuleType, ID: fmt.Sprint("rule", i), Outputs: store.Properties{"listenerArn": o.ID + "/one"}})
			}
			c := &lbc.Controller{Account: l.World.Account}
			return c.RuleFits(o)
		})},
		{"TLS with a certificate of another region", elb.CertificateNamed, existing(func(l *worldtest.Lab, o *store.Object) error {
			return listening(l, o, "TLS", 443, "arn:aws:acm:us-east-1:111122223333:certificate/x")
		})},
		{"TLS with a certificate of another partition", elb.CertificateNamed, existing(func(l *worldtest.Lab, o *store.Object) error {
			return listening(l, o, "TLS", 443, "arn:aws-cn:acm:ap-northeast-2:111122223333:certificate/x")
		})},
		{"TLS without a certificate", elb.CertificateGiven, existing(func(l *worldtest.Lab, o *store.Object) error { return listening(l, o, "TLS", 443) })},
		{"one certificate too many", elb.CertificateCount, existing(func(l *worldtest.Lab, o *store.Object) error {
			return listening(l, o, "TLS", 443, slices.Repeat([]string{worldtest.Certificate}, 27)...)
		})},
		{"an Elastic IP address that is in use", elb.ElasticFree, balancer(func(l *worldtest.Lab, s *elb.LoadBalancerSpec) {
			s.Addresses = []string{l.Make("eip-2", store.EipType, store.Properties{"domain": "vpc"}), l.IDs["eip"]}
		})},
		{"one Elastic IP address for two zones", elb.ElasticFree, balancer(func(l *worldtest.Lab, s *elb.LoadBalancerSpec) {
			address := l.Make("eip-2", store.EipType, store.Properties{"domain": "vpc"})
			s.Addresses = []string{address, address}
		})},
		{"another subnet of a zone for a network load balancer", elb.SubnetOfZoneStays, existing(func(l *worldtest.Lab, o *store.Object) error {
			l.Subnet("public-2", "10.0.3.0/24", "a", nil)
			l.Make("public-2-table", store.AssociationType, store.Properties{"routeTableId": l.IDs["public"], "subnetId": l.IDs["public-2"]})
			return elb.SetSubnets(l.World.Account, o, []string{l.IDs["public-2"], l.IDs["public-b"]}, nil)
		})},
		{"an attribute of the other type", elb.BalancerAttributeKnown, attributes("idle_timeout.timeout_seconds", "60")},
		{"an attribute that does not exist", elb.BalancerAttributeKnown, attributes("idle.timeout", "60")},
		{"an attribute with an invalid value", elb.BalancerAttributeFits, attributes("zonal_shift.config.enabled", "yes")},
		{"an attribute out of range", elb.BalancerAttributeFits, attributes("secondary_ips.auto_assigned.per_subnet", "8")},
		{"access logs in a bucket of another region", elb.LogBucketRegion, logging(elb.Bucket{Region: "us-east-1", Writers: []string{elb.LogWriter(elb.Network)}})},
		{"access logs in a bucket that another service alone writes", elb.LogBucketWritable, logging(elb.Bucket{Region: "ap-northeast-2", Writers: []string{elb.LogWriter(elb.Application)}})},
		{"access logs without a bucket", elb.BalancerLogBucket, attributes("access_logs.s3.enabled", "true")},
		{"fewer secondary addresses than before", elb.BalancerSecondaryGrow, existing(func(l *worldtest.Lab, o *store.Object) error {
			l.Must(elb.SetBalancerAttributes(l.World.Account, o, map[string]string{"secondary_ips.auto_assigned.per_subnet": "2"}))
			return elb.SetBalancerAttributes(l.World.Account, o, map[string]string{"secondary_ips.auto_assigned.per_subnet": "0"})
		})},
	}
}

// healthy is a target group that is accepted.
func healthy(protocol string) elb.TargetGroupSpec {
	h := elb.HealthCheck{Protocol: "TCP", Port: elb.TrafficPort, Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3}
	if elb.KindOfProtocol(protocol) == elb.Application {
		h = elb.HealthCheck{Protocol: "HTTP", Port: elb.TrafficPort, Path: "/", Matcher: "200", Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2}
	}
	return elb.TargetGroupSpec{Name: "web", TargetType: "ip", Protocol: protocol, Port: 80, Health: h}
}

// listening makes a listener and hands on its error.
func listening(l *worldtest.Lab, o *store.Object, protocol string, port int, certificates ...string) error {
	_, err := elb.CreateListener(l.World.Account, o, protocol, port, nil, certificates)
	return err
}

func targetGroupRefusals() []refusal {
	group := func(protocol string, change func(*elb.TargetGroupSpec)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			spec := healthy(protocol)
			change(&spec)
			_, err := elb.CreateTargetGroup(l.World.Account, spec)
			return err
		}
	}
	const (
		termination = "target_health_state.unhealthy.connection_termination.enabled"
		drainage    = "target_health_state.unhealthy.draining_interval_seconds"
		thresholds  = "target_group_health."
	)
	// then asks for attributes of a target group by pairs, one call after the other.
	then := func(protocol string, calls ...[]string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			o, err := elb.CreateTargetGroup(l.World.Account, healthy(protocol))
			l.Must(err)
			for _, pairs := range calls {
				asked := map[string]string{}
				for i := 0; i < len(pairs); i += 2 {
					asked[pairs[i]] = pairs[i+1]
				}
				if err := elb.SetTargetAttributes(l.World.Account, o, asked); err != nil {
					return err
				}
			}
			return nil
		}
	}
	attributes := func(protocol string, pairs ...string) func(*worldtest.Lab) error { return then(protocol, pairs) }
	return []refusal{
		{"a target group's name that is too long", elb.TargetGroupName, group("TCP", func(s *elb.TargetGroupSpec) { s.Name = "a-name-that-is-longer-than-thirty-two" })},
		{"a target group that exists already", elb.TargetGroupUnique, func(l *worldtest.Lab) error {
			return errors.Join(group("TCP", func(*elb.TargetGroupSpec) {})(l), group("TCP", func(*elb.TargetGroupSpec) {})(l))
		}},
		{"a check every four seconds", elb.HealthNumbers, group("TCP", func(s *elb.TargetGroupSpec) { s.Health.Interval, s.Health.Timeout = 4, 3 })},
		{"a target that is healthy at once", elb.HealthNumbers, group("TCP", func(s *elb.TargetGroupSpec) { s.Health.Healthy = 1 })},
		{"a check whose timeout is longer than its interval", elb.HealthInterval, group("TCP", func(s *elb.TargetGroupSpec) { s.Health.Interval = 5 })},
		{"a check of an Application Load Balancer whose timeout is its interval", elb.HealthInterval, group("HTTP", func(s *elb.TargetGroupSpec) { s.Health.Interval = 5 })},
		{"a check of a path that does not begin with /", elb.HealthPath, group("HTTP", func(s *elb.TargetGroupSpec) { s.Health.Path = "healthz" })},
		{"a check for an invalid code", elb.HealthCodes, group("HTTP", func(s *elb.TargetGroupSpec) { s.Health.Matcher = "200-599" })},
		{"a check of port 0", elb.HealthPort, group("TCP", func(s *elb.TargetGroupSpec) { s.Health.Port = "0" })},
		{"a target group's attribute that does not exist", elb.TargetAttributeKnown, attributes("TCP", "delay", "60")},
		{"proxy protocol for an application load balancer", elb.TargetAttributeKnown, attributes("HTTP", "proxy_protocol_v2.enabled", "true")},
		{"a target group's attribute with an invalid value", elb.TargetAttributeFits, attributes("HTTP", "load_balancing.algorithm.type", "random")},
		{"a slow start of five seconds", elb.TargetAttributeFits, attributes("HTTP", "slow_start.duration_seconds", "5")},
		{"a delay of two hours", elb.TargetAttributeFits, attributes("TCP", "deregistration_delay.timeout_seconds", "7200")},
		{"cookies of a network load balancer", elb.TargetAttributeFits, attributes("TCP", "stickiness.type", "lb_cookie")},
		{"UDP without the client's address", elb.TargetPreservesUDP, attributes("UDP", "preserve_client_ip.enabled", "false")},
		{"proxy protocol by UDP", elb.TargetProxyTCP, attributes("UDP", "proxy_protocol_v2.enabled", "true")},
		{"sticky sessions by TLS", elb.TargetStickyTLS, attributes("TLS", "stickiness.enabled", "true")},
		{"terminated connections with a draining interval", elb.TargetDraining, attributes("TCP", termination, "true", drainage, "30")},
		{"a draining interval with the default, which terminates connections", elb.TargetDraining, attributes("TLS", drainage, "30")},
		{"the default with a draining interval that remains", elb.TargetDraining, then("TCP", []string{termination, "false", drainage, "30"}, []string{termination, "true"})},
		{"terminated connections by UDP", elb.TargetTerminationUDP, attributes("UDP", termination, "true")},
		{"a DNS failover threshold below the unhealthy routing threshold", elb.TargetThresholds, attributes("HTTP", thresholds+"unhealthy_state_routing.minimum_healthy_targets.count", "3", thresholds+"dns_failover.minimum_healthy_targets.count", "1")},
		{"a threshold above the other's default", elb.TargetThresholds, attributes("TCP", thresholds+"unhealthy_state_routing.minimum_healthy_targets.count", "2")},
		{"a percentage above the other's", elb.TargetThresholds, attributes("TCP", thresholds+"unhealthy_state_routing.minimum_healthy_targets.percentage", "50", thresholds+"dns_failover.minimum_healthy_targets.percentage", "20")},
		{"anomaly mitigation by round robin", elb.TargetAnomaly, attributes("HTTP", "load_balancing.algorithm.anomaly_mitigation", "on")},
		{"sticky sessions within zones", elb.TargetStickyZones, attributes("HTTP", "stickiness.enabled", "true", "load_balancing.cross_zone.enabled", "false")},
		{"a cookie of the load balancer's own name", elb.TargetCookie, attributes("HTTP", "stickiness.type", "app_cookie", "stickiness.app_cookie.cookie_name", "AWSALBTG")},
		{"a cookie without a name", elb.TargetCookie, attributes("HTTP", "stickiness.type", "app_cookie")},
		{"another algorithm with a slow start that remains", elb.TargetSlowStart, then("HTTP", []string{"slow_start.duration_seconds", "30"}, []string{"load_balancing.algorithm.type", "weighted_random"})},
		{"slow start by least requests", elb.TargetSlowStart, attributes("HTTP", "slow_start.duration_seconds", "30", "load_balancing.algorithm.type", "least_outstanding_requests")},
	}
}
