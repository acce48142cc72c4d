package world_test

import (
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// misformed makes an Ingress that the API server refuses.
func misformed(change func(rule, path map[string]any)) func(*worldtest.KubeLab) error {
	return creates(store.IngressType, func() store.Properties { return worldtest.Ruled(change) })
}

func ingressRefusals() []kubeRefusal {
	named := func(field string, value any) func(*worldtest.KubeLab) error {
		return misformed(func(_, p map[string]any) { worldtest.With(p, "backend.service."+field, value) })
	}
	return []kubeRefusal{
		{"an Ingress without rules", kube.IngressRules, creates(store.IngressType, func() store.Properties {
			return worldtest.Edited(worldtest.Ingress("web", nil), "spec", map[string]any{})
		})},
		{"a host that is an address", kube.IngressHosts, misformed(func(r, _ map[string]any) { r["host"] = "10.0.0.1" })},
		{"a host with a port", kube.IngressHosts, misformed(func(r, _ map[string]any) { r["host"] = "shop.example.com:80" })},
		{"a host with * in its middle", kube.IngressHosts, misformed(func(r, _ map[string]any) { r["host"] = "shop.*.com" })},
		{"a path without a type", kube.IngressPathTypes, misformed(func(_, p map[string]any) { delete(p, "pathType") })},
		{"a path of an unknown type", kube.IngressPathTypes, misformed(func(_, p map[string]any) { p["pathType"] = "Regex" })},
		{"a path that is not absolute", kube.IngressPaths, misformed(func(_, p map[string]any) { p["path"] = "shop" })},
		{"a path with two dashes in a row", kube.IngressPaths, misformed(func(_, p map[string]any) { p["path"] = "/shop//cart" })},
		{"a rule without paths", kube.IngressBackends, misformed(func(r, _ map[string]any) { worldtest.With(r, "http.paths", []any{}) })},
		{"a backend without a port", kube.IngressBackends, named("port", map[string]any{})},
		{"a backend with two ports", kube.IngressBackends, named("port", map[string]any{"number": 80.0, "name": "http"})},
		{"a backend with a port out of range", kube.IngressBackends, named("port", map[string]any{"number": 70000.0})},
		{"a backend without a name", kube.IngressBackends, named("name", "")},
		{"a malformed class", kube.IngressClassNamed, creates(store.IngressType, func() store.Properties {
			return worldtest.Edited(worldtest.Ingress("web", nil), "spec.ingressClassName", "ALB_1")
		})},
		{"a class by field and by annotation", kube.IngressClassOnce, creates(store.IngressType, func() store.Properties {
			return worldtest.Edited(worldtest.Ingress("web", nil), "metadata.annotations", map[string]any{kube.ClassAnnotation: "alb"})
		})},
		{"a class without a controller", kube.ClassController, creates(store.IngressClassType, func() store.Properties { return worldtest.IngressClass("alb", "") })},
		{"a class with a controller that is not a path", kube.ClassController, creates(store.IngressClassType, func() store.Properties { return worldtest.IngressClass("alb", "alb") })},
		{"another controller for a class", kube.ClassControllerStays, func(k *worldtest.KubeLab) error {
			k.Apply(store.IngressClassType, worldtest.IngressClass("alb", lbc.ALBController))
			return k.Update(store.IngressClassType, "alb", worldtest.IngressClass("alb", "example.com/nginx"))
		}},
		{"a class that exists already", kube.Unique, func(k *worldtest.KubeLab) error {
			return k.Controlled().Create(store.IngressClassType, worldtest.IngressClass("alb", lbc.ALBController))
		}},
		{"a release with a class that exists already", helm.ReleaseOwns, func(k *worldtest.KubeLab) error {
			k.ControllerAccount().Apply(store.IngressClassType, worldtest.IngressClass("alb", lbc.ALBController))
			return k.Create(store.ReleaseType, k.ReleaseInputs())
		}},
		{"a release whose update has a class that exists already", helm.ReleaseOwns, func(k *worldtest.KubeLab) error {
			k.Balancing(nil)
			return k.Update(store.ReleaseType, "kube-system/"+store.ControllerOwner, k.ReleaseInputs())
		}},
		{"a rule whose Service does not exist", kube.IngressTargeted, func(k *worldtest.KubeLab) error {
			return k.Balancing(nil).Create(store.IngressType, worldtest.Ruled(func(_, p map[string]any) { worldtest.With(p, "backend.service.name", "shop") }))
		}},
		{"an Ingress without a controller", kube.IngressAddressed, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.Service("web", "NodePort"))
			return k.Create(store.IngressType, worldtest.Ingress("web", nil))
		}},
	}
}

