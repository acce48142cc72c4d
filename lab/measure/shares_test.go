package measure

import (
	"context"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

func TestAWorkloadWithoutAWeightGetsAllRequests(t *testing.T) {
	m := &Measurement{Stack: &rehearsed.Stack{Plan: &rehearsed.Plan{Workloads: []rehearsed.Workload{{Name: "shop", Workload: config.Workload{Kind: config.KindGatewayALB}}}}}}
	s, err := m.shareOf(context.Background(), m.Stack.Plan.Workloads[0])
	if err != nil || s.weight != s.total || s.requestsFor(100) != 100 || s.attempts() != 1 {
		t.Errorf("%+v: %v", s, err)
	}
	if lines := s.compare(100, 100); len(lines) > 0 {
		t.Errorf("all arrived: %q", lines)
	}
	if lines := s.compare(99, 100); len(lines) == 0 {
		t.Error("a request that arrived elsewhere is not noticed")
	}
}

func TestTheShareOfAWorkloadIsThatOfItsWeight(t *testing.T) {
	tenth := share{weight: 10, total: 100}
	if got := tenth.requestsFor(100); got != 1000 {
		t.Errorf("%d requests", got)
	}
	if got := tenth.attempts(); got < 100 || got > 150 {
		t.Errorf("%d attempts", got)
	}
	for own, want := range map[int]bool{100: true, 60: true, 140: true, 20: false, 200: false, 0: false, 1000: false} {
		lines := tenth.compare(own, 1000)
		if (len(lines) == 0) != want {
			t.Errorf("%d of 1000: %q", own, lines)
		}
		if !want && !strings.Contains(lines[0], "predicted about 100 by its weight, 10 of 100") {
			t.Errorf("%q", lines)
		}
	}
	none := share{weight: 0, total: 5}
	if none.requestsFor(100) != 100 || len(none.compare(0, 100)) > 0 || len(none.compare(1, 100)) == 0 {
		t.Error("a workload with weight 0 gets no requests")
	}
}
