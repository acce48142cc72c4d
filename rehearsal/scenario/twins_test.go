package scenario_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/store"
)

// twin is a workload that a stack file has twice: of a kind, and of the kind with the same load balancer for a Gateway.
// Keys is YAML, in which NAME is the name of the workload, GROUP that of a group for each of the two kinds, ADDRESSES
// are Elastic IPs of each, and OWN is a security group of the operator.
type twin struct {
	name, kind, keys string
	// alone is what the load balancer has only without a Gateway, and gateway what it has instead; "" for nothing.
	alone, gateway string
}

const twinCertificate = `"arn:aws:acm:ap-northeast-2:000000000000:certificate/12345678-1234-1234-1234-123456789012"`

// twins have each key that both kinds have, with another value than the default.
var twins = []twin{
	{name: "plain", kind: config.KindNLB, keys: "{}"},
	{name: "inside", kind: config.KindNLB, keys: "{scheme: internal, zones: [ap-northeast-2a, ap-northeast-2b]}"},
	{name: "ranges", kind: config.KindNLB, keys: "{sourceRanges: [203.0.113.0/24, 198.51.100.0/24], hostname: NAME.example.com}"},
	{name: "lists", kind: config.KindNLB, keys: "{prefixLists: {pl-0123456789abcdef0: 20, pl-0123456789abcdef1: 5}}"},
	{name: "crossed", kind: config.KindNLB, keys: "{port: 8443, crossZone: true, idleTimeout: 400, accessLogs: {bucket: logs}}"},
	{name: "nodes", kind: config.KindNLB, keys: "{target: instance, preserveClientAddress: false}"},
	// The controller has other defaults for a Service with the policy Local (pkg/service/model_build_target_group.go,
	// buildTargetGroupHealthCheckConfigForInstanceModeLocal).
	{name: "local", kind: config.KindNLB, keys: "{target: instance, trafficPolicy: Local, health: {protocol: TCP, port: traffic-port}}",
		alone: `"timeout":6,"healthyThreshold":2,"unhealthyThreshold":2`, gateway: `"timeout":10,"healthyThreshold":3,"unhealthyThreshold":3`},
	{name: "udp", kind: config.KindNLB, keys: "{protocol: UDP, port: 53}"},
	{name: "tls", kind: config.KindNLB, keys: "{protocol: TLS, tlsPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06, certificate: " + twinCertificate + "}"},
	{name: "proxy", kind: config.KindNLB, keys: "{app: nginx, proxyProtocol: true, preserveClientAddress: true}"},
	{name: "groups", kind: config.KindNLB, keys: "{securityGroups: [OWN]}"},
	{name: "fixed", kind: config.KindNLB, keys: "{zones: [ap-northeast-2a, ap-northeast-2b], elasticIps: [ADDRESSES]}"},
	{name: "checked", kind: config.KindNLB, keys: `{health: {protocol: HTTP, port: 8080, path: /healthz, interval: 20, healthyThreshold: 4, unhealthyThreshold: 5},
		attributes: {dns_record.client_routing_policy: availability_zone_affinity}, deregistrationDelay: 60,
		targetGroupAttributes: {stickiness.enabled: "true", stickiness.type: source_ip}}`},
	{name: "gated", kind: config.KindNLB, keys: "{readinessGate: true, preStop: 20, gracePeriod: 90, deregistrationDelay: 60}"},
	{name: "pods", kind: config.KindNLB, keys: "{replicas: 3, minAvailable: 1, image: registry.k8s.io/e2e-test-images/agnhost:2.53}"},
	{name: "scaled", kind: config.KindNLB, keys: "{autoscale: {min: 2, max: 3}}"},

	{name: "web", kind: config.KindALB, keys: `{waf: "arn:aws:wafv2:ap-northeast-2:000000000000:regional/webacl/shop/12345678-1234-1234-1234-123456789012"}`},
	{name: "webin", kind: config.KindALB, keys: "{scheme: internal, zones: [ap-northeast-2a, ap-northeast-2b]}"},
	{name: "webrange", kind: config.KindALB, keys: "{sourceRanges: [203.0.113.0/24]}"},
	{name: "weblists", kind: config.KindALB, keys: "{prefixLists: {pl-0123456789abcdef0: 20}}"},
	{name: "webboth", kind: config.KindALB, keys: "{sourceRanges: [203.0.113.0/24], prefixLists: {pl-0123456789abcdef0: 20}}"},
	{name: "webnode", kind: config.KindALB, keys: "{target: instance, trafficPolicy: Local}"},
	{name: "hosts", kind: config.KindALB, keys: "{hosts: [NAME.example.com], paths: [/, /shop], certificate: " + twinCertificate + "}"},
	{name: "both", kind: config.KindALB, keys: "{certificate: " + twinCertificate + ", tlsPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06, redirect: false, accessLogs: {bucket: logs, prefix: both}, mutualTls: {mode: passthrough}}"},
	{name: "webgroup", kind: config.KindALB, keys: "{securityGroups: [OWN]}"},
	{name: "webcheck", kind: config.KindALB, keys: `{health: {protocol: HTTP, port: 8080, path: /healthz, interval: 20, healthyThreshold: 4, unhealthyThreshold: 5},
		attributes: {idle_timeout.timeout_seconds: "90", routing.http2.enabled: "false"}, deregistrationDelay: 60,
		targetGroupAttributes: {stickiness.enabled: "true", stickiness.type: lb_cookie}}`},
	{name: "webgated", kind: config.KindALB, keys: "{app: nginx, readinessGate: true, preStop: 20, gracePeriod: 90, deregistrationDelay: 60}"},
	{name: "webpods", kind: config.KindALB, keys: "{replicas: 3, minAvailable: 1, image: registry.k8s.io/e2e-test-images/agnhost:2.53}"},
	{name: "webscale", kind: config.KindALB, keys: "{autoscale: {min: 2, max: 3}}"},
	{name: "shop", kind: config.KindALB, keys: "{group: GROUP}"},
	{name: "cart", kind: config.KindALB, keys: "{group: GROUP, paths: [/cart, /cart/items], target: instance}"},
}

