package config_test

import (
	"strings"
	"testing"
)

func TestSecurityGroupsOfPodsAreEnforcedInModeStandardUnlessTheStackFileSaysStrict(t *testing.T) {
	for typed, want := range map[string]string{"{}": "standard", "{mode: strict}": "strict"} {
		s, problems := load(t, good, "eksnet:addons: {vpcCni: {podSecurityGroups: "+typed+"}}")
		if problems.Err() != nil || s.Addons.VPCCNI.PodSecurityGroups.Mode != want {
			t.Errorf("%s: %+v, %v, want %s", typed, s.Addons.VPCCNI.PodSecurityGroups, problems, want)
		}
	}
}

func TestASecurityGroupOfPodsThatCannotWorkIsRefused(t *testing.T) {
	const workload = `workloads["shop"].podSecurityGroup: true, but `
	for _, test := range []struct{ mode, workload, problem string }{
		{"", "kind: alb, podSecurityGroup: true", workload + "without addons.vpcCni.podSecurityGroups pods have the security group of the cluster; write addons: {vpcCni: {podSecurityGroups: {}}}, or remove it"},
		{"{mode: off}", "kind: alb", `addons.vpcCni.podSecurityGroups.mode: "off" is not accepted`},
		{"{mode: open}", "kind: alb", `addons.vpcCni.podSecurityGroups.mode: "open" is not accepted; accepted: standard or strict`},
		{"{}", "kind: alb, podSecurityGroup: true, mesh: true", workload + "the proxies of mesh: true connect on ports that the group does not allow; remove one of them"},
		{"{}", "kind: netshoot, podSecurityGroup: true", workload + "netshoot has pods with the security group of the cluster; remove it or write kind: clb, nlb or alb"},
		{"{mode: strict}", "kind: nlb, target: instance, trafficPolicy: Local, podSecurityGroup: true", workload + "with mode strict nodes do not forward to their own pods with trafficPolicy Local"},
	} {
		groups := ""
		if test.mode != "" {
			groups = ", vpcCni: {podSecurityGroups: " + test.mode + "}"
		}
		_, problems := load(t, good, "eksnet:addons: {istio: {mtls: permissive}"+groups+"}\neksnet:workloads: {shop: {"+test.workload+"}}")
		if !strings.Contains(problems.Error(), test.problem) {
			t.Errorf("%s %s: want  %s\ngot   %s", test.mode, test.workload, test.problem, problems)
		}
	}
	_, problems := load(t, good, "eksnet:addons: {vpcCni: {podSecurityGroups: {}}}\neksnet:workloads: {shop: {kind: nlb, target: instance, trafficPolicy: Local, podSecurityGroup: true}}")
	if problems.Err() != nil {
		t.Errorf("mode standard supports trafficPolicy Local, but it is refused: %v", problems)
	}
}
