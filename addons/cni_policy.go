package addons

import (
	"eksnet/internal/iam"
	"eksnet/plan"
)

// IPv6CNIPolicy returns the VPC CNI's IAM policy in an IPv6 cluster. AWS manages a policy for IPv4 only, which does not
// allow the assignment of IPv6 addresses. It is the policy of version 1.23
// (github.com/aws/amazon-vpc-cni-k8s v1.23.2, docs/iam-policy.md, IPv6 Mode) and serves all earlier versions. From
// 1.22.1 on the CNI exits if it may not describe subnets, which the policies of earlier versions do not allow
// (github.com/aws/amazon-vpc-cni-k8s/issues/3704), and 1.22.1 exits if it may not describe security groups.
func IPv6CNIPolicy(partition plan.Partition) *iam.Document {
	document := iam.Policy(
		iam.Allow("ec2:AssignIpv6Addresses", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeInstanceTypes"),
		iam.Allow("ec2:CreateTags").On("arn:"+partition.Name+":ec2:*:*:network-interface/*"))
	return &document
}