// dualStackTwins are those of an IPv6 cluster, whose load balancers have addresses of both families.
var dualStackTwins = []twin{
	{name: "plain", kind: config.KindNLB, keys: "{hostname: NAME.example.com}"},
	{name: "inside", kind: config.KindNLB, keys: "{scheme: internal}"},
	{name: "ranges", kind: config.KindNLB, keys: `{sourceRanges: [203.0.113.0/24, "2001:db8:40::/48"]}`},
	{name: "lists", kind: config.KindNLB, keys: "{prefixLists: {pl-0123456789abcdef0: 20}}"},
	{name: "tls", kind: config.KindNLB, keys: "{protocol: TLS, certificate: " + twinCertificate + "}"},
	{name: "kept", kind: config.KindNLB, keys: "{preserveClientAddress: true}"},
	{name: "web", kind: config.KindALB, keys: `{hosts: [NAME.example.com], sourceRanges: [203.0.113.0/24, "2001:db8:40::/48"]}`},
	{name: "webin", kind: config.KindALB, keys: "{scheme: internal}"},
	{name: "secure", kind: config.KindALB, keys: "{certificate: " + twinCertificate + "}"},
}

// proxiedTwins have pods with proxies of a mesh that accepts plain text.
var proxiedTwins = []twin{
	{name: "plain", kind: config.KindNLB, keys: "{mesh: true}"},
	{name: "gated", kind: config.KindNLB, keys: "{mesh: true, readinessGate: true}"},
	{name: "web", kind: config.KindALB, keys: "{mesh: true}"},
}

