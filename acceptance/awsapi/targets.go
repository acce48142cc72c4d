package awsapi

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"eksnet/acceptance/look"
)

// TargetHealth implements look.Balancers.
func (a *Account) TargetHealth(ctx context.Context, targetGroup string) (all []look.Target, err error) {
	found, err := elb.NewFromConfig(a.config).DescribeTargetHealth(ctx,
		&elb.DescribeTargetHealthInput{TargetGroupArn: &targetGroup})
	if err != nil {
		return nil, explain("elasticloadbalancing:DescribeTargetHealth", err)
	}
	for _, t := range found.TargetHealthDescriptions {
		target := look.Target{ID: aws.ToString(t.Target.Id), Port: int(aws.ToInt32(t.Target.Port))}
		if t.TargetHealth != nil {
			target.State, target.Reason = string(t.TargetHealth.State), string(t.TargetHealth.Reason)
		}
		all = append(all, target)
	}
	return all, nil
}

// inServiceState is the state of a healthy instance
// (docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_InstanceState.html).
const inServiceState = "InService"

// InstanceHealth implements look.Balancers.
func (a *Account) InstanceHealth(ctx context.Context, host string) (all []look.Target, err error) {
	name, err := a.nameOfClassic(ctx, host)
	if err != nil {
		return nil, err
	}
	found, err := elasticloadbalancing.NewFromConfig(a.config).DescribeInstanceHealth(ctx,
		&elasticloadbalancing.DescribeInstanceHealthInput{LoadBalancerName: &name})
	if err != nil {
		return nil, explain("elasticloadbalancing:DescribeInstanceHealth", err)
	}
	for _, s := range found.InstanceStates {
		target := look.Target{ID: aws.ToString(s.InstanceId), State: look.Healthy}
		if aws.ToString(s.State) != inServiceState {
			target.State, target.Reason = look.Unhealthy, aws.ToString(s.Description)
		}
		all = append(all, target)
	}
	return all, nil
}

// nameOfClassic returns the name of the classic load balancer with a DNS name.
func (a *Account) nameOfClassic(ctx context.Context, host string) (string, error) {
	pages := elasticloadbalancing.NewDescribeLoadBalancersPaginator(elasticloadbalancing.NewFromConfig(a.config),
		&elasticloadbalancing.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", explain("elasticloadbalancing:DescribeLoadBalancers", err)
		}
		for _, b := range page.LoadBalancerDescriptions {
			if aws.ToString(b.DNSName) == host {
				return aws.ToString(b.LoadBalancerName), nil
			}
		}
	}
	return "", fmt.Errorf("no classic load balancer has the name %s: the cluster and the account are not those of one stack", host)
}
