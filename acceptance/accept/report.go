package accept

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// notable is from how long on a resource has a row in the table. Markdown and JSON have all.
const notable = 10 * time.Second

// phaseRows returns the phases as rows of cells.
func (r *Result) phaseRows() [][]string {
	rows := [][]string{{"PHASE", "STATUS", "REHEARSED", "SEEN", "FOUND"}}
	for _, p := range r.Phases {
		rows = append(rows, []string{p.Name, string(p.Status), durationText(p.Rehearsed), durationText(p.Seconds), p.Found})
	}
	return rows
}

// resourceRows returns the resources that took at least a time, or should have, as rows of cells, and one row for the
// others of each operation.
func (r *Result) resourceRows(least time.Duration) [][]string {
	rows := [][]string{{"OPERATION", "RESOURCE", "REHEARSED", "SEEN", "DIFFERENCE"}}
	for i, one := range r.Resources {
		if one.longest() >= least.Seconds() {
			name := nameOf(one.URN)
			if one.Critical {
				name += " *"
			}
			rows = append(rows, []string{one.Operation, name, optionalText(one.Rehearsed), optionalText(one.Seconds), one.differenceText()})
		}
		if i+1 == len(r.Resources) || r.Resources[i+1].Operation != one.Operation {
			rows = append(rows, r.shorterRow(one.Operation, least)...)
		}
	}
	return rows
}

// shorterRow returns the row of the resources of an operation that took less than a time.
func (r *Result) shorterRow(operation string, least time.Duration) [][]string {
	n, rehearsed, seen := 0, 0.0, 0.0
	for _, one := range r.Resources {
		if one.Operation == operation && one.longest() < least.Seconds() {
			n, rehearsed, seen = n+1, rehearsed+valueOf(one.Rehearsed), seen+valueOf(one.Seconds)
		}
	}
	if n == 0 {
		return nil
	}
	name := fmt.Sprintf("%s of less than %s, in sum", count(n, "resource", "resources"), least)
	return [][]string{{operation, name, optionalText(&rehearsed), optionalText(&seen), Resource{Rehearsed: &rehearsed, Seconds: &seen}.differenceText()}}
}

func valueOf(seconds *float64) float64 {
	if seconds == nil {
		return 0
	}
	return *seconds
}

// differenceText returns by how much a resource differs from the rehearsal, - if it has one time only.
func (r Resource) differenceText() string {
	if r.Seconds == nil || r.Rehearsed == nil {
		return "-"
	}
	difference := *r.Seconds - *r.Rehearsed
	text := optionalText(&difference)
	if difference > 0 && text != "0s" {
		text = "+" + text
	}
	return text
}

// optionalText returns seconds as text, - for nil.
func optionalText(seconds *float64) string {
	if seconds == nil {
		return "-"
	}
	return time.Duration(*seconds * float64(time.Second)).Round(time.Second).String()
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

// writeLegend explains the mark of resources, if there is one.
func (r *Result) writeLegend(out io.Writer) {
	if slices.ContainsFunc(r.Resources, func(one Resource) bool { return one.Critical }) {
		fmt.Fprintf(out, "* on the chain of calls that determines the time of the operation in the rehearsal\n\n")
	}
}

// WriteText writes the report as tables, and the commands that continue.
func (r *Result) WriteText(out io.Writer) {
	for _, rows := range [][][]string{r.phaseRows(), r.resourceRows(notable)} {
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
	r.writeLegend(out)
	for _, p := range r.Phases {
		if p.Next != "" {
			fmt.Fprintf(out, "continue after %s with: %s\n", p.Name, p.Next)
		}
	}
}

// WriteMarkdown writes the report as a document.
func (r *Result) WriteMarkdown(out io.Writer) {
	fmt.Fprintf(out, "# Stack %s: rehearsed and seen\n\n", r.Stack)
	for _, rows := range [][][]string{r.phaseRows(), r.resourceRows(0)} {
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
	r.writeLegend(out)
	for _, p := range r.Phases {
		if p.Next != "" {
			fmt.Fprintf(out, "Continue after %s with `%s`.\n", p.Name, p.Next)
		}
	}
}
