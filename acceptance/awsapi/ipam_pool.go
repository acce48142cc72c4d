package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"eksnet/acceptance/check"
)

// IPAMPool implements check.Prober.
func (a *Account) IPAMPool(ctx context.Context, id string) (check.IPAMPool, error) {
	const call = "ec2:DescribeIpamPools"
	found, err := a.ec2.client.DescribeIpamPools(ctx, &ec2.DescribeIpamPoolsInput{IpamPoolIds: []string{id}})
	if err != nil {
		return check.IPAMPool{}, explain(call, err)
	}
	if len(found.IpamPools) == 0 {
		return check.IPAMPool{}, missing(call, id)
	}
	pool := found.IpamPools[0]
	return check.IPAMPool{Locale: aws.ToString(pool.Locale), Family: string(pool.AddressFamily), State: string(pool.State)}, nil
}
