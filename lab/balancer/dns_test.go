package balancer

import (
	"slices"
	"testing"
)

// names returns the names of zones.
func names(zones []Zone) (all []string) {
	for _, z := range zones {
		all = append(all, z.Name)
	}
	return all
}

func (v testVPC) waitForDNS(b *Balancer, what string, want ...string) {
	v.t.Helper()
	v.waitUntil(what, func() bool { return slices.Equal(names(b.ZonesInDNS()), want) })
}

func TestDNSHasTheZonesWithAHealthyTargetAndAllOfThemWithoutOne(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one", "three")
	b := v.start(newSpec(Network, "TCP", "one", "three"))
	v.waitForDNS(b, "both zones are in DNS", "a", "b")
	if !b.IsHealthy() {
		t.Error("with healthy targets it is not healthy")
	}
	failing := newSpec(Network, "TCP", "one", "three").change(func(g *TargetGroup) { g.Check.Port = 81 })
	if err := b.Update(failing); err != nil {
		t.Fatal(err)
	}
	v.waitUntil("no target is healthy", func() bool { return !b.IsHealthy() })
	v.waitForDNS(b, "all zones are in DNS without a healthy target", "a", "b")
}

func TestDNSLacksAZoneWhoseTargetsAreUnhealthyUnlessOthersReceiveItsRequests(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one", "two")
	spec := newSpec(Network, "TCP")
	b := v.start(spec)
	v.waitForDNS(b, "zone b is not in DNS", "a")
	spec.CrossZone = true
	if err := b.Update(spec); err != nil {
		t.Fatal(err)
	}
	v.waitForDNS(b, "with cross-zone both zones are in DNS", "a", "b")
	spec = spec.change(func(g *TargetGroup) { g.InDNS.Count = 3 })
	if err := b.Update(spec.change(func(g *TargetGroup) { g.Targets = g.Targets[:2] })); err != nil {
		t.Fatal(err)
	}
	if b.IsHealthy() {
		t.Error("with 2 healthy targets of at least 3 it is healthy")
	}
}

func TestDNSLacksAZoneInWhichOneOfSeveralTargetGroupsIsUnhealthy(t *testing.T) {
	v := startVPC(t, false)
	v.serve("one", "three")
	spec := newSpec(Network, "TCP", "one", "three")
	other := newSpec(Network, "TCP", "two", "three").TargetGroups["tg"]
	other.ID = "other"
	spec.TargetGroups["other"] = other
	spec.Listeners = append(spec.Listeners, Listener{Port: 81, Protocol: "TCP",
		Default: Action{Forward: map[string]int{"other": 1}}})
	v.waitForDNS(v.start(spec), "zone a is not in DNS", "b")
}
