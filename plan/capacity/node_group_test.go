package capacity_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/capacity"
	"eksnet/plan/plantest"
)

// groupOf returns what a node of the only group holds.
func groupOf(t testing.TB, s *config.Stack) capacity.Group {
	t.Helper()
	p, _ := plan.New(s)
	if len(p.Groups) != 1 {
		t.Fatalf("capacities of %d groups", len(p.Groups))
	}
	return p.Groups[0]
}

func TestANodeTakesAsManyPodsAsInTheTableOfAWS(t *testing.T) {
	for _, test := range []struct {
		typ            string
		plain, prefix  int
		custom, both   int
		arithmeticOfIt string
	}{
		{"t3.medium", 17, 110, 12, 110, "t3.medium: 3 interfaces × (6 - 1) addresses + 2 = 17"},
		{"m5.large", 29, 110, 20, 110, "m5.large: 3 interfaces × (10 - 1) addresses + 2 = 29"},
		{"m5.xlarge", 58, 110, 44, 110, "m5.xlarge: 4 interfaces × (15 - 1) addresses + 2 = 58"},
		{"m5.4xlarge", 110, 110, 110, 110, "m5.4xlarge: 8 interfaces × (30 - 1) addresses + 2 = 234, and EKS's cap for 16 vCPUs is 110"},
		{"m5.8xlarge", 234, 250, 205, 250, "m5.8xlarge: 8 interfaces × (30 - 1) addresses + 2 = 234"},
		{"m5.metal", 250, 250, 250, 250, "m5.metal: 15 interfaces × (50 - 1) addresses + 2 = 737, and EKS's cap for 96 vCPUs is 250"},
		{"t3.nano", 4, 34, 3, 18, "t3.nano: 2 interfaces × (2 - 1) addresses + 2 = 4"},
		{"m4.large", 20, 20, 11, 11, "m4.large: 2 interfaces × (10 - 1) addresses + 2 = 20"},
	} {
		own := func(prefixes bool) *config.Stack {
			s := plantest.StackOfTypes(prefixes, test.typ)
			s.Network.PodCIDR = "100.64.0.0/16"
			return s
		}
		got := []int{
			groupOf(t, plantest.StackOfTypes(false, test.typ)).MaxPods, groupOf(t, plantest.StackOfTypes(true, test.typ)).MaxPods,
			groupOf(t, own(false)).MaxPods, groupOf(t, own(true)).MaxPods,
		}
		if want := []int{test.plain, test.prefix, test.custom, test.both}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s takes %v pods plain, with prefixes, with subnets of their own and with both; want %v", test.typ, got, want)
		}
		if reason := groupOf(t, plantest.StackOfTypes(false, test.typ)).Reason; reason != test.arithmeticOfIt {
			t.Errorf("%s: %q, want %q", test.typ, reason, test.arithmeticOfIt)
		}
	}
}

func TestAGroupOfSeveralTypesTakesThePodsOfTheLeast(t *testing.T) {
	g := groupOf(t, plantest.StackOfTypes(false, "m5.xlarge", "t3.medium", "m5.large"))
	if g.MaxPods != 17 || g.ENIs != 3 || g.AddressesPerENI != 6 || g.VCPUs != 2 || !g.Nitro || !strings.HasPrefix(g.Reason, "t3.medium, the lowest of 3 types: ") {
		t.Errorf("%+v", g)
	}
}

func TestTheStackWritesMaxPodsWhereEKSWouldNot(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*config.Stack, *config.NodeGroup)
		most   int
		write  int
	}{
		"EKS's own figure":                      {func(*config.Stack, *config.NodeGroup) {}, 29, 0},
		"with prefixes":                         {func(s *config.Stack, _ *config.NodeGroup) { s.Addons.VPCCNI.PrefixDelegation = true }, 110, 0},
		"pods in subnets of their own":          {func(s *config.Stack, _ *config.NodeGroup) { s.Network.PodCIDR = "100.64.0.0/16" }, 20, 20},
		"the operator's figure":                 {func(_ *config.Stack, g *config.NodeGroup) { g.MaxPods = 12 }, 12, 12},
		"the operator's figure, which is EKS's": {func(_ *config.Stack, g *config.NodeGroup) { g.MaxPods = 29 }, 29, 0},
	} {
		s := plantest.StackOfTypes(false, "m5.large")
		plantest.ChangeGroup(s, func(group *config.NodeGroup) { test.change(s, group) })
		if g := groupOf(t, s); g.MaxPods != test.most || g.KubeletMaxPods != test.write {
			t.Errorf("%s: %d pods, %d written; want %d and %d", name, g.MaxPods, g.KubeletMaxPods, test.most, test.write)
		}
		if p, _ := plan.New(s); p.KubeletMaxPods("general") != test.write || p.KubeletMaxPods("other") != 0 {
			t.Errorf("%s: nodes have %d, and those of a group that does not exist %d", name, p.KubeletMaxPods("general"), p.KubeletMaxPods("other"))
		}
	}
}

