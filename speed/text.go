package speed

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteText writes the result as tables.
func (r *Result) WriteText(out io.Writer) {
	fmt.Fprintf(out, "Speed of workload %s, runs of %d s: server %s on %s (%s, %s)\n\n", r.Workload, r.Seconds, r.Server.Name, r.Server.Node, r.Server.Zone, r.Server.Type)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PLACE\tTO\tLOAD\tMBIT/S\tCEILING\tSHARE\tBASELINE\tCEILING IS\tDETAILS")
	for _, row := range r.Rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%.0f\t%s\t%s\t%s\t%s\t%s\n", row.Place, row.Target, row.Load, row.Megabits,
			orDash(row.Ceiling.Megabits), row.share(), orDash(row.Ceiling.Baseline), row.Ceiling.Reason, row.details())
	}
	table.Flush()
	r.writeLatencies(out)
	for _, m := range r.Missing {
		fmt.Fprintf(out, "\n%s is not measured: %s\n", m.Place, m.Reason)
	}
	fmt.Fprintf(out, "\n%s\n", r.cost())
}

// writeLatencies writes the table of round-trip times, if any was measured.
func (r *Result) writeLatencies(out io.Writer) {
	if len(r.Latencies) == 0 {
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "\nRound-trip time to the address of the server's pod, in ms")
	fmt.Fprintln(table, "PLACE\tMIN\tAVG\tP99\tLOST\tCLIENT")
	for _, l := range r.Latencies {
		fmt.Fprintf(table, "%s\t%.3f\t%.3f\t%.3f\t%d of %d\t%s\n", l.Place, l.Min, l.Avg, l.P99, l.Lost, l.Sent, cmp.Or(l.Note, fmt.Sprintf("%s on %s (%s, %s)", l.Client.Name, l.Client.Node, l.Client.Zone, l.Client.Type)))
	}
	table.Flush()
}

// orDash returns a figure, or a dash for none.
func orDash(megabits int) string {
	if megabits == 0 {
		return "-"
	}
	return fmt.Sprint(megabits)
}

// share returns the share of the ceiling in percent.
func (r Row) share() string {
	if r.Ceiling.Megabits == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*r.Share)
}

// details returns what TCP sent again, or how the datagrams arrived.
func (r Row) details() string {
	if r.Load == UDP {
		return fmt.Sprintf("of %d Mbit/s, %.2f%% lost, jitter %.3f ms", r.Rate, r.LostPercent, r.JitterMs)
	}
	return fmt.Sprintf("%d retransmits", r.Retransmits)
}

// cost describes what clients sent across zones, and its price.
func (r *Result) cost() string {
	if r.CrossZoneBytes == 0 {
		return "Nothing was sent across zones"
	}
	text := fmt.Sprintf("Across zones were sent %.2f GB", float64(r.CrossZoneBytes)/1e9)
	if r.CrossZoneUSD == nil {
		return text + "; AWS bills them, at a price of this partition that is not known here"
	}
	return text + fmt.Sprintf(", for which AWS bills about %.2f USD: %.2f USD for each GB out of one zone, and the same into the other", *r.CrossZoneUSD, r.Price)
}
