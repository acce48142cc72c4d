package world

// classically makes a Service without a class with annotations, by pairs.
func classically(pairs ...string) func(*kubeLab) error {
	return func(k *kubeLab) error {
		k.apply(deploymentType, web())
		return k.create(serviceType, classicWith(pairs...))
	}
}

func classicWith(pairs ...string) Properties {
	annotations := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		annotations[servicePrefixes+pairs[i]] = pairs[i+1]
	}
	return edited(service("web", "LoadBalancer"), "metadata.annotations", annotations)
}

// balancingRefusals are those of load balancers' options: what controllers and AWS say of annotations.
func balancingRefusals() []kubeRefusal {
	const prefix = "aws-load-balancer-"
	grouped := func(name string, pairs ...any) Properties {
		annotations := map[string]any{"group.name": "shop", "certificate-arn": certificate, "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}, {"HTTPS": 8443}]`}
		for i := 0; i < len(pairs); i += 2 {
			annotations[pairs[i].(string)] = pairs[i+1]
		}
		return ingress(name, annotations)
	}
	return []kubeRefusal{
		{"a way to the zones that is none", serviceModelled, saying(`invalid dns_record.client_routing_policy set in annotation aws-load-balancer-attributes: got 'nearest' expected one of ['any_availability_zone', 'partial_availability_zone_affinity', 'availability_zone_affinity']`, annotated(prefix+"attributes", "dns_record.client_routing_policy=nearest"))},
		{"an attribute of a network load balancer that is none", balancerAttributeKnown, annotated(prefix+"attributes", "idle_timeout.timeout_seconds=90")},
		{"an attribute of a network load balancer with a value that is none", balancerAttributeFits, annotated(prefix+"attributes", "zonal_shift.config.enabled=yes")},
		{"an attribute of a target group of a Service that is none", targetAttributeKnown, annotated(prefix+"target-group-attributes", "slow_start.duration_seconds=30")},
		{"a check of a Service that waits longer than its interval", healthInterval, annotated(prefix+"healthcheck-interval", "5")},
		{"a certificate of another region for a Service", certificateNamed, annotated(prefix+"ssl-cert", "arn:aws:acm:us-east-1:111122223333:certificate/x")},
		{"nodes that a network load balancer takes by address alone", targetByInstance, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			k.onNodes(func(node *Object) { node.set("instanceType", "m3.large") })
			return k.create(serviceType, nlb(nil))
		}},
		{"UDP whose clients' addresses are not kept", targetPreservesUDP, func(k *kubeLab) error {
			m := nlb(map[string]any{servicePrefixes + prefix + "target-group-attributes": "preserve_client_ip.enabled=false"})
			k.controlled().apply(deploymentType, web())
			return k.create(serviceType, edited(m, "spec.ports", []any{map[string]any{"port": 53.0, "targetPort": 8080.0, "protocol": "UDP"}}))
		}},
		{"a named health check port with ip targets", serviceModelled, saying(`cannot use named healthCheckPort for IP TargetType when service's targetPort is a named port`, func(k *kubeLab) error {
			m := nlb(map[string]any{servicePrefixes + prefix + "nlb-target-type": "ip", servicePrefixes + prefix + "healthcheck-port": "http"})
			k.controlled().apply(deploymentType, web())
			return k.create(serviceType, edited(m, "spec.ports", []any{map[string]any{"name": "http", "port": 80.0, "targetPort": "http"}}))
		})},
		{"a target port of none", serviceModelled, saying(`TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'`, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			k.apply(serviceType, nlb(nil))
			s := k.world.find("dev", serviceType, "default/web")
			s.set("spec.ports", []any{map[string]any{"name": "http", "port": 80.0, "protocol": "TCP", "targetPort": 80.0, "nodePort": 0.0}})
			return k.world.unaddressed(s)
		})},
		{"an attribute of an application load balancer that is none", balancerAttributeKnown, exposed("load-balancer-attributes", "dns_record.client_routing_policy=any_availability_zone")},
		{"an attribute of an application load balancer out of range", balancerAttributeFits, exposed("load-balancer-attributes", "idle_timeout.timeout_seconds=4001")},
		{"an application load balancer that crosses no zones", balancerAttributeFits, exposed("load-balancer-attributes", "load_balancing.cross_zone.enabled=false")},
		{"an attribute of a target group of an Ingress that is none", targetAttributeKnown, exposed("target-group-attributes", "proxy_protocol_v2.enabled=true")},
		{"a check of an Ingress that waits as long as its interval", healthInterval, exposed("healthcheck-interval-seconds", "5")},
		{"a certificate of another region for an Ingress", certificateNamed, exposed("certificate-arn", "arn:aws:acm:us-east-1:111122223333:certificate/x")},
		{"HTTPS without hosts or certificates", certificateGiven, exposed("listen-ports", `[{"HTTPS": 443}]`)},
		{"backends that speak HTTP3", groupModelled, saying(`backend protocol version must be within [HTTP1, HTTP2, GRPC]: HTTP3`, exposed("backend-protocol-version", "HTTP3"))},
		{"a redirect to nowhere", groupModelled, saying(`listener does not exist for SSLRedirect port: 443`, exposed("ssl-redirect", "443"))},
		{"a redirect to HTTP", groupModelled, saying(`listener protocol non-SSL for SSLRedirect port: 80`, exposed("ssl-redirect", "80"))},
		{"two redirects in a group", groupModelled, saying(`conflicting sslRedirect port: [443 8443]`, func(k *kubeLab) error {
			k.balancing(nil).apply(ingressType, grouped("one", "ssl-redirect", "443"))
			return k.create(ingressType, grouped("other", "ssl-redirect", "8443"))
		})},

		{"draining with an invalid boolean", cloudAnnotations, classically(classicDraining, "maybe")},
		{"draining for two hours", classicNumbers, classically(classicDraining, "true", classicDrainingPeriod, "7200")},
		{"an idle timeout of zero", classicNumbers, classically(classicIdle, "0")},
		{"target group attributes of a Classic Load Balancer", cloudTargetAttributes, classically(prefix+"target-group-attributes", "stickiness.enabled=true")},
		{"a Classic Load Balancer with client IP affinity", cloudAffinity, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			return k.create(serviceType, edited(classicWith(), "spec.sessionAffinity", "ClientIP"))
		}},
		{"subnets of a Classic Load Balancer that do not exist", cloudSubnetsGiven, classically(prefix+"subnets", "subnet-1")},
		{"a Classic Load Balancer whose subnets all change at once", classicKeepsSubnet, func(k *kubeLab) error {
			k.must(classically(prefix+"subnets", k.ids["public-a"])(k))
			k.must(k.update(serviceType, "default/web", classicWith(prefix+"subnets", k.ids["public-b"])))
			_, err := k.world.balance(k.world.find("dev", serviceType, "default/web"))
			return err
		}},
		{"a classic health check every four seconds", cloudHealth, classically(prefix+"healthcheck-interval", "4")},
		{"a classic health check whose timeout is its interval", classicInterval, classically(prefix+"healthcheck-interval", "5")},
		{"a Classic Load Balancer with a certificate of another region", certificateNamed, classically(prefix+"ssl-cert", "arn:aws:acm:us-east-1:111122223333:certificate/x")},
	}
}

