package plan

import (
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// The partitions that eksnet knows.
const (
	standard   = "aws"
	china      = "aws-cn"
	government = "aws-us-gov"
)

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
		return Partition{china, "amazonaws.com.cn"}
	case strings.HasPrefix(region, "us-gov-"):
		return Partition{government, "amazonaws.com"}
	default:
		return Partition{standard, "amazonaws.com"}
	}
}

// ZoneTransferPrice returns what AWS bills for a GB that crosses zones of a region, in USD and for each direction, 0 in
// partitions whose price is not known here.
func (p Partition) ZoneTransferPrice() float64 {
	if p.Name != standard {
		return 0
	}
	return awsdata.ZoneTransferPrice
}

// ManagedPolicy returns the ARN of a policy that AWS keeps, such as AmazonEKSWorkerNodePolicy.
func (p Partition) ManagedPolicy(name string) string {
	return "arn:" + p.Name + ":iam::aws:policy/" + name
}

// AccessPolicy returns the ARN of an EKS access policy, such as AmazonEKSClusterAdminPolicy.
func (p Partition) AccessPolicy(name string) string {
	return "arn:" + p.Name + ":eks::aws:cluster-access-policy/" + name
}

// isolatedRegions are how the names of regions begin in AWS's other partitions, which have endpoints, names and
// services of their own (github.com/aws/aws-sdk-go-v2, internal/endpoints/awsrulesfn/partitions.json).
var isolatedRegions = []string{"us-iso", "eu-iso", "eusc-"}

// checkRegion refuses regions of partitions that eksnet does not know, and regions that EKS does not have.
func checkRegion(region string, problems *config.Problems) {
	for _, prefix := range isolatedRegions {
		if strings.HasPrefix(region, prefix) {
			problems.Add("aws:region", "%s is in a partition that eksnet does not support; regions of aws, aws-cn and aws-us-gov are accepted", region)
			return
		}
	}
	all := Regions()
	if slices.Contains(all, region) || region == "" {
		return // a missing one is config's problem
	}
	near := config.Near(region, all)
	if near != "" {
		near = "did you mean " + near + "? "
	}
	problems.Add("aws:region", "%q is not a region with EKS as of November 2026; %saccepted: %s", region, near, strings.Join(all, ", "))
}

// Regions returns the regions that EKS has, sorted: each has a registry of EKS.
func Regions() []string { return slices.Sorted(maps.Keys(awsdata.EKSRegistryAccounts)) }
