package world_test

import (
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/kube/custom"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// route returns a route without rules.
func route(name string) store.Properties {
	return worldtest.Manifest("gateway.networking.k8s.io/v1", "HTTPRoute", name, store.Properties{})
}

func definitionRefusals() []kubeRefusal {
	// definition creates the definition of HTTPRoutes with a change.
	definition := func(change func(store.Properties)) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			manifest := k.GatewayManifests("standard/httproutes")[0]
			change(manifest)
			return k.Create(store.CrdType, manifest)
		}
	}
	annotations := func(m store.Properties) map[string]any { return store.MapOf(store.MapOf(m["metadata"])["annotations"]) }
	// replaced updates a standard definition, which the policy reviews.
	replaced := func(file string, change func(store.Properties)) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			manifest := k.GatewayAPI().GatewayManifests(file)[0]
			change(manifest)
			return k.Update(store.CrdType, "httproutes.gateway.networking.k8s.io", manifest)
		}
	}
	return []kubeRefusal{
		{"a custom resource without a definition", kube.CustomServed, creates(store.HTTPRouteType, func() store.Properties { return route("web") })},
		{"a custom resource in a version that its definition does not serve", kube.CustomServed, func(k *worldtest.KubeLab) error {
			return k.GatewayAPI("experimental/tcproutes").Create(store.TCPRouteType, worldtest.Manifest("gateway.networking.k8s.io/v1alpha2", "TCPRoute", "web", store.Properties{}))
		}},
		{"a custom resource whose definition is being deleted", kube.DefinitionStays, func(k *worldtest.KubeLab) error {
			held := route("web")
			worldtest.With(held, "metadata.finalizers", []any{"example.com/hold"})
			k.GatewayAPI().Apply(store.HTTPRouteType, held)
			worldtest.Refused(k.T, k.Kube.Delete(store.CrdType, "httproutes.gateway.networking.k8s.io"), kube.DeletionEnds)
			return k.Create(store.HTTPRouteType, route("other"))
		}},
		{"a custom resource that breaks a rule of its definition", kube.CustomValues, saying("tls mode must be Terminate for protocol HTTPS", func(k *worldtest.KubeLab) error {
			return k.GatewayAPI().Create(store.GatewayType, worldtest.Manifest("gateway.networking.k8s.io/v1", "Gateway", "web", store.Properties{"gatewayClassName": "alb",
				"listeners": []any{map[string]any{"name": "web", "port": 443.0, "protocol": "HTTPS", "tls": map[string]any{"mode": "Passthrough"}}}}))
		})},
		{"a definition with another name", kube.DefinitionNamed, definition(func(m store.Properties) { worldtest.With(m, "metadata.name", "routes.gateway.networking.k8s.io") })},
		{"a definition in a group of Kubernetes without an approval", kube.DefinitionApproved, definition(func(m store.Properties) { delete(annotations(m), "api-approved.kubernetes.io") })},
		{"an experimental definition in the place of a standard one", custom.PolicyAllows, replaced("experimental/httproutes", func(store.Properties) {})},
		{"a definition of the Gateway API before 1.5", custom.PolicyAllows, replaced("standard/httproutes", func(m store.Properties) { annotations(m)["gateway.networking.k8s.io/bundle-version"] = "v1.4.1" })},
	}
}
