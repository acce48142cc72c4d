package awsdata

import (
	"strconv"
	"strings"
	"sync"
)

// BranchInterfaces returns how many branch interfaces an instance of the type can have, 0 for a type that can have no
// trunk interface.
func BranchInterfaces(instanceType string) int { return branchInterfaces()[instanceType] }

var branchInterfaces = sync.OnceValue(func() map[string]int {
	all := map[string]int{}
	for line := range strings.Lines(strings.TrimPrefix(branchTable, "\n")) {
		families, sizes, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		for entry := range strings.SplitSeq(sizes, ", ") {
			size, figure, _ := strings.Cut(entry, " ")
			number, _ := strconv.Atoi(figure)
			for family := range strings.FieldsSeq(families) {
				all[family+"."+size] = number
			}
		}
	}
	return all
})
