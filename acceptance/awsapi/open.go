package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"eksnet/acceptance/account"
)

// attempts is how often a throttled call is repeated. In the adaptive mode the SDK also slows down the calls that
// follow (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
const attempts = 10

// Open returns the account of the environment's credentials and a stack file's settings. The SDK finds the endpoints
// of the region's partition.
func Open(ctx context.Context, c account.Credentials) (*Account, error) {
	options := []func(*config.LoadOptions) error{config.WithRegion(c.Region), config.WithRetryer(NewRetryer)}
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, explain("credentials", err)
	}
	if c.Role != "" {
		loaded.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), c.Role))
	}
	return New(loaded), nil
}
