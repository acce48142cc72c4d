package look

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"eksnet/drawing"
)

// WriteText writes the result as a table, and below it differences and notes.
func (r *Result) WriteText(out io.Writer) {
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "WORKLOAD\tKIND\tPODS\tSENT\tANSWERED\tBY POD\tBY ADDRESS\tSOURCE\tTARGETS\tLOST WHILE SCALING")
	for _, w := range r.Workloads {
		for _, round := range w.Rounds {
			fmt.Fprintf(table, "%s\t%s\t%s\n", w.Name, w.Kind, round.cells())
		}
	}
	_ = table.Flush() // a buffer returns no errors
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
	differences := 0
	for _, w := range r.Workloads {
		for _, line := range w.Differences {
			differences++
			fmt.Fprintf(out, "difference: %s: %s\n", w.Name, line)
		}
	}
	for _, w := range r.Workloads {
		for _, line := range w.Notes {
			fmt.Fprintf(out, "note: %s: %s\n", w.Name, line)
		}
	}
	fmt.Fprintf(out, "%s, %s\n", count(len(r.Workloads), "workload", "workloads"),
		count(differences, "difference", "differences"))
}

// cells returns the cells of a round.
func (r Round) cells() string {
	cells := []string{fmt.Sprint(len(r.Pods)), number(r.Sent), number(r.Answered), shares(r.ByPod, r.Pods),
		shares(r.ByAddress, nil), r.sources(), r.targets(), r.lost()}
	return strings.Join(cells, "\t")
}

func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// shares returns numbers in the order of their names, such as 52/48. Names without a number have 0.
func shares(numbers map[string]int, names []string) string {
	if len(numbers) == 0 {
		return "-"
	}
	names = slices.Clone(names)
	for name := range numbers {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []string
	for _, name := range slices.Compact(names) {
		all = append(all, fmt.Sprint(numbers[name]))
	}
	return strings.Join(all, "/")
}

// sources returns whose addresses pods reported.
func (r Round) sources() string {
	var all []string
	for _, source := range slices.Sorted(maps.Keys(r.Sources)) {
		if len(r.Sources) == 1 {
			return string(source)
		}
		all = append(all, fmt.Sprintf("%s %d", source, r.Sources[source]))
	}
	if len(all) == 0 {
		return "-"
	}
	return strings.Join(all, ", ")
}

// targets returns the number of targets by state.
func (r Round) targets() string {
	var all []string
	for _, state := range slices.Sorted(maps.Keys(r.Targets)) {
		all = append(all, fmt.Sprintf("%d %s", r.Targets[state], state))
	}
	if len(all) == 0 {
		return "-"
	}
	return strings.Join(all, ", ")
}

func (r Round) lost() string {
	if r.During == nil {
		return "-"
	}
	return fmt.Sprintf("%d of %d", r.During.Lost, r.During.Sent)
}

// SVG returns the requests by pod as a bar chart, with a group of bars for each workload and number of pods.
func (r *Result) SVG() []byte {
	chart := drawing.BarChart{Title: "Requests by pod", Subtitle: "One connection each; a mark is an equal share"}
	for _, w := range r.Workloads {
		for _, round := range w.Rounds {
			if len(round.ByPod) == 0 {
				continue
			}
			group := drawing.BarGroup{Name: fmt.Sprintf("%s (%s), %s", w.Name, w.Kind,
				count(len(round.Pods), "pod", "pods"))}
			for _, pod := range round.Pods {
				equal := float64(round.Answered-round.Others) / float64(len(round.Pods))
				group.Bars = append(group.Bars,
					drawing.Bar{Label: strings.TrimPrefix(pod, w.Name+"-"), Value: float64(round.ByPod[pod]), Limit: equal,
						Text: fmt.Sprintf("%d of %d", round.ByPod[pod], round.Answered)})
			}
			chart.Groups = append(chart.Groups, group)
		}
	}
	return chart.SVG()
}
