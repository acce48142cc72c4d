package ec2

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"eksnet/rehearsal/world/store"
)

// InstanceType holds the limits of an EC2 instance type.
type InstanceType struct {
	Architecture string
	Cpus         int
	Interfaces   int // maximum number of network interfaces
	Addresses    int // IPv4 addresses of an interface, including its primary one
	Nitro        bool
	Memory       int // MiB
	Branches     int // branch interfaces of its trunk interface, 0 if it can have none
}

// InstanceTypes are the types of the table by name.
var InstanceTypes = sync.OnceValue(func() map[string]InstanceType {
	types := map[string]InstanceType{}
	for _, line := range strings.Split(strings.TrimSpace(instanceTable), "\n") {
		names, sizes, _ := strings.Cut(line, ": ")
		names, xen := strings.CutSuffix(names, " (xen)")
		for _, family := range strings.Fields(names) {
			for _, entry := range strings.Split(sizes, ", ") {
				size, limits, _ := strings.Cut(entry, " ")
				interfaces, addresses, _ := strings.Cut(limits, "/")
				t := InstanceType{Architecture: architectureOf(family), Cpus: processors(family, size, sizes), Nitro: !xen}
				t.Memory = memoryOf(family, size, t.Cpus)
				t.Interfaces, _ = strconv.Atoi(interfaces)
				t.Addresses, _ = strconv.Atoi(addresses)
				types[family+"."+size] = t
			}
		}
	}
	addBranches(types)
	return types
})

// addBranches adds the numbers of branch interfaces to types.
func addBranches(types map[string]InstanceType) {
	for _, line := range strings.Split(strings.TrimSpace(branchTable), "\n") {
		families, sizes, _ := strings.Cut(line, ": ")
		for _, family := range strings.Fields(families) {
			for _, entry := range strings.Split(sizes, ", ") {
				size, number, _ := strings.Cut(entry, " ")
				t := types[family+"."+size]
				t.Branches, _ = strconv.Atoi(number)
				types[family+"."+size] = t
			}
		}
	}
}

// graviton matches the families with AWS's own processors, which have a g after the generation
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
var graviton = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)$`)

func architectureOf(family string) string {
	if graviton.MatchString(family) {
		return "arm64"
	}
	return "x86_64"
}

// unusualProcessors are types whose number of processors does not follow from their size.
var unusualProcessors = map[string]int{"t2.nano": 1, "t2.micro": 1, "t2.small": 1, "t1.micro": 1, "d2.8xlarge": 36, "g4dn.metal": 96}

var sizeForm = regexp.MustCompile(`([0-9]+)xl`)

// processors returns the number of a type's vCPUs: four for each xlarge, and for metal those of the family's largest
// size (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html).
func processors(family, size, sizes string) int {
	if n, known := unusualProcessors[family+"."+size]; known {
		return n
	}
	switch size {
	case "xlarge":
		return 4
	case "medium":
		if family[0] != 't' {
			return 1
		}
		return 2
	case "nano", "micro", "small", "large":
		return 2
	case "metal":
		size = sizes
	}
	most := 0
	for _, found := range sizeForm.FindAllStringSubmatch(size, -1) {
		n, _ := strconv.Atoi(found[1])
		most = max(most, 4*n)
	}
	return most
}

var InstanceTypeWritten = store.NewRule("an instance type exists in EC2",
	"creating EKS Node Group (%s): operation error EKS: CreateNodegroup, InvalidParameterException: The following supplied instance types do not exist: [%s]",
	"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")

// TypeOf returns the limits of an instance type. A type with a valid name that is not in the table is an error of the
// simulation and not AWS's, unless only its size is missing: the table has all sizes of a family.
func TypeOf(group, name string) (InstanceType, error) {
	family, size, ok := strings.Cut(name, ".")
	t, known := InstanceTypes()[name]
	written := ok && family != "" && size != "" && family[0] >= 'a' && family[0] <= 'z'
	if err := InstanceTypeWritten.When(!written || !known && familyKnown(family), group, name); err != nil {
		return InstanceType{}, err
	}
	if !known {
		return InstanceType{}, store.Unmodelled("instance type %s", name)
	}
	return t, nil
}

func familyKnown(family string) bool {
	for name := range InstanceTypes() {
		if strings.HasPrefix(name, family+".") {
			return true
		}
	}
	return false
}

// MaxPods returns how many pods a managed node of the type accepts. Without prefixes the addresses limit it; EKS also
// limits it to 110, or to 250 for more than 30 vCPUs
// (https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html).
func (t InstanceType) MaxPods(prefixes, ownSubnets bool) int {
	interfaces := t.Interfaces
	if ownSubnets {
		interfaces--
	}
	pods := interfaces*(t.Addresses-1) + 2
	if prefixes && t.Nitro {
		pods = interfaces*(t.Addresses-1)*16 + 2
	}
	return min(pods, t.MostPods())
}

// MostPods returns how many pods EKS accepts on a managed node of the type, whatever addresses it has.
func (t InstanceType) MostPods() int {
	if t.Cpus > 30 {
		return 250
	}
	return 110
}
