package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func (l *observer) tags(arn *string) (map[string]string, error) {
	list, err := l.elbv2.DescribeTags(l.ctx, &elasticloadbalancingv2.DescribeTagsInput{ResourceArns: []string{*arn}})
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, described := range list.TagDescriptions {
		for _, tag := range described.Tags {
			all[*tag.Key] = *tag.Value
		}
	}
	return all, nil
}

func (l *observer) addTargetGroups() error {
	list, err := l.elbv2.DescribeTargetGroups(l.ctx, &elasticloadbalancingv2.DescribeTargetGroupsInput{})
	if err != nil {
		return err
	}
	for _, group := range list.TargetGroups {
		t := Target{Name: withoutUID(*group.TargetGroupName), Type: string(group.TargetType), Protocol: string(group.Protocol), Version: stringValue(group.ProtocolVersion), Port: l.names.port(intValue(group.Port)),
			Health: l.health(group), Attributes: map[string]string{}, Binding: l.binding(*group.TargetGroupArn)}
		if t.Tags, err = l.tags(group.TargetGroupArn); err != nil {
			return err
		}
		attributes, err := l.elbv2.DescribeTargetGroupAttributes(l.ctx, &elasticloadbalancingv2.DescribeTargetGroupAttributesInput{TargetGroupArn: group.TargetGroupArn})
		if err != nil {
			return err
		}
		for _, attribute := range attributes.Attributes {
			t.Attributes[*attribute.Key] = *attribute.Value
		}
		targets, err := l.elbv2.DescribeTargetHealth(l.ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: group.TargetGroupArn})
		if err != nil {
			return err
		}
		for _, target := range targets.TargetHealthDescriptions {
			t.Targets = append(t.Targets, l.names.target(*target.Target.Id, intValue(target.Target.Port)))
		}
		slices.Sort(t.Targets)
		l.snapshot.Targets[nameOf(l.names.targetGroups, *group.TargetGroupArn)] = t
	}
	return nil
}

// health returns a target group's health check by the API's field names.
func (l *observer) health(g types.TargetGroup) map[string]string {
	check := map[string]string{"protocol": string(g.HealthCheckProtocol), "port": stringValue(g.HealthCheckPort), "interval": intText(g.HealthCheckIntervalSeconds),
		"timeout": intText(g.HealthCheckTimeoutSeconds), "healthyThreshold": intText(g.HealthyThresholdCount), "unhealthyThreshold": intText(g.UnhealthyThresholdCount)}
	if port, err := strconv.Atoi(check["port"]); err == nil {
		check["port"] = l.names.port(port)
	}
	if g.HealthCheckPath != nil {
		check["path"] = *g.HealthCheckPath
	}
	if g.Matcher != nil && stringValue(g.Matcher.HttpCode) != "" {
		check["matcher"] = *g.Matcher.HttpCode
	}
	return check
}

func (l *observer) binding(arn string) Binding {
	b := l.bindings[arn]
	if b == nil {
		return Binding{}
	}
	text := func(field string) string {
		found, _, _ := unstructured.NestedString(b.Object, "spec", field)
		return found
	}
	return Binding{Labels: b.GetLabels(), Finalizers: sortedCopy(b.GetFinalizers()), Type: text("targetType"), AddressType: text("ipAddressType"),
		VPC: text("vpcID"), Networking: l.names.networking(field(b.Object, "spec", "networking"))}
}

func (l *observer) addBalancers() error {
	list, err := l.elbv2.DescribeLoadBalancers(l.ctx, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	if err != nil {
		return err
	}
	for _, balancer := range list.LoadBalancers {
		tags, err := l.tags(balancer.LoadBalancerArn)
		if err != nil {
			return err
		}
		b := Balancer{Kind: string(balancer.Type), Name: nameFor(*balancer.LoadBalancerName, tags), Scheme: string(balancer.Scheme),
			AddressType: string(balancer.IpAddressType), Groups: namesOf(l.names.groups, balancer.SecurityGroups), Tags: tags, Attributes: map[string]string{},
			ElasticIPs: map[string]string{}}
		for _, zone := range balancer.AvailabilityZones {
			subnet := stringValue(zone.SubnetId)
			b.Subnets = append(b.Subnets, subnet)
			for _, address := range zone.LoadBalancerAddresses {
				b.ElasticIPs[subnet] = stringValue(address.AllocationId)
			}
		}
		slices.Sort(b.Subnets)
		attributes, err := l.elbv2.DescribeLoadBalancerAttributes(l.ctx, &elasticloadbalancingv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: balancer.LoadBalancerArn})
		if err != nil {
			return err
		}
		for _, attribute := range attributes.Attributes {
			b.Attributes[*attribute.Key] = *attribute.Value
		}
		if b.Listeners, err = l.listeners(balancer.LoadBalancerArn); err != nil {
			return err
		}
		if b.WebACL, err = l.webACL(balancer); err != nil {
			return err
		}
		l.hosts[*balancer.DNSName] = stackOf(tags)
		l.snapshot.Balancers[cmp.Or(stackOf(tags), *balancer.LoadBalancerName)] = b
	}
	return nil
}

