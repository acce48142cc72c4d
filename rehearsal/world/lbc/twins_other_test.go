package lbc_test

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
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

// A Service of type NodePort has no health check node port, which the API server gives to load balancers alone. With
// the policy Local the controller uses it unless the configuration has a port
// (pkg/gateway/routeutils/backend_service.go).
func TestAGatewaysTargetsWithTheLocalPolicyNeedAHealthCheckPort(t *testing.T) {
	k := worldtest.NewCluster(t).Gateways(nil)
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.Service("web", "NodePort"), "spec.externalTrafficPolicy", "Local")))
	k.World.ScaleDeployment("default/web", 1)
	k.Gated("nlb", nil)
	if events := k.World.Events(); len(events) != 1 || !strings.HasPrefix(events[0], "Gateway default/web: FailedDeployModel") || !strings.Contains(events[0], "Health check port '0'") {
		t.Errorf("events %v", events)
	}
	k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", store.Properties{"healthCheckConfig": anyMap("healthCheckPort", "traffic-port", "healthCheckProtocol", "TCP")}))
	o := k.One(store.TargetGroupType)
	if check := elb.TargetGroupOf(o).HealthCheck; check.Port != "traffic-port" || check.Protocol != "TCP" {
		t.Errorf("the health check is %+v", check)
	}
	pods := map[string]bool{}
	for _, pod := range k.World.All(store.PodType, func(o *store.Object) bool { return kube.Namespace(o) == "default" }) {
		pods[store.OrText(store.Nested(pod.Outputs, "spec", "nodeName"), "")] = true
	}
	for _, node := range k.World.All(store.NodeType) {
		id := node.Text("instanceId") + ":" + strconv.Itoa(o.Number("port"))
		if why := elb.FailedHealthCheck(k.World.Account, o, id); (why == "") != pods[kube.Name(node)] {
			t.Errorf("target %s has a pod: %t, and fails: %q", id, pods[kube.Name(node)], why)
		}
	}
	if nodes := len(k.World.All(store.NodeType)); len(pods) == 0 || len(pods) == nodes {
		t.Errorf("%d of %d nodes have a pod", len(pods), nodes)
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

// The controller notes in an annotation that it has associated a web ACL, and removes it with the configuration.
func TestAGatewayLosesItsWebACLWithItsConfiguration(t *testing.T) {
	const acl = "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/shop/1"
	k := worldtest.NewCluster(t).Gateways(nil)
	k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", store.Properties{"wafV2": anyMap("webACL", acl)}))
	k.Apply(store.GatewayType, worldtest.Gateway("web", "alb"))
	check := func(when, acl, annotation string) {
		t.Helper()
		if got := elb.LoadBalancerOf(k.One(store.LoadBalancerType)).WebACL; got != acl {
			t.Errorf("%s the web ACL is %q", when, got)
		}
		if got := kube.Meta(k.World.Find("dev", store.GatewayType, "default/web")).GetAnnotations()["gateway.k8s.aws.addon.wafv2"]; got != annotation {
			t.Errorf("%s the annotation is %q, want %s", when, got, annotation)
		}
	}
	check("with a configuration", acl, "true")
	k.Must(k.Update(store.BalancerConfigurationType, "default/web", worldtest.BalancerConfiguration("web", store.Properties{})))
	check("without a configuration", "", "false")
}

func TestWhatTheWorldDoesNotDeployOfAGatewayIsUnmodelled(t *testing.T) {
	for what, spec := range map[string]store.Properties{
		"reserved capacity": {"minimumLoadBalancerCapacity": anyMap("capacityUnits", 100.0)},
		"Shield":            {"shieldConfiguration": anyMap("enabled", true)},
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
