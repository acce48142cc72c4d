package plan

import "strings"

// Partition is a group of AWS regions with accounts, ARNs and names of its own.
type Partition struct {
	// Name is the second part of an ARN.
	Name string
	// DNSSuffix ends the names of services: amazonaws.com or amazonaws.com.cn.
	DNSSuffix string
}

// partitionOf follows docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html.
func partitionOf(region string) Partition {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return Partition{"aws-cn", "amazonaws.com.cn"}
	case strings.HasPrefix(region, "us-gov-"):
		return Partition{"aws-us-gov", "amazonaws.com"}
	default:
		return Partition{"aws", "amazonaws.com"}
	}
}

// ManagedPolicy is the ARN of a policy that AWS keeps, such as AmazonEKSWorkerNodePolicy.
func (p Partition) ManagedPolicy(name string) string {
	return "arn:" + p.Name + ":iam::aws:policy/" + name
}

// AccessPolicy is the ARN of an EKS access policy, such as AmazonEKSClusterAdminPolicy.
func (p Partition) AccessPolicy(name string) string {
	return "arn:" + p.Name + ":eks::aws:cluster-access-policy/" + name
}
