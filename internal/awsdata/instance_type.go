package awsdata

import (
	"strconv"
	"strings"
	"sync"
)

// InstanceType is what an EC2 instance type can hold.
type InstanceType struct {
	// Arm is false for x86_64.
	Arm bool
	// Nitro is false for the Xen hypervisor, on which interfaces take no prefixes.
	Nitro bool
	// Interfaces are the network interfaces at most, and AddressesPerInterface the IPv4 addresses of one, its own among
	// them.
	Interfaces, AddressesPerInterface int
	VCPUs                             int
	// BranchInterfaces are the interfaces for pods with a security group of their own at most, 0 for a type that
	// supports none.
	BranchInterfaces int
	MemoryMiB        int
}

// InstanceTypes returns the types of the table by name. The table is read once: most programs look up a few.
var InstanceTypes = sync.OnceValue(func() map[string]InstanceType {
	all := map[string]InstanceType{}
	for line := range strings.Lines(strings.TrimPrefix(instanceTable, "\n")) {
		families, sizes, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		families, xen := strings.CutSuffix(families, " (xen)")
		families, arm := strings.CutSuffix(families, " (arm64)")
		for size := range strings.SplitSeq(sizes, ", ") {
			name, limits, _ := strings.Cut(size, " ")
			typ := readLimits(limits)
			typ.Arm, typ.Nitro = arm, !xen
			for family := range strings.FieldsSeq(families) {
				typ.BranchInterfaces = BranchInterfaces(family + "." + name)
				all[family+"."+name] = typ
			}
		}
	}
	return all
})

// readLimits reads interfaces/addresses/vCPUs/memory, as the generator writes them.
func readLimits(text string) InstanceType {
	var figures [4]int
	for i, figure := range strings.SplitN(text, "/", len(figures)) {
		figures[i], _ = strconv.Atoi(figure)
	}
	return InstanceType{Interfaces: figures[0], AddressesPerInterface: figures[1], VCPUs: figures[2], MemoryMiB: figures[3]}
}
