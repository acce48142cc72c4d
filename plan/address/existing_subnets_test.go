package address

import (
	"net/netip"
	"strings"
	"testing"

	"eksnet/config"
)

// existingZones are zones that exist in the places of a VPC of 10.0.0.0/16.
func existingZones(zones ...string) []ExistingZone {
	var existing []ExistingZone
	for i, name := range zones {
		existing = append(existing, ExistingZone{Name: name, Subnet: "subnet-" + name, Private: privateOf(netip.MustParsePrefix("10.0.0.0/16"), i)})
	}
	return existing
}

func TestAZoneThatTakesThePlaceOfAnotherIsRefused(t *testing.T) {
	const append2 = "EKS fixes its zones when it creates the cluster; begin the list with a, b and append others"
	for _, test := range []struct {
		existing, zones, path, says string // path is "" where nothing is refused
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
		problems := CheckExistingZones(s, existingZones(strings.Fields(test.existing)...))
		found := false
		for _, p := range problems {
			found = found || p.Path == test.path && strings.Contains(p.Message, test.says)
		}
		if found != (test.path != "") || test.path == "" && len(problems) > 0 {
			t.Errorf("from [%s] to [%s]: %v, want %s: …%s", test.existing, test.zones, problems, test.path, test.says)
		}
	}
}

func TestAnotherRangeForAVPCThatExistsIsRefused(t *testing.T) {
	for cidr, refused := range map[string]bool{"10.0.0.0/16": false, "10.1.0.0/16": true, "10.0.0.0/17": true} {
		s := &config.Stack{Network: config.Network{CIDR: cidr, Zones: []string{"a", "b"}}}
		problems := CheckExistingZones(s, existingZones("a", "b"))
		if (len(problems) == 1 && problems[0].Path == "network.cidr") != refused {
			t.Errorf("%s: %v", cidr, problems)
		}
	}
}

func TestAnotherNameOfAClusterThatExistsIsRefused(t *testing.T) {
	existing := existingZones("a", "b")
	for i := range existing {
		existing[i].Cluster = "shop"
	}
	for name, refused := range map[string]bool{"shop": false, "shop-2": true} {
		problems := CheckClusterName(&config.Stack{Cluster: config.Cluster{Name: name}}, existing)
		if (len(problems) == 1 && problems[0].Path == "cluster.name" && strings.Contains(problems[0].Message, "exists with the name shop")) != refused {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if problems := CheckClusterName(&config.Stack{Cluster: config.Cluster{Name: "shop"}}, nil); len(problems) > 0 {
		t.Errorf("without a cluster: %v", problems)
	}
}

func TestAnotherRangeOfPodsThatExistIsRefused(t *testing.T) {
	existing := []ExistingRange{{Subnet: "subnet-a", Range: netip.MustParsePrefix("100.64.0.0/18")}, {Subnet: "subnet-b", Range: netip.MustParsePrefix("100.64.64.0/18")}}
	for cidr, refused := range map[string]bool{"100.64.0.0/16": false, "100.65.0.0/16": true, "100.64.0.0/17": true, "": false} {
		problems := CheckPodCIDR(&config.Stack{Network: config.Network{PodCIDR: cidr}}, existing)
		if (len(problems) == 1 && problems[0].Path == "network.podCidr") != refused {
			t.Errorf("%q: %v", cidr, problems)
		}
	}
}

func TestSubnetsThatTheVPCCNIDiscoversAreNotRemovedAtOnce(t *testing.T) {
	existing := []ExistingRange{{Subnet: "subnet-a", Range: netip.MustParsePrefix("100.64.0.0/18"), Discovered: true}}
	for cidr, want := range map[string]string{
		"":              "none, but subnet-a exists with 100.64.0.0/18, and the VPC CNI creates interfaces of nodes in it until it is deleted",
		"100.64.0.0/16": "",
	} {
		problems := CheckPodCIDR(&config.Stack{Network: config.Network{PodCIDR: cidr}}, existing)
		if (len(problems) == 0) != (want == "") || len(problems) > 0 && !strings.HasPrefix(problems[0].Message, want) {
			t.Errorf("%q: %v", cidr, problems)
		}
	}
}
