package lbc_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// An Ingress redirects by the default action of a listener, a route by a rule; what the clients get is the same.
func TestARedirectIsARuleOfAGateway(t *testing.T) {
	tw := &twin{option: "redirect", annotations: anyMap("certificate-arn", worldtest.Certificate, "listen-ports", `[{"HTTP": 80}, {"HTTPS": 443}]`, "ssl-redirect", "443"),
		balancer: store.Properties{"listenerConfigurations": certificateOf("HTTPS:443")}, gateway: certificateListeners("HTTP", "HTTPS"),
		route: func(m store.Properties) { store.ListOf(store.Nested(m, "spec", "parentRefs"))[0]["sectionName"] = "l1" }}
	balanced, k := description(balancedTwin(t, "alb", tw)), gatewayTwin(t, "alb", tw)
	typ, redirect := worldtest.Route("web", "alb")
	worldtest.With(redirect, "metadata.name", "web-redirect")
	store.ListOf(store.Nested(redirect, "spec", "parentRefs"))[0]["sectionName"] = "l0"
	worldtest.With(redirect, "spec.rules", []any{anyMap("filters", []any{anyMap("type", "RequestRedirect", "requestRedirect", anyMap("scheme", "https", "statusCode", 301.0))})})
	k.Apply(typ, redirect)
	gateway := description(k)
	const rule = "listener 80 rule 1"
	if balanced["listener 80 by default"] != "redirect 443 to [] []" || gateway["listener 80 by default"] != "redirect 0 to [] []" || gateway[rule] != "hosts [] paths [/*] redirect 443 to [] []" {
		t.Errorf("the Ingress has %v, the Gateway %v and %v", balanced["listener 80 by default"], gateway["listener 80 by default"], gateway[rule])
	}
	delete(gateway, rule)
	gateway["listener 80 by default"] = balanced["listener 80 by default"]
	if !maps.Equal(balanced, gateway) {
		t.Errorf("the rest differs:\n%v\n%v", balanced, gateway)
	}
}

// What completions has, and nothing else, are the values that differ by default.
func TestTheDefaultsOfAGatewaysTargetsAreOthers(t *testing.T) {
	for layer, want := range map[string]string{
		"alb": `"path":"/","matcher":"200-399","interval":15,"timeout":5,"healthyThreshold":3,"unhealthyThreshold":3`,
		"nlb": `"port":"traffic-port","interval":15,"timeout":5,"healthyThreshold":3,"unhealthyThreshold":3} attributes map[]`,
	} {
		k := worldtest.NewCluster(t).Gateways(nil).Gated(layer, nil)
		if found := targetsOf(k, []string{k.One(store.TargetGroupType).ID})[0]; !strings.Contains(found, want) {
			t.Errorf("%s: %s", layer, found)
		}
	}
}

// A Service of type NodePort has no health check port of its own, which the API server gives to load balancers alone.
func TestAGatewaysTargetsCannotBeLocal(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.Service("web", "NodePort"), "spec.externalTrafficPolicy", "Local")))
	k.Gated("nlb", nil)
	if events := k.World.Events(); len(events) != 1 || !strings.HasPrefix(events[0], "Gateway default/web: FailedDeployModel") || !strings.Contains(events[0], "Health check port '0'") {
		t.Errorf("events %v", events)
	}
}

func TestARouteSharesRequestsByWeight(t *testing.T) {
	for _, layer := range layers {
		k := worldtest.NewCluster(t).Gateways(nil)
		k.Apply(store.ServiceType, worldtest.Service("other", "NodePort"))
		k.Gated(layer, nil)
		typ, m := worldtest.Route("web", layer)
		store.ListOf(store.Nested(m, "spec", "rules"))[0]["backendRefs"] = []any{anyMap("name", "web", "port", 80.0, "weight", 9.0), anyMap("name", "other", "port", 80.0, "weight", 1.0)}
		k.Must(k.Update(typ, "default/web", m))
		if layer == "alb" {
			if r := elb.ListenerRuleOf(k.One(store.ListenerRuleType)); !slices.Equal(r.Weights, []int{9, 1}) || len(r.TargetGroups) != 2 {
				t.Errorf("the rule is %+v", r)
			}
		} else if l := elb.ListenerOf(k.One(store.ListenerType)); !slices.Equal(l.Weights, []int{9, 1}) || len(l.TargetGroups) != 2 {
			t.Errorf("the listener is %+v", l)
		}
	}
}

// A gate of a Gateway's pods is that of its binding, as for the twins.
func TestPodsWaitForTheTargetsOfAGateway(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	k.World.Find("dev", store.NamespaceType, "default").SetAt(map[string]any{lbc.GateLabel: "enabled"}, "metadata", "labels")
	k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", store.Properties{"targetType": "ip"}))
	k.Remove(store.DeploymentType, "default/web")
	k.Gated("alb", nil)
	k.Apply(store.DeploymentType, worldtest.Web())
	if without := lbc.PodsWithoutGate(k.World.Account); len(without) > 0 {
		t.Error(without)
	}
	if targets := elb.TargetGroupOf(k.One(store.TargetGroupType)).Targets; len(targets) != 2 {
		t.Errorf("targets %v", targets)
	}
}

func TestWhatTheWorldDoesNotDeployOfAGatewayIsUnmodelled(t *testing.T) {
	for what, spec := range map[string]store.Properties{
		"reserved capacity": {"minimumLoadBalancerCapacity": anyMap("capacityUnits", 100.0)},
		"web ACLs":          {"wafV2": anyMap("webACL", "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/shop/1")},
	} {
		k := worldtest.NewCluster(t).Gateways(nil)
		k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", spec))
		m := worldtest.Gateway("web", "alb")
		delete(store.MapOf(m["metadata"]), "annotations")
		var unknown *store.NotModelled
		if err := k.Create(store.GatewayType, m); !errors.As(err, &unknown) || !strings.Contains(unknown.Error(), what) {
			t.Errorf("%s: the error is %v", what, err)
		}
	}
}
