// Package awsapi is an account behind the AWS SDK.
package awsapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// Account is an account in a region of AWS.
type Account struct {
	config   aws.Config
	identity *account.Identity
	ec2      *networkService
	services []account.Service
}

// NewRetryer returns what repeats throttled calls.
func NewRetryer() aws.Retryer {
	return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
		o.StandardOptions = append(o.StandardOptions, func(o *retry.StandardOptions) { o.MaxAttempts = attempts })
	})
}

// New returns the account of a configuration.
func New(c aws.Config) *Account {
	a := &Account{config: c, ec2: newNetworkService(c)}
	a.services = []account.Service{newRecordService(c), newBalancerService(c), newClassicService(c), newClusterService(c), newScalingService(c),
		a.ec2, newRoleService(c), newKeyService(c), newLogService(c)}
	return a
}

// Services implements account.Account.
func (a *Account) Services() []account.Service { return a.services }

// Identity implements account.Account.
func (a *Account) Identity(ctx context.Context) (account.Identity, error) {
	if a.identity != nil {
		return *a.identity, nil
	}
	found, err := sts.NewFromConfig(a.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return account.Identity{}, explain("sts:GetCallerIdentity", err)
	}
	a.identity = &account.Identity{Account: aws.ToString(found.Account), ARN: aws.ToString(found.Arn)}
	return *a.identity, nil
}

// VPCs implements account.Account.
func (a *Account) VPCs(ctx context.Context) ([]leftover.Resource, error) { return a.ec2.listVPCs(ctx) }

// Tagged implements account.Account.
func (a *Account) Tagged(ctx context.Context, tag leftover.Tag) (arns []string, err error) {
	filter := tagging.TagFilter{Key: &tag.Key, Values: []string{tag.Value}}
	pages := resourcegroupstaggingapi.NewGetResourcesPaginator(resourcegroupstaggingapi.NewFromConfig(a.config),
		&resourcegroupstaggingapi.GetResourcesInput{TagFilters: []tagging.TagFilter{filter}, ResourcesPerPage: aws.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("tag:GetResources", err)
		}
		for _, mapping := range page.ResourceTagMappingList {
			arns = append(arns, aws.ToString(mapping.ResourceARN))
		}
	}
	return arns, nil
}

// inService returns the IDs at the end of the candidates of a service and resource type, such as kms and key.
func inService(candidates []string, service, kind string) (ids []string) {
	for _, arn := range candidates {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) == 6 && parts[2] == service {
			if id, ok := strings.CutPrefix(parts[5], kind); ok {
				ids = append(ids, strings.TrimLeft(id, "/:"))
			}
		}
	}
	return ids
}
