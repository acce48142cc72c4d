package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"eksnet/config"
)

// instance is what an instance type can hold.
type instance struct {
	arm   bool
	nitro bool
	// interfaces are the network interfaces at most, and addresses the IPv4 addresses of one, its own among them.
	interfaces, addresses int
	cpus                  int
	memory                int // MiB
}

// instances are the types of the table by name, read once: most programs ask for a handful.
var instances = sync.OnceValue(func() map[string]instance {
	all := map[string]instance{}
	for line := range strings.Lines(strings.TrimPrefix(instanceTable, "\n")) {
		names, sizes, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		names, xen := strings.CutSuffix(names, " (xen)")
		names, arm := strings.CutSuffix(names, " (arm64)")
		for size := range strings.SplitSeq(sizes, ", ") {
			name, limits, _ := strings.Cut(size, " ")
			i := readLimits(limits)
			i.arm, i.nitro = arm, !xen
			for family := range strings.FieldsSeq(names) {
				all[family+"."+name] = i
			}
		}
	}
	return all
})

// readLimits reads interfaces/addresses/vCPUs/memory, as the generator writes them.
func readLimits(text string) instance {
	var figures [4]int
	for i, figure := range strings.SplitN(text, "/", len(figures)) {
		figures[i], _ = strconv.Atoi(figure)
	}
	return instance{interfaces: figures[0], addresses: figures[1], cpus: figures[2], memory: figures[3]}
}

// instanceTypes refuses types that the table does not know, and those of another architecture than the group's image.
func instanceTypes(groups map[string]config.NodeGroup, problems *config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		group := groups[name]
		for i, typ := range group.InstanceTypes {
			at := config.At(config.In("nodeGroups", name)+".instanceTypes", i)
			known, found := instances()[typ]
			switch {
			case !found:
				problems.Add(at, "%q is not an instance type that the VPC CNI knows; %s", typ, nearTypes(typ))
			case group.AMI != "" && known.arm != config.Arm(group.AMI):
				problems.Add(at, "%s is of %s and does not run %s; use types of one architecture and its image", typ, architecture(known.arm), group.AMI)
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

// nearTypes are the types that were probably meant: the sizes of the family, or types with a name much like it.
func nearTypes(typ string) string {
	family, _, _ := strings.Cut(typ, ".")
	var sizes []string
	for name := range instances() {
		if of, size, _ := strings.Cut(name, "."); of == family {
			sizes = append(sizes, size)
		}
	}
	if len(sizes) > 0 {
		cpus := func(size string) int { return instances()[family+"."+size].cpus }
		slices.SortFunc(sizes, func(a, b string) int { return cmp.Or(cmp.Compare(cpus(a), cpus(b)), cmp.Compare(a, b)) })
		return fmt.Sprintf("%s has %s", family, strings.Join(sizes, ", "))
	}
	near := slices.DeleteFunc(slices.Sorted(maps.Keys(instances())), func(name string) bool { return config.Near(typ, []string{name}) == "" })
	if len(near) > 0 {
		return "near are " + strings.Join(near[:min(len(near), 5)], ", ")
	}
	return "such as m7g.large, m7i.xlarge or t3.medium"
}
