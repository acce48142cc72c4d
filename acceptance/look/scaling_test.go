package look_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"eksnet/acceptance/look"
)

func TestScalingCountsWhatIsLostAndEndsAsItBegan(t *testing.T) {
	const difference, note = "while scaling to 2, although the workload has readinessGate and preStop", "without cross-zone load balancing, requests to a zone"
	for _, test := range []struct {
		workload                  string
		crossZone, differs, noted bool
		pods                      []int
	}{
		{"alone", false, false, false, []int{1, 2, 3, 2}},
		{"packets", false, false, true, []int{1, 2, 3, 2}},
		{"steady-packets", true, true, false, []int{1, 2, 3}},
	} {
		c, s, o := newCluster(t)
		changed := s.Spec.Workloads[test.workload]
		changed.CrossZone = test.crossZone
		s.Spec.Workloads[test.workload], o.Scales, o.Workloads = changed, []int{1, 2, 3}, []string{test.workload}
		sent := 0
		c.Answer = func(_ string, _ look.Request, a *look.Answer) {
			if sent++; len(c.Scaled) == 2 && sent%10 == 0 {
				a.Error, a.Texts = "connection reset", nil
			}
		}
		w := run(t, c, s, o).Workloads[0]
		var pods []int
		lost := 0
		for _, round := range w.Rounds {
			pods, lost = append(pods, len(round.Pods)), lost+round.During.Lost
			if round.During.Sent < 20 {
				t.Errorf("%s: %d requests while scaling to %d", w.Name, round.During.Sent, round.Scaled)
			}
		}
		if back := append(slices.Clone(test.pods), changed.Replicas); !slices.Equal(pods, test.pods) || !slices.Equal(c.Scaled, back) || lost == 0 {
			t.Errorf("%s: %d requests lost with %v pods, scaled to %v", w.Name, lost, pods, c.Scaled)
		}
		has := func(text string) func(string) bool {
			return func(line string) bool { return strings.Contains(line, text) }
		}
		if slices.ContainsFunc(w.Differences, has(difference)) != test.differs || slices.ContainsFunc(w.Notes, has(note)) != test.noted {
			t.Errorf("%s: %q, notes %q", w.Name, w.Differences, w.Notes)
		}
	}
}

func TestTheAddressOfAZoneWithoutAPodMayBeResolvedForAWhile(t *testing.T) {
	for _, stale := range []int{2, 1000} {
		c, s, o := newCluster(t)
		o.Workloads, c.Stale = []string{"packets"}, stale
		want := []string{}
		if stale > 2 {
			want = append(want, c.BalancerAddress("packets", 2)+" does not answer: i/o timeout")
		}
		if w := run(t, c, s, o).Workloads[0]; !slices.Equal(w.Differences, want) {
			t.Errorf("%d times: %q", stale, w.Differences)
		}
	}
}

func TestRequestsWhileScalingFollowTheNameOfTheLoadBalancer(t *testing.T) {
	c, s, o := newCluster(t)
	o.Workloads, o.Scales, c.Stale = []string{"packets"}, []int{1}, 1
	if during := run(t, c, s, o).Workloads[0].Rounds[0].During; during.Lost > 0 || during.Sent == 0 {
		t.Errorf("%d of %d requests are lost", during.Lost, during.Sent)
	}
}

func TestALookAfterScalingWaitsForAHealthCheck(t *testing.T) {
	c, s, o := newCluster(t)
	o.Workloads, o.Scales = []string{"alone"}, []int{1}
	var mutex sync.Mutex
	waits := map[time.Duration]int{}
	o.Wait = func(ctx context.Context, d time.Duration) error {
		mutex.Lock()
		defer mutex.Unlock()
		waits[d]++
		return ctx.Err()
	}
	run(t, c, s, o)
	if n := waits[15*time.Second]; n != 2 { // the default interval of the controller, before each of two looks
		t.Errorf("%d waits of 15 s: %v", n, waits)
	}
}

func TestAnAutoscaledWorkloadIsNotScaled(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales, o.Workloads = []int{1, 2, 3}, []string{"steady-web"}
	w := run(t, c, s, o).Workloads[0]
	if len(c.Scaled) > 0 || len(w.Rounds) != 1 || !slices.Contains(w.Notes, "not scaled: its HorizontalPodAutoscaler sets the number of pods") {
		t.Errorf("scaled to %v, %d rounds, notes %q", c.Scaled, len(w.Rounds), w.Notes)
	}
}

func TestAnInterruptSetsTheNumberOfPodsBack(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales, o.Workloads = []int{1, 3}, []string{"alone"}
	ctx, cancel := context.WithCancel(t.Context())
	c.Answer = func(_ string, _ look.Request, _ *look.Answer) {
		if len(c.Scaled) > 0 {
			cancel()
		}
	}
	result, err := look.Run(ctx, c, c, s, o)
	if !errors.Is(err, context.Canceled) || !slices.Equal(c.Scaled, []int{1, 2}) || len(result.Workloads) != 1 {
		t.Errorf("%v, scaled to %v", err, c.Scaled)
	}
}

func TestANumberOfPodsThatIsNotSetBackIsPrintedAsACommand(t *testing.T) {
	c, s, o := newCluster(t)
	o.Scales, o.Workloads = []int{1}, []string{"alone"}
	c.Refuse = func(call string) error {
		if call == "scale" && len(c.Scaled) == 2 {
			return errors.New("forbidden")
		}
		return nil
	}
	_, err := look.Run(t.Context(), c, c, s, o)
	if err == nil || !strings.Contains(err.Error(), "forbidden; set the number of pods back with: kubectl scale deployment alone --namespace alone --replicas 2") {
		t.Error(err)
	}
}
