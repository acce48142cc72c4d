package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// maxSpread is the difference of the time for a resource between sizes up to which the cost counts as linear.
const maxSpread = 0.30

// writeTable prints a row for each life, and whether the time for a resource is the same for all of them.
func writeTable(out io.Writer, lives []life) {
	if len(lives) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "workloads\tresources\t")
	for _, operation := range lives[0].operations {
		fmt.Fprintf(w, "%s\t", operation.Name)
	}
	fmt.Fprint(w, "total\tprocessor\ta resource\tits processor time\tmemory\t\n")
	for _, l := range lives {
		fmt.Fprintf(w, "%d\t%d\t", l.workloads, l.resources)
		for _, operation := range l.operations {
			fmt.Fprintf(w, "%.1fs\t", operation.WallSeconds)
		}
		fmt.Fprintf(w, "%.1fs\t%.1fs\t%.1fms\t%.1fms\t%d MB\t\n",
			l.wall.Seconds(), l.processor.Seconds(), perResource(l, l.wall), perResource(l, l.processor), l.megabytes)
	}
	w.Flush()
	if len(lives) > 1 {
		fmt.Fprintf(out, "time for a resource: %s\n", flatness(lives, func(l life) time.Duration { return l.wall }))
		fmt.Fprintf(out, "processor time for a resource: %s\n", flatness(lives, func(l life) time.Duration { return l.processor }))
	}
}

// perResource returns a time of a life in milliseconds for each resource.
func perResource(l life, took time.Duration) float64 {
	return float64(took.Microseconds()) / 1000 / float64(max(l.resources, 1))
}

// flatness reports whether the times for a resource differ by no more than the spread between the sizes.
func flatness(lives []life, took func(life) time.Duration) string {
	least, most := lives[0], lives[0]
	of := func(l life) float64 { return perResource(l, took(l)) }
	for _, l := range lives {
		if of(l) < of(least) {
			least = l
		}
		if of(l) > of(most) {
			most = l
		}
	}
	verdict := "flat"
	if of(most) > (1+maxSpread)*of(least) {
		verdict = "not flat"
	}
	return fmt.Sprintf("%s within %.0f %%: %.1f ms with %d resources, %.1f ms with %d",
		verdict, 100*maxSpread, of(least), least.resources, of(most), most.resources)
}
