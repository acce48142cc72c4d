package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/rehearsed"
	"eksnet/path"
	"eksnet/plan/balancer"
	"eksnet/plan/lint"
	"eksnet/plan/quota"
)

// shopSnapshot returns a snapshot with one ALB with one rule.
func shopSnapshot() *Snapshot {
	p := newSnapshot()
	p.Balancers["Ingress shop/shop-alb"] = Balancer{Kind: "application", Scheme: "internal", Attributes: map[string]string{"idle": "60"},
		Subnets: []string{"subnet-a"}, Groups: []string{"k8s-shop"},
		Listeners: map[string]Listener{"80": {Protocol: "HTTP", Default: notFound, Rules: map[string]Rule{"1": {Paths: []string{"/*"}, Forward: "shop/shop-alb:http"}}}}}
	p.Targets["shop/shop-alb:http"] = Target{Type: "ip", Protocol: "HTTP", Targets: []string{"pod of shop/shop:8080", "pod of shop/shop:8080"},
		Health: map[string]string{"protocol": "HTTP", "port": "traffic-port", "path": "/healthz", "interval": "15"}}
	p.Groups["k8s-shop"] = Group{Rules: []string{"tcp 80 from 0.0.0.0/0"}}
	p.Objects["Ingress shop/shop-alb"] = Object{Address: "the DNS name of the load balancer of Ingress shop/shop-alb"}
	return p
}

// plannedShop returns a stack whose plan has the same ALB.
func plannedShop() *rehearsed.Stack {
	return &rehearsed.Stack{
		Network: rehearsed.Network{Subnets: []rehearsed.Subnet{{ID: "subnet-a", Zone: "a"}}},
		Plan: &rehearsed.Plan{
			Workloads: []rehearsed.Workload{{Name: "shop", AddressOf: "Ingress shop/shop-alb",
				Workload: config.Workload{Kind: config.KindALB, Scheme: config.Internal, Target: config.TargetIP, Paths: []string{"/"}, Replicas: 2}}},
			Quotas: []quota.Quota{{Name: "Application Load Balancers per Region", Needed: 1}, {Name: "Rules per Application Load Balancer", Needed: 1}}},
		Paths: []path.Path{{Workload: "shop", Kind: config.KindALB, Clients: []string{"0.0.0.0/0"}, Target: &path.Target{Type: "ip", Protocol: "TCP", Port: 8080},
			Balancer:  &path.Balancer{Scheme: "internal", Zones: []string{"a"}, Subnets: "private", Listeners: []balancer.Listener{{Port: 80, Protocol: "HTTP"}}},
			KubeProxy: "none", Source: "the load balancer's", ClientAddressIn: "the header X-Forwarded-For", Zones: path.Crossings{ToTarget: true},
			Health: &balancer.HealthCheck{Protocol: "HTTP", Port: 8080, Path: "/healthz", Interval: 15, By: "pod"}}},
	}
}

func TestADifferenceHasItsPathAndBothValues(t *testing.T) {
	made := shopSnapshot()
	b := made.Balancers["Ingress shop/shop-alb"]
	b.Scheme = "internet-facing"
	made.Balancers["Ingress shop/shop-alb"] = b
	delete(made.Targets, "shop/shop-alb:http")
	lines := Differences(shopSnapshot(), made)
	want := `load balancers › Ingress shop/shop-alb › scheme: rehearsed "internal", observed "internet-facing"`
	if len(lines) != 2 || !slices.Contains(lines, want) || !strings.HasSuffix(lines[1], "observed nothing") {
		t.Errorf("differences %q", lines)
	}
	if lines := Differences(shopSnapshot(), shopSnapshot()); len(lines) > 0 {
		t.Errorf("differences of equal snapshots: %q", lines)
	}
}

func TestAnAttributeThatTheRehearsalDoesNotSetMustHaveAWSsDefault(t *testing.T) {
	made := shopSnapshot()
	attributes := made.Balancers["Ingress shop/shop-alb"].Attributes
	attributes["idle"], attributes["deletion_protection.enabled"] = "90", "false"
	if lines := Differences(shopSnapshot(), made); len(lines) != 1 || !strings.Contains(lines[0], "attributes › idle") {
		t.Errorf("differences %q", lines)
	}
	attributes["deletion_protection.enabled"] = "true"
	if lines := Differences(shopSnapshot(), made); len(lines) != 2 {
		t.Errorf("with deletion protection on: %q", lines)
	}
}

