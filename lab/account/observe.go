package account

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/internal/exchange"
)

// Observe returns the load balancers and security groups that controllers created.
func (a *Account) Observe(ctx context.Context) (seen exchange.Observation, err error) {
	a.updating.Lock()
	defer a.updating.Unlock()
	for _, observe := range []func(context.Context, *exchange.Observation) error{a.observeBalancers, a.observeClassic, a.observeGroups} {
		if err := observe(ctx, &seen); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

func (a *Account) observeBalancers(ctx context.Context, seen *exchange.Observation) error {
	client := elasticloadbalancingv2.NewFromConfig(a.Config())
	pages := elasticloadbalancingv2.NewDescribeLoadBalancersPaginator(client, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, b := range page.LoadBalancers {
			seen.LoadBalancers = append(seen.LoadBalancers, newBalancer(b))
		}
	}
	return nil
}

func newBalancer(b types.LoadBalancer) exchange.LoadBalancer {
	made := exchange.LoadBalancer{Name: aws.ToString(b.LoadBalancerName), DNSName: aws.ToString(b.DNSName), Kind: string(b.Type), Scheme: string(b.Scheme),
		VPC: aws.ToString(b.VpcId), SecurityGroups: b.SecurityGroups}
	for _, zone := range b.AvailabilityZones {
		made.Subnets = append(made.Subnets, aws.ToString(zone.SubnetId))
		for _, address := range zone.LoadBalancerAddresses {
			if id := aws.ToString(address.AllocationId); id != "" {
				made.Addresses = append(made.Addresses, id)
			}
		}
	}
	return made
}

func (a *Account) observeClassic(ctx context.Context, seen *exchange.Observation) error {
	client := elasticloadbalancing.NewFromConfig(a.Config())
	pages := elasticloadbalancing.NewDescribeLoadBalancersPaginator(client, &elasticloadbalancing.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, b := range page.LoadBalancerDescriptions {
			seen.LoadBalancers = append(seen.LoadBalancers, exchange.LoadBalancer{Name: aws.ToString(b.LoadBalancerName), DNSName: aws.ToString(b.DNSName), Kind: "classic",
				Scheme: aws.ToString(b.Scheme), VPC: aws.ToString(b.VPCId), Subnets: b.Subnets, SecurityGroups: b.SecurityGroups})
		}
	}
	return nil
}

// observeGroups observes the security groups that the account did not create. Each VPC has a group default.
func (a *Account) observeGroups(ctx context.Context, seen *exchange.Observation) error {
	own := a.ownIDs()
	pages := ec2.NewDescribeSecurityGroupsPaginator(ec2.NewFromConfig(a.Config()), &ec2.DescribeSecurityGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, g := range page.SecurityGroups {
			if aws.ToString(g.GroupName) == "default" || own[aws.ToString(g.GroupId)] {
				continue
			}
			made := exchange.SecurityGroup{ID: aws.ToString(g.GroupId), Name: aws.ToString(g.GroupName), Description: aws.ToString(g.Description), VPC: aws.ToString(g.VpcId), Tags: map[string]string{}}
			for _, tag := range g.Tags {
				made.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
			seen.SecurityGroups = append(seen.SecurityGroups, made)
		}
	}
	slices.SortFunc(seen.SecurityGroups, func(a, b exchange.SecurityGroup) int { return slices.Compare([]string{a.Name}, []string{b.Name}) })
	return nil
}
