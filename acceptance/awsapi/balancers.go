package awsapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// tagsPerCall is how many load balancers or target groups one call returns the tags of
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html).
const tagsPerCall = 20

// balancerService is Elastic Load Balancing with application and network load balancers.
type balancerService struct{ client *elb.Client }

func newBalancerService(c aws.Config) *balancerService {
	return &balancerService{client: elb.NewFromConfig(c)}
}

// Types implements account.Service.
func (s *balancerService) Types() []string {
	return []string{leftover.LoadBalancerType, leftover.TargetGroupType}
}

// List implements account.Service. It reads the tags of what is in a VPC of the stack, or is a candidate. Listeners and
// rules are deleted with their load balancer.
func (s *balancerService) List(ctx context.Context, q account.Query) ([]leftover.Resource, error) {
	all, err := s.listLoadBalancers(ctx)
	if err != nil {
		return nil, explain("elasticloadbalancing:DescribeLoadBalancers", err)
	}
	groups, err := s.listTargetGroups(ctx)
	if err != nil {
		return nil, explain("elasticloadbalancing:DescribeTargetGroups", err)
	}
	all = slices.DeleteFunc(append(all, groups...), func(r leftover.Resource) bool {
		return !slices.Contains(q.VPCs, r.VPC) && !slices.Contains(q.Candidates, r.ARN)
	})
	if err := s.addTags(ctx, all); err != nil {
		return nil, explain("elasticloadbalancing:DescribeTags", err)
	}
	return all, s.addProtection(ctx, all)
}

func (s *balancerService) listLoadBalancers(ctx context.Context) (all []leftover.Resource, err error) {
	pages := elb.NewDescribeLoadBalancersPaginator(s.client, &elb.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.LoadBalancers {
			r := leftover.Resource{Type: leftover.LoadBalancerType, ID: aws.ToString(v.LoadBalancerArn), ARN: aws.ToString(v.LoadBalancerArn),
				Name: aws.ToString(v.LoadBalancerName), VPC: aws.ToString(v.VpcId), Description: string(v.Type), Size: 1}
			if v.State != nil {
				r.State = string(v.State.Code)
			}
			all = append(all, r)
		}
	}
	return all, nil
}

func (s *balancerService) listTargetGroups(ctx context.Context) (all []leftover.Resource, err error) {
	pages := elb.NewDescribeTargetGroupsPaginator(s.client, &elb.DescribeTargetGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.TargetGroups {
			all = append(all, leftover.Resource{Type: leftover.TargetGroupType, ID: aws.ToString(v.TargetGroupArn), ARN: aws.ToString(v.TargetGroupArn),
				Name: aws.ToString(v.TargetGroupName), VPC: aws.ToString(v.VpcId), Users: v.LoadBalancerArns, Size: 1})
		}
	}
	return all, nil
}

// addTags sets the tags of resources.
func (s *balancerService) addTags(ctx context.Context, all []leftover.Resource) error {
	for chunk := range slices.Chunk(all, tagsPerCall) {
		var arns []string
		for _, r := range chunk {
			arns = append(arns, r.ARN)
		}
		found, err := s.client.DescribeTags(ctx, &elb.DescribeTagsInput{ResourceArns: arns})
		if err != nil {
			return err
		}
		for _, described := range found.TagDescriptions {
			i := slices.IndexFunc(chunk, func(r leftover.Resource) bool { return r.ARN == aws.ToString(described.ResourceArn) })
			if i < 0 {
				continue
			}
			chunk[i].Tags = map[string]string{}
			for _, tag := range described.Tags {
				chunk[i].Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
		}
	}
	return nil
}

// protection is the attribute of a load balancer that AWS does not delete while it is true.
const protection = "deletion_protection.enabled"

// addProtection marks load balancers that AWS does not delete.
func (s *balancerService) addProtection(ctx context.Context, all []leftover.Resource) error {
	for i, r := range all {
		if r.Type != leftover.LoadBalancerType {
			continue
		}
		found, err := s.client.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &r.ARN})
		if err != nil {
			if failed := explain("elasticloadbalancing:DescribeLoadBalancerAttributes", err); account.CauseOf(failed) != account.Gone {
				return failed
			}
			continue
		}
		if slices.ContainsFunc(found.Attributes, func(a types.LoadBalancerAttribute) bool {
			return aws.ToString(a.Key) == protection && aws.ToString(a.Value) == "true"
		}) {
			all[i].Protected = protection
			all[i].Before = []string{fmt.Sprintf("aws elbv2 modify-load-balancer-attributes --load-balancer-arn %s --attributes Key=%s,Value=false", r.ID, protection)}
		}
	}
	return nil
}

// Delete implements account.Service. It does not change deletion protection.
func (s *balancerService) Delete(ctx context.Context, r leftover.Resource) error {
	if r.Type == leftover.TargetGroupType {
		_, err := s.client.DeleteTargetGroup(ctx, &elb.DeleteTargetGroupInput{TargetGroupArn: &r.ID})
		return explain("elasticloadbalancing:DeleteTargetGroup", err)
	}
	_, err := s.client.DeleteLoadBalancer(ctx, &elb.DeleteLoadBalancerInput{LoadBalancerArn: &r.ID})
	return explain("elasticloadbalancing:DeleteLoadBalancer", err)
}