func TestEveryDifferenceFromThePlanIsReported(t *testing.T) {
	if lines := Unplanned(plannedShop(), shopSnapshot()); len(lines) > 0 {
		t.Errorf("as planned: %q", lines)
	}
	for want, change := range map[string]func(*rehearsed.Workload, *path.Path, *rehearsed.Plan){
		"kind":                  func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.Kind = "nlb" },
		"targets":               func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.Replicas = 3 },
		"rules: planned [/cart": func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.Paths = []string{"/cart"} },
		"rules: planned [a":     func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.Hosts = []string{"a"} },
		"default action":        func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.DefaultBackend = true },
		"readiness gates":       func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.ReadinessGate = true },
		"Elastic IPs": func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) {
			w.ElasticIPs = []string{"eipalloc-1"}
		},
		"address: ":              func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.AddressOf = "Ingress shop/other" },
		"load balancer: planned": func(w *rehearsed.Workload, _ *path.Path, _ *rehearsed.Plan) { w.Kind = "policy" },
		"one, observed none":     func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Workload = "other" },
		"scheme": func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) {
			p.Balancer.Scheme = "internet-facing"
		},
		"subnets": func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Balancer.Subnets = "public" },
		"zones": func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) {
			p.Balancer.Zones = []string{"a", "b"}
		},
		"listeners": func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) {
			p.Balancer.Listeners[0].Redirect = true
		},
		"clients":                 func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Clients = []string{"10.0.0.0/8"} },
		"target › type":           func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Target.Type = "instance" },
		"target › port":           func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Target.Port = 80 },
		"kubeProxy":               func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.KubeProxy = "any pod" },
		"source":                  func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Source = "the client's" },
		"clientAddressIn":         func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.ClientAddressIn = "" },
		"loadBalancerToTarget":    func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Zones.ToTarget = false },
		"healthCheck › port":      func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Health.Port = 0 },
		"healthCheck › interval":  func(_ *rehearsed.Workload, p *path.Path, _ *rehearsed.Plan) { p.Health.Interval = 10 },
		"Application Load Balanc": func(_ *rehearsed.Workload, _ *path.Path, p *rehearsed.Plan) { p.Quotas[0].Needed = 2 },
		"Rules per Application":   func(_ *rehearsed.Workload, _ *path.Path, p *rehearsed.Plan) { p.Quotas[1].Needed = 2 },
	} {
		s := plannedShop()
		change(&s.Plan.Workloads[0], &s.Paths[0], s.Plan)
		if lines := Unplanned(s, shopSnapshot()); !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("%s: differences %q", want, lines)
		}
	}
}

func TestTheProxyOfAPodIsInThePathOfItsWorkload(t *testing.T) {
	observed := shopSnapshot()
	observed.Proxied["pod of shop/shop"] = Proxied{Containers: map[string]Container{"1 istio-proxy": {}, "2 shop": {}}}
	if lines := strings.Join(Unplanned(plannedShop(), observed), "\n"); !strings.Contains(lines, "proxied: planned nothing, observed true") {
		t.Errorf("a pod has a proxy that is not planned: %s", lines)
	}
	s := plannedShop()
	s.Paths[0].Proxied, s.Paths[0].Source = true, path.Proxies
	if lines := Unplanned(s, observed); len(lines) > 0 {
		t.Errorf("as planned: %q", lines)
	}
	if lines := Unplanned(s, shopSnapshot()); len(lines) != 2 {
		t.Errorf("a planned proxy is missing: %q", lines)
	}
}

// The program predicts from the stack file, and the lab reads the attribute that the controller set.
func TestAnALBThatAppendsNoForwardedHeaderShowsPodsNoClientAddress(t *testing.T) {
	for mode, clientAddressIn := range map[string]string{"": path.ForwardedForHeader, "append": path.ForwardedForHeader, "preserve": "", "remove": ""} {
		s, observed := plannedShop(), shopSnapshot()
		s.Paths[0].ClientAddressIn = clientAddressIn
		if mode != "" {
			observed.Balancers["Ingress shop/shop-alb"].Attributes[awsdata.ForwardedForMode] = mode
		}
		if lines := Unplanned(s, observed); len(lines) > 0 {
			t.Errorf("mode %q: %q", mode, lines)
		}
	}
}

