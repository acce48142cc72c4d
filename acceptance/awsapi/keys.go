package awsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// keyService is KMS.
type keyService struct{ client *kms.Client }

func newKeyService(c aws.Config) *keyService { return &keyService{client: kms.NewFromConfig(c)} }

// Types implements account.Service.
func (s *keyService) Types() []string { return []string{leftover.AliasType, leftover.KeyType} }

// List implements account.Service: the keys among the candidates, and the key of Secrets with its alias. KMS has no
// search by tag, and an account can have many thousand keys.
func (s *keyService) List(ctx context.Context, q account.Query) (all []leftover.Resource, err error) {
	alias := "alias/eks/" + q.Cluster
	for _, id := range append(inService(q.Candidates, "kms", "key"), alias) {
		r, err := s.describe(ctx, id)
		if account.CauseOf(err) == account.Gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(other leftover.Resource) bool { return other.ID == r.ID }) {
			all = append(all, r)
		}
		if id == alias {
			all = append(all, leftover.Resource{Type: leftover.AliasType, ID: alias, Name: alias, ARN: alias, Description: "of " + r.ID, Tags: r.Tags, Size: 1})
		}
	}
	return all, nil
}

// describe returns the key of an ID or an alias, with its tags.
func (s *keyService) describe(ctx context.Context, id string) (leftover.Resource, error) {
	found, err := s.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id})
	if err != nil {
		return leftover.Resource{}, explain("kms:DescribeKey", err)
	}
	key := found.KeyMetadata
	r := leftover.Resource{Type: leftover.KeyType, ID: aws.ToString(key.KeyId), ARN: aws.ToString(key.Arn), Description: aws.ToString(key.Description),
		State: string(key.KeyState), Tags: map[string]string{}, Size: 1}
	if key.KeyState == types.KeyStatePendingDeletion {
		r.Size = 0
		r.Ending = "KMS deletes it on " + aws.ToTime(key.DeletionDate).Format("2006-01-02") + ", and it is free until then"
	}
	tags, err := s.client.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: key.KeyId})
	if err != nil {
		return leftover.Resource{}, explain("kms:ListResourceTags", err)
	}
	for _, tag := range tags.Tags {
		r.Tags[aws.ToString(tag.TagKey)] = aws.ToString(tag.TagValue)
	}
	return r, nil
}

// keyWindow is the number of days in which a key can be restored, the least that KMS accepts.
const keyWindow = 7

// Delete implements account.Service.
func (s *keyService) Delete(ctx context.Context, r leftover.Resource) error {
	if r.Type == leftover.AliasType {
		_, err := s.client.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &r.ID})
		return explain("kms:DeleteAlias", err)
	}
	_, err := s.client.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &r.ID, PendingWindowInDays: aws.Int32(keyWindow)})
	return explain("kms:ScheduleKeyDeletion", err)
}

// logService is CloudWatch Logs.
type logService struct{ client *cloudwatchlogs.Client }

func newLogService(c aws.Config) *logService {
	return &logService{client: cloudwatchlogs.NewFromConfig(c)}
}

// Types implements account.Service.
func (s *logService) Types() []string { return []string{leftover.LogGroupType} }

// List implements account.Service: the groups whose names begin as those of the cluster, and candidates.
func (s *logService) List(ctx context.Context, q account.Query) (all []leftover.Resource, err error) {
	for _, prefix := range append(q.LogGroupPrefixes(), inService(q.Candidates, "logs", "log-group")...) {
		prefix := strings.TrimSuffix(prefix, ":*")
		pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(s.client, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, explain("logs:DescribeLogGroups", err)
			}
			for _, v := range page.LogGroups {
				name := aws.ToString(v.LogGroupName)
				if !slices.ContainsFunc(all, func(other leftover.Resource) bool { return other.ID == name }) {
					all = append(all, leftover.Resource{Type: leftover.LogGroupType, ID: name, Name: name, ARN: strings.TrimSuffix(aws.ToString(v.Arn), ":*"),
						Description: describeRetention(v.RetentionInDays), Size: float64(aws.ToInt64(v.StoredBytes)) / 1e9})
				}
			}
		}
	}
	return all, s.addTags(ctx, all)
}

func describeRetention(days *int32) string {
	if days == nil {
		return "events never expire"
	}
	return fmt.Sprintf("events expire after %d days", *days)
}

// addTags sets the tags of groups.
func (s *logService) addTags(ctx context.Context, all []leftover.Resource) error {
	for i, r := range all {
		found, err := s.client.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &r.ARN})
		if err != nil {
			return explain("logs:ListTagsForResource", err)
		}
		all[i].Tags = found.Tags
	}
	return nil
}

// Delete implements account.Service.
func (s *logService) Delete(ctx context.Context, r leftover.Resource) error {
	_, err := s.client.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &r.ID})
	return explain("logs:DeleteLogGroup", err)
}
