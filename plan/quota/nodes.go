package quota

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// processorLimits are the vCPUs and disks of all nodes, every group at its max. A group of several types counts as the
// largest of them.
func processorLimits(s *config.Stack) []limit {
	needed := map[limit]int{}
	disks := 0
	for _, group := range s.NodeGroups {
		most := map[limit]int{}
		for _, typ := range group.InstanceTypes {
			if pool, cpus, counted := processors(typ, group.Capacity); counted {
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
	return append(all, gp3Storage.need((disks+1023)/1024, "nodeGroups"))
}

// quotasOfFamilies are the quotas that families of instance types count towards, by the letters that their names begin
// with. Families with quotas of their own (P, Inf, Trn, DL, X, F, U, HPC, Mac) are not in it.
var quotasOfFamilies = map[string]map[string]limit{
	config.OnDemand: familiesOf(onDemandStandard, onDemandGraphics),
	config.Spot:     familiesOf(spotStandard, spotGraphics),
}

func familiesOf(standard, graphics limit) map[string]limit {
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
	pool, known = quotasOfFamilies[capacity][letters]
	return pool, awsdata.InstanceTypes()[instanceType].VCPUs, known
}

// AdviseOnUncounted warns of instance types whose quota the plan does not know.
func AdviseOnUncounted(s *config.Stack) []config.Warning {
	var warnings []config.Warning
	for _, name := range slices.Sorted(maps.Keys(s.NodeGroups)) {
		group := s.NodeGroups[name]
		for i, typ := range group.InstanceTypes {
			if _, _, counted := processors(typ, group.Capacity); counted || awsdata.InstanceTypes()[typ].VCPUs == 0 {
				continue
			}
			warnings = append(warnings, config.Warning{Path: config.At(config.In("nodeGroups", name)+".instanceTypes", i), Text: fmt.Sprintf(
				"%s counts towards the quota of its instance family, which this plan does not check: look it up (aws service-quotas list-service-quotas --service-code ec2 --region %s), %d vCPUs a node",
				typ, s.Region, awsdata.InstanceTypes()[typ].VCPUs)})
		}
	}
	return warnings
}
