package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestAVersionThatLeavesStandardSupportIsWarnedOf(t *testing.T) {
	for _, test := range []struct{ version, day, want string }{
		{"1.35", "2026-11-21", ""},
		{"1.34", "2026-10-02", ""},
		{"1.34 standard", "2026-10-03", "standard support of Kubernetes 1.34 ends on 2026-12-02, after which EKS upgrades the control plane automatically, and this version is refused; upgrade to"},
		{"1.34 standard", "2026-10-02", ""},
		{"1.34", "2026-10-03", "standard support of Kubernetes 1.34 ends on 2026-12-02, after which the control plane costs more per hour; upgrade to a newer version, one minor version at a time"},
		{"1.34", "2026-12-02", "standard support of Kubernetes 1.34 ended on 2026-12-02: the control plane costs more per hour, and on 2027-12-02 EKS upgrades the cluster automatically; upgrade to"},
		{"1.34", "2027-12-02", "extended support of Kubernetes 1.34 ended on 2027-12-02: EKS creates no clusters of this version and upgrades existing ones; upgrade to"},
	} {
		version, policy, _ := strings.Cut(test.version, " ")
		got := plan.AdviseOnSupport(config.Cluster{Version: version, UpgradePolicy: policy}, test.day)
		switch {
		case test.want == "" && len(got) > 0:
			t.Errorf("%s on %s: %v", test.version, test.day, got)
		case test.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0].String(), "cluster.version: "+test.want)):
			t.Errorf("%s on %s: %v, want %s", test.version, test.day, got, test.want)
		}
	}
}

func TestEveryAcceptedVersionHasItsSupportAndAddonsInTheTable(t *testing.T) {
	for _, version := range config.Versions {
		if got := plan.AdviseOnSupport(config.Cluster{Version: version}, "2100-01-01"); len(got) != 1 {
			t.Errorf("the end of support of Kubernetes %s is not known", version)
		}
		s := plantest.Stack()
		s.Cluster.Version = version
		p, problems := plan.New(s)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		s.Addons.VPCCNI.Version, s.Addons.KubeProxy.Version, s.Addons.CoreDNS.Version = p.Addons.VPCCNI, p.Addons.KubeProxy, p.Addons.CoreDNS
		again, problems := plan.New(s)
		if problems.Err() != nil || again.Addons != p.Addons || !strings.HasPrefix(p.Addons.KubeProxy, "v"+version+".") || p.Addons.VPCCNI == "" || p.Addons.CoreDNS == "" {
			t.Errorf("Kubernetes %s: default add-ons %+v, problems %v when they are typed", version, p.Addons, problems)
		}
	}
}

func TestAStackOutOfStandardSupportIsPlannedWithAWarning(t *testing.T) {
	s := plantest.Stack()
	s.Cluster.Version = "1.33"
	p, problems := plan.New(s)
	warned := func(w config.Warning) bool {
		return w.Path == "cluster.version" && strings.Contains(w.Text, "ended on 2026-07-29")
	}
	if problems.Err() != nil || !slices.ContainsFunc(p.Warnings, warned) {
		t.Errorf("problems %v, warnings %v", problems, p.Warnings)
	}
}

func TestUnknownAddonVersionsAreRefusedWithTheKnownOnes(t *testing.T) {
	for _, test := range []struct{ path, version, problem string }{
		{"vpcCni", "v1.22.4-eksbuild.3", ""},
		{"vpcCni", "v1.23.7-eksbuild.1", ""}, // newer in a minor line that is known
		{"vpcCni", "v1.99.0-eksbuild.1", "addons.vpcCni.version: v1.99.0-eksbuild.1 is not a known version for Kubernetes 1.35; accepted: v1.21.1-eksbuild.1, v1.22.2-eksbuild.1, v1.22.4-eksbuild.3, v1.23.0-eksbuild.1, and newer ones of the same minor versions (aws eks describe-addon-versions --kubernetes-version"},
		{"vpcCni", "v1.18.0-eksbuild.1", "addons.vpcCni.version: v1.18.0-eksbuild.1 is not a known version"},
		{"vpcCni", "v1.22.1-eksbuild.1", "addons.vpcCni.version: v1.22.1-eksbuild.1 is not a known version"},
		{"coreDns", "v1.14.2-eksbuild.4", ""},
		{"coreDns", "v1.12.4-eksbuild.29", "addons.coreDns.version: v1.12.4-eksbuild.29 is not a known version for Kubernetes 1.35; accepted: v1.13.2-eksbuild.1, v1.13.2-eksbuild.21, v1.14.2-eksbuild.4, and newer ones of the same minor versions ("},
		{"kubeProxy", "v1.35.3-eksbuild.21", ""},
		{"kubeProxy", "v1.34.6-eksbuild.21", ""}, // that of a cluster before its upgrade
		{"kubeProxy", "v1.36.0-eksbuild.17", "addons.kubeProxy.version: v1.36.0-eksbuild.17 is not a known version for Kubernetes 1.35"},
	} {
		s := plantest.Stack()
		version := map[string]*string{"vpcCni": &s.Addons.VPCCNI.Version, "coreDns": &s.Addons.CoreDNS.Version, "kubeProxy": &s.Addons.KubeProxy.Version}
		*version[test.path] = test.version
		_, problems := plan.New(s)
		if got := problems.Error(); test.problem == "" && problems.Err() != nil || test.problem != "" && !strings.Contains(got, test.problem) {
			t.Errorf("%s %s: %s\nwant %s", test.path, test.version, got, test.problem)
		}
	}
}

func TestOtherPartitionsTakeTheAddonsThatEKSHasThere(t *testing.T) {
	s := plantest.Stack()
	s.Region = "cn-north-1"
	if p, _ := plan.New(s); p.Addons != (plan.Addons{}) {
		t.Errorf("%+v", p.Addons)
	}
	s.Addons.CoreDNS.Version = "v1.13.2-eksbuild.21"
	if p, _ := plan.New(s); p.Addons.CoreDNS != "v1.13.2-eksbuild.21" {
		t.Errorf("%+v", p.Addons)
	}
}

func TestAVersionInExtendedSupportNeedsItsUpgradePolicy(t *testing.T) {
	for policy, refused := range map[string]bool{config.SupportStandard: true, config.SupportExtended: false} {
		s := plantest.Stack()
		s.Cluster.Version, s.Cluster.UpgradePolicy = "1.33", policy
		_, problems := plan.New(s)
		found := strings.Contains(fmt.Sprint(problems.Err()), "cluster.upgradePolicy: standard, but standard support of Kubernetes 1.33 ended on 2026-07-29; write extended")
		if found != refused {
			t.Errorf("%s: %v", policy, problems)
		}
	}
}
