package store

import (
	"strings"
)

// partition is an AWS partition.
type partition struct{ ID, DNSSuffix, ReverseDNS string }

// PartitionOf returns the partition of a region, by the prefix of its name.
func PartitionOf(region string) partition {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return partition{"aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"}
	case strings.HasPrefix(region, "us-gov-"):
		return partition{"aws-us-gov", "amazonaws.com", "com.amazonaws"}
	default:
		return partition{"aws", "amazonaws.com", "com.amazonaws"}
	}
}

// Partition returns the partition of the account's region.
func (w *Account) Partition() partition { return PartitionOf(w.Region) }

// Zone is an availability zone. Its name ("us-east-1a") is specific to the account, its ID ("use1-az1") is not.
type Zone struct{ Name, ID string }

// Regions are the regions with their zones as an account sees them, by the zones' letters and the numbers of their IDs
// (read in November 2026 from
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html). In the regions of 2012
// and before, the order of letters depends on the account: this is the order of a real account.
var Regions = map[string]string{
	"us-east-1": "use1 a1 b2 c4 d6 e3 f5", "us-east-2": "use2 a1 b2 c3", "us-west-1": "usw1 a3 c1", "us-west-2": "usw2 a1 b2 c3 d4",
	"ca-central-1": "cac1 a1 b2 d4", "ca-west-1": "caw1 a1 b2 c3", "mx-central-1": "mxc1 a1 b2 c3", "sa-east-1": "sae1 a1 b2 c3",
	"eu-central-1": "euc1 a2 b3 c1", "eu-central-2": "euc2 a1 b2 c3", "eu-west-1": "euw1 a1 b2 c3", "eu-west-2": "euw2 a2 b3 c1",
	"eu-west-3": "euw3 a1 b2 c3", "eu-north-1": "eun1 a1 b2 c3", "eu-south-1": "eus1 a1 b2 c3", "eu-south-2": "eus2 a1 b2 c3",
	"ap-northeast-1": "apne1 a4 c1 d2", "ap-northeast-2": "apne2 a1 b2 c3 d4", "ap-northeast-3": "apne3 a3 b1 c2",
	"ap-southeast-1": "apse1 a1 b2 c3", "ap-southeast-2": "apse2 a1 b3 c2", "ap-southeast-3": "apse3 a1 b2 c3",
	"ap-southeast-4": "apse4 a1 b2 c3", "ap-southeast-5": "apse5 a1 b2 c3", "ap-southeast-6": "apse6 a1 b2 c3", "ap-southeast-7": "apse7 a1 b2 c3",
	"ap-south-1": "aps1 a1 b3 c2", "ap-south-2": "aps2 a1 b2 c3", "ap-east-1": "ape1 a1 b2 c3", "ap-east-2": "ape2 a1 b2 c3",
	"af-south-1": "afs1 a1 b2 c3", "il-central-1": "ilc1 a1 b2 c3", "me-central-1": "mec1 a1 b2 c3", "me-south-1": "mes1 a1 b2 c3",
	"us-gov-east-1": "usge1 a1 b2 c3", "us-gov-west-1": "usgw1 a1 b2 c3",
	"cn-north-1": "cnn1 a1 b2 d4", "cn-northwest-1": "cnnw1 a1 b2 c3",
}

// ZonesOf returns the zones of a region, by name.
func ZonesOf(region string) []Zone {
	prefix, letters, _ := strings.Cut(Regions[region], " ")
	var zones []Zone
	for _, z := range strings.Fields(letters) {
		zones = append(zones, Zone{region + z[:1], prefix + "-az" + z[1:]})
	}
	return zones
}
