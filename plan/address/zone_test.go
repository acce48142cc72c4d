package address_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/address"
	"eksnet/plan/plantest"
)

// anyStack draws a stack of accepted ranges, with any of the options that make subnets.
func anyStack(t *rapid.T) *config.Stack {
	s := plantest.Stack()
	s.Network = anyNetwork(t)
	s.Network.ControlPlaneSubnets = rapid.Bool().Draw(t, "control plane subnets")
	s.Addons.VPCCNI.PrefixDelegation = rapid.Bool().Draw(t, "prefix delegation")
	if rapid.Bool().Draw(t, "pods' range") {
		s.Network.PodCIDR = anyPods(t)
	}
	return s
}

// anyNetwork draws a VPC range that is accepted and two to four zones.
func anyNetwork(t *rapid.T) config.Network {
	bits := rapid.IntRange(16, 23).Draw(t, "bits")
	address := netip.AddrFrom4([4]byte{10, byte(rapid.IntRange(0, 255).Draw(t, "second")), byte(rapid.IntRange(0, 255).Draw(t, "third")), 0})
	network := config.Network{CIDR: netip.PrefixFrom(address, bits).Masked().String(), NAT: config.NATZone}
	for i := range rapid.IntRange(2, 4).Draw(t, "zones") {
		network.Zones = append(network.Zones, fmt.Sprintf("ap-northeast-2%c", 'a'+i))
	}
	return network
}

func anyPods(t *rapid.T) string {
	bits := rapid.IntRange(16, 23).Draw(t, "pods' bits")
	address := netip.AddrFrom4([4]byte{100, byte(rapid.IntRange(64, 127).Draw(t, "pods' second")), byte(rapid.IntRange(0, 255).Draw(t, "pods' third")), 0})
	return netip.PrefixFrom(address, bits).Masked().String()
}

// zonesOf plans a stackfor its ranges only; that small ones are nearly full is tested elsewhere.
func zonesOf(s *config.Stack) []address.Zone {
	p, _ := plan.New(s)
	return p.Zones
}

func TestEverySubnetIsAlignedInsideItsRangeAndApartFromTheOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyStack(t)
		vpc := netip.MustParsePrefix(s.Network.CIDR)
		var all []netip.Prefix
		zones := zonesOf(s)
		if len(zones) != len(s.Network.Zones) {
			t.Fatalf("%d zones are planned of %v", len(zones), s.Network.Zones)
		}
		for i, z := range zones {
			for _, subnet := range plantest.Subnets(z) {
				home := vpc
				if subnet == z.Pods {
					home = netip.MustParsePrefix(s.Network.PodCIDR)
				}
				if subnet != subnet.Masked() || !plantest.Contains(home, subnet) || subnet.Bits() > 28 {
					t.Fatalf("subnet %s of %s", subnet, home)
				}
				if slices.ContainsFunc(all, subnet.Overlaps) {
					t.Fatalf("subnet %s overlaps an earlier one of %v", subnet, all)
				}
				all = append(all, subnet)
			}
			if z.ControlPlane.IsValid() != (s.Network.ControlPlaneSubnets && i < 2) || z.Pods.IsValid() != (s.Network.PodCIDR != "") {
				t.Fatalf("zone %d of %+v has the subnets %+v", i, s.Network, z)
			}
		}
	})
}

func TestPrefixesAndSingleAddressesHaveHalfAPrivateSubnetEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyStack(t)
		for _, z := range zonesOf(s) {
			if want := s.Addons.VPCCNI.PrefixDelegation && s.Network.PodCIDR == ""; z.Reserved.IsValid() != want {
				t.Fatalf("%+v reserves %v", s.Network, z.Reserved)
			}
			if r := z.Reserved; r.IsValid() && (r != r.Masked() || !plantest.Contains(z.Private, r) || r.Bits() != z.Private.Bits()+1 || r.Contains(z.Private.Addr()) || r.Bits() > 28) {
				t.Fatalf("%s of %s is reserved", r, z.Private)
			}
		}
	})
}

