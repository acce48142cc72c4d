package world_test

import (
	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// classically makes a Service without a class with annotations, by pairs.
func classically(pairs ...string) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		k.Apply(store.DeploymentType, worldtest.Web())
		return k.Create(store.ServiceType, worldtest.ClassicWith(pairs...))
	}
}

// balancingRefusals are those of load balancers' options: what controllers and AWS say of annotations.
func balancingRefusals() []kubeRefusal {
	const prefix = "aws-load-balancer-"
	grouped := func(name string, pairs ...any) store.Properties {
		annotations := map[string]any{"group.name": "shop", "certificate-arn": worldtest.Certificate, "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}, {"HTTPS": 8443}]`}
		for i := 0; i < len(pairs); i += 2 {
			annotations[pairs[i].(string)] = pairs[i+1]
		}
		return worldtest.Ingress(name, annotations)
	}
	return []kubeRefusal{
		{"a way to the zones that is none", lbc.ServiceModelled, saying(`invalid dns_record.client_routing_policy set in annotation aws-load-balancer-attributes: got 'nearest' expected one of ['any_availability_zone', 'partial_availability_zone_affinity', 'availability_zone_affinity']`, annotated(prefix+"attributes", "dns_record.client_routing_policy=nearest"))},
		{"an attribute of a network load balancer that is none", elb.BalancerAttributeKnown, annotated(prefix+"attributes", "idle_timeout.timeout_seconds=90")},
		{"an attribute of a network load balancer with a value that is none", elb.BalancerAttributeFits, annotated(prefix+"attributes", "zonal_shift.config.enabled=yes")},
		{"an attribute of a target group of a Service that is none", elb.TargetAttributeKnown, annotated(prefix+"target-group-attributes", "slow_start.duration_seconds=30")},
		{"an attribute of a listener that is none", elb.ListenerAttributeKnown, annotated(prefix+"listener-attributes.TCP-80", "tcp.idle_timeout.minutes=5")},
		{"an idle timeout of a listener that is too short", elb.ListenerAttributeFits, annotated(prefix+"listener-attributes.TCP-80", "tcp.idle_timeout.seconds=30")},
		{"a check of a Service that waits longer than its interval", elb.HealthInterval, annotated(prefix+"healthcheck-interval", "5")},
		{"a certificate of another region for a Service", elb.CertificateNamed, annotated(prefix+"ssl-cert", "arn:aws:acm:us-east-1:111122223333:certificate/x")},
		{"nodes that a network load balancer takes by address alone", lbc.TargetByInstance, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			k.OnNodes(func(node *store.Object) { node.Set("instanceType", "m3.large") })
			return k.Create(store.ServiceType, worldtest.NLB(nil))
		}},
		{"TCP and UDP whose clients' addresses are not kept", elb.TargetPreservesUDP, func(k *worldtest.KubeLab) error {
			m := worldtest.NLB(map[string]any{ccm.ServicePrefixes + prefix + "enable-tcp-udp-listener": "true", ccm.ServicePrefixes + prefix + "target-group-attributes": "preserve_client_ip.enabled=false"})
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(m, "spec.ports", []any{
				map[string]any{"name": "tcp", "port": 53.0, "targetPort": 8080.0, "protocol": "TCP"}, map[string]any{"name": "udp", "port": 53.0, "targetPort": 8080.0, "protocol": "UDP"}}))
		}},
		{"UDP whose clients' addresses are not kept", elb.TargetPreservesUDP, func(k *worldtest.KubeLab) error {
			m := worldtest.NLB(map[string]any{ccm.ServicePrefixes + prefix + "target-group-attributes": "preserve_client_ip.enabled=false"})
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(m, "spec.ports", []any{map[string]any{"port": 53.0, "targetPort": 8080.0, "protocol": "UDP"}}))
		}},
		{"a named health check port with ip targets", lbc.ServiceModelled, saying(`cannot use named healthCheckPort for IP TargetType when service's targetPort is a named port`, func(k *worldtest.KubeLab) error {
			m := worldtest.NLB(map[string]any{ccm.ServicePrefixes + prefix + "nlb-target-type": "ip", ccm.ServicePrefixes + prefix + "healthcheck-port": "http"})
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(m, "spec.ports", []any{map[string]any{"name": "http", "port": 80.0, "targetPort": "http"}}))
		})},
		{"a target port of none", lbc.ServiceModelled, saying(`TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'`, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.NLB(nil))
			s := k.World.Find("dev", store.ServiceType, "default/web")
			s.Set("spec.ports", []any{map[string]any{"name": "http", "port": 80.0, "protocol": "TCP", "targetPort": 80.0, "nodePort": 0.0}})
			return world.Balancing{}.LacksAddress(k.World.Account, s)
		})},
		{"an attribute of an application load balancer that is none", elb.BalancerAttributeKnown, worldtest.Exposed("load-balancer-attributes", "dns_record.client_routing_policy=any_availability_zone")},
		{"an attribute of an application load balancer out of range", elb.BalancerAttributeFits, worldtest.Exposed("load-balancer-attributes", "idle_timeout.timeout_seconds=4001")},
		{"an application load balancer that crosses no zones", elb.BalancerAttributeFits, worldtest.Exposed("load-balancer-attributes", "load_balancing.cross_zone.enabled=false")},
		{"an attribute of a target group of an Ingress that is none", elb.TargetAttributeKnown, worldtest.Exposed("target-group-attributes", "proxy_protocol_v2.enabled=true")},
		{"a check of an Ingress that waits as long as its interval", elb.HealthInterval, worldtest.Exposed("healthcheck-interval-seconds", "5")},
		{"a certificate of another region for an Ingress", elb.CertificateNamed, worldtest.Exposed("certificate-arn", "arn:aws:acm:us-east-1:111122223333:certificate/x")},
		{"an unknown security policy of an Ingress", elb.TLSPolicyFound, worldtest.Exposed("listen-ports", `[{"HTTPS": 443}]`, "certificate-arn", worldtest.Certificate, "ssl-policy", "ELBSecurityPolicy-TLS13-1-4-2021-06")},
		{"HTTPS without hosts or certificates", elb.CertificateGiven, worldtest.Exposed("listen-ports", `[{"HTTPS": 443}]`)},
		{"backends that speak HTTP3", lbc.GroupModelled, saying(`backend protocol version must be within [HTTP1, HTTP2, GRPC]: HTTP3`, worldtest.Exposed("backend-protocol-version", "HTTP3"))},
		{"a redirect to nowhere", lbc.GroupModelled, saying(`listener does not exist for SSLRedirect port: 443`, worldtest.Exposed("ssl-redirect", "443"))},
		{"a redirect to HTTP", lbc.GroupModelled, saying(`listener protocol non-SSL for SSLRedirect port: 80`, worldtest.Exposed("ssl-redirect", "80"))},
		{"two redirects in a group", lbc.GroupModelled, saying(`conflicting sslRedirect port: [443 8443]`, func(k *worldtest.KubeLab) error {
			k.Balancing(nil).Apply(store.IngressType, grouped("one", "ssl-redirect", "443"))
			return k.Create(store.IngressType, grouped("other", "ssl-redirect", "8443"))
		})},

		{"a bucket with a key of KMS for an application load balancer", elb.LogBucketWritable, func(k *worldtest.KubeLab) error {
			k.World.HoldBucket("logs", elb.Bucket{Region: "ap-northeast-2", Writers: []string{elb.LogWriter(elb.Application)}, Encryption: "aws:kms"})
			return worldtest.Exposed("load-balancer-attributes", "access_logs.s3.enabled=true,access_logs.s3.bucket=logs")(k)
		}},
		{"a bucket of another region for a classic load balancer", elb.LogBucketRegion, func(k *worldtest.KubeLab) error {
			k.World.HoldBucket("logs", elb.Bucket{Region: "us-east-1", Writers: []string{elb.LogWriter(elb.Classic)}})
			return classically("aws-load-balancer-access-log-enabled", "true", "aws-load-balancer-access-log-s3-bucket-name", "logs")(k)
		}},
		{"a trust store of another region", elb.TrustStoreFound, worldtest.Exposed("listen-ports", `[{"HTTPS": 443}]`, "certificate-arn", worldtest.Certificate,
			"mutual-authentication", `[{"port": 443, "mode": "verify", "trustStore": "arn:aws:elasticloadbalancing:us-east-1:111122223333:truststore/clients/0123456789abcdef"}]`)},
		{"a web ACL of another region", elb.WebACLFound, worldtest.Exposed("wafv2-acl-arn", "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1")},
		{"a web ACL of CloudFront", elb.WebACLFound, worldtest.Exposed("wafv2-acl-arn", "arn:aws:wafv2:ap-northeast-2:111122223333:global/webacl/shop/1")},
		{"draining with an invalid boolean", ccm.CloudAnnotations, classically(ccm.ClassicDraining, "maybe")},
		{"draining for two hours", ccm.ClassicNumbers, classically(ccm.ClassicDraining, "true", ccm.ClassicDrainingPeriod, "7200")},
		{"an idle timeout of zero", ccm.ClassicNumbers, classically(ccm.ClassicIdle, "0")},
		{"target group attributes of a Classic Load Balancer", ccm.CloudTargetAttributes, classically(prefix+"target-group-attributes", "stickiness.enabled=true")},
		{"a Classic Load Balancer with client IP affinity", ccm.CloudAffinity, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(worldtest.ClassicWith(), "spec.sessionAffinity", "ClientIP"))
		}},
		{"subnets of a Classic Load Balancer that do not exist", ccm.CloudSubnetsGiven, classically(prefix+"subnets", "subnet-1")},
		{"a Classic Load Balancer whose subnets all change at once", elb.ClassicKeepsSubnet, func(k *worldtest.KubeLab) error {
			k.Must(classically(prefix+"subnets", k.IDs["public-a"])(k))
			k.Must(k.Update(store.ServiceType, "default/web", worldtest.ClassicWith(prefix+"subnets", k.IDs["public-b"])))
			_, err := ccm.ReconcileService(k.World.Account, k.World.Find("dev", store.ServiceType, "default/web"))
			return err
		}},
		{"a classic health check every four seconds", ccm.CloudHealth, classically(prefix+"healthcheck-interval", "4")},
		{"a classic health check whose timeout is its interval", ccm.ClassicInterval, classically(prefix+"healthcheck-interval", "5")},
		{"a Classic Load Balancer with a certificate of another region", elb.CertificateNamed, classically(prefix+"ssl-cert", "arn:aws:acm:us-east-1:111122223333:certificate/x")},
	}
}

