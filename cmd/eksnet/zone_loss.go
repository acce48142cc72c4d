package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"eksnet/config"
	"eksnet/plan"
)

// showZoneLoss is the command plan with -without-zone.
func (c call) showZoneLoss(out, complaints io.Writer, s *config.Stack, p *plan.Plan) int {
	loss, err := plan.LoseZone(s, p, c.zone)
	if err != nil {
		return c.refuse(out, complaints, fmt.Errorf("-without-zone: %w", err))
	}
	if c.json {
		err = writeJSON(out, loss)
	} else {
		err = c.writeZoneLoss(out, loss)
	}
	switch {
	case err != nil:
		return complain(complaints, err)
	case !loss.Survives:
		return notLeft
	}
	return planned
}

// writeZoneLoss writes the outcome of each part.
func (c call) writeZoneLoss(out io.Writer, loss *plan.ZoneLoss) error {
	verdict := "survives"
	if !loss.Survives {
		verdict = "does not survive, or may not"
	}
	fmt.Fprintf(out, "Stack %s without zone %s: %s\n\n", c.stack, loss.Zone, verdict)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PART\tOUTCOME\tWHAT IS LEFT")
	for _, part := range loss.Parts {
		fmt.Fprintf(table, "%s\t%s\t%s\n", part.Part, part.Outcome, part.Text)
	}
	if loss.ZonalShift != "" {
		defer fmt.Fprintf(out, "\nZonal shift: %s\n", loss.ZonalShift)
	}
	return table.Flush()
}
