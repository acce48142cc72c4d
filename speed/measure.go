package speed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"eksnet/config"
)

// Options are the settings of a measurement.
type Options struct {
	Workload string
	// Zones are those of the stack.
	Zones []string
	// Seconds is the length of a run, and Runs the number of runs, of which the median counts.
	Seconds, Runs int
	// Price is that of a GB that crosses zones, in USD for each direction, 0 if it is not known.
	Price float64
	// Progress is called before each run with the number of it, from 1, and the number of all.
	Progress func(run, runs int, what string)
	// Pause waits before another attempt; nil for a real pause.
	Pause func(ctx context.Context) error
}

// Row is the result of one load in one place.
type Row struct {
	Place  Place  `json:"place"`
	Target Target `json:"target"`
	Load   Load   `json:"load"`
	Client Pod    `json:"client"`
	// Megabits is the median of what the server received in each run, in Mbit/s, and Runs has all.
	Megabits float64   `json:"megabits"`
	Runs     []float64 `json:"runs"`
	// Retransmits is the sum of the segments that TCP sent again.
	Retransmits int `json:"retransmits"`
	// Rate is the rate of datagrams in Mbit/s; LostPercent and JitterMs are the medians of their loss and jitter.
	Rate        int     `json:"rate,omitempty"`
	LostPercent float64 `json:"lostPercent"`
	JitterMs    float64 `json:"jitterMs"`
	Ceiling     Ceiling `json:"ceiling"`
	// Share is Megabits as a part of the ceiling, from 0 to 1; it can exceed 1, and is 0 without a ceiling.
	Share float64 `json:"share"`
	// Bytes is what the client sent in all runs.
	Bytes int64 `json:"bytes"`
}

// Result is all that was measured.
type Result struct {
	Workload  string    `json:"workload"`
	Server    Pod       `json:"server"`
	Seconds   int       `json:"seconds"`
	Rows      []Row     `json:"rows"`
	Latencies []Latency `json:"latencies"`
	// Missing are the places that were not measured.
	Missing []Missing `json:"missing"`
	// CrossZoneBytes is what the clients in other zones sent, Price that of a GB in each direction in USD, and
	// CrossZoneUSD the sum, nil where the price is not known.
	CrossZoneBytes int64    `json:"crossZoneBytes"`
	Price          float64  `json:"usdPerGb,omitempty"`
	CrossZoneUSD   *float64 `json:"crossZoneUsd,omitempty"`
	// Interrupted reports whether the measurement ended before all was measured.
	Interrupted bool `json:"interrupted"`
}

// measurement is one in progress.
type measurement struct {
	Options
	cluster Cluster
	pairs   *pairs
	// addresses are those of the server, by target.
	addresses map[Target]string
	result    *Result
	done      int
}

// Measure measures each load to each target from each place, one after the other, because iperf3's server serves one
// client. With an error that comes after the first row the result has what was measured until then.
func Measure(ctx context.Context, cluster Cluster, o Options) (*Result, error) {
	if o.Pause == nil {
		o.Pause = pause
	}
	pods, err := cluster.Pods(ctx, o.Workload)
	if err != nil {
		return nil, err
	}
	found, err := choosePairs(o.Workload, o.Zones, pods)
	if err != nil {
		return nil, err
	}
	service, err := cluster.ServiceAddress(ctx, o.Workload, config.SpeedService(o.Workload))
	if err != nil {
		return nil, err
	}
	m := &measurement{Options: o, cluster: cluster, pairs: found, addresses: map[Target]string{PodAddress: found.server.Address, Service: service},
		result: &Result{Workload: o.Workload, Server: found.server, Seconds: o.Seconds, Rows: []Row{}, Latencies: []Latency{}, Missing: append([]Missing{}, found.missing...)}}
	err = m.measureAll(ctx)
	m.result.addCost(o.Price)
	m.result.Interrupted = err != nil
	if len(m.result.Rows) == 0 && err != nil {
		return nil, err
	}
	return m.result, err
}

// measureAll measures all places.
func (m *measurement) measureAll(ctx context.Context) error {
	for _, place := range Places {
		client, found := m.pairs.clients[place]
		if !found {
			continue
		}
		for _, target := range Targets {
			for _, load := range Loads {
				row, err := m.measureRow(ctx, Row{Place: place, Target: target, Load: load, Client: client})
				if row.Bytes > 0 {
					m.result.Rows = append(m.result.Rows, row)
				}
				if err != nil {
					return err
				}
			}
		}
		latency, err := m.measureLatency(ctx, place, client)
		if err != nil {
			return err
		}
		m.result.Latencies = append(m.result.Latencies, latency)
	}
	return nil
}

