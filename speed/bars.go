package speed

import (
	"fmt"

	"eksnet/drawing"
)

// SVG returns the result as a bar chart, a group of bars for each place.
func (r *Result) SVG() []byte {
	chart := drawing.BarChart{
		Title:    "Speed between pods of " + r.Workload,
		Subtitle: fmt.Sprintf("Mbit/s that arrived at %s on %s in %s; a mark is the ceiling", r.Server.Type, r.Server.Node, r.Server.Zone),
	}
	for _, place := range Places {
		group := drawing.BarGroup{Name: string(place)}
		for _, row := range r.Rows {
			if row.Place != place {
				continue
			}
			text := fmt.Sprintf("%.0f", row.Megabits)
			if row.Ceiling.Megabits > 0 {
				text += fmt.Sprintf(" of %d, %s", row.Ceiling.Megabits, row.share())
			}
			group.Bars = append(group.Bars, drawing.Bar{Label: string(row.Target) + ", " + string(row.Load), Value: row.Megabits, Limit: float64(row.Ceiling.Megabits), Text: text})
		}
		if len(group.Bars) > 0 {
			chart.Groups = append(chart.Groups, group)
		}
	}
	return chart.SVG()
}
