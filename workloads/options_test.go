package workloads_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"gopkg.in/yaml.v3"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// loadWorkload returns the workload `shop` of a stack file, with its defaults.
func loadWorkload(t *testing.T, workload string) config.Workload {
	t.Helper()
	var settings map[string]any
	file := `
aws:region: ap-northeast-2
aws:allowedAccountIds: ["111122223333"]
eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b]}
eksnet:cluster: {name: dev, endpoint: {private: true}}
eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], scaling: {desired: 1, max: 1}}}
eksnet:addons: {gatewayApi: {}}
eksnet:workloads: {shop: {` + workload + `}}`
	if err := yaml.Unmarshal([]byte(file), &settings); err != nil {
		t.Fatal(err)
	}
	source := func(key string) (string, bool) {
		if text, is := settings[key].(string); is {
			return text, true
		}
		text, err := json.Marshal(settings[key])
		return string(text), err == nil && settings[key] != nil
	}
	stack, problems := config.Load(source, slices.Collect(maps.Keys(settings)))
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return stack.Workloads["shop"]
}

const (
	servicePrefix = "service.beta.kubernetes.io/aws-load-balancer-"
	ingressPrefix = "alb.ingress.kubernetes.io/"

	trustStore  = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/clients/0123456789abcdef"
	webACL      = "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/shop/12345678-1234-1234-1234-123456789012"
	certificate = "arn:aws:acm:ap-northeast-2:444455556666:certificate/12345678-1234-1234-1234-123456789012"
)

// defaultAnnotations holds the annotations of each kind without further options.
var defaultAnnotations = map[string]map[string]any{
	"clb": {servicePrefix + "additional-resource-tags": "eksnet/stack=dev,team=platform", servicePrefix + "subnets": "subnet-a,subnet-b"},
	"nlb": {
		servicePrefix + "subnets": "subnet-a,subnet-b",
		servicePrefix + "scheme":  "internet-facing", servicePrefix + "nlb-target-type": "ip",
		servicePrefix + "attributes":              "load_balancing.cross_zone.enabled=false",
		servicePrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=false",
	},
	"alb": {
		ingressPrefix + "subnets": "subnet-a,subnet-b",
		ingressPrefix + "scheme":  "internet-facing", ingressPrefix + "target-type": "ip", ingressPrefix + "healthcheck-path": "/healthz",
		ingressPrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=300",
	},
}

