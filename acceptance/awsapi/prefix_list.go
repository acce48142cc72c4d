package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"eksnet/acceptance/check"
)

// PrefixList implements check.Prober.
func (a *Account) PrefixList(ctx context.Context, id string) (check.PrefixList, error) {
	const call = "ec2:DescribeManagedPrefixLists"
	found, err := a.ec2.client.DescribeManagedPrefixLists(ctx, &ec2.DescribeManagedPrefixListsInput{PrefixListIds: []string{id}})
	if err != nil {
		return check.PrefixList{}, explain(call, err)
	}
	if len(found.PrefixLists) == 0 {
		return check.PrefixList{}, missing(call, id)
	}
	list := found.PrefixLists[0]
	return check.PrefixList{Name: aws.ToString(list.PrefixListName), MaxEntries: int(aws.ToInt32(list.MaxEntries))}, nil
}