func TestInstanceTypesAndPodsThatCannotBeAreRefusedWithTheWayOut(t *testing.T) {
	const at = `nodeGroups["general"].instanceTypes[0]: `
	for name, test := range map[string]struct {
		typ     string
		change  func(*config.Stack, *config.NodeGroup)
		problem string
	}{
		"a size that a family does not have": {"m5.3xlarge", nil, at + `"m5.3xlarge" is not an instance type that the VPC CNI supports; m5 has large, xlarge, 2xlarge, 4xlarge, 8xlarge, 12xlarge, 16xlarge, 24xlarge, metal`},
		"a slip of the hand":                 {"mg7.large", nil, at + `"mg7.large" is not an instance type that the VPC CNI supports; similar: `},
		"nothing like it":                    {"quantum.enormous", nil, at + `"quantum.enormous" is not an instance type that the VPC CNI supports; such as m7g.large, m7i.xlarge or t3.medium`},
		"a Mac, on which EKS runs no nodes":  {"mac2.metal", nil, at + `"mac2.metal" is not an instance type that the VPC CNI supports;`},
		"an image of another architecture": {"m7g.large", func(_ *config.Stack, g *config.NodeGroup) { g.AMI = config.BottlerocketX86 },
			at + "m7g.large is arm64 and does not run bottlerocket-x86_64; use types of one architecture and its AMI"},
		"more pods than interfaces hold": {"m5.large", func(_ *config.Stack, g *config.NodeGroup) { g.MaxPods = 30 },
			`nodeGroups["general"].maxPods: 30 pods, but a node supports at most 29 (m5.large: 3 interfaces × (10 - 1) addresses + 2 = 29); write 29 or less, or 0 for that number`},
		"more pods than EKS lets a small node have": {"m5.large", func(s *config.Stack, g *config.NodeGroup) { g.MaxPods, s.Addons.VPCCNI.PrefixDelegation = 200, true },
			`nodeGroups["general"].maxPods: 200 pods, but a node supports at most 110 (m5.large: 3 interfaces × (10 - 1) addresses × 16 + 2 = 434, and EKS's cap for 2 vCPUs is 110); write 110 or less, or 0 for that number`},
		"prefixes on Xen": {"m4.large", func(s *config.Stack, g *config.NodeGroup) { g.MaxPods, s.Addons.VPCCNI.PrefixDelegation = 110, true },
			`a node supports at most 20 (m4.large: 2 interfaces × (10 - 1) addresses (no prefixes on Xen) + 2 = 20)`},
		"pods in subnets of their own": {"m5.large", func(s *config.Stack, g *config.NodeGroup) { g.MaxPods, s.Network.PodCIDR = 29, "100.64.0.0/16" },
			`a node supports at most 20 (m5.large: (3 - 1 for the node) interfaces × (10 - 1) addresses + 2 = 20)`},
	} {
		s := plantest.StackOfTypes(false, test.typ)
		if test.change != nil {
			plantest.ChangeGroup(s, func(group *config.NodeGroup) { test.change(s, group) })
		}
		if _, problems := plan.New(s); len(problems) != 1 || !strings.Contains(problems[0].String(), test.problem) {
			t.Errorf("%s\nwant  %s\ngot   %s", name, test.problem, problems)
		}
	}
}

// drawType draws an instance type from different families: small and large, Graviton, metal, on Xen.
func drawType(t *rapid.T, name string) string {
	return rapid.SampledFrom([]string{"t3.nano", "t3.medium", "t4g.small", "m7g.medium", "m5.large", "c5.4xlarge", "m4.large", "p5.48xlarge", "m7i.metal-24xl", "c8g.48xlarge", "r6i.32xlarge"}).Draw(t, name)
}

func TestNoNodeTakesMorePodsThanItsCap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := plantest.StackOfTypes(rapid.Bool().Draw(t, "prefixes"), drawType(t, "type"), drawType(t, "other"))
		plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.MaxPods = rapid.IntRange(0, 250).Draw(t, "maxPods") })
		if rapid.Bool().Draw(t, "custom") {
			s.Network.PodCIDR = "100.64.0.0/16"
			s.Network.PodSubnets = rapid.SampledFrom([]string{config.PodSubnetsCustom, config.PodSubnetsDiscovery}).Draw(t, "pod subnets")
		}
		p, _ := plan.New(s)
		most := 110
		if g := p.Groups[0]; g.VCPUs > 30 {
			most = 250
		}
		if g := p.Groups[0]; g.MaxPods > most || g.MaxPods < 1 || g.KubeletMaxPods > g.MaxPods {
			t.Fatalf("%+v where %d is the cap", g, most)
		}
	})
}

// The trunk interface is one of the interfaces of an instance, and EKS does not subtract it.
func TestATrunkInterfaceHasNoAddressesForPods(t *testing.T) {
	for _, test := range []struct {
		typ      string
		custom   bool
		maxPods  int
		branches int
		reason   string
	}{
		{"m7g.large", false, 20, 9, "m7g.large: (3 - 1 for branch interfaces) interfaces × (10 - 1) addresses + 2 = 20"},
		{"m7g.large", true, 11, 9, "m7g.large: (3 - 1 for the node - 1 for branch interfaces) interfaces × (10 - 1) addresses + 2 = 11"},
		{"t3.medium", false, 17, 0, "t3.medium: 3 interfaces × (6 - 1) addresses + 2 = 17"},
	} {
		s := plantest.StackOfTypes(false, test.typ)
		s.Addons.VPCCNI.PodSecurityGroups = &config.PodSecurityGroups{Mode: config.EnforceStandard}
		if test.custom {
			s.Network.PodCIDR = "100.64.0.0/16"
		}
		g := groupOf(t, s)
		if g.MaxPods != test.maxPods || g.KubeletMaxPods != test.maxPods || g.BranchInterfaces != test.branches || g.Reason != test.reason {
			t.Errorf("%s: %+v", test.typ, g)
		}
	}
}
