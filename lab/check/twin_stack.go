package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/lab/rehearsed"
)

// gatewaySuffix ends the name of the twin of a workload that has the same keys and a Gateway. With it names have eight
// letters at most, because the names of AWS resources have the first eight.
const gatewaySuffix = "-gw"

// twin is a workload that exists twice: behind a Service or an Ingress, and behind a Gateway. keys is YAML.
type twin struct{ name, kind, keys string }

// twins have, together, each key of workloads that load balancers depend on and that both of their kinds accept. The
// values are not the defaults. ZONES are the first two zones of the stack and ZONE the first, ADDRESS is an Elastic
// IP, of which a new account has five, CERTIFICATE and WEB_ACL are ARNs, HEALTH_PORT the port of kube-proxy's health
// check, and GROUP the name of a group.
var twins = []twin{
	{"tcp", config.KindNLB, "{idleTimeout: 400}"},
	{"inside", config.KindNLB, "{scheme: internal, zones: ZONES, port: 8443, crossZone: true, sourceRanges: [10.0.0.0/8, 192.0.2.0/24]}"},
	{"lists", config.KindNLB, "{prefixLists: {pl-0123456789abcdef0: 20}}"},
	{"nodes", config.KindNLB, "{target: instance}"},
	{"local", config.KindNLB, "{target: instance, trafficPolicy: Local, preserveClientAddress: false}"},
	{"udp", config.KindNLB, "{protocol: UDP, port: 53}"},
	{"udpnod", config.KindNLB, "{protocol: UDP, target: instance, health: {protocol: HTTP, port: HEALTH_PORT, path: /healthz}}"},
	{"tls", config.KindNLB, "{protocol: TLS, tlsPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06, certificate: CERTIFICATE, accessLogs: {bucket: logs, prefix: tls}}"},
	{"proxy", config.KindNLB, "{app: nginx, proxyProtocol: true, preserveClientAddress: true}"},
	{"eip", config.KindNLB, "{zones: [ZONE], elasticIps: [ADDRESS]}"},
	{"check", config.KindNLB, `{health: {protocol: HTTP, port: 8080, path: /healthz, interval: 20, healthyThreshold: 4, unhealthyThreshold: 5},
		attributes: {dns_record.client_routing_policy: availability_zone_affinity}, deregistrationDelay: 60,
		targetGroupAttributes: {stickiness.enabled: "true", stickiness.type: source_ip}}`},
	{"gated", config.KindNLB, "{readinessGate: true}"},
	{"pods", config.KindNLB, "{podSecurityGroup: true}"},

	{"web", config.KindALB, "{waf: WEB_ACL}"},
	{"winsid", config.KindALB, "{scheme: internal, zones: ZONES, sourceRanges: [10.0.0.0/8]}"},
	{"wlists", config.KindALB, "{sourceRanges: [10.0.0.0/8], prefixLists: {pl-0123456789abcdef0: 20}}"},
	{"wnodes", config.KindALB, "{target: instance}"},
	{"wlocal", config.KindALB, "{target: instance, trafficPolicy: Local}"},
	{"secure", config.KindALB, "{certificate: CERTIFICATE, hosts: [secure.example.com, '*.secure.example.com'], paths: [/, /shop]}"},
	{"both", config.KindALB, "{certificate: CERTIFICATE, tlsPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06, redirect: false, mutualTls: {mode: passthrough}, accessLogs: {bucket: logs}}"},
	{"wcheck", config.KindALB, `{health: {protocol: HTTP, port: 8080, path: /healthz, interval: 20, healthyThreshold: 4, unhealthyThreshold: 5},
		attributes: {idle_timeout.timeout_seconds: "120"}, deregistrationDelay: 60,
		targetGroupAttributes: {load_balancing.algorithm.type: least_outstanding_requests}}`},
	{"wgated", config.KindALB, "{readinessGate: true}"},
	{"wpods", config.KindALB, "{podSecurityGroup: true}"},

	{"shop", config.KindALB, "{group: GROUP, hosts: [shop.example.com, www.example.com]}"},
	{"cart", config.KindALB, "{group: GROUP, hosts: [shop.example.com], paths: [/cart, /cart/items], target: instance}"},
	{"any", config.KindALB, "{group: GROUP, paths: [/status]}"},
}

// HasGateways reports whether a stack has Gateways, and with them their twins.
func HasGateways(stackFile []byte) bool {
	var file struct {
		Config struct {
			Addons struct {
				GatewayAPI *json.RawMessage `json:"gatewayApi"`
			} `json:"eksnet:addons"`
		}
	}
	return yaml.Unmarshal(stackFile, &file) == nil && file.Config.Addons.GatewayAPI != nil
}

