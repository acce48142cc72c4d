package capacity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/address"
	"eksnet/plan/capacity"
	"eksnet/plan/plantest"
)

// demandOf returns the demand of the first zone's subnet of a kind.
func demandOf(t testing.TB, s *config.Stack, kind string) capacity.SubnetDemand {
	t.Helper()
	p, _ := plan.New(s)
	i := slices.IndexFunc(p.Demand, func(d capacity.SubnetDemand) bool { return d.Kind == kind })
	if i < 0 {
		t.Fatalf("no %s subnet", kind)
	}
	return p.Demand[i]
}

// partOf returns the part of a demand that a consumer has.
func partOf(d capacity.SubnetDemand, what string) capacity.DemandPart {
	for _, part := range d.Parts {
		if part.What == what {
			return part
		}
	}
	return capacity.DemandPart{}
}

// Two nodes have a CoreDNS pod and hold two whole interfaces each, the third has no pod and holds one: 20 + 20 + 10.
func TestThreeNodesWithCoreDNSAloneTakeFiftyAddresses(t *testing.T) {
	s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 3, Max: 3})
	s.Network.Zones = s.Network.Zones[:1]
	if got := partOf(demandOf(t, s, address.KindPrivate), "group general").AtDesired; got != 50 {
		t.Errorf("%d addresses", got)
	}
}

// A node with two pods holds two interfaces of 10 addresses; with all of its pods it holds three, and an update adds a
// node.
func TestWithDiscoveryTheFirstInterfaceOfANodeIsInItsOwnSubnetAndTheOthersInThePods(t *testing.T) {
	s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 1, Max: 1})
	s.Network.Zones, s.Network.PodCIDR, s.Network.PodSubnets = s.Network.Zones[:1], "100.64.0.0/16", config.PodSubnetsDiscovery
	own, pods := partOf(demandOf(t, s, address.KindPrivate), "group general"), partOf(demandOf(t, s, address.KindPods), "group general")
	if own.AtDesired != 10 || own.AtMax != 20 || pods.AtDesired != 10 || pods.AtMax != 40 {
		t.Errorf("%+v and %+v", own, pods)
	}
}

func TestWithDiscoveryAllInterfacesHaveAddressesForPodsAndTheStackWritesTheFigure(t *testing.T) {
	s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 1, Max: 1})
	s.Network.PodCIDR, s.Network.PodSubnets = "100.64.0.0/16", config.PodSubnetsDiscovery
	p, _ := plan.New(s)
	if g := p.Groups[0]; g.MaxPods != 29 || g.KubeletMaxPods != 29 {
		t.Errorf("%+v", g)
	}
}

// A node with its maximum of 20 pods holds both of its other interfaces; with an update there are two nodes. Of three
// pods with a security group, two may be in a zone at first; a rollout replaces all of them in one zone.
func TestTrunkAndBranchInterfacesTakeAddressesOfTheSubnetOfTheNodeOrWithCustomNetworkingOfThePods(t *testing.T) {
	for podCIDR, want := range map[string]struct {
		kind                       string
		group, branches, groupFull int
	}{
		"":              {address.KindPrivate, 21, 6, 42},
		"100.64.0.0/16": {address.KindPods, 11, 6, 22},
	} {
		s := plantest.StackInRange("10.0.0.0/16", false, "m7g.large", config.Scaling{Desired: 1, Max: 1})
		s.Network.Zones, s.Network.PodCIDR = s.Network.Zones[:2], podCIDR
		s.Addons.VPCCNI.PodSecurityGroups = &config.PodSecurityGroups{Mode: config.EnforceStandard}
		s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, App: config.AppEcho, Target: config.TargetIP, Replicas: 3, PodSecurityGroup: true}}
		demand := demandOf(t, s, want.kind)
		group, branches := partOf(demand, "group general"), partOf(demand, "pods with a security group of their own")
		if group.AtDesired != want.group || branches.AtDesired != 2 || branches.AtMax != want.branches {
			t.Errorf("podCidr %q: %+v and %+v", podCIDR, group, branches)
		}
	}
}

