package accept

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// rows returns the report as rows of cells: of phases, and of resources.
func (r *Result) rows() (phases, resources [][]string) {
	phases = [][]string{{"PHASE", "STATUS", "REHEARSED", "SEEN", "FOUND"}}
	for _, p := range r.Phases {
		phases = append(phases, []string{p.Name, string(p.Status), durationText(p.Rehearsed), durationText(p.Seconds), p.Found})
	}
	resources = [][]string{{"OPERATION", "RESOURCE", "REHEARSED", "SEEN"}}
	for _, one := range r.Resources {
		resources = append(resources, []string{one.Operation, nameOf(one.URN), durationText(one.Rehearsed), durationText(one.Seconds)})
	}
	return phases, resources
}

// durationText returns seconds as text, - for none.
func durationText(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// nameOf returns type and name of a URN.
func nameOf(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 {
		return urn
	}
	types := strings.Split(parts[2], "$")
	return types[len(types)-1] + " " + strings.Join(parts[3:], "::")
}

// WriteText writes the report as tables, and the commands that continue.
func (r *Result) WriteText(out io.Writer) {
	phases, resources := r.rows()
	for _, rows := range [][][]string{phases, resources} {
		if len(rows) == 1 {
			continue
		}
		table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		for _, row := range rows {
			fmt.Fprintln(table, strings.Join(row, "\t"))
		}
		_ = table.Flush() // the caller reports an error of the writer
		fmt.Fprintln(out)
	}
	for _, p := range r.Phases {
		if p.Next != "" {
			fmt.Fprintf(out, "continue after %s with: %s\n", p.Name, p.Next)
		}
	}
}

// WriteMarkdown writes the report as a document.
func (r *Result) WriteMarkdown(out io.Writer) {
	fmt.Fprintf(out, "# Stack %s: rehearsed and seen\n\n", r.Stack)
	phases, resources := r.rows()
	for _, rows := range [][][]string{phases, resources} {
		if len(rows) == 1 {
			continue
		}
		for i, row := range rows {
			for j := range row {
				row[j] = strings.ReplaceAll(row[j], "|", `\|`)
			}
			fmt.Fprintf(out, "| %s |\n", strings.Join(row, " | "))
			if i == 0 {
				fmt.Fprintf(out, "|%s\n", strings.Repeat("---|", len(row)))
			}
		}
		fmt.Fprintln(out)
	}
	for _, p := range r.Phases {
		if p.Next != "" {
			fmt.Fprintf(out, "Continue after %s with `%s`.\n", p.Name, p.Next)
		}
	}
}
