package account

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// instanceTag is the tag of trunk and branch interfaces with their instance
// (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/config/type.go).
const instanceTag = "node.k8s.amazonaws.com/instance_id"

// BranchInterfaces returns the IDs of the branch interfaces of instances.
func (a *Account) BranchInterfaces(ctx context.Context, instances []string) (ids []string, err error) {
	pages := ec2.NewDescribeNetworkInterfacesPaginator(a.ec2, &ec2.DescribeNetworkInterfacesInput{Filters: []types.Filter{
		{Name: aws.String("tag:" + instanceTag), Values: instances}, {Name: aws.String("interface-type"), Values: []string{"branch"}}}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, i := range page.NetworkInterfaces {
			ids = append(ids, aws.ToString(i.NetworkInterfaceId))
		}
	}
	return ids, nil
}

// dependencyPatience is how long a deletion is tried again while other resources depend on the resource. The VPC
// resource controller deletes branch interfaces up to a minute after their pods. The provider is more patient.
const dependencyPatience = 100 * time.Second

// deleteOnceUnused calls a delete function until no other resource depends on the resource.
func deleteOnceUnused(ctx context.Context, remove func() error) error {
	for late := time.After(dependencyPatience); ; {
		err := remove()
		var refused interface{ ErrorCode() string }
		if !errors.As(err, &refused) || refused.ErrorCode() != "DependencyViolation" {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return err
		case <-time.After(time.Second):
		}
	}
}