// webACL returns the ARN of a load balancer's web ACL, "" for none.
func (l *observer) webACL(balancer types.LoadBalancer) (string, error) {
	if balancer.Type != types.LoadBalancerTypeEnumApplication {
		return "", nil
	}
	found, err := l.wafv2.GetWebACLForResource(l.ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: balancer.LoadBalancerArn})
	if err != nil || found.WebACL == nil {
		return "", err
	}
	return stringValue(found.WebACL.ARN), nil
}

func (l *observer) listeners(balancer *string) (map[string]Listener, error) {
	list, err := l.elbv2.DescribeListeners(l.ctx, &elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: balancer})
	if err != nil {
		return nil, err
	}
	found := map[string]Listener{}
	for _, listener := range list.Listeners {
		made := Listener{Protocol: string(listener.Protocol), Default: l.action(listener.DefaultActions)}
		if listener.Protocol == types.ProtocolEnumTls || listener.Protocol == types.ProtocolEnumHttps {
			made.Policy = stringValue(listener.SslPolicy) // moto sets a policy for every listener
		}
		if made.Certificates, err = l.certificates(listener.ListenerArn); err != nil {
			return nil, err
		}
		if made.Tags, err = l.tags(listener.ListenerArn); err != nil {
			return nil, err
		}
		if made.Rules, err = l.rulesOf(listener.ListenerArn); err != nil {
			return nil, err
		}
		found[intText(listener.Port)] = made
	}
	return found, nil
}

// certificates returns the ARNs of a listener's certificates, the default one first.
func (l *observer) certificates(listener *string) (arns []string, err error) {
	list, err := l.elbv2.DescribeListenerCertificates(l.ctx, &elasticloadbalancingv2.DescribeListenerCertificatesInput{ListenerArn: listener})
	if err != nil {
		return nil, err
	}
	for _, certificate := range list.Certificates {
		arns = append(arns, *certificate.CertificateArn)
	}
	return arns, nil
}

func (l *observer) rulesOf(listener *string) (map[string]Rule, error) {
	list, err := l.elbv2.DescribeRules(l.ctx, &elasticloadbalancingv2.DescribeRulesInput{ListenerArn: listener})
	if err != nil {
		return nil, err
	}
	found := map[string]Rule{}
	for _, rule := range list.Rules {
		if stringValue(rule.Priority) == "default" {
			continue // the listener's default action
		}
		made := Rule{Forward: l.action(rule.Actions)}
		for _, condition := range rule.Conditions {
			switch {
			case condition.HostHeaderConfig != nil:
				made.Hosts = sortedCopy(condition.HostHeaderConfig.Values)
			case condition.PathPatternConfig != nil:
				made.Paths = sortedCopy(condition.PathPatternConfig.Values)
			default:
				made.Paths = append(made.Paths, "a condition on "+stringValue(condition.Field))
			}
		}
		if made.Tags, err = l.tags(rule.RuleArn); err != nil {
			return nil, err
		}
		found[stringValue(rule.Priority)] = made
	}
	return found, nil
}

// action describes the actions of a listener or rule.
func (l *observer) action(actions []types.Action) string {
	var parts []string
	for _, action := range actions {
		switch {
		case action.RedirectConfig != nil:
			to := action.RedirectConfig
			parts = append(parts, redirectText(stringValue(to.Protocol), stringValue(to.Port), string(to.StatusCode)))
		case action.FixedResponseConfig != nil:
			parts = append(parts, "fixed response "+stringValue(action.FixedResponseConfig.StatusCode))
		case action.ForwardConfig != nil:
			shares := map[string]string{}
			for _, group := range action.ForwardConfig.TargetGroups {
				shares[nameOf(l.names.targetGroups, stringValue(group.TargetGroupArn))] = intText(group.Weight)
			}
			parts = append(parts, sharesText(shares))
		case action.TargetGroupArn != nil:
			parts = append(parts, nameOf(l.names.targetGroups, *action.TargetGroupArn))
		default:
			parts = append(parts, string(action.Type))
		}
	}
	return strings.Join(parts, " ")
}
