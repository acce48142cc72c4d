package plan_test

import (
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestTheIdentityOfAClusterThatExistsIsNotChanged(t *testing.T) {
	for _, test := range []struct{ from, to, says string }{ // says is "" where nothing is refused
		{"", config.PodIdentity, ""}, {config.IRSA, config.IRSA, ""}, {config.PodIdentity, config.PodIdentity, ""},
		{config.IRSA, config.PodIdentity, "podIdentity, but the existing cluster has irsa, and its pods would lose their credentials in between (docs/identity.md#change); write irsa, or run pulumi destroy before this change"},
		{config.PodIdentity, config.IRSA, "irsa, but the existing cluster has podIdentity"},
	} {
		s := &config.Stack{Cluster: config.Cluster{Identity: test.to}}
		problems := plan.CheckExisting(s, plan.ExistingCluster{Identity: test.from})
		refused := len(problems) == 1 && problems[0].Path == "cluster.identity" && strings.Contains(problems[0].Message, test.says)
		if refused != (test.says != "") || !refused && len(problems) > 0 {
			t.Errorf("from %q to %q: %v, want %q", test.from, test.to, problems, test.says)
		}
	}
}

func TestTheTagOfAClusterIsItsIdentity(t *testing.T) {
	for want, tags := range map[string]map[string]string{config.IRSA: {"team": "x"}, config.PodIdentity: {plan.IdentityTag: "podIdentity"}} {
		if got := plan.IdentityOf(tags); got != want {
			t.Errorf("tags %v: %s, want %s", tags, got, want)
		}
	}
}

func TestPodIdentityWithoutNATIsRefusedWhereEKSAuthHasNoEndpoint(t *testing.T) {
	s := plantest.Stack()
	s.Region, s.Network.NAT, s.Network.Endpoints = "cn-north-1", config.NATNone, config.Endpoints{config.EndpointsAuto}
	s.Cluster.Identity = config.PodIdentity
	_, problems := plan.New(s)
	if text := problems.Err(); text == nil || !strings.Contains(text.Error(), "cluster.identity: network.nat is none, and eksnet knows no interface endpoint of eks-auth in aws-cn") {
		t.Errorf("problems: %v", text)
	}
}

func TestTheAgentHasTheDefaultVersionOfEKSOrTheTypedOne(t *testing.T) {
	s := plantest.Stack()
	if p, _ := plan.New(s); p.Addons.PodIdentityAgent != nil {
		t.Errorf("IRSA has the agent %s", *p.Addons.PodIdentityAgent)
	}
	s.Cluster.Identity = config.PodIdentity
	if p, _ := plan.New(s); *p.Addons.PodIdentityAgent != "v1.3.10-eksbuild.3" {
		t.Errorf("default %s", *p.Addons.PodIdentityAgent)
	}
	s.Addons.PodIdentityAgent = &config.Addon{Version: "v1.4.0-eksbuild.2"}
	if p, _ := plan.New(s); *p.Addons.PodIdentityAgent != "v1.4.0-eksbuild.2" {
		t.Errorf("typed %s", *p.Addons.PodIdentityAgent)
	}
}