func TestWarmTargetsDecideHowManyAddressesANodeHoldsReady(t *testing.T) {
	one := config.Scaling{Desired: 1, Max: 1}
	for name, test := range map[string]struct {
		prefixes      bool
		warm          config.Warm
		desired, full int // with two pods; and with the maximum number of pods on two nodes, because an update adds one
	}{
		"one interface":               {false, config.Warm{ENIs: 1, Prefixes: 1}, 20, 2 * 30},
		"no interface":                {false, config.Warm{Prefixes: 1}, 10, 2 * 30},
		"two interfaces":              {false, config.Warm{ENIs: 2}, 30, 2 * 30},
		"five addresses":              {false, config.Warm{ENIs: 1, IPs: 5}, 1 + 7, 2 * 30},
		"nine addresses at least":     {false, config.Warm{IPs: 2, MinimumIPs: 9}, 1 + 9, 2 * 30},
		"twelve addresses at least":   {false, config.Warm{IPs: 2, MinimumIPs: 12}, 2 + 12, 2 * 30},
		"five addresses at least":     {false, config.Warm{MinimumIPs: 5}, 1 + 5, 2 * (1 + 5)},
		"more than there is room for": {false, config.Warm{IPs: 250}, 3 + 27, 2 * (3 + 27)},
		"one prefix":                  {true, config.Warm{ENIs: 1, Prefixes: 1}, 1 + 2*16, 2 * (1 + 8*16)},
		"no prefix":                   {true, config.Warm{ENIs: 1}, 1 + 16, 2 * (1 + 7*16)},
		"three prefixes":              {true, config.Warm{Prefixes: 3}, 1 + 4*16, 2 * (2 + 10*16)},
		"five addresses in prefixes":  {true, config.Warm{IPs: 5, Prefixes: 9}, 1 + 16, 2 * (1 + 8*16)},
	} {
		s := plantest.StackInRange("10.0.0.0/16", test.prefixes, "c5.large", one)
		s.Network.Zones, s.Addons.VPCCNI.Warm = s.Network.Zones[:1], test.warm
		if got := partOf(demandOf(t, s, address.KindPrivate), "group general"); got.AtDesired != test.desired || got.AtMax != test.full {
			t.Errorf("%s: %d with two pods and %d full, want %d and %d", name, got.AtDesired, got.AtMax, test.desired, test.full)
		}
	}
}

func TestANodeWithoutPodsStillHoldsAddresses(t *testing.T) {
	for _, test := range []struct {
		prefixes bool
		warm     config.Warm
		want     int
	}{{false, config.Warm{ENIs: 1}, 10}, {false, config.Warm{}, 10}, {true, config.Warm{Prefixes: 1}, 1 + 16}, {true, config.Warm{}, 1 + 16}, {true, config.Warm{IPs: 20}, 1 + 2*16}} {
		s := plantest.StackInRange("10.0.0.0/16", test.prefixes, "c5.large", config.Scaling{Desired: 1, Max: 1})
		s.Addons.VPCCNI.Warm = test.warm
		plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.Taints = []config.Taint{{Key: "gpu", Effect: "NoSchedule"}} })
		if got := partOf(demandOf(t, s, address.KindPrivate), "group general").AtDesired; got != test.want {
			t.Errorf("prefixes %v, %+v: %d addresses, want %d", test.prefixes, test.warm, got, test.want)
		}
	}
}

func TestPodsSpreadOverTheGroupsThatTakeThem(t *testing.T) {
	s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 1, Max: 1})
	s.Network.Zones = s.Network.Zones[:1]
	s.NodeGroups["more"] = config.NodeGroup{InstanceTypes: []string{"c5.large"}, Scaling: config.Scaling{Desired: 2, Max: 2}}
	d := demandOf(t, s, address.KindPrivate)
	if one, more := partOf(d, "group general").AtDesired, partOf(d, "group more").AtDesired; one != 20 || more != 20+10 {
		t.Errorf("two pods on three nodes of two groups: %d and %d addresses", one, more)
	}
}

