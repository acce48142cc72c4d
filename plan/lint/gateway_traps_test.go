package lint_test

import (
	"maps"
	"slices"
	"testing"

	"eksnet/config"
	"eksnet/plan/plantest"
)

// gatewayTraps are those of rules about workloads that share a Gateway.
var gatewayTraps = map[string][]trap{
	"gateway-port-twice": {
		{`workloads["b"].port`,
			behindGateway(config.KindGatewayNLB, func(w *config.Workload) {}, weighing(1)),
			behindGateway(config.KindGatewayNLB, weighing(9), weighing(1)),
		},
		{`workloads["b"].port`,
			behindGateway(config.KindGatewayNLB, weighing(9), func(w *config.Workload) { w.Weight, w.Protocol = to(1), config.ProtocolUDP }),
			behindGateway(config.KindGatewayNLB, func(w *config.Workload) {}, func(w *config.Workload) { w.Port, w.Protocol = 81, config.ProtocolUDP }),
		},
	},
	"gateway-weights": {
		{`workloads["a"].weight`,
			behindGateway(config.KindGatewayALB, weighing(1), func(w *config.Workload) { w.Paths = []string{"/b"} }),
			behindGateway(config.KindGatewayALB, weighing(1), weighing(0)),
		},
		{`workloads["a"].weight`,
			behindGateway(config.KindGatewayALB, weighing(0), weighing(0)), behindGateway(config.KindGatewayALB, weighing(0), weighing(1)),
		},
		{`workloads["a"].weight`,
			behindGateway(config.KindGatewayNLB, weighing(1), weighing(1), weighing(1), weighing(1), weighing(1), weighing(1)),
			behindGateway(config.KindGatewayNLB, weighing(1), weighing(1), weighing(1), weighing(1), weighing(1)),
		},
		{`workloads["b"].certificate`,
			behindGateway(config.KindGatewayALB, weighing(1), func(w *config.Workload) { w.Weight, w.Certificate, w.Redirect = to(1), plantest.Certificate, to(false) }),
			behindGateway(config.KindGatewayALB, weighing(1), weighing(1)),
		},
	},
	"gateway-rule-order": {
		// Paths of one length: the age of the routes decides.
		{`workloads["a"].hosts`, routed(under("/"), on("shop.example.com")), routed(on("*.example.com"), on("shop.example.com"))},
		{`workloads["b"].hosts`, routed(on("shop.example.com"), under("/")), routed(on("shop.example.com"), under("/cart"))},
		// The first hosts are as exact, and only b has a second one.
		{`workloads["b"].paths`,
			routed(on("one.example.com"), on("two.example.com", "*.example.com")),
			routed(on("one.example.com"), on("two.example.com", "*.example.net")),
		},
	},
	"gateway-path-first": {
		{`workloads["b"].hosts`, routed(on("shop.example.com"), under("/cart")), routed(on("shop.example.com"), at("cart.example.com", "/cart"))},
		{`workloads["a"].hosts`, routed(on("a.b.shop.example.com", "*.example.com"), on("shop.example.com", "shop.example.net")), routed(on("*.example.com"), on("shop.example.com", "shop.example.net"))},
	},
	"gateway-addresses": {
		{`workloads["b"].elasticIps`,
			behindGateway(config.KindGatewayNLB, in("ap-northeast-2a", "ap-northeast-2b"), addressed("eipalloc-1", "eipalloc-2", "eipalloc-3")),
			behindGateway(config.KindGatewayNLB, in("ap-northeast-2a", "ap-northeast-2b"), addressed("eipalloc-1", "eipalloc-2")),
		},
		{`workloads["a"].elasticIps`,
			behindGateway(config.KindGatewayNLB, addressed("eipalloc-1", "eipalloc-2")), behindGateway(config.KindGatewayNLB, addressed("eipalloc-1", "eipalloc-2", "eipalloc-3")),
		},
	},
}

// mergeTraps returns the traps of two maps.
func mergeTraps(a, b map[string][]trap) map[string][]trap {
	maps.Copy(b, a)
	return b
}

// behindGateway is a stack with members of one group of Gateways, a, b and so on, with the defaults of a stack file.
func behindGateway(kind string, changes ...func(*config.Workload)) *config.Stack {
	all := map[string]config.Workload{}
	for i, change := range changes {
		name := string(rune('a' + i))
		all[name] = sample(kind, func(w *config.Workload) { w.Group, w.Port = "demo", 80 }, change)
	}
	return behindOne(all)
}

// weighing is a member with a weight, and the path / of all such members.
func weighing(weight int) func(*config.Workload) {
	return func(w *config.Workload) { w.Weight = to(weight) }
}

func at(host string, paths ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.Hosts, w.Paths = []string{host}, paths }
}
func onPort(port int) func(*config.Workload) { return func(w *config.Workload) { w.Port = port } }
func crossing(w *config.Workload)            { w.CrossZone = true }
func addressed(allocations ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.ElasticIPs = allocations }
}
func addressedIn(zones ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.Zones, w.ElasticIPs = zones, zones }
}

// routed is a stack with members of one Application Load Balancer's Gateway.
func routed(changes ...func(*config.Workload)) *config.Stack {
	return behindGateway(config.KindGatewayALB, changes...)
}

// The rule of a comes before that of b by its host, and that of b before that of c by its path, as that of c before
// that of a.
func TestRulesInACycleAreFoundAndThoseBesideItAreNot(t *testing.T) {
	cycle := []func(*config.Workload){on("shop.example.com"), at("*.example.com", "/cart/items"), under("/cart"), at("example.net", "/x/y/z")}
	if found, want := paths(routed(cycle...), "gateway-rule-order"), []string{`workloads["b"].paths`, `workloads["c"].hosts`}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	cycle[1] = at("*.example.com", "/cart")
	cycle[2] = under("/cart/items")
	if found := paths(routed(cycle...), "gateway-rule-order"); len(found) > 0 {
		t.Errorf("found %q without a cycle", found)
	}
}