func TestNothingIsReservedWhereNoNodeUsesPrefixes(t *testing.T) {
	s := plantest.Stack()
	s.Addons.VPCCNI.PrefixDelegation = true
	s.NodeGroups = map[string]config.NodeGroup{"edge": {AMI: config.AL2023arm, Subnets: config.PublicSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}}
	for _, z := range zonesOf(s) {
		if z.Reserved.IsValid() {
			t.Errorf("%s of %s is reserved, and all nodes are in public subnets", z.Reserved, z.Private)
		}
	}
}

// What is added later: a zone, a range for pods, subnets for the control plane, prefixes.
func TestWhatIsAddedMovesNoSubnet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyStack(t)
		before := zonesOf(s)
		if len(s.Network.Zones) < 4 {
			s.Network.Zones = append(s.Network.Zones, fmt.Sprintf("ap-northeast-2%c", 'a'+len(s.Network.Zones)))
		}
		s.Network.ControlPlaneSubnets, s.Addons.VPCCNI.PrefixDelegation = true, true
		if s.Network.PodCIDR == "" && rapid.Bool().Draw(t, "pods later") {
			s.Network.PodCIDR = anyPods(t)
		}
		after := zonesOf(s)
		for i, z := range before {
			for _, subnet := range plantest.Subnets(z) {
				if !slices.Contains(plantest.Subnets(after[i]), subnet) {
					t.Fatalf("%s of zone %d is none of %v afterwards", subnet, i, plantest.Subnets(after[i]))
				}
			}
		}
	})
}

func TestARangeThatPodsCannotHaveIsRefusedWithTheWayOut(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(*config.Stack)
		problem string
	}{
		"too small": {
			func(s *config.Stack) { s.Network.PodCIDR = "100.64.0.0/24" },
			"network.podCidr: 100.64.0.0/24: each zone would get a /26 of it, with 2 whole /28 blocks; at least a /23 is needed (6 whole /28 blocks), such as 100.64.0.0/23",
		},
		"one address block": {
			func(s *config.Stack) { s.Network.PodCIDR = "100.64.0.0/29" },
			"network.podCidr: 100.64.0.0/29: each zone would get a /31 of it, with no whole /28 block; at least a /23 is needed",
		},
		"larger than AWS takes": {
			func(s *config.Stack) { s.Network.PodCIDR = "100.64.0.0/10" },
			"network.podCidr: 100.64.0.0/10: each zone would get a /12 of it, with more addresses than a subnet supports; a VPC supports no range larger than a /16, such as 100.64.0.0/16",
		},
		"of the VPC": {
			func(s *config.Stack) { s.Network.PodCIDR = "10.0.128.0/20" },
			"network.podCidr: 10.0.128.0/20 overlaps network.cidr 10.0.0.0/16; choose a range outside of it, such as 100.64.0.0/16",
		},
		"of the Services": {
			func(s *config.Stack) { s.Network.PodCIDR = "172.20.0.0/16" },
			"network.podCidr: 172.20.0.0/16 overlaps cluster.serviceCidr 172.20.0.0/16; choose a range outside of it, such as 100.64.0.0/16",
		},
		"of another private range": {
			func(s *config.Stack) { s.Network.PodCIDR = "192.168.0.0/16" },
			"network.podCidr: 192.168.0.0/16, but AWS associates no range of 192.168.0.0/16 with a VPC of 10.0.0.0/16; choose one of 100.64.0.0/10 or of 10.0.0.0/8, such as 100.64.0.0/16",
		},
		"of the range for benchmarks": {
			func(s *config.Stack) { s.Network.PodCIDR = "198.19.0.0/16" },
			"network.podCidr: 198.19.0.0/16, but AWS associates no range of 198.19.0.0/16 with a VPC of 10.0.0.0/16",
		},
		"private, with a VPC of shared addresses": {
			func(s *config.Stack) { s.Network.CIDR, s.Network.PodCIDR = "100.64.0.0/16", "10.0.0.0/16" },
			"network.podCidr: 10.0.0.0/16, but AWS associates no range of 10.0.0.0/8 with a VPC of 100.64.0.0/16; choose one of 100.64.0.0/10, such as 100.65.0.0/16",
		},
		"the first of 10.0.0.0/8": {
			func(s *config.Stack) { s.Network.CIDR, s.Network.PodCIDR = "10.1.0.0/16", "10.0.0.0/16" },
			"network.podCidr: 10.0.0.0/16, but AWS associates no range of 10.0.0.0/16 with a VPC of 10.1.0.0/16; choose one of 100.64.0.0/10, such as 100.64.0.0/16",
		},
		"that of default VPCs": {
			func(s *config.Stack) { s.Network.CIDR, s.Network.PodCIDR = "172.16.0.0/16", "172.31.0.0/16" },
			"network.podCidr: 172.31.0.0/16, but AWS associates no range of 172.31.0.0/16, which is that of default VPCs",
		},
		"link-local": {
			func(s *config.Stack) { s.Network.PodCIDR = "169.254.0.0/16" },
			"network.podCidr: 169.254.0.0/16 overlaps 169.254.0.0/16 (link-local addresses, the instance metadata service among them), which a VPC cannot use; choose a private range, such as 100.64.0.0/16",
		},
		"of addresses for the future": {
			func(s *config.Stack) { s.Network.PodCIDR = "240.0.0.0/20" },
			"network.podCidr: 240.0.0.0/20 overlaps 240.0.0.0/4 (reserved for future use)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := plantest.Stack()
			test.change(s)
			if p, problems := plan.New(s); !strings.Contains(problems.Error(), test.problem) {
				t.Errorf("want  %s\ngot   %s", test.problem, problems)
			} else if slices.ContainsFunc(p.Zones, func(z address.Zone) bool { return z.Pods.IsValid() }) {
				t.Errorf("pods have subnets all the same: %+v", p.Zones)
			}
		})
	}
}

