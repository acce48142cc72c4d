package balancer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/internal/awsdata"
)

// describeTargetGroups returns the target groups of the VPC by ARN.
func (d *Describer) describeTargetGroups(ctx context.Context, h *hosts) (map[string]TargetGroup, error) {
	all := map[string]TargetGroup{}
	pages := elasticloadbalancingv2.NewDescribeTargetGroupsPaginator(d.elbv2, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, described := range page.TargetGroups {
			if aws.ToString(described.VpcId) != h.vpc {
				continue
			}
			group, err := d.describeTargetGroup(ctx, h, described)
			if missing := (*types.TargetGroupNotFoundException)(nil); errors.As(err, &missing) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("target group %s: %w", aws.ToString(described.TargetGroupName), err)
			}
			all[group.ID] = group
		}
	}
	return all, nil
}

func (d *Describer) describeTargetGroup(ctx context.Context, h *hosts, described types.TargetGroup) (g TargetGroup,
	err error) {
	g = TargetGroup{ID: aws.ToString(described.TargetGroupArn), Protocol: string(described.Protocol),
		Check: describeHealthCheck(described)}
	list, err := d.elbv2.DescribeTargetGroupAttributes(ctx,
		&elasticloadbalancingv2.DescribeTargetGroupAttributesInput{TargetGroupArn: described.TargetGroupArn})
	if err != nil {
		return g, err
	}
	attributes := map[string]string{}
	for _, a := range list.Attributes {
		attributes[aws.ToString(a.Key)] = aws.ToString(a.Value)
	}
	g.setAttributes(described.TargetType, attributes)
	health, err := d.elbv2.DescribeTargetHealth(ctx,
		&elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: described.TargetGroupArn})
	if err != nil {
		return g, err
	}
	for _, target := range health.TargetHealthDescriptions {
		if t, found := h.target(aws.ToString(target.Target.Id), int(aws.ToInt32(target.Target.Port))); found {
			g.Targets = append(g.Targets, t)
		}
	}
	slices.SortFunc(g.Targets, func(a, b Target) int { return a.Address.Compare(b.Address) })
	return g, nil
}

// setAttributes sets what the attributes of a target group decide
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
func (g *TargetGroup) setAttributes(targets types.TargetTypeEnum, attributes map[string]string) {
	g.PreserveClient = preservesClient(g.Protocol, targets, attributes[awsdata.PreserveClientIP])
	if attributes[awsdata.ProxyProtocolV2] == "true" {
		g.ProxyProtocol = 2
	}
	switch attributes[awsdata.TargetGroupCrossZone] {
	case "true":
		g.CrossZone = aws.Bool(true)
	case "false":
		g.CrossZone = aws.Bool(false)
	}
	g.KeepUnhealthy = attributes[awsdata.TerminateUnhealthy] == "false"
	g.TerminateDeregistered = attributes["deregistration_delay.connection_termination.enabled"] == "true"
	g.DeregistrationDelay = seconds(attributes[awsdata.DeregistrationTimeout], awsdata.DeregistrationDelay*time.Second)
	g.Algorithm, g.SlowStart = attributes[awsdata.Algorithm], seconds(attributes[awsdata.SlowStart], 0)
	g.Stickiness = describeStickiness(attributes)
	g.InDNS = minimum(attributes[awsdata.LeaveDNSCount], attributes[awsdata.LeaveDNSPercentage])
	g.Routed = minimum(attributes[awsdata.RouteUnhealthyCount], attributes[awsdata.RouteUnhealthyPercentage])
}

func describeStickiness(attributes map[string]string) Stickiness {
	if attributes[awsdata.Stickiness] != "true" {
		return Stickiness{}
	}
	const day = 24 * time.Hour
	s := Stickiness{Type: attributes[awsdata.StickinessType], Cookie: attributes[awsdata.AppCookieName],
		Duration: seconds(attributes[awsdata.BalancerCookieDuration], day)}
	if s.Type == appCookie {
		s.Duration = seconds(attributes[awsdata.AppCookieDuration], day)
	}
	return s
}

// minimum returns the number and percentage of targets, which may be "off".
func minimum(count, percentage string) (m Minimum) {
	m.Count, _ = strconv.Atoi(count)
	m.Percentage, _ = strconv.Atoi(percentage)
	return m
}

// preservesClient reports whether a target group keeps the addresses of clients. By default it does with UDP and with
// instances, and with UDP it always does
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation).
// Target groups of Application Load Balancers, whose protocol is HTTP, do not.
func preservesClient(protocol string, targets types.TargetTypeEnum, attribute string) bool {
	switch types.ProtocolEnum(protocol) {
	case types.ProtocolEnumUdp, types.ProtocolEnumTcpUdp:
		return true
	case types.ProtocolEnumTcp, types.ProtocolEnumTls:
		return cmp.Or(attribute, strconv.FormatBool(targets == types.TargetTypeEnumInstance)) == "true"
	}
	return false
}

func describeHealthCheck(g types.TargetGroup) HealthCheck {
	c := HealthCheck{Protocol: string(g.HealthCheckProtocol),
		Interval: secondsOf(g.HealthCheckIntervalSeconds, 30*time.Second),
		Timeout:  secondsOf(g.HealthCheckTimeoutSeconds, 10*time.Second),
		Healthy:  int(aws.ToInt32(g.HealthyThresholdCount)), Unhealthy: int(aws.ToInt32(g.UnhealthyThresholdCount))}
	c.Port, _ = strconv.Atoi(aws.ToString(g.HealthCheckPort)) // 0 for traffic-port
	if g.HealthCheckProtocol == types.ProtocolEnumHttp || g.HealthCheckProtocol == types.ProtocolEnumHttps {
		c.Path = cmp.Or(aws.ToString(g.HealthCheckPath), "/")
		// docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
		if c.Codes = "200"; g.Protocol != types.ProtocolEnumHttp && g.Protocol != types.ProtocolEnumHttps {
			c.Codes = "200-399"
		}
		if g.Matcher != nil {
			c.Codes = cmp.Or(aws.ToString(g.Matcher.HttpCode), c.Codes)
		}
	}
	return c
}
