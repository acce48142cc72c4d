package command

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"eksnet/acceptance/check"
	"eksnet/internal/output"
)

func (c *call) check(ctx context.Context, w World, a check.Prober) int {
	rows, err := check.Run(ctx, a, check.Stack{Spec: c.spec, Plan: c.plan, Scope: c.scope})
	if err != nil {
		return c.complain(ctx, w, err)
	}
	err = output.Write(w.Out, func(out io.Writer) {
		if c.json {
			writeJSON(out, rows)
			return
		}
		writeRows(out, rows)
	})
	if err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
		return misused
	}
	switch check.Worst(rows) {
	case check.Failed:
		return remains
	case check.Unknown:
		return unreachable
	}
	return clean
}

// writeRows prints the checks, and below them what to do.
func writeRows(out io.Writer, rows []check.Row) {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\n", row.Status, row.Check, row.Found)
	}
	_ = table.Flush() // output.Write reports an error of the writer
	for _, row := range rows {
		if row.Advice != "" {
			fmt.Fprintf(out, "%s: %s\n", row.Check, row.Advice)
		}
	}
}
