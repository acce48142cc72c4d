package measure

import (
	"slices"
	"testing"

	"eksnet/lab/rehearsed"
	"eksnet/speed"
)

func TestPlacesFollowFromTheNodesOnWhichPodsCanRun(t *testing.T) {
	taint := []rehearsed.Taint{{Key: "dedicated", Effect: "NoSchedule"}}
	for _, test := range []struct {
		nodes []rehearsed.Node
		want  []speed.Place
	}{
		{[]rehearsed.Node{{Zone: "a"}}, []speed.Place{speed.SameNode}},
		{[]rehearsed.Node{{Zone: "a"}, {Zone: "a"}}, []speed.Place{speed.SameNode, speed.SameZone}},
		{[]rehearsed.Node{{Zone: "a"}, {Zone: "b"}}, []speed.Place{speed.SameNode, speed.OtherZone}},
		{[]rehearsed.Node{{Zone: "a"}, {Zone: "a"}, {Zone: "b"}}, speed.Places},
		{[]rehearsed.Node{{Zone: "a"}, {Zone: "a", Taints: taint}, {Zone: "b", Taints: taint}}, []speed.Place{speed.SameNode}},
	} {
		if got := placesOf(test.nodes); !slices.Equal(got, test.want) {
			t.Errorf("%v: places %v, want %v", test.nodes, got, test.want)
		}
	}
}

func TestAPlaceOrALoadThatIsNotMeasuredIsADifference(t *testing.T) {
	r := &speed.Result{Workload: "fast"}
	for _, target := range speed.Targets {
		for _, load := range speed.Loads {
			r.Rows = append(r.Rows, speed.Row{Place: speed.SameNode, Target: target, Load: load, Megabits: 5})
		}
	}
	r.Latencies = []speed.Latency{{Place: speed.SameNode, Sent: 100, Lost: 99}}
	if got := speedDifferences(r, []speed.Place{speed.SameNode}); len(got) > 0 {
		t.Errorf("differences of a complete result: %q", got)
	}
	if got := speedDifferences(r, []speed.Place{speed.SameNode, speed.OtherZone}); len(got) != 7 {
		t.Errorf("without a place: %q", got)
	}
	r.Rows[0].Megabits, r.Latencies[0].Lost = 0, 100
	want := []string{"fast: same node, pod address, 1 flow: nothing arrived", "fast: no echo request from the same node is answered"}
	if got := speedDifferences(r, []speed.Place{speed.SameNode}); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