// objectRefusals are those of the API server for what samples are made of.
func objectRefusals() []kubeRefusal {
	budget := func(spec Properties) func(*kubeLab) error {
		return creates(disruptionType, func() Properties { return disruption(spec) })
	}
	scaler := func(path string, value any) func(*kubeLab) error {
		return creates(autoscalerType, func() Properties { return edited(autoscaled(2, 5), "spec."+path, value) })
	}
	metric := func(resource map[string]any) []any {
		return []any{map[string]any{"type": "Resource", "resource": resource}}
	}
	ports := func(extra map[string]any) func(*kubeLab) error {
		return creates(serviceType, func() Properties {
			port := map[string]any{"port": 80.0, "targetPort": 8080.0}
			for key, value := range extra {
				port[key] = value
			}
			return edited(service("web", "NodePort"), "spec.ports", []any{port})
		})
	}
	waits := func(expression string) func(*kubeLab) error {
		return creates(configMapType, func() Properties {
			return edited(manifest("v1", "ConfigMap", "settings", nil), "metadata.annotations", map[string]any{waitForAnnotation: expression})
		})
	}
	return []kubeRefusal{
		{"a budget with both numbers", disruptionOnce, budget(Properties{"minAvailable": 1.0, "maxUnavailable": 1.0})},
		{"a budget below zero", disruptionCount, budget(Properties{"minAvailable": -1.0})},
		{"a budget of more than all", disruptionCount, budget(Properties{"minAvailable": "120%"})},
		{"a budget with a malformed selector", disruptionSelector, budget(Properties{"minAvailable": 1.0, "selector": map[string]any{
			"matchExpressions": []any{map[string]any{"key": "app", "operator": "Like"}}}})},
		{"a budget with an invalid eviction policy", disruptionEviction, budget(Properties{"unhealthyPodEvictionPolicy": "Never"})},
		{"a budget with an unknown field", strictFields, budget(Properties{"minReady": 1.0})},

		{"an autoscaler without a target", autoscalerTarget, scaler("scaleTargetRef", map[string]any{"kind": "Deployment", "name": ""})},
		{"an autoscaler that keeps no pod", autoscalerLeast, scaler("minReplicas", 0.0)},
		{"an autoscaler whose maximum is below its minimum", autoscalerMost, scaler("maxReplicas", 1.0)},
		{"an autoscaler with a metric without a target", autoscalerMetric, scaler("metrics", metric(map[string]any{"name": "cpu", "target": map[string]any{"type": "Utilization"}}))},
		{"an autoscaler with a target of zero", autoscalerMetric, scaler("metrics", metric(map[string]any{"name": "cpu", "target": map[string]any{"type": "Utilization", "averageUtilization": 0.0}}))},
		{"an autoscaler with a metric of an unknown type", autoscalerKinds, scaler("metrics", []any{map[string]any{"type": "CPU"}})},

		{"a node port out of range", nodePortRange, ports(map[string]any{"nodePort": 80.0})},
		{"a node port of another Service", nodePortFree, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			k.apply(serviceType, service("web", "NodePort"))
			taken := listOf(k.world.find("dev", serviceType, "default/web").at("spec.ports"))[0]["nodePort"]
			m := edited(service("other", "NodePort"), "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": 8080.0, "nodePort": taken}})
			return k.create(serviceType, m)
		}},
		{"a node port of a plain Service", nodePortsUsed, creates(serviceType, func() Properties {
			return edited(service("web", "ClusterIP"), "spec.ports", []any{map[string]any{"port": 80.0, "nodePort": 30080.0}})
		})},
		{"a plain Service that disables node ports", allocationUsed, creates(serviceType, func() Properties {
			return edited(service("web", "ClusterIP"), "spec.allocateLoadBalancerNodePorts", false)
		})},
		{"a health check port with the Cluster policy", healthPortUsed, creates(serviceType, func() Properties {
			return edited(nlb(nil), "spec.healthCheckNodePort", 30900.0)
		})},
		{"another health check port", healthPortStays, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			local := func() Properties { return edited(nlb(nil), "spec.externalTrafficPolicy", "Local") }
			k.apply(serviceType, local())
			return k.update(serviceType, "default/web", edited(local(), "spec.healthCheckNodePort", 32000.0))
		}},
		{"an invalid session affinity", affinityKnown, creates(serviceType, func() Properties {
			return edited(service("web", "ClusterIP"), "spec.sessionAffinity", "Cookie")
		})},

		{"a negative grace period", graceValid, editedWeb("spec.template.spec.terminationGracePeriodSeconds", -1.0)},
		{"a preStop sleep that is longer than the grace period", sleepFits, contained("lifecycle", map[string]any{"preStop": map[string]any{"sleep": map[string]any{"seconds": 31.0}}})},
		{"a preStop sleep without seconds", probeHandler, contained("lifecycle", map[string]any{"preStop": map[string]any{}})},
		{"a malformed readiness gate", gateNamed, editedWeb("spec.template.spec.readinessGates", []any{map[string]any{"conditionType": "target health"}})},
		{"an invalid strategy", strategyKnown, editedWeb("spec.strategy", map[string]any{"type": "BlueGreen"})},
		{"rolling update settings with the strategy Recreate", strategyKnown, editedWeb("spec.strategy", map[string]any{"type": "Recreate", "rollingUpdate": map[string]any{"maxSurge": 1.0}})},
		{"a rollout that replaces no pod", strategyKnown, editedWeb("spec.strategy", map[string]any{"rollingUpdate": map[string]any{"maxSurge": 0.0, "maxUnavailable": 0.0}})},
		{"a progress deadline shorter than minReadySeconds", progressAfter, editedWeb("spec.minReadySeconds", 600.0)},
		{"a custom resource's string that does not match its pattern", customValues, released("values.ingressClassParams.spec", map[string]any{"subnets": map[string]any{"ids": []any{"vpc-1"}}})},
		{"a custom resource's list without items", customValues, released("values.ingressClassParams.spec", map[string]any{"subnets": map[string]any{"ids": []any{}}})},

		{"a wait for an invalid expression", waitForReads, waits("ready")},
		{"a wait for a malformed path", waitForReads, waits("jsonpath={.data[}")},
		{"a wait for a condition that is never met", waitForComes, waits("condition=Ready")},
		{"a wait for a value that is never set", waitForComes, waits("jsonpath={.metadata.name}=other")},
		{"a wait for an address that is never assigned", waitForComes, func(k *kubeLab) error {
			return k.create(serviceType, awaitingAddress(nlb(nil)))
		}},
		{"pods whose readiness gates are never set", podGated, func(k *kubeLab) error {
			k.gatedWeb()
			k.must(k.delete(attachmentType, "lbc-attachment"))
			return k.update(deploymentType, "default/web", edited(web(), "spec.template.metadata.annotations", map[string]any{"again": "1"}))
		}},
	}
}

