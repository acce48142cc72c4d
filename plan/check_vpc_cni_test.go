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
		"pods without a public address on the first interface of a node": {
			func(s *config.Stack) {
				s.Addons.VPCCNI.ExternalSNAT, s.NodeGroups, s.Network.PodCIDR, s.Network.PodSubnets = true, edge, "100.64.0.0/16", config.PodSubnetsDiscovery
			},
			"addons.vpcCni.externalSnat: true, but pods of node groups in public subnets have no public address, and the internet gateway drops what they send",
		},
		"subnets for pods that are used after those of nodes": {
			func(s *config.Stack) {
				s.Network.CIDR, s.Network.PodCIDR, s.Network.PodSubnets = "10.0.0.0/18", "100.64.0.0/19", config.PodSubnetsDiscovery
			},
			"network.podSubnets: discovery, but the pods' subnets (/21) are not larger than the private subnets (/21), and the VPC CNI creates interfaces in the subnet with the most free addresses, so pods would use up the private subnets; use a podCidr of at least /18, such as 100.64.0.0/18, or podSubnets customNetworking",
		},
		"security groups for pods in an IPv6 cluster": {
			func(s *config.Stack) {
				s.Network.IPFamily, s.Addons.VPCCNI.PodSecurityGroups = config.IPv6, &config.PodSecurityGroups{Mode: config.EnforceStandard}
			},
			"addons.vpcCni.podSecurityGroups: standard, but with network.ipFamily ipv6 the VPC CNI does not support security groups for pods; remove it",
		},
		"security groups for pods without trunk interfaces": {
			func(s *config.Stack) {
				*s = *plantest.StackOfTypes(true, "t3.large", "m5.large")
				s.Addons.VPCCNI.PodSecurityGroups = &config.PodSecurityGroups{Mode: config.EnforceStandard}
			},
			"addons.vpcCni.podSecurityGroups: no node group has only instance types with trunk interfaces, which pods need for a security group of their own (group general: t3.large, m5.large); use types of the Nitro System that are not burstable, such as m7g.large, or remove it",
		},
		"more pods with a security group of their own than branch interfaces": {
			func(s *config.Stack) {
				*s = *plantest.StackOfTypes(true, "m7g.large")
				s.Addons.VPCCNI.PodSecurityGroups = &config.PodSecurityGroups{Mode: config.EnforceStandard}
				s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, App: config.AppEcho, Target: config.TargetIP, Replicas: 50, PodSecurityGroup: true}}
			},
			"50 pods with a security group of their own where 9 fit",
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

func TestSubnetsForPodsThatNoNodeNeedsAreWarnedOf(t *testing.T) {
	for prefixes, want := range map[bool]string{
		true:  "discovery, but no node needs an interface in the pods' subnets: its first interface, in the node's own subnet, has addresses for all of its pods; write podSubnets: customNetworking, or addons.vpcCni.prefixDelegation: false",
		false: "",
	} {
		s := plantest.StackInRange("10.0.0.0/16", prefixes, "m7g.large", config.Scaling{Desired: 2, Max: 2})
		s.Network.PodCIDR, s.Network.PodSubnets = "100.64.0.0/16", config.PodSubnetsDiscovery
		p, problems := plan.New(s)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, w := range p.Warnings {
			if w.Path == "network.podSubnets" {
				got = w.Text
			}
		}
		if (got == "") != (want == "") || !strings.HasPrefix(got, want) {
			t.Errorf("prefixes %v: %q, want %q", prefixes, got, want)
		}
	}
}

func TestWhatOnlyNewNodesTakeIsNoted(t *testing.T) {
	s := plantest.Stack()
	s.Tags, s.TagsNotOnInstances = map[string]string{"team": "shop", "release": "7"}, []string{"release"}
	s.Network.PodCIDR, s.Network.IPAMPool = "100.64.0.0/16", "ipam-pool-0123456789abcdef0"
	plantest.ChangeGroup(s, func(group *config.NodeGroup) { group.MaxPods = 20 })
	s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, SecurityGroups: []string{"sg-01234567"}}}
	p, _ := plan.New(s)
	var paths []string
	for _, note := range p.Notes {
		paths = append(paths, note.Path)
	}
	if want := []string{"addons.vpcCni.prefixDelegation", "network.ipamPool", "network.podCidr", "tags", `nodeGroups["general"].maxPods`, `workloads["shop"].securityGroups`}; !slices.Equal(paths, want) {
		t.Errorf("noted are %q, want %q", paths, want)
	}
	if text := p.Notes[3].Text; !strings.HasPrefix(text, "team: also on instances") {
		t.Errorf("noted of tags: %s", text)
	}
	s = plantest.Stack()
	s.Addons.VPCCNI.PrefixDelegation = true
	s.Tags, s.TagsNotOnInstances = map[string]string{"release": "7"}, []string{"release"}
	if p, _ := plan.New(s); len(p.Notes) != 0 {
		t.Errorf("noted without reason: %v", p.Notes)
	}
}

func TestPodsThatLoseTheInternetOnNodesInPublicSubnetsAreWarnedOf(t *testing.T) {
	for mode, want := range map[string]bool{config.EnforceStrict: true, config.EnforceStandard: false} {
		s := plantest.StackOfTypes(true, "m7g.large")
		group := s.NodeGroups["general"]
		group.Subnets = config.PublicSubnets
		s.NodeGroups["general"], s.Addons.VPCCNI.PodSecurityGroups = group, &config.PodSecurityGroups{Mode: mode}
		p, _ := plan.New(s)
		warned := slices.ContainsFunc(p.Warnings, func(w config.Warning) bool {
			return w.Path == "addons.vpcCni.podSecurityGroups.mode" && strings.Contains(w.Text, "no access to the internet on nodes in public subnets")
		})
		if warned != want {
			t.Errorf("mode %s: %v", mode, p.Warnings)
		}
	}
}