// TwinStack returns a stack file whose workloads are twins. Each has one pod.
func TwinStack(stackFile []byte) ([]byte, error) {
	var file struct {
		Config map[string]any `json:"config"`
	}
	if err := yaml.Unmarshal(stackFile, &file); err != nil {
		return nil, err
	}
	values, err := twinValues(file.Config)
	if err != nil {
		return nil, err
	}
	workloads := map[string]map[string]any{}
	for _, t := range twins {
		for _, suffix := range []string{"", gatewaySuffix} {
			if workloads[t.name+suffix], err = t.workload(suffix, values); err != nil {
				return nil, err
			}
		}
	}
	if !hasPodGroups(file.Config) {
		for _, w := range workloads {
			delete(w, "podSecurityGroup")
		}
	}
	file.Config["eksnet:workloads"] = workloads
	removeNames(file.Config)
	return yaml.Marshal(file)
}

// hasPodGroups reports whether workloads of a stack may have security groups for their pods.
func hasPodGroups(configuration map[string]any) bool {
	return field(configuration["eksnet:addons"], "vpcCni", "podSecurityGroups") != nil
}

// removeNames removes the hosted zones: a name has one record, and twins have the same hosts.
func removeNames(configuration map[string]any) {
	delete(configuration, "eksnet:dns")
	if addons, is := configuration["eksnet:addons"].(map[string]any); is {
		delete(addons, "externalDns") // which needs a zone
	}
}

// workload returns one of the two workloads. Elastic IPs belong to one load balancer, so the second has others.
func (t twin) workload(suffix string, values map[string][]string) (map[string]any, error) {
	var keys map[string]any
	text := strings.NewReplacer(values[suffix]...).Replace(t.keys)
	if err := yaml.Unmarshal([]byte(text), &keys); err != nil {
		return nil, fmt.Errorf("twin %s: %w", t.name, err)
	}
	keys["kind"], keys["replicas"] = t.kind, 1
	if suffix == gatewaySuffix {
		keys["kind"] = "gateway-" + t.kind
	}
	return keys, nil
}

// twinValues returns the replacements in the keys of twins, by the suffix of the names.
func twinValues(configuration map[string]any) (map[string][]string, error) {
	var network struct{ Zones []string }
	text, err := json.Marshal(configuration["eksnet:network"])
	if err == nil {
		err = json.Unmarshal(text, &network)
	}
	region, _ := configuration["aws:region"].(string)
	if err == nil && (len(network.Zones) < 2 || region == "") {
		err = fmt.Errorf("aws:region %q and %d zones; needed: a region and two zones", region, len(network.Zones))
	}
	if err != nil {
		return nil, fmt.Errorf("twins: %w", err)
	}
	all := map[string][]string{}
	for i, suffix := range []string{"", gatewaySuffix} {
		all[suffix] = []string{
			"GROUP", "demo" + suffix,
			"ZONES", "[" + strings.Join(network.Zones[:2], ", ") + "]", "ZONE", network.Zones[0],
			"ADDRESS", fmt.Sprintf("eipalloc-%017x", 0xa000+i),
			"HEALTH_PORT", strconv.Itoa(awsdata.KubeProxyHealthPort),
			"WEB_ACL", fmt.Sprintf(`"arn:%s:wafv2:%s:%s:regional/webacl/lab/12345678-1234-1234-1234-123456789012"`,
				rehearsed.PartitionOf(region), region, accountOf(configuration)),
			"CERTIFICATE", fmt.Sprintf(`"arn:%s:acm:%s:111122223333:certificate/12345678-1234-1234-1234-123456789012"`, rehearsed.PartitionOf(region), region),
		}
	}
	return all, nil
}

// accountOf returns the account of a stack, as the rehearsal chooses it.
func accountOf(configuration map[string]any) string {
	if accounts, is := configuration["aws:allowedAccountIds"].([]any); is && len(accounts) > 0 {
		return fmt.Sprint(accounts[0])
	}
	return "000000000000"
}

// twinsOf returns the workloads of a stack by the name that they share with their twin: that of the Service or Ingress
// first.
func twinsOf(s *rehearsed.Stack) map[string][2]rehearsed.Workload {
	byName := map[string]rehearsed.Workload{}
	for _, w := range s.Plan.Workloads {
		byName[w.Name] = w
	}
	pairs := map[string][2]rehearsed.Workload{}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if other, found := byName[name+gatewaySuffix]; found {
			pairs[name] = [2]rehearsed.Workload{byName[name], other}
		}
	}
	return pairs
}
