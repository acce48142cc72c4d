package scenario_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
)

// The first change is in place: every address and every resource that is not named stays the same. The second changes
// what a controller cannot change: a Service replaces another one, or the load balancer or target group of a Service
// is replaced. The last is the destroy: only the operator's own Elastic IPs are left.
func TestEveryKindOfLoadBalancerIsCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	dir, project, values := t.TempDir(), t.TempDir(), loadConfig(t, "balancers")
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("up reports %s", up.Error)
	}
	// A workload with named zones may have a pod in another zone, which its load balancer does not use.
	unused := func(line string) bool { return strings.Contains(line, "Target.NotInUse") }
	if lost := slices.DeleteFunc(r.World().Unreachable(), unused); len(lost) > 0 {
		t.Fatalf("load balancers reach nothing: %s", lost)
	}
	r.Close()
	rehearseChangesFrom(t, dir, values,
		stackChange{
			edits: []edit{
				setKey("workloads.clb.crossZone", "true"), setKey("workloads.clb-local.draining", "60"), setKey("workloads.clb-proxy.sourceRanges", "[203.0.113.0/24]"),
				setKey("workloads.ip.crossZone", "true"), setKey("workloads.ip-proxy.deregistrationDelay", "30"), setKey("workloads.ip-kept.sourceRanges", "[10.0.0.0/8]"),
				setKey("workloads.ip-udp.zones", "[ap-northeast-2a]"), setKey("workloads.ip-tls.health", "{protocol: HTTP, interval: 5, healthyThreshold: 2}"),
				setKey("workloads.ip-fixed.attributes", "{dns_record.client_routing_policy: availability_zone_affinity}"),
				setKey("workloads.ip-gated.targetGroupAttributes", `{stickiness.enabled: "true", stickiness.type: source_ip}`),
				setKey("workloads.nodes.trafficPolicy", "Local"), setKey("workloads.nodes-local.trafficPolicy", "Cluster"),
				setKey("workloads.nodes-proxy.proxyProtocol", "false"), setKey("workloads.nodes-udp.crossZone", "true"),
				setKey("workloads.web.health", "{path: /healthz, interval: 5}"), setKey("workloads.web-nodes.attributes", `{idle_timeout.timeout_seconds: "120"}`),
				setKey("workloads.web-tls.redirect", "false"), setKey("workloads.web-gated.targetGroupAttributes", `{slow_start.duration_seconds: "30"}`),
				setKey("workloads.shop.hosts", "[shop.example.com, www.example.com]"), setKey("workloads.cart.order", "20"), dropKey("workloads.rest.defaultBackend"), setKey("workloads.rest.paths", "[/rest]"),
			},
			want: `
				update Deployment nodes-proxy (spec.template.spec.containers[0].env[0].value)
				update Ingress cart-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"])
				update Ingress rest-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.defaultBackend, spec.rules)
				update Ingress shop-alb (spec.rules[1])
				update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-interval-seconds"], metadata.annotations["alb.ingress.kubernetes.io/healthcheck-timeout-seconds"])
				update Ingress web-gated-alb (metadata.annotations["alb.ingress.kubernetes.io/target-group-attributes"])
				update Ingress web-nodes-alb (metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"])
				update Ingress web-tls-alb (metadata.annotations["alb.ingress.kubernetes.io/ssl-redirect"])
				update Service clb-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled"])
				update Service clb-local-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"])
				update Service clb-proxy-clb (spec.loadBalancerSourceRanges)
				update Service ip-fixed-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])
				update Service ip-gated-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])
				update Service ip-kept-nlb (spec.loadBalancerSourceRanges)
				update Service ip-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])
				update Service ip-proxy-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"])
				update Service ip-tls-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout"])
				update Service ip-udp-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
				update Service nodes-local-nlb (spec.externalTrafficPolicy)
				update Service nodes-nlb (spec.externalTrafficPolicy)
				update Service nodes-proxy-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"])
				update Service nodes-udp-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"])`,
		},
		stackChange{
			edits: []edit{
				setKey("workloads.clb.scheme", "internal"), setKey("workloads.ip.scheme", "internal"), setKey("workloads.web.scheme", "internal"),
				setKey("workloads.ip-kept.target", "instance"), setKey("workloads.nodes.target", "ip"), dropKey("workloads.nodes.trafficPolicy"), setKey("workloads.web-nodes.target", "ip"),
				setKey("workloads.ip-udp.protocol", "TCP"), dropKey("workloads.web-tls.certificate"), dropKey("workloads.web-tls.redirect"),
				setKey("workloads.ip-fixed.elasticIps", "[eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa3]"),
				dropKey("workloads.cart.group"), dropKey("workloads.cart.order"), setKey("workloads.ip-gated.readinessGate", "false"),
			},
			want: `
				replace Service clb-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-internal"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
				replace Service ip-fixed-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"])
				update Deployment ip-udp (spec.template.spec.containers[0].args[2], spec.template.spec.containers[0].ports[1])
				update Ingress cart-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])
				update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/scheme"], metadata.annotations["alb.ingress.kubernetes.io/subnets"])
				update Ingress web-nodes-alb (metadata.annotations["alb.ingress.kubernetes.io/target-type"])
				update Ingress web-tls-alb (metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"], metadata.annotations["alb.ingress.kubernetes.io/listen-ports"], metadata.annotations["alb.ingress.kubernetes.io/ssl-policy"])
				update Namespace ip-gated (metadata.labels)
				update Service ip-gated-nlb (metadata.annotations["pulumi.com/waitFor"])
				update Service ip-kept-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)
				update Service ip-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
				update Service ip-udp-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.ports[0].name, spec.ports[0].protocol, spec.ports[0].targetPort)
				update Service nodes-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)
				update Service web-nodes-alb (spec.externalTrafficPolicy, spec.type)`,
			moved: []string{"clb", "ip", "web", "ip-fixed", "cart"},
		},
	)
}
