package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// clusterService is EKS. Add-ons and access entries are deleted with their cluster.
type clusterService struct{ client *eks.Client }

func newClusterService(c aws.Config) *clusterService {
	return &clusterService{client: eks.NewFromConfig(c)}
}

// Types implements account.Service.
func (s *clusterService) Types() []string {
	return []string{leftover.ClusterType, leftover.NodeGroupType}
}

// List implements account.Service: the cluster of the stack's name, if it exists, and its node groups.
func (s *clusterService) List(ctx context.Context, q account.Query) ([]leftover.Resource, error) {
	found, err := s.client.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &q.Cluster})
	if failed := explain("eks:DescribeCluster", err); account.CauseOf(failed) == account.Gone {
		return nil, nil
	} else if failed != nil {
		return nil, failed
	}
	cluster := leftover.Resource{Type: leftover.ClusterType, ID: q.Cluster, Name: q.Cluster, ARN: aws.ToString(found.Cluster.Arn),
		State: string(found.Cluster.Status), Tags: found.Cluster.Tags, Size: 1}
	if found.Cluster.ResourcesVpcConfig != nil {
		cluster.VPC = aws.ToString(found.Cluster.ResourcesVpcConfig.VpcId)
	}
	if found.Cluster.Status == types.ClusterStatusDeleting {
		cluster.Ending = "EKS is deleting it, which takes some minutes"
	}
	groups, err := s.listNodeGroups(ctx, cluster)
	return append([]leftover.Resource{cluster}, groups...), err
}

func (s *clusterService) listNodeGroups(ctx context.Context, cluster leftover.Resource) (all []leftover.Resource, err error) {
	pages := eks.NewListNodegroupsPaginator(s.client, &eks.ListNodegroupsInput{ClusterName: &cluster.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("eks:ListNodegroups", err)
		}
		for _, name := range page.Nodegroups {
			found, err := s.client.DescribeNodegroup(ctx, &eks.DescribeNodegroupInput{ClusterName: &cluster.ID, NodegroupName: &name})
			if failed := explain("eks:DescribeNodegroup", err); account.CauseOf(failed) == account.Gone {
				continue
			} else if failed != nil {
				return nil, failed
			}
			group := leftover.Resource{Type: leftover.NodeGroupType, ID: name, Name: name, ARN: aws.ToString(found.Nodegroup.NodegroupArn), VPC: cluster.VPC,
				State: string(found.Nodegroup.Status), Tags: found.Nodegroup.Tags, Size: 1, Fields: map[string]string{"cluster": cluster.ID, "name": name}}
			if found.Nodegroup.Status == types.NodegroupStatusDeleting {
				group.Ending = "EKS is deleting it, which takes some minutes"
			}
			all = append(all, group)
		}
	}
	return all, nil
}

// Delete implements account.Service.
func (s *clusterService) Delete(ctx context.Context, r leftover.Resource) error {
	if r.Type == leftover.NodeGroupType {
		cluster := r.Fields["cluster"]
		_, err := s.client.DeleteNodegroup(ctx, &eks.DeleteNodegroupInput{ClusterName: &cluster, NodegroupName: &r.ID})
		return explain("eks:DeleteNodegroup", err)
	}
	_, err := s.client.DeleteCluster(ctx, &eks.DeleteClusterInput{Name: &r.ID})
	return explain("eks:DeleteCluster", err)
}

// scalingService is EC2 Auto Scaling.
type scalingService struct{ client *autoscaling.Client }

func newScalingService(c aws.Config) *scalingService {
	return &scalingService{client: autoscaling.NewFromConfig(c)}
}

// Types implements account.Service.
func (s *scalingService) Types() []string { return []string{leftover.ScalingGroupType} }

// List implements account.Service.
func (s *scalingService) List(ctx context.Context, q account.Query) (all []leftover.Resource, err error) {
	listed := map[string]bool{}
	for _, tag := range q.Tags(leftover.ScalingGroupType) {
		input := &autoscaling.DescribeAutoScalingGroupsInput{Filters: []scaling.Filter{{Name: aws.String("tag:" + tag.Key), Values: []string{tag.Value}}}}
		pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(s.client, input)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, explain("autoscaling:DescribeAutoScalingGroups", err)
			}
			for _, v := range page.AutoScalingGroups {
				if r := scalingGroup(v); !listed[r.ID] {
					listed[r.ID] = true
					all = append(all, r)
				}
			}
		}
	}
	return all, nil
}

func scalingGroup(v scaling.AutoScalingGroup) leftover.Resource {
	r := leftover.Resource{Type: leftover.ScalingGroupType, ID: aws.ToString(v.AutoScalingGroupName), Name: aws.ToString(v.AutoScalingGroupName),
		ARN: aws.ToString(v.AutoScalingGroupARN), State: aws.ToString(v.Status), Tags: map[string]string{}, Size: 1}
	for _, tag := range v.Tags {
		r.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	if r.State != "" { // a group has a status only while it is being deleted
		r.Ending = "it is being deleted: " + r.State
	}
	return r
}

// Delete implements account.Service.
func (s *scalingService) Delete(ctx context.Context, r leftover.Resource) error {
	_, err := s.client.DeleteAutoScalingGroup(ctx, &autoscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: &r.ID, ForceDelete: aws.Bool(true)})
	return explain("autoscaling:DeleteAutoScalingGroup", err)
}
