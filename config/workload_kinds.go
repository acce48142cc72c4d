package config

import (
	"iter"
	"maps"
	"slices"
)

// WorkloadsOfKind returns the workloads of some kinds by their paths, in the order of their names.
func WorkloadsOfKind(workloads map[string]Workload, kinds ...string) iter.Seq2[string, Workload] {
	return func(yield func(string, Workload) bool) {
		for _, name := range slices.Sorted(maps.Keys(workloads)) {
			if w := workloads[name]; slices.Contains(kinds, w.Kind) && !yield(In("workloads", name), w) {
				return
			}
		}
	}
}
