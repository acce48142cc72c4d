package speed_test

import (
	"testing"

	"eksnet/config"
	"eksnet/speed"
)

func TestTheCeilingIsTheLowestLimitOnTheWay(t *testing.T) {
	const flow = "the limit of a flow outside a cluster placement group"
	for _, test := range []struct {
		place          speed.Place
		load           speed.Load
		client, server string
		want           speed.Ceiling
	}{
		{speed.SameNode, speed.OneFlow, "m7g.large", "m7g.large", speed.Ceiling{Reason: "no network between them: the CPU of the node decides"}},
		{speed.SameNode, speed.UDP, "m7g.large", "m7g.large", speed.Ceiling{Megabits: 937, Baseline: 937, Reason: "the rate at which the client sends"}},
		{speed.SameZone, speed.OneFlow, "m7g.large", "m7g.large", speed.Ceiling{Megabits: 5000, Baseline: 937, Reason: flow}},
		{speed.OtherZone, speed.OneFlow, "m7g.large", "m7g.large", speed.Ceiling{Megabits: 5000, Baseline: 937, Reason: flow}},
		{speed.OtherZone, speed.EightFlows, "m7g.large", "m7g.large", speed.Ceiling{Megabits: 12500, Baseline: 937, Reason: "the bandwidth of m7g.large"}},
		{speed.OtherZone, speed.EightFlows, "m7g.large", "t3.small", speed.Ceiling{Megabits: 5000, Baseline: 128, Reason: "the bandwidth of t3.small"}},
		{speed.OtherZone, speed.EightFlows, "t3.small", "m7g.large", speed.Ceiling{Megabits: 5000, Baseline: 128, Reason: "the bandwidth of t3.small"}},
		{speed.OtherZone, speed.EightFlows, "c5n.18xlarge", "c5n.18xlarge", speed.Ceiling{Megabits: 40000, Baseline: 40000, Reason: "8 × 5 Gbit/s, the limit of a flow outside a cluster placement group"}},
		{speed.OtherZone, speed.OneFlow, "c5n.18xlarge", "c5n.18xlarge", speed.Ceiling{Megabits: 5000, Baseline: 5000, Reason: flow}},
		{speed.OtherZone, speed.UDP, "m7g.large", "t3.medium", speed.Ceiling{Megabits: 256, Baseline: 256, Reason: "the rate at which the client sends"}},
		{speed.OtherZone, speed.UDP, "c5n.18xlarge", "c5n.18xlarge", speed.Ceiling{Megabits: 1000, Baseline: 1000, Reason: "the rate at which the client sends"}},
		// c8i.large has a baseline alone, and t2.medium is described in words.
		{speed.OtherZone, speed.EightFlows, "c8i.large", "m7g.large", speed.Ceiling{Baseline: 937, Reason: "the bandwidth of c8i.large is not known"}},
		{speed.OtherZone, speed.OneFlow, "c8i.large", "m7g.large", speed.Ceiling{Megabits: 5000, Baseline: 937, Reason: flow}},
		{speed.OtherZone, speed.EightFlows, "t2.medium", "m7g.large", speed.Ceiling{Reason: "the bandwidth of t2.medium is not known"}},
		{speed.OtherZone, speed.OneFlow, "t2.medium", "t2.medium", speed.Ceiling{Megabits: 5000, Reason: flow}},
	} {
		if got := speed.CeilingOf(test.place, test.load, test.client, test.server); got != test.want {
			t.Errorf("%s, %s, %s to %s: %+v, want %+v", test.place, test.load, test.client, test.server, got, test.want)
		}
	}
}

func TestThePlanHasTheCeilingsOfEachTypeIfTheyAreMeasured(t *testing.T) {
	s := &config.Stack{NodeGroups: map[string]config.NodeGroup{
		"a": {InstanceTypes: []string{"m7g.large", "t3.small"}}, "b": {InstanceTypes: []string{"t3.small"}}}}
	if planned := speed.Plan(s); len(planned) != 0 {
		t.Errorf("without a workload of kind speed the plan has %v", planned)
	}
	s.Workloads = map[string]config.Workload{"fast": {Kind: config.KindSpeed}}
	planned := speed.Plan(s)
	if len(planned) != 2 || planned[0].Type != "m7g.large" || planned[1].Type != "t3.small" || len(planned[1].Groups) != 2 {
		t.Fatalf("the plan has %+v", planned)
	}
	if got := planned[1].Ceilings[speed.EightFlows]; got.Megabits != 5000 || got.Baseline != 128 {
		t.Errorf("t3.small has %+v", got)
	}
}
