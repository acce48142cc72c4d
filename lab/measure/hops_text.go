package measure

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"eksnet/lab/balancer"
)

var kindNames = map[string]string{balancer.Classic: "Classic", balancer.Network: "Network", balancer.Application: "Application"}

// shortName returns the first label of the name of a node.
func shortName(host string) string {
	short, _, _ := strings.Cut(host, ".")
	return short
}

func directionText(h Hop) string {
	if h.Outgoing {
		return "out"
	}
	return "in"
}

// waitForAnswer reads the first data of an answer.
func waitForAnswer(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(answerTimeout))
	_, _ = c.Read(make([]byte, 1)) // without an answer the request has its hops nevertheless
}

// Text returns the hops as captured, and as derived.
func (h *Hops) Text() []byte {
	out := &bytes.Buffer{}
	fmt.Fprintln(out, h.Title)
	for _, line := range h.Remarks {
		fmt.Fprintln(out, line)
	}
	writeRows(out, "The request", h.Request)
	writeRows(out, "The answer", h.Back)
	writeDifferences(out, h.Differences(), "each hop is as derived")
	return out.Bytes()
}

// writeDifferences writes the differences, or that there are none.
func writeDifferences(out io.Writer, lines []string, none string) {
	fmt.Fprintln(out)
	if len(lines) == 0 {
		fmt.Fprintln(out, none)
		return
	}
	noun := "differences"
	if len(lines) == 1 {
		noun = "difference"
	}
	fmt.Fprintf(out, "%d %s:\n", len(lines), noun)
	for _, line := range lines {
		fmt.Fprintln(out, "  "+line)
	}
}

// writeRows writes hops as captured, and beside them as derived.
func writeRows(out io.Writer, title string, rows []HopRow) {
	cells := [][]string{{title, "", "", "captured", "", "derived"}}
	for _, r := range rows {
		cells = append(cells, rowCells(r))
	}
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	fmt.Fprintln(out)
	for i, row := range cells {
		if i > 0 && rows[i-1].Derived != nil && rows[i-1].Derived.Reason != "" {
			fmt.Fprintf(out, "    %s:\n", rows[i-1].Derived.Reason)
		}
		var line strings.Builder
		for k, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[k], cell)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// rowCells returns the columns of a hop.
func rowCells(r HopRow) []string {
	at := r.at()
	cells := []string{shortName(at.Host), at.Interface, directionText(at), "-", "", ""}
	if r.Captured != nil {
		cells[3], cells[4] = addressesText(*r.Captured), r.Captured.Packet
	}
	switch {
	case r.Difference == "":
		cells[5] = "="
	case r.Derived != nil:
		cells[5] = addressesText(*r.Derived) + " DIFFERENT"
	default:
		cells[5] = "- DIFFERENT"
	}
	return cells
}

func addressesText(h Hop) string { return portText(h.Source) + " > " + portText(h.Destination) }
