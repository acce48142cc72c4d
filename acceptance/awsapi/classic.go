package awsapi

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// classicService is Elastic Load Balancing with classic load balancers.
type classicService struct{ client *elb.Client }

func newClassicService(c aws.Config) *classicService {
	return &classicService{client: elb.NewFromConfig(c)}
}

// Types implements account.Service.
func (s *classicService) Types() []string { return []string{leftover.ClassicType} }

// List implements account.Service.
func (s *classicService) List(ctx context.Context, q account.Query) (all []leftover.Resource, err error) {
	named := inService(q.Candidates, "elasticloadbalancing", "loadbalancer/")
	pages := elb.NewDescribeLoadBalancersPaginator(s.client, &elb.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("elasticloadbalancing:DescribeLoadBalancers", err)
		}
		for _, v := range page.LoadBalancerDescriptions {
			name := aws.ToString(v.LoadBalancerName)
			if slices.Contains(q.VPCs, aws.ToString(v.VPCId)) || slices.Contains(named, name) {
				all = append(all, leftover.Resource{Type: leftover.ClassicType, ID: name, Name: name, ARN: "loadbalancer/" + name, VPC: aws.ToString(v.VPCId), Size: 1})
			}
		}
	}
	return all, s.addTags(ctx, all)
}

// addTags sets the tags of load balancers.
func (s *classicService) addTags(ctx context.Context, all []leftover.Resource) error {
	for chunk := range slices.Chunk(all, tagsPerCall) {
		var names []string
		for _, r := range chunk {
			names = append(names, r.ID)
		}
		found, err := s.client.DescribeTags(ctx, &elb.DescribeTagsInput{LoadBalancerNames: names})
		if err != nil {
			return explain("elasticloadbalancing:DescribeTags", err)
		}
		for _, described := range found.TagDescriptions {
			i := slices.Index(names, aws.ToString(described.LoadBalancerName))
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

// Delete implements account.Service.
func (s *classicService) Delete(ctx context.Context, r leftover.Resource) error {
	_, err := s.client.DeleteLoadBalancer(ctx, &elb.DeleteLoadBalancerInput{LoadBalancerName: &r.ID})
	return explain("elasticloadbalancing:DeleteLoadBalancer", err)
}
