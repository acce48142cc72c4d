package check

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// writtenGateway is a Gateway to which the controller has written.
const writtenGateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: gateway-demo, name: demo, finalizers: [gateway.k8s.aws/alb, foregroundDeletion]}
status:
  addresses: [{type: Hostname, value: demo.example.com}]
  conditions: [{type: Programmed, status: "True", reason: Programmed, message: an ARN}]
  listeners: [{name: http, attachedRoutes: 2, conditions: [{type: Accepted, status: "False", reason: PortUnavailable}]}]
`

// writtenRoute is a route with two parents, of which the second has accepted it.
const writtenRoute = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: shop, name: shop}
status:
  parents:
  - {parentRef: {kind: Gateway, namespace: gateway-demo, name: demo, sectionName: http}, conditions: [{type: Accepted, status: "False", reason: NoMatchingParent}]}
  - {parentRef: {kind: Gateway, name: own}, conditions: [{type: Accepted, status: "True", reason: Accepted}]}
`

func gatewaySnapshot(t *testing.T, objects ...string) *Snapshot {
	t.Helper()
	p := newSnapshot()
	for _, text := range objects {
		var fields map[string]any
		if err := yaml.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}
		p.addGatewayObject(fields, map[string]string{"demo.example.com": "Gateway gateway-demo/demo"})
	}
	return p
}

func TestWhatTheControllerWritesToObjectsOfTheGatewayAPIIsCompared(t *testing.T) {
	p := gatewaySnapshot(t, writtenGateway, writtenRoute, "{kind: GatewayClass, metadata: {name: unseen}}")
	if _, found := p.Objects["GatewayClass unseen"]; found || len(p.Objects) != 2 {
		t.Errorf("objects %v", slices.Collect(maps.Keys(p.Objects)))
	}
	made := p.Objects["Gateway gateway-demo/demo"]
	if made.Address != "the DNS name of the load balancer of Gateway gateway-demo/demo" || !slices.Equal(made.Finalizers, []string{"gateway.k8s.aws/alb"}) {
		t.Errorf("Gateway %+v", made)
	}
	for name, want := range map[string]string{"Programmed": "True Programmed", "listener http Accepted": "False PortUnavailable", "listener http routes": "2"} {
		if made.Conditions[name] != want {
			t.Errorf("condition %s is %q, not %q", name, made.Conditions[name], want)
		}
	}
	want := map[string]string{"gateway-demo demo http Accepted": "False NoMatchingParent", "own Accepted": "True Accepted"}
	if route := p.Objects["HTTPRoute shop/shop"]; !maps.Equal(route.Conditions, want) {
		t.Errorf("route %v", route.Conditions)
	}
	changed := gatewaySnapshot(t, strings.Replace(writtenGateway, "attachedRoutes: 2", "attachedRoutes: 1", 1), writtenRoute)
	if lines := Differences(p, changed); len(lines) != 1 || !strings.Contains(lines[0], `rehearsed "2", observed "1"`) {
		t.Errorf("differences %q", lines)
	}
}

func TestLoadBalancersOfGatewaysAreComparedWithoutTheirUIDs(t *testing.T) {
	for _, class := range []string{"alb", "nlb"} {
		tags := map[string]string{"gateway.k8s.aws." + class + "/stack": "shop/shop"}
		if of := stackOf(tags); of != "Gateway shop/shop" {
			t.Errorf("class %s: %q", class, of)
		}
		if one, other := nameFor("k8s-shop-shop-0123456789", tags), nameFor("k8s-shop-shop-abcdef0123", tags); one != other {
			t.Errorf("class %s: %s and %s", class, one, other)
		}
	}
	ingress := map[string]string{"ingress.k8s.aws/stack": "shop/shop"}
	if name := nameFor("k8s-shop-shop-0123456789", ingress); name != "k8s-shop-shop-0123456789" {
		t.Errorf("the name for an Ingress has no UID: %s", name)
	}
}

func TestRulesAndSharesOfAGatewayArePlanned(t *testing.T) {
	w := rehearsed.Workload{Name: "cart", AddressOf: "Gateway gateway-demo/demo", Workload: config.Workload{
		Kind: config.KindGatewayALB, Group: "demo", Hosts: []string{"www.example.com", "a.example.com"}, Paths: []string{"/cart", "/"}}}
	if behind(w) != "Gateway gateway-demo/demo" || serviceOf(w) != "cart/cart" {
		t.Errorf("behind %s, service %s", behind(w), serviceOf(w))
	}
	want := []string{"a.example.com www.example.com/*", "a.example.com www.example.com/cart /cart/*"}
	if got := plannedRules(w); !slices.Equal(got, want) {
		t.Errorf("rules %q", got)
	}
	w.Kind = config.KindALB
	if got := plannedRules(w); len(got) != 4 || behind(w) != "group demo" {
		t.Errorf("an Ingress has rules %q, behind %s", got, behind(w))
	}
	shares := sharesText(map[string]string{"cart/cart:80": "3", "new/new:80": "1"})
	if !isForwardedTo(shares, "cart/cart:80") || !isForwardedTo(shares, "new/new:80") || isForwardedTo(shares, "cart/cart") || shares != "cart/cart:80 with weight 3, new/new:80 with weight 1" {
		t.Errorf("shares %q", shares)
	}
}

func TestAListenerOfAGatewayRedirectsByItsOnlyRule(t *testing.T) {
	redirect := redirectText("HTTPS", "443", "HTTP_301")
	for _, test := range []struct {
		listener Listener
		want     bool
	}{
		{Listener{Default: redirect}, true},
		{Listener{Default: notFound, Rules: map[string]Rule{"1": {Forward: redirect}}}, true},
		{Listener{Default: notFound, Rules: map[string]Rule{"1": {Forward: redirect}, "2": {Forward: "shop/shop:80"}}}, false},
		{Listener{Default: notFound}, false},
	} {
		if got := test.listener.redirects(); got != test.want {
			t.Errorf("%+v redirects: %t", test.listener, got)
		}
	}
}
