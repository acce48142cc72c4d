package balancer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// describeRules returns the rules of a listener in the order of their priorities, without the default one, which is the
// listener's default action.
func (d *Describer) describeRules(ctx context.Context, listener *string) (rules []Rule, err error) {
	byPriority := map[int]Rule{}
	pages := elasticloadbalancingv2.NewDescribeRulesPaginator(d.elbv2,
		&elasticloadbalancingv2.DescribeRulesInput{ListenerArn: listener})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, described := range page.Rules {
			priority, err := strconv.Atoi(aws.ToString(described.Priority))
			if err != nil {
				continue
			}
			if byPriority[priority], err = describeRule(described); err != nil {
				return nil, fmt.Errorf("rule with priority %d: %w", priority, err)
			}
		}
	}
	for _, priority := range slices.Sorted(maps.Keys(byPriority)) {
		rules = append(rules, byPriority[priority])
	}
	return rules, nil
}

// describeRule returns a rule (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html).
func describeRule(described types.Rule) (r Rule, err error) {
	if r.Action, err = describeAction(described.Actions); err != nil {
		return r, err
	}
	for _, c := range described.Conditions {
		switch {
		case c.HostHeaderConfig != nil:
			r.Hosts = append(r.Hosts, c.HostHeaderConfig.Values...)
		case c.PathPatternConfig != nil:
			r.Paths = append(r.Paths, c.PathPatternConfig.Values...)
		case c.HttpRequestMethodConfig != nil:
			r.Methods = append(r.Methods, c.HttpRequestMethodConfig.Values...)
		case c.HttpHeaderConfig != nil:
			if r.Headers == nil {
				r.Headers = map[string][]string{}
			}
			r.Headers[aws.ToString(c.HttpHeaderConfig.HttpHeaderName)] = c.HttpHeaderConfig.Values
		case c.QueryStringConfig != nil:
			for _, v := range c.QueryStringConfig.Values {
				r.Query = append(r.Query, QueryCondition{aws.ToString(v.Key), aws.ToString(v.Value)})
			}
		case c.SourceIpConfig != nil:
			for _, text := range c.SourceIpConfig.Values {
				source, err := netip.ParsePrefix(text)
				if err != nil {
					return r, err
				}
				r.Sources = append(r.Sources, source)
			}
		case aws.ToString(c.Field) == "host-header":
			r.Hosts = append(r.Hosts, c.Values...)
		case aws.ToString(c.Field) == "path-pattern":
			r.Paths = append(r.Paths, c.Values...)
		default:
			return r, fmt.Errorf("a condition on %q is not supported by the lab", aws.ToString(c.Field))
		}
	}
	return r, nil
}

// describeAction returns the last action, which forwards, redirects or responds: earlier ones authenticate clients
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#rule-action-types).
func describeAction(actions []types.Action) (Action, error) {
	for _, a := range actions {
		switch a.Type {
		case types.ActionTypeEnumForward:
			return Action{Forward: weights(a)}, nil
		case types.ActionTypeEnumRedirect:
			return describeRedirect(a.RedirectConfig)
		case types.ActionTypeEnumFixedResponse:
			f := a.FixedResponseConfig
			status, err := strconv.Atoi(aws.ToString(f.StatusCode))
			return Action{Fixed: &FixedResponse{Status: status, Body: aws.ToString(f.MessageBody),
				ContentType: cmp.Or(aws.ToString(f.ContentType), "text/plain")}}, err
		}
	}
	return Action{}, fmt.Errorf("none of the %d actions is forward, redirect or fixed-response", len(actions))
}

// describeRedirect returns a redirect with its defaults, which keep the part of the request
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html).
func describeRedirect(r *types.RedirectActionConfig) (Action, error) {
	status, err := strconv.Atoi(strings.TrimPrefix(string(r.StatusCode), "HTTP_"))
	return Action{Redirect: &Redirect{Protocol: cmp.Or(aws.ToString(r.Protocol), "#{protocol}"),
		Host: cmp.Or(aws.ToString(r.Host), "#{host}"), Port: cmp.Or(aws.ToString(r.Port), "#{port}"),
		Path: cmp.Or(aws.ToString(r.Path), "/#{path}"), Query: cmp.Or(aws.ToString(r.Query), "#{query}"),
		Status: status}}, err
}

// weights returns the weights of an action's target groups. A group without a weight has weight 1.
func weights(a types.Action) map[string]int {
	all := map[string]int{}
	if a.ForwardConfig != nil {
		for _, g := range a.ForwardConfig.TargetGroups {
			all[aws.ToString(g.TargetGroupArn)] = 1
			if g.Weight != nil {
				all[aws.ToString(g.TargetGroupArn)] = int(*g.Weight)
			}
		}
	}
	if len(all) == 0 && a.TargetGroupArn != nil {
		all[*a.TargetGroupArn] = 1
	}
	return all
}
