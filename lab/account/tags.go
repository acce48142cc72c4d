package account

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// sortedKeys returns the keys of tags that users may set: tags with the prefix aws: are reserved.
func sortedKeys(tags map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(tags)), func(key string) bool {
		return strings.HasPrefix(key,
			"aws:")
	})
}

// changeTags calls set with the tags that are new or have another value, and remove with the keys of those that are
// gone.
func changeTags(before, after map[string]string, set func(map[string]string) error, remove func([]string) error) error {
	changed := maps.Clone(after)
	maps.DeleteFunc(changed, func(key, value string) bool { old, exists := before[key]; return exists && old == value })
	if len(sortedKeys(changed)) > 0 {
		if err := set(changed); err != nil {
			return err
		}
	}
	gone := slices.DeleteFunc(sortedKeys(before), func(key string) bool { _, kept := after[key]; return kept })
	if len(gone) == 0 {
		return nil
	}
	return remove(gone)
}

func ec2Tags(tags map[string]string) (list []ec2types.Tag) {
	for _, key := range sortedKeys(tags) {
		list = append(list, ec2types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}

// tagSpecification returns the tags of a new EC2 resource.
func tagSpecification(kind ec2types.ResourceType, tags map[string]string) []ec2types.TagSpecification {
	list := ec2Tags(tags)
	if len(list) == 0 {
		return nil
	}
	return []ec2types.TagSpecification{{ResourceType: kind, Tags: list}}
}

// changeEC2Tags changes the tags of an EC2 resource.
func (a *Account) changeEC2Tags(ctx context.Context, id string, before, after map[string]string) error {
	return changeTags(before, after, func(tags map[string]string) error {
		_, err := a.ec2.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{id}, Tags: ec2Tags(tags)})
		return err
	}, func(keys []string) error {
		var list []ec2types.Tag
		for _, key := range keys {
			list = append(list, ec2types.Tag{Key: aws.String(key)})
		}
		_, err := a.ec2.DeleteTags(ctx, &ec2.DeleteTagsInput{Resources: []string{id}, Tags: list})
		return err
	})
}

// ec2TagsChange returns the change function of an EC2 resource of which only tags can be changed.
func (a *Account) ec2TagsChange(id string, tags map[string]string) func(context.Context, any) error {
	return func(ctx context.Context, before any) error {
		return a.changeEC2Tags(ctx, id, before.(map[string]string), tags)
	}
}

func iamTags(tags map[string]string) (list []iamtypes.Tag) {
	for _, key := range sortedKeys(tags) {
		list = append(list, iamtypes.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}
