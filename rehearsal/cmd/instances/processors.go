package main

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	multipleSize = regexp.MustCompile(`^(?:metal-)?([0-9]+)xl(?:arge)?$`)
	// graviton families have a g after the generation
	// (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
	graviton = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)$`)
	// excludedFamilies are families on which EKS runs no Linux nodes, and those that EC2 does not describe
	// (docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html).
	excludedFamilies = regexp.MustCompile(`^(mac|bmn-)`)
)

// cpuExceptions are types whose number of vCPUs does not follow from their size: older families, those without
// hyperthreading, and metal of families whose largest size is smaller than the whole machine
// (docs.aws.amazon.com/ec2/latest/instancetypes/pg.html, hpc.html, ac.html, mo.html;
// aws.amazon.com/ec2/previous-generation).
var cpuExceptions = map[string]int{
	"t1.micro": 1, "t2.nano": 1, "t2.micro": 1, "t2.small": 1,
	"m1.small": 1, "m1.medium": 1, "m2.xlarge": 2, "m2.2xlarge": 4, "m2.4xlarge": 8, "c1.medium": 2, "c1.xlarge": 8,
	"c4.8xlarge": 36, "d2.8xlarge": 36, "hs1.8xlarge": 16, "g4dn.metal": 96,
	"hpc6a.48xlarge": 96, "hpc6id.32xlarge": 64, "hpc8a.96xlarge": 192,
	"hpc7a.12xlarge": 24, "hpc7a.24xlarge": 48, "hpc7a.48xlarge": 96, "hpc7a.96xlarge": 192,
	"hpc7g.4xlarge": 16, "hpc7g.8xlarge": 32, "hpc7g.16xlarge": 64,
	"u-6tb1.metal": 448, "u-9tb1.metal": 448, "u-12tb1.metal": 448, "u-18tb1.metal": 448, "u-24tb1.metal": 448,
}

// processors returns the number of vCPUs of a type: four for each xlarge in all current families, and for plain metal
// those of its family's largest size (docs.aws.amazon.com/ec2/latest/instancetypes/gp.html, co.html, mo.html, so.html,
// ac.html). 0 is unknown.
func processors(family, size string, sizes []string) int {
	if n := cpuExceptions[family+"."+size]; n > 0 {
		return n
	}
	if m := multipleSize.FindStringSubmatch(size); m != nil {
		n, _ := strconv.Atoi(m[1])
		return 4 * n
	}
	burstable := strings.HasPrefix(family, "t")
	switch size {
	case "nano", "micro", "small":
		return 2
	case "medium":
		if burstable {
			return 2
		}
		return 1
	case "large":
		return 2
	case "xlarge":
		return 4
	}
	most := 0
	for _, other := range sizes {
		if size == "metal" && other != size {
			most = max(most, processors(family, other, nil))
		}
	}
	return most
}
