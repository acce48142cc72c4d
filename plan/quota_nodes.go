package plan

import (
	"fmt"
	"maps"
	"slices"
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

// processors is how many vCPUs an instance type has, and the quota that they count towards.
func processors(instanceType, capacity string) (pool limit, cpus int, known bool) {
	family, _, _ := strings.Cut(instanceType, ".")
	letters := family[:max(0, strings.IndexAny(family, "0123456789"))]
	pool, known = pools[capacity][letters]
	return pool, instances()[instanceType].cpus, known
}

// uncounted are warnings about instance types whose quota the plan does not know.
func uncounted(s *config.Stack) []Warning {
	var warnings []Warning
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		group := s.NodeGroups[name]
		for i, typ := range group.InstanceTypes {
			if _, _, known := processors(typ, group.Capacity); known || instances()[typ].cpus == 0 {
				continue
			}
			warnings = append(warnings, Warning{config.At(config.In("nodeGroups", name)+".instanceTypes", i), fmt.Sprintf(
				"%s counts towards a quota of its family that this plan does not know: look at it (aws service-quotas list-service-quotas --service-code ec2 --region %s), %d vCPUs a node",
				typ, s.Region, instances()[typ].cpus)})
		}
	}
	return warnings
}
