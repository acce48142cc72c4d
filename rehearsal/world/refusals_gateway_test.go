package world_test

import (
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// gated returns a call after a Gateway of class alb and its route exist.
func gated(try func(*worldtest.KubeLab) error) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error { return try(k.Gateways(nil).Gated("alb", nil)) }
}

// routed returns a call that creates a changed route to the Gateway web of class alb.
func routed(change func(store.Properties)) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		k.Gateways(nil)
		k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", nil))
		k.Apply(store.GatewayType, worldtest.Gateway("web", "alb"))
		typ, m := worldtest.Route("web", "alb")
		change(m)
		return k.Create(typ, m)
	}
}

// forced removes the finalizers of an object, as an operator does who does not wait, and deletes it.
func forced(k *worldtest.KubeLab, typ, id string) {
	o := k.World.Find("dev", typ, id)
	for _, finalizer := range kube.Finalizers(o) {
		kube.ReleaseFinalizer(k.World.Account, o, finalizer)
	}
	kube.MarkDeleted(k.World.Account, o)
}

// deletesGateway deletes the Gateway web.
func deletesGateway(k *worldtest.KubeLab) error {
	return k.Kube.Delete(store.GatewayType, "default/web")
}

// waitingFor returns a manifest whose creation waits for a condition.
func waitingFor(condition string, m store.Properties) store.Properties {
	return worldtest.With(m, "metadata.annotations", map[string]any{kube.WaitForAnnotation: "condition=" + condition})
}

func gatewayRefusalsOfClasses() []kubeRefusal {
	// parameterized returns a class with a reference to a configuration.
	parameterized := func(reference map[string]any) store.Properties {
		reference["group"], reference["kind"] = "gateway.k8s.aws", "LoadBalancerConfiguration"
		return worldtest.With(worldtest.Edited(worldtest.GatewayClass("alb"), "metadata.name", "other"), "spec.parametersRef", reference)
	}
	return []kubeRefusal{
		{"a Gateway without its class", lbc.GatewayServed, func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", nil))
			return k.Create(store.GatewayType, worldtest.Edited(worldtest.Gateway("web", "alb"), "spec.gatewayClassName", "missing"))
		}},
		{"a Gateway of another controller's class", lbc.GatewayServed, func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.GatewayClassType, worldtest.With(worldtest.Edited(worldtest.GatewayClass("alb"), "metadata.name", "other"), "spec.controllerName", "example.com/other"))
			return k.Create(store.GatewayType, worldtest.Edited(worldtest.Gateway("web", "alb"), "spec.gatewayClassName", "other"))
		}},
		{"a Gateway that is deleted after its class", lbc.GatewayServed, gated(func(k *worldtest.KubeLab) error {
			forced(k, store.GatewayClassType, "alb")
			return deletesGateway(k)
		})},
		{"a class without the controller's layer", lbc.GatewayDetected, func(k *worldtest.KubeLab) error {
			k.GatewayAPI("experimental/udproutes").Balancing(nil)
			return k.Create(store.GatewayClassType, waitingFor("Accepted", worldtest.GatewayClass("nlb")))
		}},
		{"a Gateway whose definitions came after the controller", lbc.GatewayDetected, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).GatewayAPI().Apply(store.GatewayClassType, worldtest.GatewayClass("alb"))
			return k.Create(store.GatewayType, worldtest.Gateway("web", "alb"))
		}},
		{"a Gateway of a layer that a gate disables", lbc.GatewayDetected, func(k *worldtest.KubeLab) error {
			k.Gateways(map[string]any{"controllerConfig.featureGates": map[string]any{"ALBGatewayAPI": false}})
			return k.Create(store.GatewayType, worldtest.Gateway("web", "alb"))
		}},
		{"a Gateway whose class has no namespace for its configuration", lbc.GatewayClassAccepted, func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.GatewayClassType, parameterized(map[string]any{"name": "web"}))
			return k.Create(store.GatewayType, worldtest.Edited(worldtest.Gateway("web", "alb"), "spec.gatewayClassName", "other"))
		}},
		{"a class whose configuration does not exist", lbc.ClassConfigured, func(k *worldtest.KubeLab) error {
			return k.Gateways(nil).Create(store.GatewayClassType, waitingFor("Accepted", parameterized(map[string]any{"name": "web", "namespace": "default"})))
		}},
		{"a class that is deleted before its Gateway", lbc.ClassUnused, gated(func(k *worldtest.KubeLab) error { return k.Kube.Delete(store.GatewayClassType, "alb") })},
	}
}