func TestNodePortsAreNamedByTheirPurpose(t *testing.T) {
	n := newNameMap()
	n.addNodePorts(30002, 30001, 0)
	for got, want := range map[string]string{
		n.port(30001): "node port", n.port(30002): "health check node port", n.port(8080): "8080", n.port(0): "0",
		n.rule("tcp", 80, 30002, "sg-1", ""): "tcp 80 to node port from sg-1", n.healthTarget("HTTP:30002/healthz"): "HTTP:health check node port/healthz",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPodsOfAnApplicationAreReadyOnlyIfAllAre(t *testing.T) {
	p := newSnapshot()
	p.addPod("pod of shop/shop", map[string]string{"a/b": "True"}, true)
	p.addPod("pod of shop/shop", map[string]string{"a/b": "False"}, false)
	p.addPod("pod of shop/shop", map[string]string{"a/b": "True"}, true)
	p.addPod("pod of other/other", nil, true)
	if pod := p.Pods["pod of shop/shop"]; len(p.Pods) != 1 || pod.Ready || pod.Gates["a/b"] != "False" {
		t.Errorf("pods %+v", p.Pods)
	}
}

func TestNamesAreComparedWithoutPartsThatDependOnUIDs(t *testing.T) {
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
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAnOpenedPolicyKeepsItsActionsExceptTheRemovedOnes(t *testing.T) {
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:CreateTags","ec2:DeleteTags"],"Resource":["arn:aws:ec2:*:*:security-group/*"],"Condition":{"Null":{"aws:RequestTag/x":"false"}}}]}`
	opened, err := withoutConditions(policy, []string{"ec2:DeleteTags"})
	if err != nil || opened != `{"Version":"2012-10-17","Statement":[{"Action":["ec2:CreateTags"],"Effect":"Allow","Resource":"*"}]}` {
		t.Errorf("%s, %v", opened, err)
	}
}

// A port is a number in the rehearsal's JSON and an integer in the API server's object.
func TestPeersOfATargetGroupBindingAreDescribedByTheirNames(t *testing.T) {
	n := newNameMap()
	n.groups["sg-1"] = "the shared group"
	n.addNodePorts(0, 30080)
	for _, number := range []any{30080.0, int64(30080)} {
		networking := map[string]any{"ingress": []any{
			map[string]any{"from": []any{map[string]any{"securityGroup": map[string]any{"groupID": "sg-1"}}}, "ports": []any{
				map[string]any{"protocol": "TCP", "port": number}, map[string]any{"protocol": "TCP", "port": "http"}}},
			map[string]any{"from": []any{map[string]any{"ipBlock": map[string]any{"cidr": "10.0.0.0/16"}}}, "ports": []any{map[string]any{"protocol": "UDP", "port": 53.0}}}}}
		want := []string{"TCP http from the shared group", "TCP node port from the shared group", "UDP 53 from 10.0.0.0/16"}
		if lines := n.networking(networking); !slices.Equal(lines, want) {
			t.Errorf("lines %q", lines)
		}
	}
	if lines := n.networking(nil); len(lines) > 0 {
		t.Errorf("lines without networking: %q", lines)
	}
}

func TestEachRuleThatIsCalledMeasuredHasACheckAndEachCheckARule(t *testing.T) {
	var checked, measured []string
	for _, trap := range allTraps() {
		checked = append(checked, trap.rule)
	}
	for _, rule := range lint.Rules() {
		if rule.Measured {
			measured = append(measured, rule.Name)
		}
	}
	slices.Sort(checked)
	slices.Sort(measured)
	if !slices.Equal(checked, measured) {
		t.Errorf("the lab checks %v, and package lint calls %v measured", checked, measured)
	}
}

func TestObjectsOfTrapsAreCopiesThatLeaveTheStacksAsTheyAre(t *testing.T) {
	object := func(kind, namespace, name string, rest map[string]any) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{"kind": kind, "spec": rest}}
		o.SetName(name)
		o.SetNamespace(namespace)
		return o
	}
	service := object("Service", "shop", "shop-nlb", map[string]any{"externalTrafficPolicy": "Local", "selector": map[string]any{"app": "shop"}})
	service.SetAnnotations(map[string]string{serviceAnnotation + "subnets": "s-1,s-2", serviceAnnotation + "scheme": "internet-facing"})
	s := &rehearsed.Stack{Network: rehearsed.Network{Subnets: []rehearsed.Subnet{{ID: "s-1", Zone: "a"}, {ID: "s-2", Zone: "b"}}},
		Objects: []*unstructured.Unstructured{object("Namespace", "", "shop", nil), object("Deployment", "shop", "shop", map[string]any{"replicas": int64(3)}), service},
		Plan: &rehearsed.Plan{Workloads: []rehearsed.Workload{
			{Name: "web", Workload: config.Workload{Kind: config.KindALB, App: config.AppEcho}},
			{Name: "shop", AddressOf: "Service shop/shop-nlb", Workload: config.Workload{Kind: config.KindNLB, App: config.AppEcho, Protocol: config.ProtocolTCP}}}}}
	template, err := newTrapTemplate(s)
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(template.deployment.Object, template.service.Object)
	made := template.copyService("preserved", map[string]string{"nlb-target-type": "ip"})
	if got := made.GetAnnotations(); objectTitle(made) != "Service traps/preserved" || got[serviceAnnotation+"scheme"] != "internal" || got[serviceAnnotation+"subnets"] != "s-1,s-2" {
		t.Errorf("%s: %v", objectTitle(made), got)
	}
	if policy, found, _ := unstructured.NestedString(made.Object, "spec", "externalTrafficPolicy"); found {
		t.Errorf("the copy has traffic policy %s", policy)
	}
	if replicas, _, _ := unstructured.NestedInt64(template.copyDeployment().Object, "spec", "replicas"); replicas != 1 {
		t.Errorf("%d replicas", replicas)
	}
	if after := fmt.Sprint(template.deployment.Object, template.service.Object); after != before {
		t.Errorf("the stack's objects were %s, and are %s", before, after)
	}
	s.Plan.Workloads = s.Plan.Workloads[:1]
	if hasTrapTemplate(s) {
		t.Error("a stack without an NLB has a template")
	}
}

func TestTargetsAreFoundByIPv6AddressesToo(t *testing.T) {
	for _, want := range [][2]string{{"i-0abc", "30080"}, {"2001:db8:0:101:1::2", "8080"}, {"pod of shop/shop", "node port"}} {
		if id, port := cutTarget(want[0] + ":" + want[1]); id != want[0] || port != want[1] {
			t.Errorf("target %s on %s is read as %s on %s", want[0], want[1], id, port)
		}
	}
}
