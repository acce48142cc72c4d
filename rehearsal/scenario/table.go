package scenario

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"eksnet/rehearsal/engine"
)

// Table writes the operations of a report for people, with what is left at the end.
func (r *Report) Table(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s\tcreated\tupdated\treplaced\tdeleted\tsame\there\ton AWS\t%d at once\tat least\tratio\t\n", r.Stack, engine.DefaultParallel)
	for _, o := range r.Operations {
		aws, limited, bound, ratio := "", "", "", ""
		if o.AWSSeconds > 0 && o.LowerBoundSeconds > 0 {
			aws, limited, bound = minutes(o.AWSSeconds), minutes(o.DefaultParallelSeconds), minutes(o.LowerBoundSeconds)
			ratio = fmt.Sprintf("%.2f", o.DefaultParallelSeconds/o.LowerBoundSeconds)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.1fs\t%s\t%s\t%s\t%s\t\n", o.Name, o.Created, o.Updated, o.Replaced, o.Deleted, o.Same, o.WallSeconds, aws, limited, bound, ratio)
	}
	w.Flush()
	for _, pending := range r.Pending {
		fmt.Fprintf(out, "goes by itself: %s\n", pending)
	}
	for _, may := range r.MayAppear {
		fmt.Fprintf(out, "may appear: %s\n", may)
	}
	if last := r.Operations[len(r.Operations)-1]; last.Name == "destroy" && last.Error == "" {
		fmt.Fprintln(out, "nothing left")
	}
}

// minutes is a time as people read it: 14m24s.
func minutes(seconds float64) string { return (time.Duration(seconds) * time.Second).String() }