// runs returns the number of all runs of iperf3.
func (m *measurement) runs() int { return len(m.pairs.clients) * len(Targets) * len(Loads) * m.Runs }

// measureRow measures one load in one place. With an error the row has the runs until then.
func (m *measurement) measureRow(ctx context.Context, row Row) (Row, error) {
	row.Ceiling = CeilingOf(row.Place, row.Load, row.Client.Type, m.pairs.server.Type)
	if row.Load == UDP {
		row.Rate = UDPRate(row.Client.Type, m.pairs.server.Type)
	}
	var lost, jitter []float64
	var failed error
	for range m.Runs {
		m.done++
		if m.Progress != nil {
			m.Progress(m.done, m.runs(), fmt.Sprintf("%s, %s, %s", row.Place, row.Target, row.Load))
		}
		s, err := m.runIperf3(ctx, row)
		if failed = err; err != nil {
			break
		}
		row.Runs, lost, jitter = append(row.Runs, s.megabits), append(lost, s.lostPercent), append(jitter, s.jitter)
		row.Retransmits, row.Bytes = row.Retransmits+s.retransmits, row.Bytes+s.bytes
	}
	row.Megabits, row.LostPercent, row.JitterMs = median(row.Runs), median(lost), median(jitter)
	if row.Ceiling.Megabits > 0 {
		row.Share = row.Megabits / float64(row.Ceiling.Megabits)
	}
	return row, failed
}

// attempts is how often a run is started while the server is busy, with a pause of two seconds before each but the
// first: a client that was interrupted ends by itself after its time.
const attempts = 10

// runIperf3 runs a client once, after other clients of the server.
func (m *measurement) runIperf3(ctx context.Context, row Row) (sample, error) {
	command := iperf3Command(m.addresses[row.Target], row.Load, m.Seconds, row.Rate)
	for attempt := 1; ; attempt++ {
		output, failed := m.cluster.Run(ctx, m.Workload, row.Client.Name, command)
		if ctx.Err() != nil {
			return sample{}, ctx.Err()
		}
		s, err := parseIperf3(output)
		var reported iperf3Error
		switch isReported := errors.As(err, &reported); {
		case err == nil && failed == nil:
			return s, nil
		case isReported && reported.isTemporary() && attempt < attempts:
			if err := m.Pause(ctx); err != nil {
				return sample{}, err
			}
		case isReported && reported.isTemporary():
			return sample{}, fmt.Errorf("%s to %s, %s, from pod %s: %w, after %d attempts; another measurement may be running; wait for its end, or start the server again: kubectl rollout restart -n %s deployment/%s",
				row.Place, row.Target, row.Load, row.Client.Name, err, attempts, m.Workload, config.SpeedServer(m.Workload))
		case isReported || failed == nil:
			return sample{}, fmt.Errorf("%s to %s, %s, from pod %s: %w", row.Place, row.Target, row.Load, row.Client.Name, err)
		default:
			return sample{}, fmt.Errorf("%s to %s, %s, from pod %s: %w", row.Place, row.Target, row.Load, row.Client.Name, failed)
		}
	}
}

// pause waits two seconds.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * time.Second):
		return nil
	}
}

// measureLatency measures the round-trip time to the server's own address: a Service answers no ICMP. Without an answer
// it has a note, because a network may drop ICMP alone.
func (m *measurement) measureLatency(ctx context.Context, place Place, client Pod) (Latency, error) {
	output, failed := m.cluster.Run(ctx, m.Workload, client.Name, pingCommand(m.addresses[PodAddress]))
	if ctx.Err() != nil {
		return Latency{}, ctx.Err()
	}
	l, err := parsePing(output)
	l.Place, l.Client = place, client
	if err != nil {
		l.Note = errors.Join(err, failed).Error()
	}
	return l, nil
}

// addCost adds what clients in other zones sent, and what AWS bills for it: each byte out of one zone and into another.
func (r *Result) addCost(price float64) {
	for _, row := range r.Rows {
		if row.Place == OtherZone {
			r.CrossZoneBytes += row.Bytes
		}
	}
	if price > 0 {
		cost := float64(r.CrossZoneBytes) / 1e9 * 2 * price
		r.Price, r.CrossZoneUSD = price, &cost
	}
}

// median returns the middle of some values, the mean of the two in the middle of an even number, and 0 of none.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
