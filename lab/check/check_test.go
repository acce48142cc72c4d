package check

import (
	"slices"
	"strings"
	"testing"

	"eksnet/lab/rehearsed"
)

// shop is a picture of one ALB with one rule.
func shop() *Picture {
	p := newPicture()
	p.Balancers["Ingress shop/shop-alb"] = Balancer{Kind: "application", Scheme: "internal", Attributes: map[string]string{"idle": "60"},
		Listeners: map[string]Listener{"80": {Protocol: "HTTP", Default: notFound, Rules: map[string]Rule{"1": {Paths: []string{"/*"}, Forward: "shop/shop-alb:http"}}}}}
	p.Targets["shop/shop-alb:http"] = Target{Type: "ip", Targets: []string{"pod of shop/shop:8080", "pod of shop/shop:8080"}}
	p.Objects["Ingress shop/shop-alb"] = Object{Address: "the name of the load balancer of Ingress shop/shop-alb"}
	return p
}

func TestADifferenceIsToldByItsPathWithBothSides(t *testing.T) {
	made := shop()
	b := made.Balancers["Ingress shop/shop-alb"]
	b.Scheme = "internet-facing"
	made.Balancers["Ingress shop/shop-alb"] = b
	delete(made.Targets, "shop/shop-alb:http")
	lines := Differences(shop(), made)
	want := `load balancers › Ingress shop/shop-alb › scheme: rehearsed "internal", made "internet-facing"`
	if len(lines) != 2 || !slices.Contains(lines, want) || !strings.HasSuffix(lines[1], "made nothing") {
		t.Errorf("told are %q", lines)
	}
	if lines := Differences(shop(), shop()); len(lines) > 0 {
		t.Errorf("of the same picture twice: %q", lines)
	}
}

func TestAttributesThatTheRehearsalDidNotSetAreNotCompared(t *testing.T) {
	made := shop()
	made.Balancers["Ingress shop/shop-alb"].Attributes["idle"] = "90"
	made.Balancers["Ingress shop/shop-alb"].Attributes["http2"] = "true"
	if lines := Differences(shop(), made); len(lines) != 1 || !strings.Contains(lines[0], "attributes › idle") {
		t.Errorf("told are %q", lines)
	}
}

func TestWhatIsMadeOtherwiseThanPlannedIsTold(t *testing.T) {
	planned := rehearsed.Workload{Name: "shop", Kind: "alb", Scheme: "internal", Target: "ip", Path: "/", Replicas: 2, AddressOf: "Ingress shop/shop-alb"}
	stack := &rehearsed.Stack{Plan: &rehearsed.Plan{Workloads: []rehearsed.Workload{planned}, Quotas: []rehearsed.Quota{
		{Name: "Application Load Balancers per Region", Needed: 1}, {Name: "Rules per Application Load Balancer", Needed: 1}}}}
	if lines := Unplanned(stack, shop()); len(lines) > 0 {
		t.Errorf("as planned: %q", lines)
	}
	for _, change := range []func(*rehearsed.Stack){
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].Kind = "nlb" },
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].Scheme = "internet-facing" },
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].Target = "instance" },
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].Replicas = 3 },
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].Path = "/cart" },
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].Host = "shop.example.com" },
		func(s *rehearsed.Stack) { s.Plan.Workloads[0].AddressOf = "Ingress shop/other" },
		func(s *rehearsed.Stack) { s.Plan.Quotas[0].Needed = 2 },
		func(s *rehearsed.Stack) { s.Plan.Quotas[1].Needed = 2 },
	} {
		other := *stack
		other.Plan = &rehearsed.Plan{Workloads: slices.Clone(stack.Plan.Workloads), Quotas: slices.Clone(stack.Plan.Quotas)}
		change(&other)
		if len(Unplanned(&other, shop())) == 0 {
			t.Errorf("nothing is told where the plan is %+v", other.Plan)
		}
	}
}

func TestNamesAreComparedWithoutWhatIsMadeOfUIDs(t *testing.T) {
	service, ingress := map[string]string{"service.k8s.aws/stack": "shop/shop-nlb"}, map[string]string{"ingress.k8s.aws/stack": "demo"}
	for _, c := range []struct {
		name string
		tags map[string]string
		want string
	}{
		{"k8s-shop-shopnlb-fb2844b88d", service, "k8s-shop-shopnlb-…"},
		{"k8s-demo-e3d7db0704", ingress, "k8s-demo-e3d7db0704"},
		{"k8s-elb-adf27fab75686d2da7323e4115a7d724", nil, "k8s-elb-a…"},
		{"dev-nodeSecurityGroup-53ce6cc", nil, "dev-nodeSecurityGroup-53ce6cc"},
	} {
		if got := nameFor(c.name, c.tags); got != c.want {
			t.Errorf("%s is told as %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAnOpenedPolicyKeepsItsActionsButThoseTakenOut(t *testing.T) {
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:CreateTags","ec2:DeleteTags"],"Resource":["arn:aws:ec2:*:*:security-group/*"],"Condition":{"Null":{"aws:RequestTag/x":"false"}}}]}`
	opened, err := opened(policy, []string{"ec2:DeleteTags"})
	if err != nil || opened != `{"Version":"2012-10-17","Statement":[{"Action":["ec2:CreateTags"],"Effect":"Allow","Resource":"*"}]}` {
		t.Errorf("%s, %v", opened, err)
	}
}
