package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/internal/leftover"
)

// listInstances leaves out terminated instances, which EC2 lists for an hour.
func (s *networkService) listInstances(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeInstancesPaginator(s.client, &ec2.DescribeInstancesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, reservation := range page.Reservations {
			for _, v := range reservation.Instances {
				r := s.resource(leftover.InstanceType, "instance", v.InstanceId, v.Tags)
				r.VPC, r.Description = aws.ToString(v.VpcId), string(v.InstanceType)
				if v.State != nil {
					r.State = string(v.State.Name)
				}
				switch r.State {
				case string(types.InstanceStateNameTerminated):
					continue
				case string(types.InstanceStateNameShuttingDown):
					r.Ending = "it is being terminated"
				}
				all = append(all, r)
			}
		}
	}
	return all, nil
}

func (s *networkService) listTemplates(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeLaunchTemplatesPaginator(s.client, &ec2.DescribeLaunchTemplatesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.LaunchTemplates {
			r := s.resource(leftover.TemplateType, "launch-template", v.LaunchTemplateId, v.Tags)
			r.Name = aws.ToString(v.LaunchTemplateName)
			all = append(all, r)
		}
	}
	return all, nil
}

// listVolumes marks volumes that are attached: those of nodes are deleted with the instance.
func (s *networkService) listVolumes(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeVolumesPaginator(s.client, &ec2.DescribeVolumesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Volumes {
			r := s.resource(leftover.VolumeType, "volume", v.VolumeId, v.Tags)
			r.State, r.Size = string(v.State), float64(aws.ToInt32(v.Size))
			for _, attachment := range v.Attachments {
				if aws.ToBool(attachment.DeleteOnTermination) {
					r.Ending = "EC2 deletes it with instance " + aws.ToString(attachment.InstanceId)
				}
			}
			if v.State != types.VolumeStateDeleted {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

func (s *networkService) listSnapshots(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeSnapshotsPaginator(s.client, &ec2.DescribeSnapshotsInput{Filters: filters, OwnerIds: []string{"self"}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Snapshots {
			r := s.resource(leftover.SnapshotType, "snapshot", v.SnapshotId, v.Tags)
			r.State, r.Size, r.Description = string(v.State), float64(aws.ToInt32(v.VolumeSize)), aws.ToString(v.Description)
			all = append(all, r)
		}
	}
	return all, nil
}
