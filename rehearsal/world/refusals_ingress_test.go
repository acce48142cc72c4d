package world

// ingressClass is one of ours.
func ingressClass(name, controller string) Properties {
	return manifest("networking.k8s.io/v1", "IngressClass", name, Properties{"controller": controller})
}

// ingress sends every path to web; annotations are those of application load balancers.
func ingress(name string, annotations map[string]any) Properties {
	prefixed := map[string]any{}
	for suffix, value := range annotations {
		prefixed["alb.ingress.kubernetes.io/"+suffix] = value
	}
	m := manifest("networking.k8s.io/v1", "Ingress", name, Properties{"ingressClassName": "alb", "rules": []any{map[string]any{
		"http": map[string]any{"paths": []any{below("/", "web")}}}}})
	return edited(m, "metadata.annotations", prefixed)
}

// below leads everything below a path to a Service.
func below(prefix, service string) map[string]any {
	return map[string]any{"path": prefix, "pathType": "Prefix", "backend": map[string]any{
		"service": map[string]any{"name": service, "port": map[string]any{"number": 80.0}}}}
}

// ruled is an Ingress whose one rule is changed.
func ruled(change func(rule, path map[string]any)) Properties {
	m := ingress("web", nil)
	rule := mapOf(at(m, "spec.rules").([]any)[0])
	change(rule, mapOf(at(rule, "http.paths").([]any)[0]))
	return m
}

// balancing installs the controller with some values and a class of ours, and runs web behind a Service with node
// ports.
func (k *kubeLab) balancing(values map[string]any) *kubeLab {
	k.t.Helper()
	k.controllerAccount()
	in := edited(k.releaseInputs(), "values.createIngressClassResource", false)
	for key, value := range values {
		with(in, "values."+key, value)
	}
	k.apply(releaseType, in)
	k.apply(ingressClassType, ingressClass("alb", albController))
	k.apply(deploymentType, web())
	k.apply(serviceType, service("web", "NodePort"))
	return k
}

// exposed makes an Ingress of web with annotations, by pairs.
func exposed(pairs ...any) func(*kubeLab) error {
	return func(k *kubeLab) error {
		annotations := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			annotations[pairs[i].(string)] = pairs[i+1]
		}
		return k.balancing(nil).create(ingressType, ingress("web", annotations))
	}
}

// misformed makes an Ingress that the API server refuses.
func misformed(change func(rule, path map[string]any)) func(*kubeLab) error {
	return creates(ingressType, func() Properties { return ruled(change) })
}

