package measure

import (
	"context"
	"fmt"
	"slices"

	"eksnet/lab/balancer"
)

// Requests is the result of requests to the load balancer of a workload.
type Requests struct {
	front   *front
	arrived []delivery
	// answering are the zones to which requests were sent.
	answering   []balancer.Zone
	Count       int
	Differences []string
}

// Requests sends requests to the load balancer of a workload, one connection each, in turn to the address of each zone,
// and compares them with the prediction.
func (m *Measurement) Requests(ctx context.Context, workload string, count int) (*Requests, error) {
	f, err := m.frontOf(ctx, workload)
	if err != nil {
		return nil, err
	}
	return m.sendRequests(ctx, f, count)
}

// sendRequests sends requests and compares them with the prediction.
func (m *Measurement) sendRequests(ctx context.Context, f *front, count int) (*Requests, error) {
	r, err := m.deliver(ctx, f, count)
	if err != nil || len(r.arrived) == 0 {
		return r, err
	}
	r.Differences = unique(append(r.Differences, f.compare(m, r.arrived)...))
	return r, nil
}

// deliver sends requests. The differences are those that did not arrive at a pod.
func (m *Measurement) deliver(ctx context.Context, f *front, count int) (*Requests, error) {
	nodes, err := m.captureNodes()
	if err != nil {
		return nil, err
	}
	defer nodes.stop()
	s, err := newSeries(append(slices.Clone(f.pods), f.share.others...))
	if err != nil {
		return nil, err
	}
	defer s.stop()
	r := &Requests{front: f, Count: f.share.requestsFor(count)}
	r.answering, r.Differences = f.answeringZones(ctx, s)
	if len(r.answering) == 0 {
		r.Differences = append(r.Differences, "no zone answers")
		return r, nil
	}
	elsewhere := 0
	for i := range r.Count {
		z := r.answering[i%len(r.answering)]
		d, err := f.send(ctx, s, z, answerTimeout)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			r.Differences = append(r.Differences, fmt.Sprintf("request to zone %s (%s): %v", z.Name, z.EntryFor(f.client.Address), err))
			continue
		}
		if d.at.workload != f.workload.Name {
			elsewhere++
			continue
		}
		r.arrived = append(r.arrived, d)
	}
	nodes.setTargets(m, r.arrived)
	own := len(r.arrived)
	r.Differences = unique(append(r.Differences, f.share.compare(own, own+elsewhere)...))
	return r, nil
}

// countWhere returns the number of requests that meet a condition.
func (r *Requests) countWhere(meets func(i int, d delivery) bool) (count int) {
	for i, d := range r.arrived {
		if meets(i, d) {
			count++
		}
	}
	return count
}

// podZones returns the zones of the load balancer and of pods, sorted.
func (r *Requests) podZones() (names []string) {
	for _, z := range r.front.Zones {
		names = append(names, z.Name)
	}
	for _, p := range r.front.pods {
		names = append(names, r.front.zones[p.node])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isAnswering reports whether a zone of the load balancer answered.
func (r *Requests) isAnswering(zone string) bool {
	return slices.ContainsFunc(r.answering, func(z balancer.Zone) bool { return z.Name == zone })
}