func TestPodsMayHaveARangeThatAWSAssociatesWithTheVPC(t *testing.T) {
	for vpc, pods := range map[string]string{"10.0.0.0/16": "100.64.0.0/16", "10.4.0.0/16": "10.0.0.0/16", "172.16.0.0/16": "172.17.0.0/18", "192.168.0.0/18": "192.168.64.0/18",
		"10.2.0.0/16": "54.0.0.0/16", "54.0.0.0/16": "100.64.0.0/16", "54.1.0.0/16": "54.0.0.0/16", "198.19.0.0/16": "100.64.0.0/16", "100.64.0.0/16": "54.0.0.0/20"} {
		s := plantest.Stack()
		s.Network.CIDR, s.Network.PodCIDR = vpc, pods
		s.NodeGroups["general"] = config.NodeGroup{AMI: config.AL2023arm, InstanceTypes: []string{"m7g.large"}, Subnets: config.PrivateSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}
		if _, problems := plan.New(s); problems.Err() != nil {
			t.Errorf("pods of %s in a VPC of %s: %s", pods, vpc, problems)
		}
	}
}

func TestPublicRangesAreWarnedOf(t *testing.T) {
	s := plantest.Stack()
	s.Network.CIDR, s.Network.PodCIDR = "54.1.0.0/16", "54.0.0.0/16"
	p, _ := plan.New(s)
	for path, text := range map[string]string{"network.cidr": "54.1.0.0/16 contains public addresses", "network.podCidr": "54.0.0.0/16 contains public addresses"} {
		if !slices.ContainsFunc(p.Warnings, func(w config.Warning) bool { return w.Path == path && strings.HasPrefix(w.Text, text) }) {
			t.Errorf("no warning of %s: %v", path, p.Warnings)
		}
	}
	s.Network.CIDR, s.Network.PodCIDR = "198.19.0.0/16", "100.64.0.0/16"
	if p, _ := plan.New(s); slices.ContainsFunc(p.Warnings, func(w config.Warning) bool { return strings.Contains(w.Text, "internet") }) {
		t.Errorf("warned of private ranges: %v", p.Warnings)
	}
}
