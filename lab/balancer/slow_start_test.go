package balancer

import (
	"testing"
	"time"
)

func TestANewTargetGetsItsShareSlowly(t *testing.T) {
	v := startVPC(t, false)
	v.serveHTTP(describeRequest, "one", "two", "three")
	slow := func(g *TargetGroup) { g.SlowStart = time.Hour }
	b := v.start(newSpec(Application, "HTTP", "one", "two").change(slow))
	client, counts := v.client(publicA+":80"), map[string]int{}
	count := func() {
		clear(counts)
		for range 10 {
			for target, requests := range v.targetsOfRequests(client) {
				counts[target] += requests
			}
		}
	}
	if count(); counts["one"] != 45 || counts["two"] != 45 {
		t.Errorf("the first targets of a group: %v", counts)
	}
	if err := b.Update(newSpec(Application, "HTTP").change(slow)); err != nil {
		t.Fatal(err)
	}
	v.waitForHealth(b, "three", Health{State: healthy})
	if count(); counts["three"] > 15 {
		t.Errorf("at the beginning of its slow start: %v", counts)
	}
	if err := b.Update(newSpec(Application, "HTTP").change(func(g *TargetGroup) { g.SlowStart = time.Millisecond })); err != nil {
		t.Fatal(err)
	}
	if count(); counts["three"] != 30 {
		t.Errorf("after its slow start: %v", counts)
	}
}

func TestRequestsGoToTheTargetWithTheLeastIfTheTargetGroupSaysSo(t *testing.T) {
	one, two := &target{open: 2}, &target{open: 1}
	b := &Balancer{turns: map[turnKey]int{}, spec: Spec{Kind: Application,
		TargetGroups: map[string]TargetGroup{"tg": {Algorithm: "least_outstanding_requests"}}}}
	for range 3 {
		if b.selectTarget(turnKey{group: "tg"}, []*target{one, two}, true) != two {
			t.Error("the target with more requests was selected")
		}
	}
}