// separateTwins have pods with a security group of their own.
var separateTwins = []twin{
	{name: "plain", kind: config.KindNLB, keys: "{podSecurityGroup: true}"},
	{name: "nodes", kind: config.KindNLB, keys: "{podSecurityGroup: true, target: instance}"},
	{name: "gated", kind: config.KindNLB, keys: "{podSecurityGroup: true, readinessGate: true}"},
	{name: "web", kind: config.KindALB, keys: "{podSecurityGroup: true}"},
}

// keysWithoutTwin are keys of kinds for Gateways that their base kinds do not have.
var keysWithoutTwin = map[string][]string{
	config.KindGatewayNLB: {"group", "weight"}, // a Service has one backend
	config.KindGatewayALB: {"weight"},          // a rule of an Ingress has one backend
}

func TestEachKeyOfAGatewayHasATwin(t *testing.T) {
	tried := map[string]map[string]bool{config.KindNLB: {}, config.KindALB: {}}
	for _, tw := range slices.Concat(twins, proxiedTwins, separateTwins) {
		keys := map[string]any{}
		if err := yaml.Unmarshal([]byte(tw.keys), &keys); err != nil {
			t.Fatal(err)
		}
		for key := range keys {
			tried[tw.kind][key] = true
		}
	}
	workload := reflect.TypeFor[config.Workload]()
	for i := range workload.NumField() {
		key, kinds := workload.Field(i).Tag.Get("json"), strings.Fields(workload.Field(i).Tag.Get("kinds"))
		for _, kind := range config.GatewayKinds {
			if key == "kind" || len(kinds) > 0 && !slices.Contains(kinds, kind) {
				continue
			}
			base := config.BaseKind(kind)
			has := len(kinds) == 0 || slices.Contains(kinds, base)
			if exempt := slices.Contains(keysWithoutTwin[kind], key); exempt == has {
				t.Errorf("%s of %s: %s has it: %t, and it needs no twin: %t", key, kind, base, has, exempt)
			}
			if has && !tried[base][key] {
				t.Errorf("%s of %s has no twin with %s", key, kind, base)
			}
		}
	}
}

func TestAGatewayAndItsTwinHaveTheSameLoadBalancer(t *testing.T) {
	t.Parallel()
	compareTwins(t, twins, "ap-northeast-2", nil, nil)
}

func TestAGatewayAndItsTwinWithProxiesHaveTheSameLoadBalancer(t *testing.T) {
	t.Parallel()
	compareTwins(t, proxiedTwins, "ap-northeast-2", nil, map[string]any{"istio": map[string]any{"mtls": config.MTLSPermissive}})
}

func TestAGatewayAndItsTwinWithASecurityGroupOfTheirPodsHaveTheSameLoadBalancer(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{config.EnforceStandard, config.EnforceStrict} {
		groups := map[string]any{"podSecurityGroups": map[string]any{"mode": mode}}
		compareTwins(t, separateTwins, "ap-northeast-2", nil, map[string]any{"vpcCni": groups})
	}
}

func TestAGatewayAndItsTwinHaveTheSameDualStackLoadBalancer(t *testing.T) {
	t.Parallel()
	compareTwins(t, dualStackTwins, "ap-northeast-2", map[string]any{"ipFamily": "ipv6"}, nil)
}

// gatewayOf returns the name of the twin with a Gateway.
func gatewayOf(name string) string { return name + "-gw" }

// compareTwins builds a stack with both of each twins, and reports each field in which their load balancers differ.
// Those with a security group of the operator are added when the VPC of the group exists.
func compareTwins(t *testing.T, all []twin, region string, network, addons map[string]any) {
	t.Helper()
	dir := t.TempDir()
	up := func(group string) *scenario.Rehearsal {
		writeTwinStack(t, dir, region, network, addons, twinWorkloads(t, all, group))
		r := openRehearsal(t, func(o *scenario.Options) { o.Root, o.Dir, o.Stack = dir, filepath.Join(dir, "rehearsal"), "twins" })
		if up := r.Up(context.Background()); up.Error != "" {
			t.Fatalf("up reports %s", up.Error)
		}
		return r
	}
	r := up("")
	if slices.ContainsFunc(all, twin.hasOwnGroup) {
		group := operatorGroup(t, r, region)
		r.Close()
		r = up(group)
	}
	for _, tw := range all {
		alone, gateway := describeBalancer(t, r, tw.name), describeBalancer(t, r, gatewayOf(tw.name))
		keys := slices.Sorted(maps.Keys(alone))
		for key := range gateway {
			if _, both := alone[key]; !both {
				keys = append(keys, key)
			}
		}
		for _, key := range keys {
			if tw.alone != "" {
				alone[key] = strings.ReplaceAll(alone[key], tw.alone, tw.gateway)
			}
			if alone[key] != gateway[key] {
				t.Errorf("%s %s, %s:\n  without a Gateway %s\n  with a Gateway    %s", tw.name, tw.keys, key, alone[key], gateway[key])
			}
		}
	}
}

