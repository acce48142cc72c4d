package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// maxSpread is the growth of the time for a resource with the size of the stack up to which the cost counts as linear.
const maxSpread = 0.30

// writeTable prints a row for each life, and whether the time for a resource grows with the size of the stack.
func writeTable(out io.Writer, lives []life) {
	if len(lives) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "workloads\tresources\t")
	for _, operation := range lives[0].Operations {
		fmt.Fprintf(w, "%s\t", operation.Name)
	}
	fmt.Fprint(w, "total\tprocessor\ta resource\tits processor time\tmemory\t\n")
	for _, l := range lives {
		fmt.Fprintf(w, "%d\t%d\t", l.Workloads, l.Resources)
		for _, operation := range l.Operations {
			fmt.Fprintf(w, "%.1fs\t", operation.WallSeconds)
		}
		fmt.Fprintf(w, "%.1fs\t%.1fs\t%.1fms\t%.1fms\t%d MB\t\n",
			l.Wall.Seconds(), l.Processor.Seconds(), perResource(l, l.Wall), perResource(l, l.Processor), l.Megabytes)
	}
	w.Flush()
	if len(lives) > 1 {
		fmt.Fprintf(out, "time for a resource: %s\n", growth(lives, func(l life) time.Duration { return l.Wall }))
		fmt.Fprintf(out, "processor time for a resource: %s\n", growth(lives, func(l life) time.Duration { return l.Processor }))
	}
}

// perResource returns a time of a life in milliseconds for each resource.
func perResource(l life, took time.Duration) float64 {
	return float64(took.Microseconds()) / 1000 / float64(max(l.Resources, 1))
}

// growth reports by how much the time for a resource grows at most from a stack to a larger one, and whether that is
// within the spread. It may fall, because larger stacks share what each life costs.
func growth(lives []life, took func(life) time.Duration) string {
	of := func(l life) float64 { return perResource(l, took(l)) }
	lives = slices.SortedFunc(slices.Values(lives), func(a, b life) int { return a.Resources - b.Resources })
	least, from, to := lives[0], lives[0], lives[1]
	for _, l := range lives[1:] {
		if of(l)*of(from) > of(to)*of(least) {
			from, to = least, l
		}
		if of(l) < of(least) {
			least = l
		}
	}
	verdict := "flat"
	if of(to) > (1+maxSpread)*of(from) {
		verdict = "not flat"
	}
	return fmt.Sprintf("%s within %.0f %%: %.1f ms with %d resources, %.1f ms with %d",
		verdict, 100*maxSpread, of(from), from.Resources, of(to), to.Resources)
}
