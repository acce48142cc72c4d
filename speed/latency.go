package speed

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
)

// Latency is the round-trip time between a client and the server, in milliseconds.
type Latency struct {
	Place  Place  `json:"place"`
	Client Pod    `json:"client"`
	Sent   int    `json:"sent"`
	Lost   int    `json:"lost"`
	Note   string `json:"note,omitempty"`
	// Min, Avg and P99 are 0 if no answer arrived.
	Min float64 `json:"minMs"`
	Avg float64 `json:"avgMs"`
	P99 float64 `json:"p99Ms"`
}

// echoes is the number of ICMP echo requests of a measurement.
const echoes = 100

// pingCommand returns the command that sends them, twenty a second.
func pingCommand(address string) []string {
	return []string{"ping", "-n", "-c", strconv.Itoa(echoes), "-i", "0.05", address}
}

var roundTrip = regexp.MustCompile(`(?m)^[0-9]+ bytes from .* time=([0-9.]+) ms`)

// parsePing reads the answers that ping prints, one in each line.
func parsePing(output []byte) (Latency, error) {
	found := roundTrip.FindAllSubmatch(output, -1)
	l := Latency{Sent: echoes, Lost: echoes - len(found)}
	if len(found) == 0 {
		return l, fmt.Errorf("ping: none of %d requests was answered", echoes)
	}
	var times []float64
	for _, line := range found {
		t, err := strconv.ParseFloat(string(line[1]), 64)
		if err != nil {
			return l, fmt.Errorf("ping: %w", err)
		}
		times, l.Avg = append(times, t), l.Avg+t
	}
	slices.Sort(times)
	l.Min, l.Avg, l.P99 = times[0], l.Avg/float64(len(times)), percentile(times, 99)
	return l, nil
}

// percentile returns the smallest of sorted values that is not less than so many percent of them.
func percentile[T cmp.Ordered](sorted []T, percent int) T {
	rank := int(math.Ceil(float64(percent) / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}
