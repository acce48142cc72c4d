package lbc_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

var layers = []string{"alb", "nlb"}

// made are the resources that the controller created in the account and in the cluster.
func made(k *worldtest.KubeLab) (found []string) {
	for _, o := range k.World.All("", func(o *store.Object) bool { return o.Owner == store.ControllerOwner }) {
		found = append(found, store.LastOf(o.Type, ":"))
	}
	slices.Sort(found)
	return found
}

func TestAGatewayHasALoadBalancerUntilItIsDeleted(t *testing.T) {
	for _, layer := range layers {
		k := worldtest.NewCluster(t).Gateways(nil)
		before := k.Standing()
		k.Gated(layer, store.Properties{"scheme": "internet-facing"})
		balancer := elb.LoadBalancerOf(k.One(store.LoadBalancerType))
		if family := map[string]string{"alb": elb.Application, "nlb": elb.Network}[layer]; balancer.Kind != family || balancer.Scheme != "internet-facing" || !strings.HasPrefix(balancer.Name, "k8s-default-web-") {
			t.Errorf("%s: %+v", layer, balancer)
		}
		if targets := elb.TargetGroupOf(k.One(store.TargetGroupType)); len(targets.Targets) != 2 || targets.TargetType != "instance" {
			t.Errorf("%s: targets %v", layer, targets)
		}
		typ, _ := worldtest.Route("web", layer)
		k.Remove(typ, "default/web")
		if found := made(k); slices.Contains(found, "TargetGroup") || !slices.Contains(found, "LoadBalancer") {
			t.Errorf("%s: without routes there are %v", layer, found)
		}
		k.Remove(store.GatewayType, "default/web")
		k.Remove(store.BalancerConfigurationType, "default/web")
		k.Unchanged(before)
	}
}

func TestAGatewayIsReadyWhenItIsProgrammedAndHasAnAddress(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil).Gated("alb", nil)
	o := k.World.Find("dev", store.GatewayType, "default/web")
	if address := store.ListOf(store.Nested(o.Outputs, "status", "addresses"))[0]; address["type"] != "Hostname" || address["value"] != k.One(store.LoadBalancerType).Text("dnsName") {
		t.Errorf("address %v", address)
	}
	for _, c := range store.ListOf(store.Nested(o.Outputs, "status", "conditions")) {
		if c["status"] != "True" {
			t.Errorf("condition %v", c)
		}
	}
	for _, l := range store.ListOf(store.Nested(o.Outputs, "status", "listeners")) {
		if l["attachedRoutes"] != 1.0 || len(store.ListOf(l["conditions"])) != 4 {
			t.Errorf("listener %v", l)
		}
	}
	waits := worldtest.Waited(k.World.TakeWaits(), "becomes active")
	if len(waits) != 1 || waits[0].Behind || waits[0].Type != store.GatewayType {
		t.Errorf("the creation of the Gateway waits %+v", waits)
	}
}

// A Gateway without a configuration of its own has the controller's defaults.
func TestAGatewayNeedsNoConfiguration(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	m := worldtest.Gateway("web", "nlb")
	delete(store.MapOf(m["spec"]), "infrastructure")
	k.Apply(store.GatewayType, m)
	if scheme := k.One(store.LoadBalancerType).Text("scheme"); scheme != "internal" {
		t.Errorf("scheme %s", scheme)
	}
}

func TestTheConfigurationOfAClassWins(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	for _, mode := range []string{"", "prefer-gateway"} {
		spec := store.Properties{"scheme": "internal"}
		if mode != "" {
			spec["mergingMode"] = mode
		}
		k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("all"+mode, spec))
		k.Apply(store.GatewayClassType, worldtest.With(worldtest.Edited(worldtest.GatewayClass("alb"), "metadata.name", "alb"+mode+"2"), "spec.parametersRef",
			map[string]any{"group": "gateway.k8s.aws", "kind": "LoadBalancerConfiguration", "name": "all" + mode, "namespace": "default"}))
		k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", store.Properties{"scheme": "internet-facing"}))
		k.Apply(store.GatewayType, worldtest.Edited(worldtest.Gateway("web", "alb"), "spec.gatewayClassName", "alb"+mode+"2"))
		if scheme := k.One(store.LoadBalancerType).Text("scheme"); (scheme == "internet-facing") != (mode != "") {
			t.Errorf("with mode %q the scheme is %s", mode, scheme)
		}
		k.Remove(store.GatewayType, "default/web")
		k.Remove(store.BalancerConfigurationType, "default/web")
	}
}

// The controller looks for the definitions when it starts, and only then.
func TestDefinitionsThatComeAfterTheControllerNeedANewPod(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI("experimental/tcproutes").Balancing(nil)
	k.Apply(store.GatewayClassType, worldtest.GatewayClass("alb"))
	k.Apply(store.GatewayClassType, worldtest.GatewayClass("nlb"))
	k.Apply(store.CrdType, k.GatewayManifests("experimental/tcproutes")[0])
	k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", nil))
	err := k.Create(store.GatewayType, worldtest.Gateway("web", "nlb"))
	worldtest.Refused(t, err, lbc.GatewayDetected)
	if !strings.Contains(err.Error(), `Disabling NLBGatewayAPI: missing required Gateway API CRDs`) {
		t.Errorf("the reason is missing: %v", err)
	}
	for _, pod := range lbc.ControllerOf(k.World.Account, "dev").Pods() {
		kube.EndPod(k.World.Account, pod)
	}
	k.World.Settle()
	k.Must(k.Update(store.GatewayType, "default/web", worldtest.Gateway("web", "nlb")))
	k.One(store.LoadBalancerType)
}

func TestRoutesShareTheirGateway(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "shared", nil))
	k.World.Find("dev", store.NamespaceType, "default").SetAt(map[string]any{"gateway": "shared"}, "metadata", "labels")
	m := worldtest.Gateway("shared", "alb")
	worldtest.With(m, "metadata.namespace", "shared")
	delete(store.MapOf(m["spec"]), "infrastructure")
	store.ListOf(store.Nested(m, "spec", "listeners"))[0]["allowedRoutes"] = map[string]any{"namespaces": map[string]any{"from": "Selector",
		"selector": map[string]any{"matchLabels": map[string]any{"gateway": "shared"}}}}
	k.Apply(store.GatewayType, m)
	for _, host := range []string{"a.example.com", "b.example.com"} {
		typ, route := worldtest.Route("shared", "alb")
		worldtest.With(route, "metadata.name", strings.ReplaceAll(host, ".", "-"))
		worldtest.With(route, "spec.hostnames", []any{host})
		store.ListOf(store.Nested(route, "spec", "parentRefs"))[0]["namespace"] = "shared"
		k.Apply(typ, route)
	}
	var hosts []string
	for _, o := range k.World.All(store.ListenerRuleType) {
		hosts = append(hosts, elb.ListenerRuleOf(o).Hosts...)
	}
	if !slices.Equal(worldtest.Sorted(hosts), []string{"a.example.com", "b.example.com"}) {
		t.Errorf("rules for %v", hosts)
	}
	// A route of a namespace that the listener does not admit.
	k.World.Find("dev", store.NamespaceType, "default").UnsetAt("metadata", "labels")
	k.World.Settle()
	if rules := k.World.All(store.ListenerRuleType); len(rules) > 0 {
		t.Errorf("%d rules for routes that are not admitted", len(rules))
	}
}
