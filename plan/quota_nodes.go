package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"eksnet/config"
)

// processorLimits are the vCPUs and disks of all nodes, every group at its max. A group of several types counts as the
// largest of them.
func processorLimits(s *config.Stack) []limit {
	needed := map[limit]int{}
	disks := 0
	for _, group := range s.NodeGroups {
		most := map[limit]int{}
		for _, typ := range group.InstanceTypes {
			if pool, cpus, known := processors(typ, group.Capacity); known {
				most[pool] = max(most[pool], cpus)
			}
		}
		for pool, cpus := range most {
			needed[pool] += cpus * group.Scaling.Max
		}
		disks += group.DiskGiB * group.Scaling.Max
	}
	var all []limit
	for _, pool := range []limit{onDemandStandard, onDemandGraphics, spotStandard, spotGraphics} {
		all = append(all, pool.need(needed[pool], "nodeGroups"))
	}
	return append(all, storage.need((disks+1023)/1024, "nodeGroups"))
}

// pools are the quotas that families of instance types count towards, by the letters that their names begin with. Families
// with quotas of their own (P, Inf, Trn, DL, X, F, U, HPC, Mac) are not in it.
var pools = map[string]map[string]limit{
	config.OnDemand: families(onDemandStandard, onDemandGraphics),
	config.Spot:     families(spotStandard, spotGraphics),
}

func families(standard, graphics limit) map[string]limit {
	all := map[string]limit{"g": graphics, "gr": graphics, "vt": graphics}
	for _, letters := range strings.Fields("a c d h i im is m r t z") {
		all[letters] = standard
	}
	return all
}

// elder are families whose sizes have other numbers of vCPUs than those since.
var elder = strings.Fields("c1 c4 d2 m1 m2 t1 t2")

// processors is how many vCPUs an instance type has, and the quota that they count towards.
func processors(instanceType, capacity string) (pool limit, cpus int, known bool) {
	family, size, _ := strings.Cut(instanceType, ".")
	letters := family[:max(0, strings.IndexAny(family, "0123456789"))]
	pool, known = pools[capacity][letters]
	if !known || slices.Contains(elder, family) {
		return limit{}, 0, false
	}
	cpus, known = processorsOf(size, letters == "t")
	return pool, cpus, known
}

var multiple = regexp.MustCompile(`^(?:metal-)?([0-9]+)xl(?:arge)?$`)

// processorsOf is the number of vCPUs of a size, which is the same in all families of today
// (docs.aws.amazon.com/ec2/latest/instancetypes/gp.html, co.html, mo.html, so.html, ac.html; November 2026). That of plain
// "metal" is another in each.
func processorsOf(size string, burstable bool) (int, bool) {
	if m := multiple.FindStringSubmatch(size); m != nil {
		n, err := strconv.Atoi(m[1])
		return 4 * n, err == nil
	}
	switch size {
	case "nano", "micro", "small":
		return 2, burstable
	case "medium":
		if burstable {
			return 2, true
		}
		return 1, true
	case "large":
		return 2, true
	case "xlarge":
		return 4, true
	default:
		return 0, false
	}
}

// uncounted are warnings about instance types whose vCPUs or quota the plan does not know.
func uncounted(s *config.Stack) []Warning {
	var warnings []Warning
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		group := s.NodeGroups[name]
		for i, typ := range group.InstanceTypes {
			if _, _, known := processors(typ, group.Capacity); known || !strings.Contains(typ, ".") {
				continue
			}
			warnings = append(warnings, Warning{config.At(config.In("nodeGroups", name)+".instanceTypes", i), fmt.Sprintf(
				"the vCPUs of %[1]s are not in this plan's table and count towards no quota here: look at them (aws ec2 describe-instance-types --instance-types %[1]s --query InstanceTypes[].VCpuInfo.DefaultVCpus --region %[2]s) and at EC2's quota of the family",
				typ, s.Region)})
		}
	}
	return warnings
}