func gatewayRefusalsOfConfigurations() []kubeRefusal {
	return []kubeRefusal{
		{"a Gateway without its configuration", lbc.GatewayConfigured, func(k *worldtest.KubeLab) error {
			return k.Gateways(nil).Create(store.GatewayType, worldtest.Gateway("web", "alb"))
		}},
		{"a Gateway that is deleted after its configuration", lbc.GatewayConfigured, gated(func(k *worldtest.KubeLab) error {
			forced(k, store.BalancerConfigurationType, "default/web")
			return deletesGateway(k)
		})},
		{"a Gateway without the default of its target groups", lbc.GatewayConfigured, saying(`failed to resolve default TargetGroupConfiguration "all"`, func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", store.Properties{"defaultTargetGroupConfiguration": map[string]any{"name": "all"}}))
			return k.Create(store.GatewayType, worldtest.Gateway("web", "alb"))
		})},
		{"a configuration that is deleted before its Gateway", lbc.BalancerConfigurationUnused, gated(func(k *worldtest.KubeLab) error {
			return k.Kube.Delete(store.BalancerConfigurationType, "default/web")
		})},
		{"a configuration of target groups that is deleted before its Gateway", lbc.TargetConfigurationUnused, gated(func(k *worldtest.KubeLab) error {
			k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", nil))
			return k.Kube.Delete(store.TargetConfigurationType, "default/web")
		})},
		{"a default for target groups that is deleted before its Gateway", lbc.TargetConfigurationUnused, func(k *worldtest.KubeLab) error {
			all := worldtest.Manifest("gateway.k8s.aws/v1beta1", "TargetGroupConfiguration", "all", store.Properties{"defaultConfiguration": map[string]any{}})
			k.Gateways(nil).Apply(store.TargetConfigurationType, all)
			k.Gated("alb", store.Properties{"defaultTargetGroupConfiguration": map[string]any{"name": "all"}})
			return k.Kube.Delete(store.TargetConfigurationType, "default/all")
		}},
		{"a configuration of rules that is deleted before its route", lbc.ListenerRuleConfigurationUnused, func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.ListenerRuleConfigurationType, worldtest.Manifest("gateway.k8s.aws/v1beta1", "ListenerRuleConfiguration", "web", store.Properties{
				"tags": map[string]any{"team": "shop"}}))
			typ, m := worldtest.Route("web", "alb")
			store.ListOf(store.Nested(m, "spec", "rules"))[0]["filters"] = []any{map[string]any{"type": "ExtensionRef",
				"extensionRef": map[string]any{"group": "gateway.k8s.aws", "kind": "ListenerRuleConfiguration", "name": "web"}}}
			delete(store.MapOf(m["metadata"]), "annotations")
			k.Apply(typ, m)
			return k.Kube.Delete(store.ListenerRuleConfigurationType, "default/web")
		}},
		{"a controller without the definitions of its configurations", lbc.ControllerConfigurations, func(k *worldtest.KubeLab) error {
			k.GatewayAPI().ControllerAccount()
			raw, err := os.ReadFile(filepath.Join(worldtest.Charts()[charts.LoadBalancerController], "crds", "crds.yaml"))
			if err != nil {
				return err
			}
			for _, document := range strings.Split(string(raw), "\n---\n") {
				manifest := store.Properties{}
				if err := yaml.Unmarshal([]byte(document), &manifest); err != nil {
					return err
				}
				k.Apply(store.CrdType, manifest)
			}
			return k.Create(store.ReleaseType, worldtest.With(k.ReleaseInputs(), "skipCrds", true))
		}},
	}
}

func gatewayRefusalsOfRoutes() []kubeRefusal {
	firstRule := func(m store.Properties) map[string]any { return store.ListOf(store.Nested(m, "spec", "rules"))[0] }
	return []kubeRefusal{
		{"a Service without node ports behind a Gateway", lbc.GatewayModelled, saying("your service must be of type 'NodePort'", func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.ServiceType, worldtest.Service("cluster", "ClusterIP"))
			k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", nil))
			typ, m := worldtest.Route("web", "alb")
			store.ListOf(firstRule(m)["backendRefs"])[0]["name"] = "cluster"
			delete(store.MapOf(m["metadata"]), "annotations")
			k.Apply(typ, m)
			return k.Create(store.GatewayType, worldtest.Gateway("web", "alb"))
		})},
		{"a Gateway with deletion protection that is deleted", lbc.GatewayModelled, saying("because deletion protection is enabled", func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Gated("nlb", store.Properties{"loadBalancerAttributes": []any{map[string]any{"key": "deletion_protection.enabled", "value": "true"}}})
			return deletesGateway(k)
		})},
		{"a route whose weight is too large", lbc.GatewayRoutes, routed(func(m store.Properties) { store.ListOf(firstRule(m)["backendRefs"])[0]["weight"] = 1000.0 })},
		{"a route to a Gateway that does not exist", lbc.RouteAttached, routed(func(m store.Properties) { store.ListOf(store.Nested(m, "spec", "parentRefs"))[0]["name"] = "other" })},
		{"a route to a listener that does not exist", lbc.RouteAttached, routed(func(m store.Properties) {
			store.ListOf(store.Nested(m, "spec", "parentRefs"))[0]["sectionName"] = "other"
		})},
		{"a route of a namespace that the Gateway does not admit", lbc.RouteAttached, saying("namespace does not match between listener and route", func(k *worldtest.KubeLab) error {
			k.Gateways(nil).Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "other", nil))
			m := worldtest.With(worldtest.Gateway("web", "alb"), "metadata.namespace", "other")
			delete(store.MapOf(m["spec"]), "infrastructure")
			k.Apply(store.GatewayType, m)
			typ, route := worldtest.Route("web", "alb")
			store.ListOf(store.Nested(route, "spec", "parentRefs"))[0]["namespace"] = "other"
			return k.Create(typ, route)
		})},
	}
}
