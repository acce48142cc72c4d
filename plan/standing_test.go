package plan

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/config"
)

// standingIn are zones that exist in the places of a VPC of 10.0.0.0/16.
func standingIn(zones ...string) []StandingZone {
	var standing []StandingZone
	for i, name := range zones {
		standing = append(standing, StandingZone{Name: name, Subnet: "subnet-" + name, Private: privateOf(netip.MustParsePrefix("10.0.0.0/16"), i)})
	}
	return standing
}

func TestAZoneThatTakesThePlaceOfAnotherIsRefused(t *testing.T) {
	const append2 = "EKS fixes its zones when it creates the cluster; begin the list with a, b and append others"
	for _, test := range []struct {
		standing, zones, path, says string // path is "" where nothing is refused
	}{
		{"", "b a", "", ""},
		{"a b", "a b", "", ""},
		{"a b", "a b c", "", ""},
		{"a b c", "a b", "", ""},
		{"a b c d", "a b", "", ""},
		{"a b", "b a", "network.zones[0]", append2},
		{"a b", "c a b", "network.zones[0]", append2},
		{"a b", "a c b", "network.zones[1]", append2},
		{"a b c", "a c", "network.zones[1]", append2},
		{"a b c", "b c", "network.zones[0]", append2},
		{"a b c", "a b d", "network.zones[2]", `"d" takes the place of c, whose subnets exist (subnet-c, 10.0.128.0/19)`},
		{"a b c d", "a b d", "network.zones[2]", "begin the list with a, b, c, d, or run up with a, b first and append the others in a second up"},
		{"a b c d", "a b d c", "network.zones[3]", "run up with a, b, d first"},
	} {
		s := &config.Stack{Network: config.Network{CIDR: "10.0.0.0/16", Zones: strings.Fields(test.zones)}}
		problems := Displaced(s, standingIn(strings.Fields(test.standing)...))
		found := false
		for _, p := range problems {
			found = found || p.Path == test.path && strings.Contains(p.Message, test.says)
		}
		if found != (test.path != "") || test.path == "" && len(problems) > 0 {
			t.Errorf("from [%s] to [%s]: %v, want %s: …%s", test.standing, test.zones, problems, test.path, test.says)
		}
	}
}

func TestAnotherRangeForAVPCThatExistsIsRefused(t *testing.T) {
	for cidr, refused := range map[string]bool{"10.0.0.0/16": false, "10.1.0.0/16": true, "10.0.0.0/17": true} {
		s := &config.Stack{Network: config.Network{CIDR: cidr, Zones: []string{"a", "b"}}}
		problems := Displaced(s, standingIn("a", "b"))
		if (len(problems) == 1 && problems[0].Path == "network.cidr") != refused {
			t.Errorf("%s: %v", cidr, problems)
		}
	}
}

func TestAnotherNameOfAClusterThatExistsIsRefused(t *testing.T) {
	standing := standingIn("a", "b")
	for i := range standing {
		standing[i].Cluster = "shop"
	}
	for name, refused := range map[string]bool{"shop": false, "shop-2": true} {
		problems := Renamed(&config.Stack{Cluster: config.Cluster{Name: name}}, standing)
		if (len(problems) == 1 && problems[0].Path == "cluster.name" && strings.Contains(problems[0].Message, "exists with the name shop")) != refused {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if problems := Renamed(&config.Stack{Cluster: config.Cluster{Name: "shop"}}, nil); len(problems) > 0 {
		t.Errorf("without a cluster: %v", problems)
	}
}

func TestAnotherRangeOfPodsThatExistIsRefused(t *testing.T) {
	standing := []StandingRange{{"subnet-a", netip.MustParsePrefix("100.64.0.0/18")}, {"subnet-b", netip.MustParsePrefix("100.64.64.0/18")}}
	for cidr, refused := range map[string]bool{"100.64.0.0/16": false, "100.65.0.0/16": true, "100.64.0.0/17": true, "": false} {
		problems := MovedPods(&config.Stack{Network: config.Network{PodCIDR: cidr}}, standing)
		if (len(problems) == 1 && problems[0].Path == "network.podCidr") != refused {
			t.Errorf("%q: %v", cidr, problems)
		}
	}
}

func TestAClusterIsUpgradedByOneVersionAndNeverBack(t *testing.T) {
	for _, test := range []struct{ from, to, says string }{ // says is "" where nothing is refused
		{"", "1.33", ""}, {"1.34", "1.34", ""}, {"1.34", "1.35", ""},
		{"1.34", "1.36", `"1.36" is 2 minor versions after 1.34, which the cluster has, and EKS goes on by one at a time; write "1.35" and run up first`},
		{"1.33", "1.36", `write "1.34" and run up first`},
		{"1.35", "1.34", `"1.34" is older than 1.35, which the cluster has, and EKS does not go back; write "1.35"`},
	} {
		problems := Upgraded(&config.Stack{Cluster: config.Cluster{Version: test.to}}, test.from)
		refused := len(problems) == 1 && problems[0].Path == "cluster.version" && strings.Contains(problems[0].Message, test.says)
		if refused != (test.says != "") || !refused && len(problems) > 0 {
			t.Errorf("from %q to %q: %v, want %q", test.from, test.to, problems, test.says)
		}
	}
}

func TestMembersOfAGroupAreInTheZonesThatOneOfThemNames(t *testing.T) {
	s := &config.Stack{Network: config.Network{Zones: []string{"a", "b", "c"}}, Workloads: map[string]config.Workload{
		"cart": {Kind: config.KindALB, Group: "shop"}, "shop": {Kind: config.KindALB, Group: "shop", Zones: []string{"b", "a"}},
		"web": {Kind: config.KindALB}, "echo": {Kind: config.KindCLB},
	}}
	for workload, want := range map[string]string{"cart": "b a", "shop": "b a", "web": "a b c", "echo": "a b c"} {
		if got := strings.Join(BalancerZones(s, workload), " "); got != want {
			t.Errorf("%s is in %s, want %s", workload, got, want)
		}
	}
}