// operatorGroup creates a security group in the VPC of the stack.
func operatorGroup(t *testing.T, r *scenario.Rehearsal, region string) string {
	t.Helper()
	hands, err := r.World().AWS(world.AWSConfig{Region: region})
	if err != nil {
		t.Fatal(err)
	}
	vpc := stateGraph(r.State().Resources()).find(t, store.VPCType, "")[0]
	group, err := hands.Create(store.SecurityGroupType, world.Properties{"vpcId": string(vpc.ID), "name": "own", "description": "of the operator"})
	if err != nil {
		t.Fatal(err)
	}
	return group.ID
}

func (tw twin) hasOwnGroup() bool { return strings.Contains(tw.keys, "OWN") }

// twinWorkloads returns both of each twins, without those of the operator's group if it is "".
func twinWorkloads(t *testing.T, all []twin, group string) map[string]any {
	workloads := map[string]any{}
	for i, tw := range all {
		if tw.hasOwnGroup() && group == "" {
			continue
		}
		tw.keys = strings.ReplaceAll(tw.keys, "OWN", group)
		workloads[tw.name] = tw.workload(t, tw.name, tw.kind, "shared", 2*i)
		workloads[gatewayOf(tw.name)] = tw.workload(t, gatewayOf(tw.name), "gateway-"+tw.kind, "gateway-shared", 2*i+1)
	}
	return workloads
}

// workload returns the keys of one of a pair of twins.
func (tw twin) workload(t *testing.T, name, kind, group string, number int) map[string]any {
	t.Helper()
	addresses := make([]string, 2)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("eipalloc-0%016x", 16*number+i)
	}
	text := strings.NewReplacer("NAME", name, "GROUP", group, "ADDRESSES", strings.Join(addresses, ", ")).Replace(tw.keys)
	keys := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &keys); err != nil {
		t.Fatal(err)
	}
	keys["kind"] = kind
	return keys
}

func writeTwinStack(t *testing.T, dir, region string, network, addons, workloads map[string]any) {
	t.Helper()
	settings := map[string]any{"zones": []string{region + "a", region + "b", region + "c"}, "nat": "single"}
	maps.Copy(settings, network)
	controllers := map[string]any{"gatewayApi": map[string]any{}, "metricsServer": map[string]any{}}
	maps.Copy(controllers, addons)
	file := map[string]any{"config": map[string]any{
		"aws:region": region, "aws:allowedAccountIds": []string{"000000000000"},
		"eksnet:network":    settings,
		"eksnet:cluster":    map[string]any{"name": "twins", "endpoint": map[string]any{"private": true, "public": true, "publicCidrs": []string{"203.0.113.0/24"}}},
		"eksnet:nodeGroups": map[string]any{"general": map[string]any{"instanceTypes": []string{"m7g.2xlarge"}, "scaling": map[string]any{"min": 3, "desired": 6, "max": 6}}},
		"eksnet:addons":     controllers,
		"eksnet:dns":        map[string]any{"zones": []any{map[string]any{"domain": "example.com", "private": true, "own": true}}},
		"eksnet:workloads":  workloads,
	}}
	text, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"Pulumi.yaml": project, "Pulumi.twins.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
