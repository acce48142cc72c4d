package plan_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestOptionsOfTheVPCCNIThatCannotWorkAreRefused(t *testing.T) {
	edge := map[string]config.NodeGroup{"edge": {AMI: config.AL2023arm, Subnets: config.PublicSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}}
	for name, test := range map[string]struct {
		change  func(*config.Stack)
		problem string
	}{
		"a policy that nothing enforces": {
			func(s *config.Stack) { s.Workloads = map[string]config.Workload{"deny": {Kind: config.KindPolicy}} },
			`workloads["deny"].kind: policy, but addons.vpcCni.networkPolicy is false, so the NetworkPolicy is not enforced; set networkPolicy: true`,
		},
		"pods without a public address behind an internet gateway": {
			func(s *config.Stack) { s.Addons.VPCCNI.ExternalSNAT, s.NodeGroups = true, edge },
			"addons.vpcCni.externalSnat: true, but pods of node groups in public subnets have no public address, and the internet gateway drops what they send",
		},
		"pods in subnets without a way out": {
			func(s *config.Stack) {
				s.Addons.VPCCNI.ExternalSNAT, s.NodeGroups, s.Network.PodCIDR, s.Network.NAT = true, edge, "100.64.0.0/16", config.NATNone
			},
			"addons.vpcCni.externalSnat: true, but with network.nat none the pods' subnets have no route to the internet, and",
		},
	} {
		s := plantest.Stack()
		test.change(s)
		if _, problems := plan.New(s); !strings.Contains(problems.Error(), test.problem) {
			t.Errorf("%s: want  %s\ngot   %s", name, test.problem, problems)
		}
	}
}

func TestWhatOnlyNewNodesTakeIsNoted(t *testing.T) {
	s := plantest.Stack()
	s.Tags, s.TagsNotOnInstances = map[string]string{"team": "shop", "release": "7"}, []string{"release"}
	s.Network.PodCIDR = "100.64.0.0/16"
	plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.MaxPods = 20 })
	s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, SecurityGroups: []string{"sg-01234567"}}}
	p, _ := plan.New(s)
	var paths []string
	for _, note := range p.Notes {
		paths = append(paths, note.Path)
	}
	if want := []string{"addons.vpcCni.prefixDelegation", "network.podCidr", "tags", `nodeGroups["general"].maxPods`, `workloads["shop"].securityGroups`}; !slices.Equal(paths, want) {
		t.Errorf("noted are %q, want %q", paths, want)
	}
	if text := p.Notes[2].Text; !strings.HasPrefix(text, "team: also on instances") {
		t.Errorf("noted of tags: %s", text)
	}
	s = plantest.Stack()
	s.Addons.VPCCNI.PrefixDelegation = true
	s.Tags, s.TagsNotOnInstances = map[string]string{"release": "7"}, []string{"release"}
	if p, _ := plan.New(s); len(p.Notes) != 0 {
		t.Errorf("noted without reason: %v", p.Notes)
	}
}
