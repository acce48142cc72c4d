package scenario

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"eksnet/rehearsal/engine"
)

// tableLegend explains the columns that only a verbose table has.
const tableLegend = `on AWS               computed time with as many calls at once as the order allows
default parallelism  the same with Pulumi's default parallelism, %d calls at once
theoretical minimum  the time with only the order that data and the rules of AWS require
ratio                default parallelism divided by theoretical minimum
`

// Table prints operations as a table, and then what AWS deletes later.
func (r *Report) Table(out io.Writer, operations []Operation, verbose bool) {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s\tcreated\tupdated\treplaced\tdeleted\tsame\there\ton AWS\t", r.Stack)
	if verbose {
		fmt.Fprint(w, "default parallelism\ttheoretical minimum\tratio\t")
	}
	fmt.Fprintln(w)
	for _, o := range operations {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.1fs\t%s\t", o.Name, o.Created, o.Updated, o.Replaced, o.Deleted, o.Same, o.WallSeconds, formatTime(o.AWSSeconds))
		if verbose {
			fmt.Fprintf(w, "%s\t%s\t%s\t", formatTime(o.DefaultParallelSeconds), formatTime(o.LowerBoundSeconds), formatRatio(o))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
	if verbose {
		fmt.Fprintf(out, tableLegend, engine.DefaultParallel)
	}
	r.outcome(out, operations)
}

// outcome prints what remains after the last operation.
func (r *Report) outcome(out io.Writer, operations []Operation) {
	for _, pending := range r.Pending {
		fmt.Fprintf(out, "pending, AWS deletes it automatically: %s\n", pending)
	}
	for _, may := range r.MayAppear {
		fmt.Fprintf(out, "may appear: %s\n", may)
	}
	if n := len(operations); n > 0 && operations[n-1].Name == "destroy" && operations[n-1].Error == "" {
		fmt.Fprintln(out, "destroy verified: no resources remain")
	}
}

// formatTime returns a time as text: 14m24s, "" for none.
func formatTime(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return (time.Duration(seconds) * time.Second).String()
}

// formatRatio returns how much longer an operation takes than the theoretical minimum.
func formatRatio(o Operation) string {
	if o.LowerBoundSeconds == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", o.DefaultParallelSeconds/o.LowerBoundSeconds)
}