func TestALimitOfPodsIsALimitOfAddresses(t *testing.T) {
	s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 1, Max: 1})
	s.Addons.VPCCNI.Warm = config.Warm{IPs: 5}
	plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.MaxPods = 12 }) // two of them use the host network
	if got := partOf(demandOf(t, s, address.KindPrivate), "group general").AtMax; got != 2+15 {
		t.Errorf("%d addresses for ten pods and five to come on two interfaces", got)
	}
}

func TestEverySubnetCountsWhatIsInIt(t *testing.T) {
	s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 3, Max: 6})
	s.Network.NAT, s.Network.PodCIDR, s.Network.ControlPlaneSubnets = config.NATSingle, "100.64.0.0/16", true
	s.Network.Endpoints, s.Addons.VPCCNI.NetworkPolicy = config.Endpoints{"sts", "ec2"}, true
	s.NodeGroups["edge"] = config.NodeGroup{InstanceTypes: []string{"t3.medium"}, Subnets: config.PublicSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}, Update: config.Update{MaxUnavailable: 1}}
	s.Workloads = map[string]config.Workload{
		"echo": {Kind: config.KindNLB, Scheme: config.InternetFacing, Replicas: 2}, "old": {Kind: config.KindCLB, Scheme: config.InternetFacing, Replicas: 2},
		"inside": {Kind: config.KindALB, Scheme: config.Internal, Replicas: 2}, "rules": {Kind: config.KindPolicy, Replicas: 2},
	}
	p, problems := plan.New(s)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	var rows []string
	for _, d := range p.Demand {
		row := fmt.Sprintf("%s %s %d of %d:", d.Zone[len(d.Zone)-1:], d.Kind, d.AtMax, d.Usable)
		for _, part := range d.Parts {
			row += fmt.Sprintf(" %s %d-%d,", part.What, part.AtDesired, part.AtMax)
		}
		rows = append(rows, row)
	}
	want := []string{
		"a private 13 of 8187: group general 1-3, interface endpoints 2-2, internal load balancers 8-8,",
		"a public 18 of 4091: group edge 1-1, NAT gateway 1-1, internet-facing load balancers 16-16,",
		"a pods 72 of 16379: group edge 12-12, group general 20-60,",
		"a controlPlane 6 of 11: control plane 6-6,",
		"b private 13 of 8187: group general 1-3, interface endpoints 2-2, internal load balancers 8-8,",
		"b public 17 of 4091: group edge 1-1, internet-facing load balancers 16-16,",
		"b pods 72 of 16379: group edge 12-12, group general 20-60,",
		"b controlPlane 6 of 11: control plane 6-6,",
		"c private 13 of 8187: group general 1-3, interface endpoints 2-2, internal load balancers 8-8,",
		"c public 17 of 4091: group edge 1-1, internet-facing load balancers 16-16,",
		"c pods 72 of 16379: group edge 12-12, group general 20-60,",
	}
	if !slices.Equal(rows, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheControlPlaneNeedsAddressesInItsTwoZonesAlone(t *testing.T) {
	p, _ := plan.New(plantest.Stack())
	for _, d := range p.Demand {
		if want := d.Kind == address.KindPrivate && d.Zone != "ap-northeast-2c"; (partOf(d, "control plane").AtMax == 16) != want {
			t.Errorf("%s %s: %+v", d.Zone, d.Kind, d.Parts)
		}
	}
}

func TestAnUpdateNeedsRoomForTheNodesThatComeFirst(t *testing.T) {
	for _, test := range []struct {
		update config.Update
		want   int
	}{
		{config.Update{}, 7}, {config.Update{MaxUnavailable: 1}, 7}, {config.Update{MaxUnavailable: 3}, 9}, {config.Update{MaxUnavailable: 100}, 12},
		{config.Update{MaxUnavailablePercentage: 50}, 9}, {config.Update{MaxUnavailablePercentage: 1}, 7},
	} {
		s := plantest.StackInRange("10.0.0.0/16", false, "c5.large", config.Scaling{Desired: 1, Max: 6})
		plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.Update = test.update })
		s.Network.Zones = s.Network.Zones[:1]
		if got := partOf(demandOf(t, s, address.KindPrivate), "group general").AtMax; got != test.want*30 {
			t.Errorf("%+v: %d addresses, want those of %d nodes", test.update, got, test.want)
		}
	}
}