func ingressRefusals() []kubeRefusal {
	named := func(field string, value any) func(*kubeLab) error {
		return misformed(func(_, p map[string]any) { with(p, "backend.service."+field, value) })
	}
	return []kubeRefusal{
		{"an Ingress without rules", ingressAsks, creates(ingressType, func() Properties { return edited(ingress("web", nil), "spec", map[string]any{}) })},
		{"a host that is an address", ingressHosts, misformed(func(r, _ map[string]any) { r["host"] = "10.0.0.1" })},
		{"a host with a port", ingressHosts, misformed(func(r, _ map[string]any) { r["host"] = "shop.example.com:80" })},
		{"a host with * in its middle", ingressHosts, misformed(func(r, _ map[string]any) { r["host"] = "shop.*.com" })},
		{"a path without a type", ingressPathTypes, misformed(func(_, p map[string]any) { delete(p, "pathType") })},
		{"a path of an unknown type", ingressPathTypes, misformed(func(_, p map[string]any) { p["pathType"] = "Regex" })},
		{"a path that is not absolute", ingressPaths, misformed(func(_, p map[string]any) { p["path"] = "shop" })},
		{"a path with two dashes in a row", ingressPaths, misformed(func(_, p map[string]any) { p["path"] = "/shop//cart" })},
		{"a rule without paths", ingressBackends, misformed(func(r, _ map[string]any) { with(r, "http.paths", []any{}) })},
		{"a backend without a port", ingressBackends, named("port", map[string]any{})},
		{"a backend with two ports", ingressBackends, named("port", map[string]any{"number": 80.0, "name": "http"})},
		{"a backend with a port out of range", ingressBackends, named("port", map[string]any{"number": 70000.0})},
		{"a backend without a name", ingressBackends, named("name", "")},
		{"a malformed class", ingressClassNamed, creates(ingressType, func() Properties { return edited(ingress("web", nil), "spec.ingressClassName", "ALB_1") })},
		{"a class by field and by annotation", ingressClassOnce, creates(ingressType, func() Properties {
			return edited(ingress("web", nil), "metadata.annotations", map[string]any{classAnnotation: "alb"})
		})},
		{"a class without a controller", classController, creates(ingressClassType, func() Properties { return ingressClass("alb", "") })},
		{"a class with a controller that is not a path", classController, creates(ingressClassType, func() Properties { return ingressClass("alb", "alb") })},
		{"another controller for a class", classControllerStays, func(k *kubeLab) error {
			k.apply(ingressClassType, ingressClass("alb", albController))
			return k.update(ingressClassType, "alb", ingressClass("alb", "example.com/nginx"))
		}},
		{"a class that exists already", unique, func(k *kubeLab) error {
			return k.controlled().create(ingressClassType, ingressClass("alb", albController))
		}},
		{"a release with a class that exists already", releaseOwns, func(k *kubeLab) error {
			k.controllerAccount().apply(ingressClassType, ingressClass("alb", albController))
			return k.create(releaseType, k.releaseInputs())
		}},
		{"a release whose update has a class that exists already", releaseOwns, func(k *kubeLab) error {
			k.balancing(nil)
			return k.update(releaseType, "kube-system/"+controllerOwner, k.releaseInputs())
		}},
		{"a rule whose Service does not exist", ingressTargeted, func(k *kubeLab) error {
			return k.balancing(nil).create(ingressType, ruled(func(_, p map[string]any) { with(p, "backend.service.name", "shop") }))
		}},
		{"an Ingress without a controller", ingressAddressed, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			k.apply(serviceType, service("web", "NodePort"))
			return k.create(ingressType, ingress("web", nil))
		}},
	}
}