// objectRefusals are those of the API server for what samples are made of.
func objectRefusals() []kubeRefusal {
	budget := func(spec store.Properties) func(*worldtest.KubeLab) error {
		return creates(store.DisruptionType, func() store.Properties { return worldtest.Disruption(spec) })
	}
	scaler := func(path string, value any) func(*worldtest.KubeLab) error {
		return creates(store.AutoscalerType, func() store.Properties { return worldtest.Edited(worldtest.Autoscaled(2, 5), "spec."+path, value) })
	}
	metric := func(resource map[string]any) []any {
		return []any{map[string]any{"type": "Resource", "resource": resource}}
	}
	ports := func(extra map[string]any) func(*worldtest.KubeLab) error {
		return creates(store.ServiceType, func() store.Properties {
			port := map[string]any{"port": 80.0, "targetPort": 8080.0}
			for key, value := range extra {
				port[key] = value
			}
			return worldtest.Edited(worldtest.Service("web", "NodePort"), "spec.ports", []any{port})
		})
	}
	waits := func(expression string) func(*worldtest.KubeLab) error {
		return creates(store.ConfigMapType, func() store.Properties {
			return worldtest.Edited(worldtest.Manifest("v1", "ConfigMap", "settings", nil), "metadata.annotations", map[string]any{kube.WaitForAnnotation: expression})
		})
	}
	return []kubeRefusal{
		{"a budget with both numbers", kube.DisruptionOnce, budget(store.Properties{"minAvailable": 1.0, "maxUnavailable": 1.0})},
		{"a budget below zero", kube.DisruptionCount, budget(store.Properties{"minAvailable": -1.0})},
		{"a budget of more than all", kube.DisruptionCount, budget(store.Properties{"minAvailable": "120%"})},
		{"a budget with a malformed selector", kube.DisruptionSelector, budget(store.Properties{"minAvailable": 1.0, "selector": map[string]any{
			"matchExpressions": []any{map[string]any{"key": "app", "operator": "Like"}}}})},
		{"a budget with an invalid eviction policy", kube.DisruptionEviction, budget(store.Properties{"unhealthyPodEvictionPolicy": "Never"})},
		{"a budget with an unknown field", kube.StrictFields, budget(store.Properties{"minReady": 1.0})},

		{"a binding to a role of a namespace", kube.BindingRole, binds("roleRef.kind", "Role")},
		{"a binding to no role", kube.BindingRole, binds("roleRef.name", "")},
		{"a binding of an account without a namespace", kube.BindingSubjects, binds("subjects", []any{map[string]any{"kind": "ServiceAccount", "name": "web"}})},
		{"another role for a binding", kube.BindingRoleKept, func(k *worldtest.KubeLab) error {
			k.Apply(store.ClusterBindingType, worldtest.ClusterBinding())
			return k.Update(store.ClusterBindingType, "web", worldtest.Edited(worldtest.ClusterBinding(), "roleRef.name", "admin"))
		}},
		{"an autoscaler without a target", kube.AutoscalerTarget, scaler("scaleTargetRef", map[string]any{"kind": "Deployment", "name": ""})},
		{"an autoscaler that keeps no pod", kube.AutoscalerLeast, scaler("minReplicas", 0.0)},
		{"an autoscaler whose maximum is below its minimum", kube.AutoscalerMost, scaler("maxReplicas", 1.0)},
		{"an autoscaler with a metric without a target", kube.AutoscalerMetric, scaler("metrics", metric(map[string]any{"name": "cpu", "target": map[string]any{"type": "Utilization"}}))},
		{"an autoscaler with a target of zero", kube.AutoscalerMetric, scaler("metrics", metric(map[string]any{"name": "cpu", "target": map[string]any{"type": "Utilization", "averageUtilization": 0.0}}))},
		{"an autoscaler with a metric of an unknown type", kube.AutoscalerKinds, scaler("metrics", []any{map[string]any{"type": "CPU"}})},

		{"a node port out of range", kube.NodePortRange, ports(map[string]any{"nodePort": 80.0})},
		{"a node port of another Service", kube.NodePortFree, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.Service("web", "NodePort"))
			taken := store.ListOf(k.World.Find("dev", store.ServiceType, "default/web").At("spec.ports"))[0]["nodePort"]
			m := worldtest.Edited(worldtest.Service("other", "NodePort"), "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": 8080.0, "nodePort": taken}})
			return k.Create(store.ServiceType, m)
		}},
		{"a node port of a plain Service", kube.NodePortsUsed, creates(store.ServiceType, func() store.Properties {
			return worldtest.Edited(worldtest.Service("web", "ClusterIP"), "spec.ports", []any{map[string]any{"port": 80.0, "nodePort": 30080.0}})
		})},
		{"a plain Service that disables node ports", kube.AllocationUsed, creates(store.ServiceType, func() store.Properties {
			return worldtest.Edited(worldtest.Service("web", "ClusterIP"), "spec.allocateLoadBalancerNodePorts", false)
		})},
		{"a health check port with the Cluster policy", kube.HealthPortUsed, creates(store.ServiceType, func() store.Properties {
			return worldtest.Edited(worldtest.NLB(nil), "spec.healthCheckNodePort", 30900.0)
		})},
		{"another health check port", kube.HealthPortStays, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			local := func() store.Properties {
				return worldtest.Edited(worldtest.NLB(nil), "spec.externalTrafficPolicy", "Local")
			}
			k.Apply(store.ServiceType, local())
			return k.Update(store.ServiceType, "default/web", worldtest.Edited(local(), "spec.healthCheckNodePort", 32000.0))
		}},
		{"an invalid session affinity", kube.AffinityKnown, creates(store.ServiceType, func() store.Properties {
			return worldtest.Edited(worldtest.Service("web", "ClusterIP"), "spec.sessionAffinity", "Cookie")
		})},

		{"a negative grace period", kube.GraceValid, editedWeb("spec.template.spec.terminationGracePeriodSeconds", -1.0)},
		{"a preStop sleep that is longer than the grace period", kube.SleepFits, contained("lifecycle", map[string]any{"preStop": map[string]any{"sleep": map[string]any{"seconds": 31.0}}})},
		{"a preStop sleep without seconds", kube.ProbeHandler, contained("lifecycle", map[string]any{"preStop": map[string]any{}})},
		{"a malformed readiness gate", kube.GateNamed, editedWeb("spec.template.spec.readinessGates", []any{map[string]any{"conditionType": "target health"}})},
		{"an invalid strategy", kube.StrategyKnown, editedWeb("spec.strategy", map[string]any{"type": "BlueGreen"})},
		{"rolling update settings with the strategy Recreate", kube.StrategyKnown, editedWeb("spec.strategy", map[string]any{"type": "Recreate", "rollingUpdate": map[string]any{"maxSurge": 1.0}})},
		{"a rollout that replaces no pod", kube.StrategyKnown, editedWeb("spec.strategy", map[string]any{"rollingUpdate": map[string]any{"maxSurge": 0.0, "maxUnavailable": 0.0}})},
		{"a progress deadline shorter than minReadySeconds", kube.ProgressAfter, editedWeb("spec.minReadySeconds", 600.0)},
		{"a custom resource's string that does not match its pattern", kube.CustomValues, released("values.ingressClassParams.spec", map[string]any{"subnets": map[string]any{"ids": []any{"vpc-1"}}})},
		{"a custom resource's list without items", kube.CustomValues, released("values.ingressClassParams.spec", map[string]any{"subnets": map[string]any{"ids": []any{}}})},

		{"a wait for an invalid expression", kube.WaitForReads, waits("ready")},
		{"a wait for no condition", kube.WaitForReads, waits("[]")},
		{"a wait for a value that is not written", kube.WaitForReads, waits("jsonpath={.metadata.name}=")},
		{"a wait for a path without brackets", kube.WaitForReads, waits("jsonpath=.metadata.name")},
		{"a wait for the second of two conditions", kube.WaitForComes, waits(`["jsonpath={.metadata.name}=settings", "condition=Ready"]`)},
		{"a wait for a malformed path", kube.WaitForReads, waits("jsonpath={.data[}")},
		{"a wait for a condition that is never met", kube.WaitForComes, waits("condition=Ready")},
		{"a wait for a value that is never set", kube.WaitForComes, waits("jsonpath={.metadata.name}=other")},
		{"a wait for an address that is never assigned", kube.WaitForComes, func(k *worldtest.KubeLab) error {
			return k.Create(store.ServiceType, worldtest.AwaitingAddress(worldtest.NLB(nil)))
		}},
		{"pods whose readiness gates are never set", lbc.PodGated, func(k *worldtest.KubeLab) error {
			k.GatedWeb()
			k.Must(k.Delete(store.AttachmentType, "lbc-attachment"))
			return k.Update(store.DeploymentType, "default/web", worldtest.Edited(worldtest.Web(), "spec.template.metadata.annotations", map[string]any{"again": "1"}))
		}},
	}
}

// binds returns the creation of a ClusterRoleBinding with one change.
func binds(path string, value any) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		return k.Create(store.ClusterBindingType, worldtest.Edited(worldtest.ClusterBinding(), path, value))
	}
}
