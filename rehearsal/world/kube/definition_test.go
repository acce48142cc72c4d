package kube_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestACustomResourceGetsTheDefaultsOfItsDefinition(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI()
	o := k.Apply(store.HTTPRouteType, worldtest.Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", "web", store.Properties{
		"rules": []any{map[string]any{"backendRefs": []any{map[string]any{"name": "web", "port": 80.0}}}}}))
	rule := store.ListOf(store.Nested(o.Outputs, "spec", "rules"))[0]
	match := store.ListOf(rule["matches"])[0]
	if path := store.MapOf(match["path"]); path["type"] != "PathPrefix" || path["value"] != "/" {
		t.Errorf("path %v", path)
	}
	if backend := store.ListOf(rule["backendRefs"])[0]; backend["weight"] != 1.0 || backend["kind"] != "Service" {
		t.Errorf("backend %v", backend)
	}
	class := k.Apply(store.GatewayClassType, worldtest.Manifest("gateway.networking.k8s.io/v1", "GatewayClass", "other", store.Properties{"controllerName": "example.com/other"}))
	if c := store.ListOf(store.Nested(class.Outputs, "status", "conditions")); len(c) != 1 || c[0]["type"] != "Accepted" || c[0]["status"] != "Unknown" {
		t.Errorf("a class that no controller has accepted has conditions %v", c)
	}
}

func TestDefinitionsAndAdmissionPoliciesHaveTheDefaultsOfTheAPIServer(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI()
	for path, o := range map[string]*store.Object{
		"conversion strategy None":                k.World.Find("dev", store.CrdType, "gateways.gateway.networking.k8s.io"),
		"matchConstraints matchPolicy Equivalent": k.World.All(store.AdmissionPolicyType)[0],
		"matchConstraints resourceRules scope *":  k.World.All(store.AdmissionPolicyType)[0],
		"matchResources matchPolicy Equivalent":   k.World.All(store.AdmissionBindingType)[0],
		"matchResources resourceRules scope *":    k.World.All(store.AdmissionBindingType)[0],
	} {
		names := strings.Fields(path)
		value := store.Nested(o.Outputs, "spec", names[0])
		for _, name := range names[1 : len(names)-1] {
			if list := store.ListOf(value); len(list) > 0 {
				value = list[0]
			}
			value = store.MapOf(value)[name]
		}
		if value != names[len(names)-1] {
			t.Errorf("%s: %v", path, value)
		}
	}
}

func TestTheDeletionOfADefinitionDeletesItsObjects(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI()
	route := worldtest.Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", "web", store.Properties{})
	k.Apply(store.HTTPRouteType, route)
	k.Remove(store.CrdType, "httproutes.gateway.networking.k8s.io")
	if left := k.World.All(store.HTTPRouteType); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	worldtest.Refused(t, k.Create(store.HTTPRouteType, route), kube.CustomServed)
}

// The finalizer of an object keeps its definition too: both wait for the actor of the finalizer.
func TestADefinitionWaitsForTheFinalizersOfItsObjects(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI()
	held := worldtest.Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", "web", store.Properties{})
	worldtest.With(held, "metadata.finalizers", []any{"example.com/hold"})
	k.Apply(store.HTTPRouteType, held)
	err := k.Kube.Delete(store.CrdType, "httproutes.gateway.networking.k8s.io")
	worldtest.Refused(t, err, kube.DeletionEnds)
	if !strings.Contains(err.Error(), "HTTPRoute default/web remains (example.com/hold)") {
		t.Errorf("the error does not name what holds it: %v", err)
	}
	worldtest.Refused(t, k.Create(store.HTTPRouteType, worldtest.Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", "other", store.Properties{})), kube.DefinitionStays)
	o := k.World.Find("dev", store.HTTPRouteType, "default/web")
	kube.ReleaseFinalizer(k.World.Account, o, "example.com/hold")
	k.World.Settle()
	if left := k.World.All(store.CrdType, func(o *store.Object) bool { return strings.HasPrefix(o.ID, "httproutes") }); len(left) > 0 {
		t.Error("the definition remains")
	}
}

// The provider applies a manifest to create an object too. A field with another value belongs to who wrote it, unless
// the manifest forces its own.
func TestAnExistingDefinitionIsTakenOver(t *testing.T) {
	k := worldtest.NewCluster(t)
	manifest := k.GatewayManifests("standard/httproutes")[0]
	k.Must(k.World.ApplyManifest("dev", store.CloneValue(manifest).(store.Properties)))
	k.Apply(store.HTTPRouteType, worldtest.Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", "web", store.Properties{}))
	other := worldtest.With(store.Clone(manifest), "spec.names.singular", "other")
	worldtest.Refused(t, k.Create(store.CrdType, other), kube.FieldConflict)
	k.Must(k.Create(store.CrdType, manifest))
	o := k.World.Find("dev", store.CrdType, "httproutes.gateway.networking.k8s.io")
	if o.Owner != "" || len(k.World.All(store.HTTPRouteType)) != 1 {
		t.Errorf("the owner of the definition is %q, and there are %d routes", o.Owner, len(k.World.All(store.HTTPRouteType)))
	}
	worldtest.Refused(t, k.Update(store.CrdType, o.ID, other), kube.FieldConflict)
	store.MapOf(store.Nested(other, "metadata", "annotations"))[kube.PatchForce] = "true"
	k.Must(k.Update(store.CrdType, o.ID, other))
}

func TestTheRulesOfADefinitionAreTheAPIServers(t *testing.T) {
	k := worldtest.NewCluster(t).GatewayAPI()
	for words, listeners := range map[string][]any{
		"tls mode must be Terminate for protocol HTTPS": {
			map[string]any{"name": "a", "port": 443.0, "protocol": "HTTPS", "tls": map[string]any{"mode": "Passthrough"}}},
		"Combination of port, protocol and hostname must be unique": {
			map[string]any{"name": "a", "port": 80.0, "protocol": "HTTP"}, map[string]any{"name": "b", "port": 80.0, "protocol": "HTTP"}},
		"spec.listeners[0].port": {map[string]any{"name": "a", "port": 70000.0, "protocol": "HTTP"}},
	} {
		err := k.Create(store.GatewayType, worldtest.Manifest("gateway.networking.k8s.io/v1", "Gateway", "web", store.Properties{"gatewayClassName": "alb", "listeners": listeners}))
		worldtest.Refused(t, err, kube.CustomValues)
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q is not in %v", words, err)
		}
	}
}

func TestAStandardDefinitionIsNotReplacedByAnExperimentalOne(t *testing.T) {
	for _, policy := range []bool{true, false} {
		var except []string
		if !policy {
			except = []string{"standard/vap_safeupgrades"}
		}
		k := worldtest.NewCluster(t).GatewayAPI(except...)
		experimental := k.GatewayManifests("experimental/httproutes")[0]
		err := k.Update(store.CrdType, "httproutes.gateway.networking.k8s.io", experimental)
		if policy != (err != nil) {
			t.Errorf("with the policy: %t, the error is %v", policy, err)
		}
	}
}

func TestADefinitionThatAReleaseInstalledIsEstablished(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	o := k.World.Find("dev", store.CrdType, "targetgroupbindings.elbv2.k8s.aws")
	conditions := store.ListOf(store.Nested(o.Outputs, "status", "conditions"))
	if !slices.ContainsFunc(conditions, func(c map[string]any) bool { return c["type"] == "Established" && c["status"] == "True" }) {
		t.Errorf("conditions %v", conditions)
	}
}