// awaitingAddress is a Service that waits for its load balancer's name and for no pods.
func awaitingAddress(m Properties) Properties {
	annotations := mapOf(at(m, "metadata.annotations"))
	if annotations == nil {
		annotations = map[string]any{}
	}
	annotations[waitForAnnotation] = "jsonpath={.status.loadBalancer.ingress[0].hostname}"
	return edited(m, "metadata.annotations", annotations)
}

// gatedWeb makes web behind a network load balancer whose targets its pods wait for.
func (k *kubeLab) gatedWeb() {
	k.t.Helper()
	k.controlled()
	k.world.find("dev", namespaceType, "default").set("metadata.labels", map[string]any{gateLabel: "enabled"})
	k.apply(serviceType, awaitingAddress(nlb(map[string]any{servicePrefixes + "aws-load-balancer-nlb-target-type": "ip"})))
	k.apply(deploymentType, web())
}

func disruption(spec Properties) Properties {
	spec["selector"] = orMap(spec["selector"], map[string]any{"matchLabels": map[string]any{"app": "web"}})
	return manifest("policy/v1", "PodDisruptionBudget", "web", spec)
}

func orMap(value any, otherwise map[string]any) map[string]any {
	if m := mapOf(value); m != nil {
		return m
	}
	return otherwise
}

func autoscaled(least, most int) Properties {
	return manifest("autoscaling/v2", "HorizontalPodAutoscaler", "web", Properties{
		"minReplicas": float64(least), "maxReplicas": float64(most),
		"scaleTargetRef": map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}})
}
