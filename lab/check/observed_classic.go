package check

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// addClassic adds the Classic Load Balancers.
func (l *observer) addClassic() error {
	list, err := l.elb.DescribeLoadBalancers(l.ctx, &elasticloadbalancing.DescribeLoadBalancersInput{})
	if err != nil {
		return err
	}
	for _, balancer := range list.LoadBalancerDescriptions {
		b := Balancer{Kind: "classic", Name: withoutUID(*balancer.LoadBalancerName), Scheme: stringValue(balancer.Scheme), Tags: map[string]string{},
			Subnets: sortedCopy(balancer.Subnets), Groups: namesOf(l.names.groups, balancer.SecurityGroups), Listeners: l.classicListeners(balancer)}
		described, err := l.elb.DescribeTags(l.ctx, &elasticloadbalancing.DescribeTagsInput{LoadBalancerNames: []string{*balancer.LoadBalancerName}})
		if err != nil {
			return err
		}
		for _, of := range described.TagDescriptions {
			for _, tag := range of.Tags {
				b.Tags[*tag.Key] = stringValue(tag.Value)
			}
		}
		if b.Attributes, err = l.classicAttributes(balancer.LoadBalancerName); err != nil {
			return err
		}
		for _, instance := range balancer.Instances {
			b.Instances = append(b.Instances, *instance.InstanceId)
		}
		slices.Sort(b.Instances)
		if check := balancer.HealthCheck; check != nil {
			b.Health = map[string]string{"target": l.names.healthTarget(*check.Target), "interval": intText(check.Interval), "timeout": intText(check.Timeout),
				"healthyThreshold": intText(check.HealthyThreshold), "unhealthyThreshold": intText(check.UnhealthyThreshold)}
		}
		b.ProxyProtocol = sendsProxyProtocol(balancer)
		l.hosts[*balancer.DNSName] = stackOf(b.Tags)
		l.snapshot.Balancers[cmp.Or(stackOf(b.Tags), *balancer.LoadBalancerName)] = b
	}
	return nil
}

func (l *observer) classicListeners(balancer types.LoadBalancerDescription) map[string]Listener {
	found := map[string]Listener{}
	for _, listener := range balancer.ListenerDescriptions {
		made := Listener{Protocol: *listener.Listener.Protocol, Default: l.names.port(intValue(listener.Listener.InstancePort))}
		if arn := stringValue(listener.Listener.SSLCertificateId); arn != "" {
			made.Certificates = []string{arn}
		}
		found[strconv.Itoa(int(listener.Listener.LoadBalancerPort))] = made
	}
	return found
}

// classicAttributes returns the attributes that the cloud controller sets, by the rehearsal's names. It does not set
// the desync mitigation mode.
func (l *observer) classicAttributes(name *string) (map[string]string, error) {
	described, err := l.elb.DescribeLoadBalancerAttributes(l.ctx, &elasticloadbalancing.DescribeLoadBalancerAttributesInput{LoadBalancerName: name})
	if err != nil {
		return nil, err
	}
	a := described.LoadBalancerAttributes
	all := map[string]string{}
	if a.CrossZoneLoadBalancing != nil {
		all["crossZone"] = strconv.FormatBool(a.CrossZoneLoadBalancing.Enabled)
	}
	if a.ConnectionDraining != nil {
		all["connectionDraining"] = strconv.FormatBool(a.ConnectionDraining.Enabled)
		if a.ConnectionDraining.Timeout != nil {
			all["connectionDrainingTimeout"] = intText(a.ConnectionDraining.Timeout)
		}
	}
	if a.AccessLog != nil && a.AccessLog.Enabled {
		all["accessLogs"], all["logBucket"], all["logPrefix"] = "true", stringValue(a.AccessLog.S3BucketName), stringValue(a.AccessLog.S3BucketPrefix)
	}
	if a.ConnectionSettings != nil {
		all["idleTimeout"] = intText(a.ConnectionSettings.IdleTimeout)
	}
	return all, nil
}

// sendsProxyProtocol reports whether a load balancer sends the proxy protocol header to all of its node ports, by the
// name of the cloud controller's policy (pkg/providers/v1/aws_loadbalancer.go, ProxyProtocolPolicyName).
func sendsProxyProtocol(balancer types.LoadBalancerDescription) bool {
	for _, listener := range balancer.ListenerDescriptions {
		if !slices.ContainsFunc(balancer.BackendServerDescriptions, func(b types.BackendServerDescription) bool {
			return intValue(b.InstancePort) == intValue(listener.Listener.InstancePort) && slices.Contains(b.PolicyNames, "k8s-proxyprotocol-enabled")
		}) {
			return false
		}
	}
	return true
}
