package world

import (
	"strings"
)

// instanceType are the limits of an EC2 instance type.
type instanceType struct {
	architecture string
	cpus         int
	interfaces   int // network interfaces at most
	addresses    int // IPv4 addresses of each, its own included
}

// standardSizes are the limits of the general, compute and memory families since the fifth generation, by size, and
// burstableSizes those of the burstable ones (amazon-vpc-cni-k8s v1.23.2, pkg/vpc/vpc_ip_resource_limit.go).
var (
	standardSizes = map[string]instanceType{
		"medium": {"", 1, 2, 4}, "large": {"", 2, 3, 10}, "xlarge": {"", 4, 4, 15}, "2xlarge": {"", 8, 4, 15}, "4xlarge": {"", 16, 8, 30},
		"8xlarge": {"", 32, 8, 30}, "12xlarge": {"", 48, 8, 30}, "16xlarge": {"", 64, 15, 50}, "24xlarge": {"", 96, 15, 50},
	}
	burstableSizes = map[string]instanceType{
		"nano": {"", 2, 2, 2}, "micro": {"", 2, 2, 2}, "small": {"", 2, 3, 4}, "medium": {"", 2, 3, 6}, "large": {"", 2, 3, 12},
		"xlarge": {"", 4, 4, 15}, "2xlarge": {"", 8, 4, 15},
	}
	burstableAMD = map[string]instanceType{
		"nano": {"", 2, 2, 2}, "micro": {"", 2, 2, 2}, "small": {"", 2, 2, 4}, "medium": {"", 2, 3, 6}, "large": {"", 2, 3, 12},
		"xlarge": {"", 4, 4, 15}, "2xlarge": {"", 8, 4, 15},
	}
)

// families are the families that the world knows, with the architecture of their processors.
var families = map[string]string{
	"m5": "x86_64", "m5a": "x86_64", "m5d": "x86_64", "m6i": "x86_64", "m6a": "x86_64", "m7i": "x86_64", "m7a": "x86_64", "m6g": "arm64", "m7g": "arm64", "m8g": "arm64",
	"c5": "x86_64", "c5a": "x86_64", "c6i": "x86_64", "c6a": "x86_64", "c7i": "x86_64", "c7a": "x86_64", "c6g": "arm64", "c7g": "arm64", "c8g": "arm64",
	"r5": "x86_64", "r5a": "x86_64", "r6i": "x86_64", "r6a": "x86_64", "r7i": "x86_64", "r7a": "x86_64", "r6g": "arm64", "r7g": "arm64", "r8g": "arm64",
	"t3": "x86_64", "t3a": "x86_64", "t4g": "arm64",
}

var instanceTypeWritten = rule("an instance type is one of EC2's",
	"creating EKS Node Group (%s): operation error EKS: CreateNodegroup, InvalidParameterException: The following supplied instance types do not exist: [%s]",
	"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")

// typeOf finds the limits of an instance type. One that is written like a type but is not in the table is an error of the
// simulation and not AWS's.
func typeOf(group, name string) (instanceType, error) {
	family, size, ok := strings.Cut(name, ".")
	if err := instanceTypeWritten.when(!ok || family == "" || size == "" || family[0] < 'a' || family[0] > 'z', group, name); err != nil {
		return instanceType{}, err
	}
	sizes := standardSizes
	switch family {
	case "t3", "t4g":
		sizes = burstableSizes
	case "t3a":
		sizes = burstableAMD
	}
	limits, known := sizes[size]
	limits.architecture = families[family]
	if !known || limits.architecture == "" {
		return instanceType{}, unmodelled("instance type %s", name)
	}
	return limits, nil
}

// maxPods is how many pods a managed node of the type takes. Without prefixes it is what the addresses allow; both ways EKS
// sets a cap of 110, or 250 for more than 30 processors
// (https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html).
func (t instanceType) maxPods(prefixes, ownSubnets bool) int {
	interfaces := t.interfaces
	if ownSubnets {
		interfaces--
	}
	pods := interfaces*(t.addresses-1) + 2
	if prefixes {
		pods = interfaces*(t.addresses-1)*16 + 2
	}
	most := 110
	if t.cpus > 30 {
		most = 250
	}
	return min(pods, most)
}
