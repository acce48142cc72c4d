package capacity

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// CheckInstanceTypes refuses instance types that are not in awsdata.InstanceTypes, and types whose architecture is not
// that of the group's image.
func CheckInstanceTypes(groups map[string]config.NodeGroup, problems *config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		group := groups[name]
		for i, typ := range group.InstanceTypes {
			at := config.At(config.In("nodeGroups", name)+".instanceTypes", i)
			known, found := awsdata.InstanceTypes()[typ]
			switch {
			case !found:
				problems.Add(at, "%q is not an instance type that the VPC CNI supports; %s", typ, nearTypes(typ))
			case group.AMI != "" && known.Arm != config.Arm(group.AMI):
				problems.Add(at, "%s is %s and does not run %s; use types of one architecture and its AMI", typ, architecture(known.Arm), group.AMI)
			}
		}
	}
}

func architecture(arm bool) string {
	if arm {
		return "arm64"
	}
	return "x86_64"
}

// nearTypes lists types that the operator may have meant: all sizes of the same family, or types with a similar name.
func nearTypes(typ string) string {
	family, _, _ := strings.Cut(typ, ".")
	var sizes []string
	for name := range awsdata.InstanceTypes() {
		if of, size, _ := strings.Cut(name, "."); of == family {
			sizes = append(sizes, size)
		}
	}
	if len(sizes) > 0 {
		cpus := func(size string) int { return awsdata.InstanceTypes()[family+"."+size].VCPUs }
		slices.SortFunc(sizes, func(a, b string) int { return cmp.Or(cmp.Compare(cpus(a), cpus(b)), cmp.Compare(a, b)) })
		return fmt.Sprintf("%s has %s", family, strings.Join(sizes, ", "))
	}
	near := slices.DeleteFunc(slices.Sorted(maps.Keys(awsdata.InstanceTypes())), func(name string) bool { return config.Near(typ, []string{name}) == "" })
	if len(near) > 0 {
		return "similar: " + strings.Join(near[:min(len(near), 5)], ", ")
	}
	return "such as m7g.large, m7i.xlarge or t3.medium"
}