func ingressControllerRefusals() []kubeRefusal {
	grouped := func(name string, pairs ...string) store.Properties {
		annotations := map[string]any{"group.name": "shop"}
		for i := 0; i < len(pairs); i += 2 {
			annotations[pairs[i]] = pairs[i+1]
		}
		return worldtest.Ingress(name, annotations)
	}
	// second makes two members of a group that disagree.
	second := func(suffix, one, other string) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressType, grouped("one", suffix, one))
			return k.Create(store.IngressType, grouped("other", suffix, other))
		}
	}
	// deletedAfter deletes an Ingress after something was taken away.
	deletedAfter := func(lose func(*worldtest.KubeLab)) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			k.Must(worldtest.Exposed()(k))
			lose(k)
			return k.Kube.Delete(store.IngressType, "default/web")
		}
	}
	return []kubeRefusal{
		{"an Ingress without the controller", lbc.ControllerInstalled, func(k *worldtest.KubeLab) error {
			k.Apply(store.ServiceType, worldtest.Service("web", "ExternalName"))
			return k.Create(store.IngressType, worldtest.Ingress("web", nil))
		}},
		{"an Ingress while the controller has no pod", kube.WebhookServed, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).StopController()
			return k.Create(store.IngressType, worldtest.Ingress("web", nil))
		}},
		{"an Ingress whose class does not stand", lbc.IngressClassLoads, func(k *worldtest.KubeLab) error {
			return k.Balancing(nil).Create(store.IngressType, worldtest.Edited(worldtest.Ingress("web", nil), "spec.ingressClassName", "nginx"))
		}},
		{"an Ingress whose class names parameters of another kind", lbc.IngressClassLoads, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressClassType, worldtest.Edited(worldtest.IngressClass("other", lbc.ALBController), "spec.parameters", map[string]any{"kind": "ConfigMap", "name": "alb"}))
			return k.Create(store.IngressType, worldtest.Edited(worldtest.Ingress("web", nil), "spec.ingressClassName", "other"))
		}},
		{"an Ingress that is deleted after its class", lbc.IngressClassLoads, deletedAfter(func(k *worldtest.KubeLab) { k.Remove(store.IngressClassType, "alb") })},
		{"a group whose other member's class is gone", lbc.IngressClassStands, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressClassType, worldtest.IngressClass("second", lbc.ALBController))
			k.Apply(store.IngressType, grouped("one"))
			k.Apply(store.IngressType, worldtest.Edited(grouped("other"), "spec.ingressClassName", "second"))
			k.Remove(store.IngressClassType, "second")
			return k.Kube.Delete(store.IngressType, "default/one")
		}},
		{"an Ingress of another controller's class", lbc.IngressServed, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressClassType, worldtest.IngressClass("nginx", "example.com/nginx"))
			return k.Create(store.IngressType, worldtest.Edited(worldtest.Ingress("web", nil), "spec.ingressClassName", "nginx"))
		}},
		{"an Ingress without a class", lbc.IngressServed, func(k *worldtest.KubeLab) error {
			m := worldtest.Ingress("web", nil)
			delete(store.MapOf(m["spec"]), "ingressClassName")
			return k.Balancing(nil).Create(store.IngressType, m)
		}},
		{"a group with a malformed name", lbc.IngressGroupNamed, worldtest.Exposed("group.name", "Shop_1")},
		{"a place in a group that is no number", lbc.GroupOrderNumber, worldtest.Exposed("group.name", "shop", "group.order", "first")},
		{"a place in a group beyond the last", lbc.GroupOrder, worldtest.Exposed("group.name", "shop", "group.order", "1001")},
		{"a guarded application load balancer that is deleted", lbc.GroupModelled, saying(`deletion_protection is enabled, cannot delete the ingress: web`, func(k *worldtest.KubeLab) error {
			k.Must(worldtest.Exposed("load-balancer-attributes", "deletion_protection.enabled=true")(k))
			return k.Kube.Delete(store.IngressType, "default/web")
		})},
		{"an Ingress that is deleted after the controller", lbc.ControllerInstalled, deletedAfter(func(k *worldtest.KubeLab) { k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner) })},
		{"an Ingress that is deleted after the controller's policy", lbc.ControllerAllowed, deletedAfter(func(k *worldtest.KubeLab) { k.Must(k.Delete(store.AttachmentType, "lbc-attachment")) })},
		{"an Ingress that is deleted after the nodes", lbc.ControllerRuns, deletedAfter(func(k *worldtest.KubeLab) { k.Empty() })},
		{"two schemes in a group", lbc.GroupModelled, saying(`conflicting scheme: map[internal:{} internet-facing:{}]`, second("scheme", "internal", "internet-facing"))},
		{"different subnets in a group", lbc.GroupModelled, saying(`conflicting subnets: [`, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressType, grouped("one", "subnets", k.IDs["private-a"]+","+k.IDs["private-b"]))
			return k.Create(store.IngressType, grouped("other", "subnets", k.IDs["public-a"]+","+k.IDs["public-b"]))
		})},
		{"two values of an attribute in a group", lbc.GroupModelled, saying(`conflicting load balancer attributes idle_timeout.timeout_seconds: 60 | 90`, second("load-balancer-attributes", "idle_timeout.timeout_seconds=60", "idle_timeout.timeout_seconds=90"))},
		{"two versions of TLS on one port of a group", lbc.GroupModelled, saying(`failed to merge listenPort config for port: 443: conflicting sslPolicy, default/one: ELBSecurityPolicy-2016-08 | default/other: ELBSecurityPolicy-TLS13-1-2-2021-06`, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressType, grouped("one", "listen-ports", `[{"HTTPS": 443}]`, "certificate-arn", worldtest.Certificate, "ssl-policy", "ELBSecurityPolicy-2016-08"))
			return k.Create(store.IngressType, grouped("other", "listen-ports", `[{"HTTPS": 443}]`, "certificate-arn", worldtest.Certificate, "ssl-policy", "ELBSecurityPolicy-TLS13-1-2-2021-06"))
		})},
		{"HTTP and HTTPS on one port of a group", lbc.GroupModelled, saying(`failed to merge listenPort config for port: 80: conflicting protocol, default/one: HTTP | default/other: HTTPS`, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressType, grouped("one"))
			return k.Create(store.IngressType, grouped("other", "listen-ports", `[{"HTTPS": 80}]`, "certificate-arn", "arn:aws:acm:x"))
		})},
		{"an unknown scheme of an Ingress", lbc.GroupModelled, saying(`unknown scheme: public`, worldtest.Exposed("scheme", "public"))},
		{"an application load balancer in one zone", lbc.GroupModelled, saying(`subnets count less than minimal required count: 1 < 2`, func(k *worldtest.KubeLab) error {
			k.Must(k.Change(store.SubnetType, k.IDs["private-a"], store.Properties{"tags": map[string]any{}}))
			return worldtest.Exposed()(k)
		})},
		{"a listener for TCP", lbc.GroupModelled, saying(`listen protocol must be within [HTTP, HTTPS]: TCP`, worldtest.Exposed("listen-ports", `[{"TCP": 80}]`))},
		{"listeners that are no JSON", lbc.GroupModelled, saying("failed to parse listen-ports configuration: `80`", worldtest.Exposed("listen-ports", "80"))},
		{"HTTPS for a host without a certificate", lbc.GroupModelled, saying(`no certificate found for host: shop.example.com`, func(k *worldtest.KubeLab) error {
			return k.Balancing(nil).Create(store.IngressType, worldtest.Edited(worldtest.Ruled(func(r, _ map[string]any) { r["host"] = "shop.example.com" }),
				"metadata.annotations", map[string]any{"alb.ingress.kubernetes.io/listen-ports": `[{"HTTPS": 443}]`}))
		})},
		{"two default backends", lbc.GroupModelled, saying(`multiple ingress defined default backend: [default/one default/other]`, func(k *worldtest.KubeLab) error {
			backend := worldtest.Below("/", "web")["backend"]
			k.Balancing(nil).Apply(store.IngressType, worldtest.Edited(grouped("one"), "spec.defaultBackend", backend))
			return k.Create(store.IngressType, worldtest.Edited(grouped("other"), "spec.defaultBackend", backend))
		})},
		{"a prefix with a wildcard", lbc.GroupModelled, saying(`prefix path shouldn't contain wildcards: /shop/*`, func(k *worldtest.KubeLab) error {
			return k.Balancing(nil).Create(store.IngressType, worldtest.Ruled(func(_, p map[string]any) { p["path"] = "/shop/*" }))
		})},
		{"a missing Service that the controller insists on", lbc.GroupModelled, saying(`services "shop" not found`, func(k *worldtest.KubeLab) error {
			m := worldtest.Edited(worldtest.Ingress("web", nil), "spec.defaultBackend", worldtest.Below("/", "shop")["backend"])
			return k.Balancing(map[string]any{"tolerateNonExistentBackendService": false}).Create(store.IngressType, m)
		})},
		{"a port that the Service lacks", lbc.GroupModelled, saying(`unable to find port 81 on service default/web`, func(k *worldtest.KubeLab) error {
			return k.Balancing(nil).Create(store.IngressType, worldtest.Ruled(func(_, p map[string]any) { worldtest.With(p, "backend.service.port.number", 81.0) }))
		})},
		{"targets that are functions", lbc.GroupModelled, saying(`unknown targetType: lambda`, worldtest.Exposed("target-type", "lambda"))},
		{"instance targets of a Service without node ports", lbc.GroupModelled, saying(`TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'`, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.ServiceType, worldtest.Edited(worldtest.Service("plain", "ClusterIP"), "metadata.name", "plain"))
			return k.Create(store.IngressType, worldtest.Ruled(func(_, p map[string]any) { worldtest.With(p, "backend.service.name", "plain") }))
		})},
		{"backends that speak TCP", lbc.GroupModelled, saying(`backend protocol must be within [HTTP, HTTPS]: TCP`, worldtest.Exposed("backend-protocol", "TCP"))},
		{"a health check by TCP", lbc.GroupModelled, saying(`healthCheckProtocol must be within [HTTP, HTTPS]`, worldtest.Exposed("healthcheck-protocol", "TCP"))},
		{"a health check of a port that the Service lacks", lbc.GroupModelled, saying(`failed to resolve healthCheckPort: unable to find port admin on service default/web`, worldtest.Exposed("healthcheck-port", "admin"))},
		{"Shield without a way out", lbc.AddOnReached, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Isolate()
			return k.Create(store.IngressType, worldtest.Ingress("web", nil))
		}},
	}
}
