package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"eksnet/acceptance/account"
)

// HasKeyPair implements check.Prober.
func (a *Account) HasKeyPair(ctx context.Context, name string) (bool, error) {
	_, err := a.ec2.client.DescribeKeyPairs(ctx, &ec2.DescribeKeyPairsInput{KeyNames: []string{name}})
	failed := explain("ec2:DescribeKeyPairs", err)
	if account.CauseOf(failed) == account.Gone {
		return false, nil
	}
	return failed == nil, failed
}
