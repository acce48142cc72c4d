package measure

import (
	"net/netip"
	"testing"

	"eksnet/lab/rehearsed"
	"eksnet/path"
	"eksnet/path/rows"
)

func TestWhoseAddressArrivedIsMeasuredWithoutThePrediction(t *testing.T) {
	m, f, first := twoZones(path.Path{})
	for source, want := range map[string]path.Address{"192.0.2.10": path.Clients, "10.0.0.254": path.Balancers, "10.0.1.1": path.Nodes, "10.0.9.9": "10.0.9.9", "10.0.1.254": "10.0.1.254"} {
		d := first
		d.source = netip.MustParseAddr(source)
		if got := f.source(m, []delivery{d, d}); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
	second := first
	second.source = f.client.Address
	if got := f.source(m, []delivery{first, second}); got != "the load balancer's, the client's" {
		t.Errorf("two sources: %s", got)
	}
}

func TestTheHealthOfTargetsIsDescribedByWhichAreHealthy(t *testing.T) {
	m, f, _ := twoZones(path.Path{})
	m.Stack.Nodes[0].InstanceID, m.Stack.Nodes[1].InstanceID = "i-1", "i-2"
	m.Stack.Nodes = append(m.Stack.Nodes, rehearsed.Node{Name: "n3", Zone: "b", InstanceID: "i-3"})
	f.pods[0].Address = netip.MustParseAddr("10.0.0.5")
	const bad = "unhealthy (Target.FailedHealthChecks)"
	for _, c := range []struct {
		states map[string]string
		want   string
	}{
		{map[string]string{"10.0.0.5": healthy}, rows.EveryPod},
		{map[string]string{"10.0.0.5": bad}, "0 of 1"},
		{map[string]string{"i-1": healthy, "i-2": healthy, "i-3": healthy}, rows.EveryNode},
		{map[string]string{"i-1": healthy, "i-2": healthy, "i-3": bad}, rows.NodesWithPod},
		{map[string]string{"i-1": healthy, "i-2": bad, "i-3": healthy}, "2 of 3"},
	} {
		if got := f.describeHealth(m, c.states); got != c.want {
			t.Errorf("%v: %s, want %s", c.states, got, c.want)
		}
	}
}