func ingressControllerRefusals() []kubeRefusal {
	grouped := func(name string, pairs ...string) Properties {
		annotations := map[string]any{"group.name": "shop"}
		for i := 0; i < len(pairs); i += 2 {
			annotations[pairs[i]] = pairs[i+1]
		}
		return ingress(name, annotations)
	}
	// second makes two members of a group that disagree.
	second := func(suffix, one, other string) func(*kubeLab) error {
		return func(k *kubeLab) error {
			k.balancing(nil).apply(ingressType, grouped("one", suffix, one))
			return k.create(ingressType, grouped("other", suffix, other))
		}
	}
	// deletedAfter deletes an Ingress after something was taken away.
	deletedAfter := func(lose func(*kubeLab)) func(*kubeLab) error {
		return func(k *kubeLab) error {
			k.must(exposed()(k))
			lose(k)
			return k.kube.Delete(ingressType, "default/web")
		}
	}
	return []kubeRefusal{
		{"an Ingress without the controller", controllerInstalled, func(k *kubeLab) error {
			k.apply(serviceType, service("web", "ExternalName"))
			return k.create(ingressType, ingress("web", nil))
		}},
		{"an Ingress while the controller has no pod", webhookServed, func(k *kubeLab) error {
			k.balancing(nil).stopController()
			return k.create(ingressType, ingress("web", nil))
		}},
		{"an Ingress whose class does not stand", ingressClassLoads, func(k *kubeLab) error {
			return k.balancing(nil).create(ingressType, edited(ingress("web", nil), "spec.ingressClassName", "nginx"))
		}},
		{"an Ingress whose class names parameters of another kind", ingressClassLoads, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressClassType, edited(ingressClass("other", albController), "spec.parameters", map[string]any{"kind": "ConfigMap", "name": "alb"}))
			return k.create(ingressType, edited(ingress("web", nil), "spec.ingressClassName", "other"))
		}},
		{"an Ingress that is deleted after its class", ingressClassLoads, deletedAfter(func(k *kubeLab) { k.remove(ingressClassType, "alb") })},
		{"a group whose other member's class is gone", ingressClassStands, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressClassType, ingressClass("second", albController))
			k.apply(ingressType, grouped("one"))
			k.apply(ingressType, edited(grouped("other"), "spec.ingressClassName", "second"))
			k.remove(ingressClassType, "second")
			return k.kube.Delete(ingressType, "default/one")
		}},
		{"an Ingress of another controller's class", ingressServed, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressClassType, ingressClass("nginx", "example.com/nginx"))
			return k.create(ingressType, edited(ingress("web", nil), "spec.ingressClassName", "nginx"))
		}},
		{"an Ingress without a class", ingressServed, func(k *kubeLab) error {
			m := ingress("web", nil)
			delete(mapOf(m["spec"]), "ingressClassName")
			return k.balancing(nil).create(ingressType, m)
		}},
		{"a group with a malformed name", ingressGroupNamed, exposed("group.name", "Shop_1")},
		{"a place in a group that is no number", groupOrderNumber, exposed("group.name", "shop", "group.order", "first")},
		{"a place in a group beyond the last", groupOrder, exposed("group.name", "shop", "group.order", "1001")},
		{"a guarded application load balancer that is deleted", groupModelled, saying(`deletion_protection is enabled, cannot delete the ingress: web`, func(k *kubeLab) error {
			k.must(exposed("load-balancer-attributes", "deletion_protection.enabled=true")(k))
			return k.kube.Delete(ingressType, "default/web")
		})},
		{"an Ingress that is deleted after the controller", controllerInstalled, deletedAfter(func(k *kubeLab) { k.remove(releaseType, "kube-system/"+controllerOwner) })},
		{"an Ingress that is deleted after the controller's policy", controllerAllowed, deletedAfter(func(k *kubeLab) { k.must(k.delete(attachmentType, "lbc-attachment")) })},
		{"an Ingress that is deleted after the nodes", controllerRuns, deletedAfter(func(k *kubeLab) { k.empty() })},
		{"two schemes in a group", groupModelled, saying(`conflicting scheme: map[internal:{} internet-facing:{}]`, second("scheme", "internal", "internet-facing"))},
		{"different subnets in a group", groupModelled, saying(`conflicting subnets: [`, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressType, grouped("one", "subnets", k.ids["private-a"]+","+k.ids["private-b"]))
			return k.create(ingressType, grouped("other", "subnets", k.ids["public-a"]+","+k.ids["public-b"]))
		})},
		{"two values of an attribute in a group", groupModelled, saying(`conflicting load balancer attributes idle_timeout.timeout_seconds: 60 | 90`, second("load-balancer-attributes", "idle_timeout.timeout_seconds=60", "idle_timeout.timeout_seconds=90"))},
		{"two versions of TLS on one port of a group", groupModelled, saying(`failed to merge listenPort config for port: 443: conflicting sslPolicy, default/one: ELBSecurityPolicy-2016-08 | default/other: ELBSecurityPolicy-TLS13-1-2-2021-06`, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressType, grouped("one", "listen-ports", `[{"HTTPS": 443}]`, "certificate-arn", certificate, "ssl-policy", "ELBSecurityPolicy-2016-08"))
			return k.create(ingressType, grouped("other", "listen-ports", `[{"HTTPS": 443}]`, "certificate-arn", certificate, "ssl-policy", "ELBSecurityPolicy-TLS13-1-2-2021-06"))
		})},
		{"HTTP and HTTPS on one port of a group", groupModelled, saying(`failed to merge listenPort config for port: 80: conflicting protocol, default/one: HTTP | default/other: HTTPS`, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressType, grouped("one"))
			return k.create(ingressType, grouped("other", "listen-ports", `[{"HTTPS": 80}]`, "certificate-arn", "arn:aws:acm:x"))
		})},
		{"an unknown scheme of an Ingress", groupModelled, saying(`unknown scheme: public`, exposed("scheme", "public"))},
		{"an application load balancer in one zone", groupModelled, saying(`subnets count less than minimal required count: 1 < 2`, func(k *kubeLab) error {
			k.must(k.change(subnetType, k.ids["private-a"], Properties{"tags": map[string]any{}}))
			return exposed()(k)
		})},
		{"a listener for TCP", groupModelled, saying(`listen protocol must be within [HTTP, HTTPS]: TCP`, exposed("listen-ports", `[{"TCP": 80}]`))},
		{"listeners that are no JSON", groupModelled, saying("failed to parse listen-ports configuration: `80`", exposed("listen-ports", "80"))},
		{"HTTPS for a host without a certificate", groupModelled, saying(`no certificate found for host: shop.example.com`, func(k *kubeLab) error {
			return k.balancing(nil).create(ingressType, edited(ruled(func(r, _ map[string]any) { r["host"] = "shop.example.com" }),
				"metadata.annotations", map[string]any{"alb.ingress.kubernetes.io/listen-ports": `[{"HTTPS": 443}]`}))
		})},
		{"two default backends", groupModelled, saying(`multiple ingress defined default backend: [default/one default/other]`, func(k *kubeLab) error {
			backend := below("/", "web")["backend"]
			k.balancing(nil).apply(ingressType, edited(grouped("one"), "spec.defaultBackend", backend))
			return k.create(ingressType, edited(grouped("other"), "spec.defaultBackend", backend))
		})},
		{"a prefix with a wildcard", groupModelled, saying(`prefix path shouldn't contain wildcards: /shop/*`, func(k *kubeLab) error {
			return k.balancing(nil).create(ingressType, ruled(func(_, p map[string]any) { p["path"] = "/shop/*" }))
		})},
		{"a missing Service that the controller insists on", groupModelled, saying(`services "shop" not found`, func(k *kubeLab) error {
			m := edited(ingress("web", nil), "spec.defaultBackend", below("/", "shop")["backend"])
			return k.balancing(map[string]any{"tolerateNonExistentBackendService": false}).create(ingressType, m)
		})},
		{"a port that the Service lacks", groupModelled, saying(`unable to find port 81 on service default/web`, func(k *kubeLab) error {
			return k.balancing(nil).create(ingressType, ruled(func(_, p map[string]any) { with(p, "backend.service.port.number", 81.0) }))
		})},
		{"targets that are functions", groupModelled, saying(`unknown targetType: lambda`, exposed("target-type", "lambda"))},
		{"instance targets of a Service without node ports", groupModelled, saying(`TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'`, func(k *kubeLab) error {
			k.balancing(nil).apply(serviceType, edited(service("plain", "ClusterIP"), "metadata.name", "plain"))
			return k.create(ingressType, ruled(func(_, p map[string]any) { with(p, "backend.service.name", "plain") }))
		})},
		{"backends that speak TCP", groupModelled, saying(`backend protocol must be within [HTTP, HTTPS]: TCP`, exposed("backend-protocol", "TCP"))},
		{"a health check by TCP", groupModelled, saying(`healthCheckProtocol must be within [HTTP, HTTPS]`, exposed("healthcheck-protocol", "TCP"))},
		{"a health check of a port that the Service lacks", groupModelled, saying(`failed to resolve healthCheckPort: unable to find port admin on service default/web`, exposed("healthcheck-port", "admin"))},
		{"Shield without a way out", addOnReached, func(k *kubeLab) error {
			k.balancing(nil).isolate()
			return k.create(ingressType, ingress("web", nil))
		}},
	}
}

// stopController ends the controller's pods, and no other can start.
func (k *kubeLab) stopController() {
	k.onNodes(func(node *Object) { node.set("spec.unschedulable", true) })
	for _, pod := range k.world.controllerOf("dev").pods() {
		k.world.endPod(pod)
	}
}

// isolate leaves the nodes endpoints and no way out.
func (k *kubeLab) isolate() {
	k.endpoints("ec2", "ecr.api", "ecr.dkr", "sts", "elasticloadbalancing")
	k.must(k.delete(routeType, "to-nat"))
}
