package path_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	model "sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gwv1 "sigs.k8s.io/gateway-api/apis/v1"

	"pgregory.net/rapid"

	"eksnet/config"
	"eksnet/plan/balancer"
	"eksnet/rehearsal/world/lbc/builders"
)

// routedMember is a workload behind a Gateway, and the second in which its route was created.
type routedMember struct {
	name    string
	spec    config.Workload
	created int
}

// routeCluster has a Service, and routes in the order in which the API server lists them.
type routeCluster struct {
	backendServices
	routes []client.Object
}

func (c routeCluster) Items(kind, _ string) []client.Object {
	if kind == "HTTPRoute" {
		return c.routes
	}
	return nil
}

// routeObject returns the HTTPRoute of a workload.
func routeObject(m routedMember) *gwv1.HTTPRoute {
	route := &gwv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "store", Name: m.name, CreationTimestamp: metav1.Unix(int64(m.created), 0)}}
	route.Spec.ParentRefs = []gwv1.ParentReference{{Name: "store"}}
	for _, host := range m.spec.Hosts {
		route.Spec.Hostnames = append(route.Spec.Hostnames, gwv1.Hostname(host))
	}
	port, prefix := gwv1.PortNumber(80), gwv1.PathMatchPathPrefix
	rule := gwv1.HTTPRouteRule{BackendRefs: []gwv1.HTTPBackendRef{{BackendRef: gwv1.BackendRef{BackendObjectReference: gwv1.BackendObjectReference{Name: "web", Port: &port}}}}}
	for _, path := range m.spec.Paths {
		rule.Matches = append(rule.Matches, gwv1.HTTPRouteMatch{Path: &gwv1.HTTPPathMatch{Type: &prefix, Value: &path}})
	}
	route.Spec.Rules = []gwv1.HTTPRouteRule{rule}
	return route
}

// controllerRules returns the rules that the controller makes for the routes of workloads, listed in this order.
func controllerRules(members []routedMember) ([]balancer.GatewayRule, error) {
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "store", Name: "web"}}
	service.Spec.Type = corev1.ServiceTypeNodePort
	service.Spec.Ports = []corev1.ServicePort{{Port: 80, NodePort: nodePort, TargetPort: intstr.FromInt32(8080)}}
	cluster := routeCluster{backendServices: backendServices{types.NamespacedName{Namespace: "store", Name: "web"}: service}}
	for _, m := range members {
		cluster.routes = append(cluster.routes, routeObject(m))
	}
	c, layer := newController(nil), builders.LayerOf("gateway.k8s.aws/alb")
	c.Cluster = cluster
	g := &builders.Gateway{Gateway: &gwv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "store", Name: "store"}}, Class: &gwv1.GatewayClass{}, Layer: layer, Features: []string{layer.Feature}}
	same := gwv1.NamespacesFromSame
	g.Spec.Listeners = []gwv1.Listener{{Name: "http-80", Port: 80, Protocol: gwv1.HTTPProtocolType, AllowedRoutes: &gwv1.AllowedRoutes{Namespaces: &gwv1.RouteNamespaces{From: &same}}}}
	of, err := c.Configuration(g)
	if err != nil {
		return nil, err
	}
	routes, err := c.Routes(g, of)
	if err != nil {
		return nil, err
	}
	m, err := c.Gateway(g, of, routes)
	if err != nil {
		return nil, err
	}
	var found []balancer.GatewayRule
	for _, rule := range sortedRules(m) {
		found = append(found, gatewayRuleOf(rule))
	}
	return found, nil
}

// sortedRules returns the rules of a model's only listener by priority.
func sortedRules(m *builders.Model) []*model.ListenerRule {
	rules := m.Rules(m.Listeners[0])
	slices.SortFunc(rules, func(a, b *model.ListenerRule) int { return int(a.Spec.Priority - b.Spec.Priority) })
	return rules
}

// gatewayRuleOf reads the conditions of a rule. The path / has the pattern /*, and others have one for themselves and
// one for all below them.
func gatewayRuleOf(rule *model.ListenerRule) (r balancer.GatewayRule) {
	for _, condition := range rule.Spec.Conditions {
		if condition.HostHeaderConfig != nil {
			r.Hosts = slices.Sorted(slices.Values(condition.HostHeaderConfig.Values))
		}
		if condition.PathPatternConfig != nil {
			r.Path = strings.TrimSuffix(condition.PathPatternConfig.Values[0], "*")
		}
	}
	return r
}

// placeOf returns the place of a rule in the controller's order.
func placeOf(order []balancer.GatewayRule, r balancer.GatewayRule) int {
	hosts := slices.Sorted(slices.Values(r.Hosts))
	return slices.IndexFunc(order, func(o balancer.GatewayRule) bool { return o.Path == r.Path && slices.Equal(o.Hosts, hosts) })
}

