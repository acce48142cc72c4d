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

// bill is a plan's billed rows as texts.
func bill(s *config.Stack) []string {
	p, _ := plan.New(s)
	var rows []string
	for _, b := range p.Billed {
		row := fmt.Sprintf("%d (%d-%d) %s: %s", b.Count, b.Min, b.Max, b.What, b.Detail)
		if b.AtLeast {
			row += " or more"
		}
		rows = append(rows, row)
	}
	return rows
}

func TestEverythingThatIsBilledByTheHourIsListed(t *testing.T) {
	s := plantest.Stack()
	s.Network.Endpoints = config.Endpoints{"sts", "ec2"}
	s.NodeGroups = map[string]config.NodeGroup{
		"general": {InstanceTypes: []string{"m7g.large"}, Capacity: config.OnDemand, Scaling: config.Scaling{Min: 2, Desired: 3, Max: 6}, Subnets: config.PrivateSubnets},
		"edge":    {InstanceTypes: []string{"t3.large", "t3a.large"}, Capacity: config.Spot, Scaling: config.Scaling{Min: 0, Desired: 1, Max: 4}, Subnets: config.PublicSubnets},
	}
	s.Workloads = map[string]config.Workload{
		"old":  {Kind: config.KindCLB, Scheme: config.InternetFacing, Target: config.TargetInstance},
		"echo": {Kind: config.KindNLB, Scheme: config.Internal, Target: config.TargetIP},
		"cart": {Kind: config.KindALB, Scheme: config.InternetFacing, Group: "web", Paths: []string{"/cart"}},
		"shop": {Kind: config.KindALB, Scheme: config.InternetFacing, Group: "web", Paths: []string{"/"}},
		"web":  {Kind: config.KindALB, Scheme: config.InternetFacing, Paths: []string{"/"}},
	}
	want := []string{
		"1 (1-1) EKS control plane: Kubernetes 1.35, which EKS upgrades automatically after standard support ends (2027-03-27)",
		"3 (3-3) NAT gateway: ap-northeast-2a, ap-northeast-2b, ap-northeast-2c",
		"6 (6-6) interface endpoint in a zone: ec2, sts; each in 3 zones",
		"1 (0-4) node: group edge: t3.large or t3a.large, spot",
		"3 (2-6) node: group general: m7g.large, on demand",
		"1 (1-1) Classic Load Balancer: old",
		"1 (1-1) Network Load Balancer: echo",
		"2 (2-2) Application Load Balancer: group web, web",
		"3 (3-3) public IPv4 address: NAT gateways",
		"1 (0-4) public IPv4 address: nodes in public subnets",
		"9 (9-9) public IPv4 address: internet-facing load balancers, one in each of 3 zones or more",
	}
	if got := bill(s); !slices.Equal(got, want) {
		t.Errorf("want\n%s\ngot\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

func TestTheControlPlaneIsBilledByItsSupport(t *testing.T) {
	for _, test := range []struct{ version, policy, want string }{
		{"1.35", config.SupportExtended, "1 (1-1) EKS control plane: Kubernetes 1.35, which costs six times as much per hour after standard support ends (2027-03-27)"},
		{"1.33", config.SupportExtended, "1 (1-1) EKS control plane in extended support: Kubernetes 1.33, which costs six times as much per hour since standard support ended (2026-07-29)"},
	} {
		s := plantest.Stack()
		s.Cluster.Version, s.Cluster.UpgradePolicy = test.version, test.policy
		if got := bill(s); got[0] != test.want {
			t.Errorf("%s, want %s", got[0], test.want)
		}
	}
}

func TestWhatIsNotMadeIsNotBilled(t *testing.T) {
	s := plantest.Stack()
	s.Network.NAT = config.NATNone
	for _, row := range bill(s) {
		if strings.Contains(row, "NAT") || strings.Contains(row, "Load Balancer") || strings.Contains(row, "public IPv4") {
			t.Error(row)
		}
	}
}

func TestTheBillHasTheEndOfStandardSupportOfEveryAcceptedVersion(t *testing.T) {
	for _, version := range config.Versions {
		s := plantest.Stack()
		s.Cluster.Version = version
		if got := bill(s)[0]; !strings.Contains(got, "standard support end") || !strings.Contains(got, " (20") {
			t.Errorf("%s: %s", version, got)
		}
	}
}
