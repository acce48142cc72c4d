package balancer_test

import (
	"fmt"
	"slices"
	"testing"

	"eksnet/config"
	"eksnet/plan/balancer"
)

func point[T any](value T) *T { return &value }

// gatewayStack has an ALB's group of Gateways and an NLB's, and a Gateway of one workload.
func gatewayStack() *config.Stack {
	all := map[string]config.Workload{
		"cart":  {Kind: config.KindGatewayALB, Group: "store", Certificate: "b", Hosts: []string{"shop.example.com"}, Paths: []string{"/cart"}},
		"any":   {Kind: config.KindGatewayALB, Group: "store", Certificate: "a", Attributes: map[string]string{"idle_timeout.timeout_seconds": "120"}},
		"next":  {Kind: config.KindGatewayALB, Group: "store", Certificate: "b", Hosts: []string{"shop.example.com"}, Weight: point(1)},
		"shop":  {Kind: config.KindGatewayALB, Group: "store", Certificate: "b", Hosts: []string{"shop.example.com"}, Weight: point(9)},
		"dns":   {Kind: config.KindGatewayNLB, Group: "edge", Protocol: config.ProtocolUDP, Port: 53, ElasticIPs: []string{"eipalloc-1"}},
		"plain": {Kind: config.KindGatewayNLB, Group: "edge", CrossZone: true},
		"own":   {Kind: config.KindGatewayALB, Certificate: "c", Redirect: point(false), Target: config.TargetInstance, TrafficPolicy: config.PolicyLocal},
	}
	for name, w := range all {
		if w.Port == 0 && w.IsNLB() {
			w.Port = 80
		}
		w.Derive()
		all[name] = w
	}
	return &config.Stack{Network: config.Network{Zones: []string{"a"}}, Workloads: all}
}

func TestAGatewayHasTheListenersAndCertificatesOfItsWorkloads(t *testing.T) {
	s := gatewayStack()
	for workload, want := range map[string]string{
		"shop": "gateway-store/store [http-80 https-443] map[443:[b a]] redirects true",
		"any":  "gateway-store/store [http-80 https-443] map[443:[b a]] redirects true",
		"dns":  "gateway-edge/edge [udp-53 tcp-80] map[] redirects false",
		"own":  "own/own [http-80 https-443] map[443:[c]] redirects false",
	} {
		g := balancer.GatewayFor(s, workload)
		var names []string
		for _, l := range g.Listeners {
			names = append(names, l.Name())
		}
		if got := fmt.Sprintf("%s/%s %v %v redirects %t", g.Namespace, g.Name, names, g.Certificates, g.Redirects()); got != want {
			t.Errorf("the Gateway of %s is %s, want %s", workload, got, want)
		}
	}
	if g := balancer.GatewayFor(s, "plain"); !slices.Equal(g.Spec.ElasticIPs, []string{"eipalloc-1"}) || !g.Spec.CrossZone {
		t.Errorf("the load balancer of group edge has %v and cross-zone %t", g.Spec.ElasticIPs, g.Spec.CrossZone)
	}
	if g := balancer.GatewayFor(s, "dns"); !g.Spec.CrossZone {
		t.Error("the load balancer of group edge depends on the member")
	}
	if g := balancer.GatewayFor(s, "cart"); g.Spec.Attributes["idle_timeout.timeout_seconds"] != "120" {
		t.Errorf("the load balancer of group store has the attributes %v", g.Spec.Attributes)
	}
}

func TestMembersWithWeightsAndTheSameRequestsShareThem(t *testing.T) {
	s := gatewayStack()
	for workload, want := range map[string]string{"shop": "[next shop]", "next": "[next shop]", "cart": "[cart]", "plain": "[plain]", "own": "[own]"} {
		var names []string
		for _, m := range balancer.WeightedSet(s.Workloads, workload) {
			names = append(names, m.Name)
		}
		if fmt.Sprint(names) != want {
			t.Errorf("%s shares its requests with %v, want %s", workload, names, want)
		}
	}
	tcp, udp := config.Workload{Kind: config.KindGatewayNLB, Port: 53, Protocol: config.ProtocolTCP, Weight: point(1)}, config.Workload{Kind: config.KindGatewayNLB, Port: 53, Protocol: config.ProtocolUDP, Weight: point(1)}
	if balancer.SharesRequests(tcp, udp) || !balancer.SharesRequests(udp, udp) {
		t.Error("connections and packets of one port are shared, or packets are not")
	}
}

// The controller takes the ports of health checks of Services behind Gateways from their configuration, and Kubernetes
// assigns no health check node port to a Service of type NodePort.
func TestAGatewaysHealthCheckUsesTheTrafficPortWithLocalNodes(t *testing.T) {
	w := gatewayStack().Workloads["own"]
	packets := config.Workload{Kind: config.KindGatewayNLB, Target: config.TargetInstance, TrafficPolicy: config.PolicyLocal}
	packets.Derive()
	for _, w := range []config.Workload{w, packets} {
		if check := balancer.HealthCheckOf(w); check.By != balancer.AnswersPod || balancer.HasHealthNodePort(w) {
			t.Errorf("the health check of %s is %+v", w.Kind, check)
		}
	}
	if packets.Kind = config.KindNLB; !balancer.HasHealthNodePort(packets) {
		t.Error("an NLB of a Service has no health check node port")
	}
}

func TestNamesAndRulesOfLoadBalancersOfGateways(t *testing.T) {
	s := gatewayStack()
	for workload, want := range map[string]string{"shop": "k8s-gateways-store", "own": "k8s-own-own"} {
		if got := balancer.ReadableName(workload, s.Workloads[workload]); got != want {
			t.Errorf("the load balancer of %s is named %s, want %s", workload, got, want)
		}
	}
	w := config.Workload{Kind: config.KindGatewayALB, Hosts: []string{"a.example.com", "b.example.com"}, Paths: []string{"/x", "/y", "/z"}}
	if got := balancer.CountRules(w); got != 3 {
		t.Errorf("a Gateway has %d rules for three paths, want one for each", got)
	}
	if w.Kind = config.KindALB; balancer.CountRules(w) != 6 {
		t.Errorf("an Ingress has %d rules for three paths of two hosts", balancer.CountRules(w))
	}
	var kinds []string
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		kinds = append(kinds, b.Kind+" "+b.Name)
	}
	if want := []string{"gateway-nlb edge", "gateway-alb store", "gateway-alb own"}; !slices.Equal(kinds, want) {
		t.Errorf("load balancers are %v, want %v", kinds, want)
	}
}
