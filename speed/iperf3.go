package speed

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"eksnet/internal/awsdata"
)

// sample is what one run of iperf3 measured.
type sample struct {
	// megabits is what the server received, in Mbit/s.
	megabits float64
	// retransmits is the number of TCP segments that were sent again.
	retransmits int
	// lostPercent is the share of the datagrams that did not arrive, and jitter is in milliseconds.
	lostPercent, jitter float64
	// bytes is all that the client sent, with the seconds that are left out of the result.
	bytes int64
}

// omitted is the time at the beginning of a run that is left out of the result, in seconds: TCP starts slowly.
const omitted = 1

// iperf3Command returns the command of a client.
func iperf3Command(address string, load Load, seconds, rate int) []string {
	command := []string{"iperf3", "--client", address, fmt.Sprintf("--port=%d", awsdata.Iperf3Port), "--json",
		fmt.Sprintf("--time=%d", seconds), fmt.Sprintf("--omit=%d", omitted), "--connect-timeout=5000"}
	switch {
	case load == UDP:
		command = append(command, "--udp", fmt.Sprintf("--bitrate=%dM", rate))
	case load.flows() > 1:
		command = append(command, fmt.Sprintf("--parallel=%d", load.flows()))
	}
	return command
}

// Messages of iperf3 after which a second attempt may succeed: it measures one client at a time, and does not listen
// for a moment after each.
var temporaryMessages = []string{"the server is busy", "Connection refused"}

// iperf3Error is an error that iperf3 reports.
type iperf3Error string

func (e iperf3Error) Error() string { return "iperf3: " + string(e) }

// isTemporary reports whether a second attempt may succeed.
func (e iperf3Error) isTemporary() bool {
	for _, message := range temporaryMessages {
		if strings.Contains(string(e), message) {
			return true
		}
	}
	return false
}

// total is the sum of all flows.
type total struct {
	Bytes         int64   `json:"bytes"`
	BitsPerSecond float64 `json:"bits_per_second"`
	Retransmits   int     `json:"retransmits"`
	Jitter        float64 `json:"jitter_ms"`
}

// parseIperf3 reads the JSON output of a client. iperf3 reports an error in it, with exit status 0 or 1 by its version.
func parseIperf3(output []byte) (sample, error) {
	var result struct {
		Error     string `json:"error"`
		Intervals []struct {
			Sum total `json:"sum"`
		} `json:"intervals"`
		End struct {
			Sent     *total `json:"sum_sent"`
			Received *total `json:"sum_received"`
		} `json:"end"`
	}
	if err := json.Unmarshal(output, &result); err != nil {
		return sample{}, fmt.Errorf("iperf3 printed no result: %w", err)
	}
	if result.Error != "" {
		return sample{}, iperf3Error(strings.TrimPrefix(result.Error, "error - "))
	}
	sent, received := result.End.Sent, result.End.Received
	if sent == nil || received == nil || len(result.Intervals) == 0 {
		return sample{}, errors.New("iperf3 printed a result without sum_sent, sum_received or intervals; image must have iperf3 3.10 or later, as netshoot v0.13 does")
	}
	s := sample{megabits: received.BitsPerSecond / 1e6, retransmits: sent.Retransmits, jitter: received.Jitter}
	// iperf3's own lost_percent also counts what was lost in the time that is left out, and can exceed 100.
	if sent.Bytes > 0 {
		s.lostPercent = max(0, 100*(1-float64(received.Bytes)/float64(sent.Bytes)))
	}
	for _, interval := range result.Intervals {
		s.bytes += interval.Sum.Bytes
	}
	return s, nil
}