func memberRules(members []routedMember) (all []balancer.MemberRule) {
	for _, m := range members {
		for _, r := range balancer.GatewayRulesOf(m.spec) {
			all = append(all, balancer.MemberRule{Name: m.name, GatewayRule: r})
		}
	}
	return all
}

// Whatever the order in which the API server lists the routes, and their age.
func TestTheRulesOfAGatewayAreInTheOrderOfThePlan(t *testing.T) {
	hosts := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"shop.example.com", "cart.example.com", "a.shop.example.com", "*.example.com", "*.shop.example.com", "example.net"}), 0, 2, rapid.ID[string])
	paths := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"/", "/cart", "/cart/items", "/shop"}), 1, 2, rapid.ID[string])
	compared, undecided := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var members []routedMember
		for i := range rapid.IntRange(2, 4).Draw(t, "members") {
			m := routedMember{name: string(rune('a' + i)), created: rapid.IntRange(1, 3).Draw(t, "created")}
			m.spec = config.Workload{Kind: config.KindGatewayALB, Hosts: hosts.Draw(t, "hosts"), Paths: paths.Draw(t, "paths")}
			if slices.ContainsFunc(members, func(o routedMember) bool { _, both := balancer.CommonRule(o.spec, m.spec); return both }) {
				continue // refused as it is
			}
			members = append(members, m)
		}
		rules := memberRules(members)
		order, err := controllerRules(rapid.Permutation(members).Draw(t, "listed"))
		if err != nil {
			t.Fatal(err)
		}
		pairs := balancer.UndecidedRules(rules)
		undecided += len(pairs)
		isUndecided := func(a, b balancer.MemberRule) bool {
			return slices.ContainsFunc(pairs, func(p [2]balancer.MemberRule) bool { return fmt.Sprint(p[0], p[1]) == fmt.Sprint(a, b) })
		}
		for i, later := range rules {
			for _, earlier := range rules[:i] {
				if _, overlap := earlier.Common(later.GatewayRule); !overlap || earlier.Name == later.Name || isUndecided(earlier, later) {
					continue
				}
				compared++
				if first := placeOf(order, earlier.GatewayRule) < placeOf(order, later.GatewayRule); first != (earlier.Compare(later.GatewayRule) < 0) {
					t.Fatalf("the controller's order is %v; the plan's order of %v and %v differs", order, earlier, later)
				}
			}
		}
	})
	if compared == 0 || undecided == 0 {
		t.Errorf("%d pairs were compared, and %d are undecided", compared, undecided)
	}
}

// The plan refuses these groups: the controller's order follows from the age of routes or the order of their list.
func TestTheOrderOfRefusedRoutesCanChange(t *testing.T) {
	member := func(name string, created int, path string, hosts ...string) routedMember {
		return routedMember{name, config.Workload{Kind: config.KindGatewayALB, Hosts: hosts, Paths: []string{path}}, created}
	}
	hosted, anywhere := member("hosted", 1, "/", "shop.example.com"), member("anywhere", 2, "/")
	later := hosted
	later.created = 3
	cycle := []routedMember{member("a", 1, "/", "shop.example.com"), member("b", 1, "/cart/items", "*.example.com"), member("c", 1, "/cart")}
	for name, lists := range map[string][2][]routedMember{
		"age":   {{hosted, anywhere}, {later, anywhere}},
		"cycle": {cycle, {cycle[1], cycle[2], cycle[0]}},
	} {
		if len(balancer.UndecidedRules(memberRules(lists[0]))) == 0 {
			t.Errorf("%s: the plan has an order", name)
		}
		one, err := controllerRules(lists[0])
		if err != nil {
			t.Fatal(err)
		}
		other, err := controllerRules(lists[1])
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(one) == fmt.Sprint(other) {
			t.Errorf("%s: the order is %v for both", name, one)
		}
	}
}

// A route without hosts comes before one with hosts whose path is shorter, and their Ingresses are in the other order.
func TestARouteWithoutHostsComesFirstByItsPath(t *testing.T) {
	members := []routedMember{{name: "shop", spec: config.Workload{Kind: config.KindGatewayALB, Hosts: []string{"shop.example.com"}, Paths: []string{"/"}}},
		{name: "cart", spec: config.Workload{Kind: config.KindGatewayALB, Paths: []string{"/cart"}}}}
	order, err := controllerRules(members)
	if err != nil || len(order) != 2 || order[0].Path != "/cart" {
		t.Errorf("the order is %v, %v", order, err)
	}
	if balancer.DefaultGroupOrder(members[0].spec) >= balancer.DefaultGroupOrder(members[1].spec) {
		t.Error("their Ingresses are in the same order")
	}
}
