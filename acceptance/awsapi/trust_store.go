package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"eksnet/acceptance/check"
)

// TrustStore implements check.Prober.
func (a *Account) TrustStore(ctx context.Context, arn string) (check.TrustStore, error) {
	const call = "elasticloadbalancing:DescribeTrustStores"
	found, err := elasticloadbalancingv2.NewFromConfig(a.config).DescribeTrustStores(ctx, &elasticloadbalancingv2.DescribeTrustStoresInput{TrustStoreArns: []string{arn}})
	if err != nil {
		return check.TrustStore{}, explain(call, err)
	}
	if len(found.TrustStores) == 0 {
		return check.TrustStore{}, missing(call, arn)
	}
	store := found.TrustStores[0]
	return check.TrustStore{Name: aws.ToString(store.Name), Status: string(store.Status)}, nil
}
