package measure

import (
	"context"
	"fmt"
	"math"

	"eksnet/config"
	"eksnet/lab/rehearsed"
	plan "eksnet/plan/balancer"
)

// share is the part of the requests of its hosts and paths, or of its port, that a workload gets. Workloads behind one
// Gateway divide them by their weights.
type share struct {
	weight, total int
	// others are the pods of the other workloads.
	others []pod
}

// shareOf returns the share of a workload: all of the requests unless others have the same.
func (m *Measurement) shareOf(ctx context.Context, w rehearsed.Workload) (share, error) {
	all := map[string]config.Workload{}
	for _, other := range m.Stack.Plan.Workloads {
		all[other.Name] = other.Workload
	}
	set := plan.WeightedSet(all, w.Name)
	if len(set) < 2 {
		return share{weight: 1, total: 1}, nil
	}
	s := share{weight: *w.Weight}
	for _, member := range set {
		s.total += *member.Weight
		if member.Name == w.Name {
			continue
		}
		pods, err := m.pods(ctx, member.Name)
		if err != nil {
			return s, err
		}
		s.others = append(s.others, pods...)
	}
	return s, nil
}

// requestsFor returns the number of requests of which a workload gets about a number, and that number if it gets none.
func (s share) requestsFor(count int) int {
	if s.weight == 0 {
		return count
	}
	return count * s.total / s.weight
}

// attempts returns how many requests may be needed until one arrives at the workload: at a fair choice, all of them
// arrive at others once in a million.
func (s share) attempts() int {
	if s.weight == s.total {
		return 1
	}
	const once = 1e-6
	return int(math.Ceil(math.Log(once) / math.Log(1-float64(s.weight)/float64(s.total))))
}

// compare compares the number of requests that arrived at the workload with its weight. A fair choice differs by more
// than five standard deviations once in a million.
func (s share) compare(own, sent int) []string {
	part := float64(s.weight) / float64(s.total)
	expected, deviation := float64(sent)*part, math.Sqrt(float64(sent)*part*(1-part))
	if math.Abs(float64(own)-expected) <= 5*deviation {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d requests arrived at its pods, predicted about %.0f by its weight, %d of %d", own, sent, expected, s.weight, s.total)}
}