func TestEachOptionSetsTheAnnotationsThatItsControllerReads(t *testing.T) {
	const targets = servicePrefix + "target-group-attributes"
	for _, test := range []struct {
		workload string
		changed  map[string]any
	}{
		{"kind: clb", nil},
		{"kind: clb, scheme: internal", map[string]any{servicePrefix + "internal": "true"}},
		{"kind: clb, app: nginx, proxyProtocol: true", map[string]any{servicePrefix + "proxy-protocol": "*"}},
		{"kind: clb, crossZone: true", map[string]any{servicePrefix + "cross-zone-load-balancing-enabled": "true"}},
		{"kind: clb, draining: 60", map[string]any{servicePrefix + "connection-draining-enabled": "true", servicePrefix + "connection-draining-timeout": "60"}},
		{"kind: clb, accessLogs: {bucket: logs, prefix: platform/shop}", map[string]any{servicePrefix + "access-log-enabled": "true", servicePrefix + "access-log-s3-bucket-name": "logs", servicePrefix + "access-log-s3-bucket-prefix": "platform/shop"}},
		{"kind: clb, accessLogs: {enabled: false, bucket: logs}", nil},

		{"kind: nlb", nil},
		{"kind: nlb, accessLogs: {bucket: logs}", map[string]any{servicePrefix + "attributes": "access_logs.s3.bucket=logs,access_logs.s3.enabled=true,access_logs.s3.prefix=,load_balancing.cross_zone.enabled=false"}},
		{"kind: nlb, accessLogs: {enabled: false}", map[string]any{servicePrefix + "attributes": "access_logs.s3.enabled=false,load_balancing.cross_zone.enabled=false"}},
		{"kind: nlb, scheme: internal", map[string]any{servicePrefix + "scheme": "internal"}},
		{"kind: nlb, target: instance", map[string]any{servicePrefix + "nlb-target-type": "instance", targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=true"}},
		{"kind: nlb, protocol: UDP", map[string]any{targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=true"}},
		{"kind: nlb, protocol: TCP_UDP", map[string]any{targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=true", servicePrefix + "enable-tcp-udp-listener": "true"}},
		{"kind: nlb, protocol: TLS, certificate: " + certificate, map[string]any{servicePrefix + "ssl-cert": certificate, servicePrefix + "ssl-ports": "443", servicePrefix + "ssl-negotiation-policy": awsdata.DefaultTLSPolicy}},
		{"kind: nlb, port: 8080, idleTimeout: 600", map[string]any{servicePrefix + "listener-attributes.TCP-8080": "tcp.idle_timeout.seconds=600"}},
		{"kind: nlb, protocol: TLS, tlsPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06, certificate: " + certificate, map[string]any{servicePrefix + "ssl-cert": certificate, servicePrefix + "ssl-ports": "443", servicePrefix + "ssl-negotiation-policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"}},
		{"kind: nlb, app: nginx, proxyProtocol: true", map[string]any{servicePrefix + "proxy-protocol": "*"}},
		{"kind: nlb, preserveClientAddress: true", map[string]any{targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=true"}},
		{"kind: nlb, crossZone: true", map[string]any{servicePrefix + "attributes": "load_balancing.cross_zone.enabled=true"}},
		{"kind: nlb, attributes: {dns_record.client_routing_policy: availability_zone_affinity}", map[string]any{servicePrefix + "attributes": "dns_record.client_routing_policy=availability_zone_affinity,load_balancing.cross_zone.enabled=false"}},
		{"kind: nlb, deregistrationDelay: 0", map[string]any{targets: "deregistration_delay.timeout_seconds=0,preserve_client_ip.enabled=false"}},
		{"kind: nlb, targetGroupAttributes: {stickiness.enabled: \"true\", stickiness.type: source_ip}", map[string]any{targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=false,stickiness.enabled=true,stickiness.type=source_ip"}},
		{"kind: nlb, securityGroups: [sg-0123456789abcdef0, sg-01234567]", map[string]any{servicePrefix + "security-groups": "sg-0123456789abcdef0,sg-01234567", servicePrefix + "manage-backend-security-group-rules": "true"}},
		{"kind: nlb, elasticIps: [eipalloc-01234567, eipalloc-89abcdef]", map[string]any{servicePrefix + "eip-allocations": "eipalloc-01234567,eipalloc-89abcdef"}},
		{"kind: nlb, readinessGate: true", map[string]any{"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}"}},
		{"kind: nlb, health: {protocol: HTTP, port: 8080, path: /healthz, interval: 30, healthyThreshold: 2, unhealthyThreshold: 4}", map[string]any{
			servicePrefix + "healthcheck-protocol": "HTTP", servicePrefix + "healthcheck-port": "8080", servicePrefix + "healthcheck-path": "/healthz", servicePrefix + "healthcheck-interval": "30",
			servicePrefix + "healthcheck-timeout": "10", servicePrefix + "healthcheck-healthy-threshold": "2", servicePrefix + "healthcheck-unhealthy-threshold": "4"}},
		{"kind: nlb, health: {protocol: HTTP}", map[string]any{servicePrefix + "healthcheck-protocol": "HTTP", servicePrefix + "healthcheck-path": "/healthz"}},
		{"kind: nlb, health: {interval: 5}", map[string]any{servicePrefix + "healthcheck-interval": "5", servicePrefix + "healthcheck-timeout": "5"}},

		{"kind: alb", nil},
		{"kind: alb, scheme: internal, target: instance", map[string]any{ingressPrefix + "scheme": "internal", ingressPrefix + "target-type": "instance"}},
		{"kind: alb, group: shared", map[string]any{ingressPrefix + "group.name": "shared", ingressPrefix + "group.order": "383"}},
		{"kind: alb, group: shared, order: -5", map[string]any{ingressPrefix + "group.name": "shared", ingressPrefix + "group.order": "-5"}},
		{"kind: alb, certificate: " + certificate, map[string]any{ingressPrefix + "certificate-arn": certificate, ingressPrefix + "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, ingressPrefix + "ssl-redirect": "443", ingressPrefix + "ssl-policy": awsdata.DefaultTLSPolicy}},
		{"kind: alb, tlsPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06, certificate: " + certificate, map[string]any{ingressPrefix + "certificate-arn": certificate, ingressPrefix + "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, ingressPrefix + "ssl-redirect": "443", ingressPrefix + "ssl-policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"}},
		{"kind: alb, redirect: false, certificate: " + certificate, map[string]any{ingressPrefix + "certificate-arn": certificate, ingressPrefix + "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, ingressPrefix + "ssl-policy": awsdata.DefaultTLSPolicy}},
		{"kind: alb, prefixLists: {pl-01234568: 5, pl-01234567: 5}", map[string]any{ingressPrefix + "security-group-prefix-lists": "pl-01234567,pl-01234568", ingressPrefix + "inbound-cidrs": nil}},
		{"kind: nlb, prefixLists: {pl-01234567: 5}", map[string]any{servicePrefix + "security-group-prefix-lists": "pl-01234567"}},
		{"kind: alb, sourceRanges: [203.0.113.0/24, 198.51.100.7/32]", map[string]any{ingressPrefix + "inbound-cidrs": "203.0.113.0/24,198.51.100.7/32"}},
		{"kind: alb, securityGroups: [sg-01234567]", map[string]any{ingressPrefix + "security-groups": "sg-01234567", ingressPrefix + "manage-backend-security-group-rules": "true"}},
		{"kind: alb, attributes: {idle_timeout.timeout_seconds: \"120\", routing.http2.enabled: \"false\"}", map[string]any{ingressPrefix + "load-balancer-attributes": "idle_timeout.timeout_seconds=120,routing.http2.enabled=false"}},
		{"kind: alb, accessLogs: {bucket: logs, prefix: platform/shop}, attributes: {routing.http2.enabled: \"false\"}", map[string]any{ingressPrefix + "load-balancer-attributes": "access_logs.s3.bucket=logs,access_logs.s3.enabled=true,access_logs.s3.prefix=platform/shop,routing.http2.enabled=false"}},
		{"kind: alb, mutualTls: {mode: verify, trustStore: " + trustStore + "}, certificate: " + certificate, map[string]any{ingressPrefix + "certificate-arn": certificate, ingressPrefix + "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, ingressPrefix + "ssl-redirect": "443", ingressPrefix + "ssl-policy": awsdata.DefaultTLSPolicy,
			ingressPrefix + "mutual-authentication": `[{"mode":"verify","port":443,"trustStore":"` + trustStore + `"}]`}},
		{"kind: alb, redirect: false, mutualTls: {mode: none}, certificate: " + certificate, map[string]any{ingressPrefix + "certificate-arn": certificate, ingressPrefix + "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, ingressPrefix + "ssl-policy": awsdata.DefaultTLSPolicy,
			ingressPrefix + "mutual-authentication": `[{"mode":"off","port":443}]`}},
		{"kind: alb, waf: " + webACL, map[string]any{ingressPrefix + "wafv2-acl-arn": webACL}},
		{"kind: alb, waf: none", map[string]any{ingressPrefix + "wafv2-acl-arn": "none"}},
		{"kind: alb, deregistrationDelay: 30", map[string]any{ingressPrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=30"}},
		{"kind: alb, targetGroupAttributes: {slow_start.duration_seconds: \"30\"}", map[string]any{ingressPrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=300,load_balancing.algorithm.anomaly_mitigation=off,load_balancing.algorithm.type=round_robin,slow_start.duration_seconds=30"}},
		// AWS refuses a new value that conflicts with an existing one, so the latter is reset to AWS's default with it.
		{"kind: alb, targetGroupAttributes: {load_balancing.algorithm.type: least_outstanding_requests}", map[string]any{ingressPrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=300,load_balancing.algorithm.anomaly_mitigation=off,load_balancing.algorithm.type=least_outstanding_requests,slow_start.duration_seconds=0"}},
		{"kind: alb, targetGroupAttributes: {stickiness.enabled: \"true\"}", map[string]any{ingressPrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=300,load_balancing.cross_zone.enabled=use_load_balancer_configuration,stickiness.enabled=true"}},
		{"kind: alb, targetGroupAttributes: {target_group_health.dns_failover.minimum_healthy_targets.count: \"1\"}", map[string]any{ingressPrefix + "target-group-attributes": "deregistration_delay.timeout_seconds=300,target_group_health.dns_failover.minimum_healthy_targets.count=1,target_group_health.unhealthy_state_routing.minimum_healthy_targets.count=1"}},
		{"kind: nlb, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: \"true\"}", map[string]any{targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=false,target_health_state.unhealthy.connection_termination.enabled=true,target_health_state.unhealthy.draining_interval_seconds=0"}},
		{"kind: nlb, protocol: UDP, targetGroupAttributes: {target_health_state.unhealthy.draining_interval_seconds: \"30\"}", map[string]any{targets: "deregistration_delay.timeout_seconds=300,preserve_client_ip.enabled=true,target_health_state.unhealthy.draining_interval_seconds=30"}},
		{"kind: alb, readinessGate: true", map[string]any{"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}"}},
		{"kind: alb, app: nginx, health: {protocol: HTTPS, port: traffic-port, path: /ready, interval: 5, healthyThreshold: 3, unhealthyThreshold: 10}", map[string]any{
			ingressPrefix + "healthcheck-protocol": "HTTPS", ingressPrefix + "healthcheck-port": "traffic-port", ingressPrefix + "healthcheck-path": "/ready", ingressPrefix + "healthcheck-interval-seconds": "5",
			ingressPrefix + "healthcheck-timeout-seconds": "4", ingressPrefix + "healthy-threshold-count": "3", ingressPrefix + "unhealthy-threshold-count": "10"}},
	} {
		t.Run(test.workload, func(t *testing.T) {
			spec := loadWorkload(t, test.workload)
			object := map[string]string{"clb": "Service shop-clb", "nlb": "Service shop-nlb", "alb": "Ingress shop-alb"}[spec.Kind]
			got, _ := propertyAt(registeredResources(t, spec)[object], "metadata.annotations").(map[string]any)
			want := maps.Clone(defaultAnnotations[spec.Kind])
			maps.Copy(want, test.changed)
			for _, name := range slices.Sorted(maps.Keys(mergeKeys(got, want))) {
				if got[name] != want[name] {
					t.Errorf("%s is %v, want %v", name, got[name], want[name])
				}
			}
		})
	}
}

// mergeKeys returns a map with the keys of two maps.
func mergeKeys(one, other map[string]any) map[string]any {
	all := maps.Clone(one)
	maps.Copy(all, other)
	return all
}

// The specs are listed by kind and name of the object.
func TestEachOptionIsInTheObjectsSpec(t *testing.T) {
	const pod = "spec.template.spec."
	for _, test := range []struct {
		workload, object string
		want             map[string]any
	}{
		{"kind: clb, trafficPolicy: Local, sourceRanges: [203.0.113.0/24]", "Service shop-clb", map[string]any{"spec.externalTrafficPolicy": "Local", "spec.loadBalancerSourceRanges": []any{"203.0.113.0/24"}}},
		{"kind: clb", "Service shop-clb", map[string]any{"spec.externalTrafficPolicy": "Cluster", "spec.loadBalancerSourceRanges": nil, "spec.ports[0].port": 80.0}},
		{"kind: nlb, target: instance, trafficPolicy: Local", "Service shop-nlb", map[string]any{"spec.externalTrafficPolicy": "Local", "spec.allocateLoadBalancerNodePorts": true}},
		{"kind: alb, target: instance, trafficPolicy: Local", "Service shop-alb", map[string]any{"spec.type": "NodePort", "spec.externalTrafficPolicy": "Local"}},
		{"kind: alb", "Service shop-alb", map[string]any{"spec.type": "ClusterIP", "spec.externalTrafficPolicy": nil}},
		{"kind: nlb, sourceRanges: [203.0.113.0/24]", "Service shop-nlb", map[string]any{"spec.externalTrafficPolicy": nil, "spec.loadBalancerSourceRanges": []any{"203.0.113.0/24"}}},
		{"kind: nlb, protocol: TLS, certificate: " + certificate, "Service shop-nlb", map[string]any{"spec.ports[0].port": 443.0, "spec.ports[0].targetPort": "http", "spec.ports[0].protocol": nil}},
		{"kind: clb, port: 8080", "Service shop-clb", map[string]any{"spec.ports[0].port": 8080.0, "spec.ports[0].targetPort": "http"}},
		{"kind: nlb, protocol: TLS, port: 8443, certificate: " + certificate, "Service shop-nlb", map[string]any{"spec.ports[0].port": 8443.0, `metadata.annotations["` + servicePrefix + `ssl-ports"]`: "8443"}},
		{"kind: nlb, protocol: UDP", "Service shop-nlb", map[string]any{"spec.ports[0].port": 80.0, "spec.ports[0].targetPort": "udp", "spec.ports[0].protocol": "UDP"}},
		{"kind: nlb, protocol: TCP_UDP, port: 53", "Service shop-nlb", map[string]any{
			"spec.ports[0].port": 53.0, "spec.ports[0].targetPort": "http", "spec.ports[0].protocol": nil, "spec.ports[1].port": 53.0, "spec.ports[1].targetPort": "udp", "spec.ports[1].protocol": "UDP"}},
		{"kind: nlb, protocol: TCP_UDP", "Deployment shop", map[string]any{pod + "containers[0].args": []any{"netexec", "--http-port=8080", "--udp-port=8080"}, pod + "containers[0].ports[1].name": "udp"}},
		{"kind: nlb, protocol: UDP", "Deployment shop", map[string]any{
			pod + "containers[0].args":                             []any{"netexec", "--http-port=8080", "--udp-port=8080"},
			pod + "containers[0].ports[1]":                         map[string]any{"name": "udp", "containerPort": 8080.0, "protocol": "UDP"},
			pod + "containers[0].readinessProbe.httpGet.port":      "http",
			pod + "terminationGracePeriodSeconds":                  30.0,
			pod + "topologySpreadConstraints[0].topologyKey":       "topology.kubernetes.io/zone",
			pod + "containers[0].lifecycle":                        nil,
			"spec.replicas":                                        2.0,
			pod + "topologySpreadConstraints[0].whenUnsatisfiable": "ScheduleAnyway",
		}},
		{"kind: alb, preStop: 15, gracePeriod: 90", "Deployment shop", map[string]any{pod + "containers[0].lifecycle.preStop.sleep.seconds": 15.0, pod + "terminationGracePeriodSeconds": 90.0}},
		{"kind: alb, readinessGate: true", "Namespace shop", map[string]any{`metadata.labels["elbv2.k8s.aws/pod-readiness-gate-inject"]`: "enabled"}},
		{"kind: alb, readinessGate: true", "Service shop-alb", map[string]any{`metadata.annotations["pulumi.com/skipAwait"]`: "true"}},
		{"kind: alb", "Namespace shop", map[string]any{"metadata.labels": nil}},
		{"kind: alb, replicas: 3, minAvailable: 2", "PodDisruptionBudget shop", map[string]any{"spec.minAvailable": 2.0, `spec.selector.matchLabels["app.kubernetes.io/name"]`: "shop"}},
		{"kind: alb, autoscale: {max: 8}", "HorizontalPodAutoscaler shop", map[string]any{
			"spec.minReplicas": 2.0, "spec.maxReplicas": 8.0, "spec.scaleTargetRef.kind": "Deployment", "spec.scaleTargetRef.name": "shop",
			"spec.metrics[0].resource.name": "cpu", "spec.metrics[0].resource.target.averageUtilization": 70.0}},
		{"kind: alb, autoscale: {max: 8}", "Deployment shop", map[string]any{"spec.replicas": 2.0, "metadata.annotations": nil}},
		{"kind: alb, replicas: 3", "Deployment shop", map[string]any{"spec.replicas": 3.0, `metadata.annotations["pulumi.com/patchForce"]`: "true"}},
		{"kind: alb, hosts: [a.example.com, b.example.com], paths: [/x, /y]", "Ingress shop-alb", map[string]any{
			"spec.rules[0].host": "a.example.com", "spec.rules[1].host": "b.example.com", "spec.rules[1].http.paths[0].path": "/x", "spec.rules[1].http.paths[1].path": "/y", "spec.defaultBackend": nil}},
		{"kind: alb, defaultBackend: true", "Ingress shop-alb", map[string]any{"spec.rules": nil, "spec.defaultBackend.service.name": "shop-alb", "spec.defaultBackend.service.port.name": "http"}},
		{"kind: alb, defaultBackend: true, paths: [/x]", "Ingress shop-alb", map[string]any{"spec.rules[0].http.paths[0].path": "/x", "spec.rules[0].host": nil, "spec.defaultBackend.service.name": "shop-alb"}},
		{"kind: netshoot", "Deployment shop", map[string]any{
			"spec.replicas": 3.0, pod + "containers[0].image": config.NetshootImage, pod + "topologySpreadConstraints[0].topologyKey": "kubernetes.io/hostname",
			pod + "containers[0].ports": nil, pod + "containers[0].readinessProbe": nil}},
	} {
		t.Run(test.workload+" "+test.object, func(t *testing.T) {
			made := registeredResources(t, loadWorkload(t, test.workload))
			object, ok := made[test.object]
			if !ok {
				t.Fatalf("registered are %v", slices.Sorted(maps.Keys(made)))
			}
			for path, want := range test.want {
				if got := propertyAt(object, path); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s is %v, want %v", path, got, want)
				}
			}
		})
	}
}

// A kubelet does not send the proxy protocol, so its probe uses another port than the load balancer.
func TestNginxExpectsTheProxyProtocolOnlyOnTheLoadBalancersPort(t *testing.T) {
	const container = "spec.template.spec.containers[0]."
	for workload, want := range map[string]string{
		"kind: nlb, app: nginx, proxyProtocol: true": "listen 8080 proxy_protocol;",
		"kind: clb, app: nginx":                      "listen 8080;",
	} {
		made := registeredResources(t, loadWorkload(t, workload))
		deployment := made["Deployment shop"]
		configuration, _ := propertyAt(deployment, container+"env[0].value").(string)
		for _, line := range []string{want, "listen 8081;", "location = /healthz "} {
			if !strings.Contains(configuration, line) {
				t.Errorf("%s has no %q in\n%s", workload, line, configuration)
			}
		}
		if probe := propertyAt(deployment, container+"readinessProbe.httpGet"); fmt.Sprint(probe) != "map[path:/healthz port:probe]" {
			t.Errorf("the readiness probe is %v", probe)
		}
		if ports := fmt.Sprint(propertyAt(deployment, container+"ports")); ports != "[map[containerPort:8080 name:http] map[containerPort:8081 name:probe]]" {
			t.Errorf("ports are %s", ports)
		}
	}
}

// A load balancer without listed subnets keeps those that were discovered at its creation.
func TestEveryLoadBalancerNamesItsSubnetsInTheOrderOfItsZones(t *testing.T) {
	for kind, annotation := range map[string]string{"clb": servicePrefix + "subnets", "nlb": servicePrefix + "subnets", "alb": ingressPrefix + "subnets"} {
		c := &mockCluster{hostname: "shop.elb.amazonaws.com", subnets: []string{"subnet-b", "subnet-a"}}
		if err := c.registerWorkload(loadWorkload(t, "kind: "+kind)); err != nil {
			t.Fatal(err)
		}
		object := c.registered[map[string]string{"clb": "Service shop-clb", "nlb": "Service shop-nlb", "alb": "Ingress shop-alb"}[kind]]
		if got := object["metadata"].ObjectValue()["annotations"].ObjectValue()[resource.PropertyKey(annotation)]; got.StringValue() != "subnet-b,subnet-a" {
			t.Errorf("%s names %v", kind, got)
		}
	}
}