// drawStack draws a stack of any size with any way in which pods get addresses.
func drawStack(t *rapid.T) *config.Stack {
	scaling := config.Scaling{Desired: rapid.IntRange(0, 40).Draw(t, "desired")}
	scaling.Max = max(1, scaling.Desired+rapid.IntRange(0, 60).Draw(t, "more"))
	s := plantest.StackInRange("10.0.0.0/16", rapid.Bool().Draw(t, "prefixes"), drawType(t, "type"), scaling)
	s.Addons.VPCCNI.Warm = config.Warm{
		ENIs: rapid.IntRange(0, 4).Draw(t, "enis"), Prefixes: rapid.IntRange(0, 4).Draw(t, "warm prefixes"),
		IPs: rapid.IntRange(0, 40).Draw(t, "ips") * rapid.IntRange(0, 1).Draw(t, "targets"), MinimumIPs: rapid.IntRange(0, 40).Draw(t, "minimum") * rapid.IntRange(0, 1).Draw(t, "minimums"),
	}
	s.Addons.LoadBalancerController.Replicas = rapid.IntRange(1, 10).Draw(t, "replicas")
	if rapid.Bool().Draw(t, "custom") {
		s.Network.PodCIDR = "100.64.0.0/16"
		s.Network.PodSubnets = rapid.SampledFrom([]string{config.PodSubnetsCustom, config.PodSubnetsDiscovery}).Draw(t, "pod subnets")
	}
	plantest.ChangeGroup(s, func(group *config.NodeGroup) {
		group.Update.MaxUnavailable = rapid.IntRange(0, 5).Draw(t, "unavailable")
	})
	return s
}

func TestTheNeedForAddressesGrowsWithTheGroupAndIsNeverNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStack(t)
		before, _ := plan.New(s)
		plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.Scaling.Max += rapid.IntRange(1, 20).Draw(t, "growth") })
		after, _ := plan.New(s)
		for i, d := range before.Demand {
			if d.AtDesired < 0 || d.AtMax < d.AtDesired || d.InPrefixes > d.AtMax || d.InPrefixes%16 != 0 || after.Demand[i].AtMax < d.AtMax || after.Demand[i].AtDesired != d.AtDesired {
				t.Fatalf("%+v, and with a greater max %+v", d, after.Demand[i])
			}
			sum := 0
			for _, part := range d.Parts {
				sum += part.AtMax
			}
			if sum != d.AtMax {
				t.Fatalf("parts of %d do not add up to %d", sum, d.AtMax)
			}
		}
	})
}

// A node never holds more addresses than its interfaces can, and never fewer than its pods need.
func TestANodeHoldsEnoughForItsPodsAndNoMoreThanItsInterfaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStack(t)
		s.Network.Zones = s.Network.Zones[:1]
		plantest.ChangeGroup(s, func(group *config.NodeGroup) {
			group.Scaling, group.Update = config.Scaling{Desired: 1, Max: 1}, config.Update{}
		})
		p, _ := plan.New(s)
		g, held := p.Groups[0], 0
		for _, d := range p.Demand {
			held += partOf(d, "group general").AtMax
		}
		most := g.ENIs * (1 + (g.AddressesPerENI-1)*16)
		if pods := g.MaxPods - 2; held < 2*(pods+1) || held > 2*most {
			t.Fatalf("two nodes hold %d addresses for %d pods each, and %d at most", held, pods, most)
		}
	})
}
