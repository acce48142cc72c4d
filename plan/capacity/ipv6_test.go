package capacity_test

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func ipv6Stack(types ...string) *config.Stack {
	s := plantest.StackOfTypes(true, types...)
	s.Network.IPFamily, s.Cluster.ServiceCIDR = config.IPv6, ""
	return s
}

// A /80 prefix has more addresses than any node has pods, so that only EKS's caps limit them.
func TestAddressesDoNotLimitThePodsOfAnIPv6Cluster(t *testing.T) {
	for typ, pods := range map[string]int{"t4g.nano": 110, "m7g.large": 110, "m7g.8xlarge": 250} {
		g := groupOf(t, ipv6Stack(typ))
		if g.MaxPods != pods || g.KubeletMaxPods != pods || !strings.Contains(g.Reason, "a /80 prefix of IPv6 addresses has room for all pods") {
			t.Errorf("%s: %d pods, %d in the kubelet's configuration: %s", typ, g.MaxPods, g.KubeletMaxPods, g.Reason)
		}
	}
}

func TestANodeOfAnIPv6ClusterUsesOneIPv4AddressAndReservesNone(t *testing.T) {
	s := ipv6Stack("m7g.large")
	plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.Scaling = config.Scaling{Desired: 3, Max: 5} })
	p, problems := plan.New(s)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	for _, d := range p.Demand {
		for _, part := range d.Parts {
			if part.What == "group general" && (part.AtDesired != 1 || part.AtMax != 2 || part.InPrefixes != 0) {
				t.Errorf("%s: %+v, want 1 address at the desired size and 2 during an update", d.Zone, part)
			}
		}
	}
	for _, zone := range p.Zones {
		if zone.Reserved.IsValid() {
			t.Errorf("%s is reserved for /28 prefixes", zone.Reserved)
		}
	}
}
