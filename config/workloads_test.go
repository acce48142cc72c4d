package config_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

const arn = `"arn:aws:acm:ap-northeast-2:444455556666:certificate/12345678-1234-1234-1234-123456789012"`

// takers are the kinds that take each key, with a value that they take, and what else that value needs.
var takers = map[string]struct{ value, kinds, needs string }{
	"scheme":                {value: "internal", kinds: "clb nlb alb gateway-nlb gateway-alb"},
	"target":                {value: "instance", kinds: "clb nlb alb gateway-nlb gateway-alb"},
	"protocol":              {value: "UDP", kinds: "nlb gateway-nlb"},
	"port":                  {value: "8443", kinds: "clb nlb gateway-nlb"},
	"trafficPolicy":         {value: "Local", kinds: "clb nlb alb gateway-nlb gateway-alb", needs: "target: instance"},
	"proxyProtocol":         {value: "true", kinds: "clb nlb gateway-nlb", needs: "app: nginx"},
	"preserveClientAddress": {value: "false", kinds: "nlb gateway-nlb"},
	"crossZone":             {value: "true", kinds: "clb nlb gateway-nlb"},
	"idleTimeout":           {value: "60", kinds: "nlb gateway-nlb"},
	"accessLogs":            {value: "{bucket: logs.example.com, prefix: platform/shop}", kinds: "clb nlb alb gateway-nlb gateway-alb"},
	"sourceRanges":          {value: "[203.0.113.0/24]", kinds: "clb nlb alb gateway-nlb gateway-alb"},
	"prefixLists":           {value: "{pl-01234567: 1, pl-0123456789abcdef0: 1000}", kinds: "nlb alb gateway-nlb gateway-alb"},
	"zones":                 {value: "[ap-northeast-2b, ap-northeast-2a]", kinds: "nlb alb gateway-nlb gateway-alb"},
	"securityGroups":        {value: "[sg-01234567, sg-0123456789abcdef0]", kinds: "nlb alb gateway-nlb gateway-alb"},
	"elasticIps":            {value: "[eipalloc-01234567, eipalloc-0123456789abcdef0]", kinds: "nlb gateway-nlb"},
	"attributes":            {value: `{zonal_shift.config.enabled: "true"}`, kinds: "nlb alb gateway-nlb gateway-alb"},
	"certificate":           {value: arn, kinds: "nlb alb gateway-nlb gateway-alb"},
	"tlsPolicy":             {value: "ELBSecurityPolicy-TLS13-1-3-2021-06", kinds: "nlb alb gateway-nlb gateway-alb", needs: "certificate: " + arn},
	"waf":                   {value: `"arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/shop/12345678-1234-1234-1234-123456789012"`, kinds: "alb gateway-alb"},
	"mutualTls":             {value: "{mode: passthrough}", kinds: "alb gateway-alb", needs: "certificate: " + arn},
	"redirect":              {value: "false", kinds: "alb gateway-alb", needs: "certificate: " + arn},
	"weight":                {value: "0", kinds: "gateway-nlb gateway-alb", needs: "group: shop"},
	"group":                 {value: "shop", kinds: "alb gateway-nlb gateway-alb"},
	"order":                 {value: "0", kinds: "alb", needs: "group: shop"},
	"hosts":                 {value: "[shop.example.com, \"*.example.com\"]", kinds: "alb gateway-alb mesh"},
	"hostname":              {value: "tcp.example.com", kinds: "clb nlb gateway-nlb"},
	"paths":                 {value: "[/a, /b]", kinds: "alb gateway-alb mesh"},
	"defaultBackend":        {value: "true", kinds: "alb"},
	"health":                {value: "{protocol: HTTP, port: 8080, path: \"/healthz?full=1\", interval: 300, healthyThreshold: 10, unhealthyThreshold: 2}", kinds: "nlb alb gateway-nlb gateway-alb"},
	"deregistrationDelay":   {value: "0", kinds: "nlb alb gateway-nlb gateway-alb"},
	"draining":              {value: "3600", kinds: "clb"},
	"targetGroupAttributes": {value: `{stickiness.enabled: "true"}`, kinds: "nlb alb gateway-nlb gateway-alb"},
	"readinessGate":         {value: "true", kinds: "nlb alb gateway-nlb gateway-alb"},
	"podSecurityGroup":      {value: "true", kinds: "clb nlb alb gateway-nlb gateway-alb"},
	"mesh":                  {value: "true", kinds: "clb nlb alb gateway-nlb gateway-alb"},
	"preStop":               {value: "29", kinds: "clb nlb alb gateway-nlb gateway-alb mesh"},
	"gracePeriod":           {value: "840", kinds: "clb nlb alb gateway-nlb gateway-alb mesh"},
	"minAvailable":          {value: "1", kinds: "clb nlb alb gateway-nlb gateway-alb mesh"},
	"autoscale":             {value: "{max: 100}", kinds: "clb nlb alb gateway-nlb gateway-alb mesh"},

	"app":      {value: "echo", kinds: "clb nlb alb policy gateway-nlb gateway-alb mesh"},
	"replicas": {value: "100", kinds: "clb nlb alb policy netshoot speed gateway-nlb gateway-alb mesh"},
	"image":    {value: "registry.example.com/mirror:1", kinds: "clb nlb alb policy netshoot speed gateway-nlb gateway-alb mesh"},
}

var everyKind = append([]string{"policy", "netshoot", "speed", "mesh"}, config.BalancedKinds...)

func TestEveryKeyOfAWorkloadIsOfTheKindsThatTakeItAndRefusedOfOthers(t *testing.T) {
	workload := reflect.TypeFor[config.Workload]()
	for i := range workload.NumField() {
		key := workload.Field(i).Tag.Get("json")
		taker, known := takers[key]
		if key == "kind" {
			continue
		}
		if !known {
			t.Errorf("no kind is known to take %s", key)
		}
		for _, kind := range everyKind {
			settings := []string{"kind: " + kind, key + ": " + taker.value}
			takes := slices.Contains(strings.Fields(taker.kinds), kind)
			if takes && taker.needs != "" {
				settings = append(settings, taker.needs)
			}
			if takes && config.BaseKind(kind) == "nlb" && (key == "certificate" || key == "tlsPolicy") {
				settings = append(settings, "protocol: TLS")
			}
			path := `workloads["shop"].` + key
			_, problems := load(t, good, everyAddon+"eksnet:workloads: {shop: {"+strings.Join(settings, ", ")+"}}")
			refused := slices.ContainsFunc(problems, func(p config.Problem) bool { return p.Path == path })
			if takes && problems.Err() != nil || !takes && (!refused || len(problems) != 1) {
				t.Errorf("%s has %s: %v", kind, key, problems)
			}
		}
	}
}

const (
	gatewayAPI = "eksnet:addons: {gatewayApi: {}}\n"
	// everyAddon are the add-ons that keys of workloads need.
	everyAddon = "eksnet:addons: {gatewayApi: {}, istio: {mtls: permissive}, vpcCni: {podSecurityGroups: {}}}\n"
)

// Each problem is reported by path, with the value, the accepted values and what to do.
func TestEveryProblemOfAWorkloadIsReportedByPath(t *testing.T) {
	for _, test := range []struct{ workload, problem string }{
		{`kind: nlb, draining: 5`, `draining: 5, but nlb uses deregistrationDelay instead; remove it or write kind: clb`},
		{`kind: clb, deregistrationDelay: 5`, `deregistrationDelay: 5, but clb uses draining instead; remove it or write kind: nlb or alb`},
		{`kind: alb, proxyProtocol: true`, `proxyProtocol: true, but alb sends the client's address in the header X-Forwarded-For; remove it or write kind: clb or nlb`},
		{`kind: netshoot, scheme: internal`, `scheme: "internal", but netshoot has no load balancer; remove it or write kind: clb, nlb or alb`},
		{`kind: netshoot, app: echo`, `app: "echo", but kind netshoot has the app netshoot; remove it or write kind: clb, nlb or alb`},
		{`kind: speed, app: netshoot`, `app: "netshoot", but kind speed has the app iperf3; remove it or write kind: clb, nlb or alb`},
		{`kind: speed, scheme: internal`, `scheme: "internal", but speed has no load balancer; remove it or write kind: clb, nlb or alb`},
		{`kind: speed, replicas: 0`, `replicas: 0 replicas; 1 to 100 are accepted`},
		{`kind: nlb, app: iperf3`, `app: "iperf3" is not accepted; accepted: echo, game-2048 or nginx`},
		{`kind: nlb, app: netshoot`, `app: "netshoot" is not accepted; accepted: echo, game-2048 or nginx`},
		{`kind: policy, app: nginx`, `app: nginx, but the clients of kind policy run the server's image, and the image of nginx has no client for requests; write echo`},
		{`kind: nlb, proxyProtocol: true`, `proxyProtocol: true, but echo rejects the proxy protocol as a bad request; write app: nginx, or remove it`},
		{`kind: nlb, protocol: UDP, app: nginx`, `protocol: UDP, but nginx serves TCP only; write app: echo, or another protocol`},
		{`kind: nlb, protocol: SCTP`, `protocol: "SCTP" is not accepted; accepted: TCP, UDP, TLS or TCP_UDP`},
		{`kind: gateway-nlb, protocol: TCP_UDP`, `protocol: TCP_UDP, but a route of a Gateway is for TCP or for UDP, and a workload has one; write kind: nlb`},
		{`kind: nlb, protocol: TCP_UDP, target: instance`, `protocol: TCP_UDP, but with instance targets Kubernetes assigns a node port for TCP and another one for UDP, and a target has one; write target: ip`},
		{`kind: nlb, protocol: TCP_UDP, app: nginx`, `protocol: TCP_UDP, but nginx serves TCP only; write app: echo, or another protocol`},
		{`kind: nlb, protocol: TCP_UDP, idleTimeout: 60`, `idleTimeout: 60, but AWS changes the idle timeout of TCP listeners only, and this one is for TCP_UDP; remove it`},
		{`kind: nlb, protocol: TLS`, `certificate: missing; a TLS listener requires a certificate in ACM, such as arn:aws:acm:`},
		{`kind: nlb, certificate: ` + arn, `certificate: an NLB with a TCP listener uses no certificate; write protocol: TLS, or remove it`},
		{`kind: alb, certificate: shop.pem`, `certificate: "shop.pem" is not the ARN of a certificate in ACM, such as arn:aws:acm:ap-northeast-2:111122223333:certificate/`},
		{`kind: alb, certificate: "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"`, `certificate: the certificate is in us-east-1, but a load balancer uses certificates of its own region, ap-northeast-2; request or import it there`},
		{`kind: nlb, tlsPolicy: ELBSecurityPolicy-2016-08`, `tlsPolicy: "ELBSecurityPolicy-2016-08", but an NLB with a TCP listener terminates no TLS; write protocol: TLS with a certificate, or remove it`},
		{`kind: nlb, idleTimeout: 59`, `idleTimeout: 59 seconds; 60 to 6000 are accepted`},
		{`kind: nlb, idleTimeout: 6001`, `idleTimeout: 6001 seconds; 60 to 6000 are accepted`},
		{`kind: nlb, protocol: UDP, idleTimeout: 120`, `idleTimeout: 120, but AWS changes the idle timeout of TCP listeners only, and this one is for UDP; remove it`},
		{`kind: alb, idleTimeout: 60`, `idleTimeout: 60, but alb has the attribute idle_timeout.timeout_seconds instead; remove it or write kind: nlb`},
		{`kind: clb, idleTimeout: 60`, `idleTimeout: 60, but clb has the idle timeout of AWS, 60 seconds; remove it or write kind: nlb`},
		{`kind: alb, tlsPolicy: ELBSecurityPolicy-2016-08`, `tlsPolicy: "ELBSecurityPolicy-2016-08", but without a certificate there is no HTTPS listener; add certificate, or remove it`},
		{`kind: alb, certificate: ` + arn + `, tlsPolicy: ELBSecurityPolicy-TLS13-1-2-2021-07`, `tlsPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-07" is not a security policy of load balancers as of November 2026; did you mean ELBSecurityPolicy-TLS13-1-2-2021-06? accepted: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, `},
		{`kind: clb, tlsPolicy: ELBSecurityPolicy-2016-08`, `tlsPolicy: "ELBSecurityPolicy-2016-08", but clb forwards TLS without terminating it; remove it or write kind: nlb or alb`},
		{`kind: alb, mutualTls: {mode: passthrough}`, `mutualTls: "passthrough", but without a certificate there is no HTTPS listener; add certificate, or remove it`},
		{`kind: alb, certificate: ` + arn + `, mutualTls: {}`, `mutualTls.mode: missing; accepted: verify, passthrough or none`},
		{`kind: alb, certificate: ` + arn + `, mutualTls: {mode: verify}`, `mutualTls.trustStore: missing; mode verify requires a trust store, such as arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/clients/`},
		{`kind: alb, certificate: ` + arn + `, mutualTls: {mode: verify, trustStore: clients}`, `mutualTls.trustStore: "clients" is not the ARN of a trust store, such as arn:aws:elasticloadbalancing:`},
		{`kind: alb, certificate: ` + arn + `, mutualTls: {mode: none, trustStore: clients}`, `mutualTls.trustStore: "clients", but mode none verifies no certificates; remove it, or write mode: verify`},
		{`kind: alb, certificate: ` + arn + `, mutualTls: {mode: verify, trustStore: "arn:aws:elasticloadbalancing:us-east-1:111122223333:truststore/clients/0123456789abcdef"}`, `mutualTls.trustStore: the trust store is in us-east-1, but a load balancer uses those of its own region, ap-northeast-2; create it there`},
		{`kind: nlb, mutualTls: {mode: none}`, `mutualTls: {mode: "none"}, but nlb does not authenticate clients; remove it or write kind: alb`},
		{`kind: alb, auth: {type: oidc}`, `auth: no load balancer of a stack authenticates users: OIDC would need a client secret in the stack file and in its state, and the applications use no identities; authenticate users in the application, `},
		{`kind: alb, cognito: {}`, `cognito: no load balancer of a stack authenticates users`},
		{`kind: alb, waf: shop`, `waf: "shop" is not the ARN of a regional web ACL, such as arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/shop/`},
		{`kind: alb, waf: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/12345678-1234-1234-1234-123456789012"`, `waf: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/12345678-1234-1234-1234-123456789012" is not the ARN of a regional web ACL`},
		{`kind: alb, waf: "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/12345678-1234-1234-1234-123456789012"`, `waf: the web ACL is in us-east-1, but a load balancer uses web ACLs of its own region, ap-northeast-2; create it there`},
		{`kind: alb, waf: "arn:aws:wafv2:ap-northeast-2:444455556666:regional/webacl/shop/12345678-1234-1234-1234-123456789012"`, `waf: the web ACL is in account 444455556666, but a load balancer uses web ACLs of its own account; accepted: 111122223333`},
		{`kind: nlb, waf: none`, `waf: "none", but nlb forwards connections and does not read requests, which a web ACL filters; remove it or write kind: alb`},
		{`kind: alb, redirect: true`, `redirect: true, but without a certificate there is no HTTPS listener; add certificate, or remove it`},
		{`kind: clb, port: 0`, `port: 0 is not a port; 1 to 65535 are accepted`},
		{`kind: nlb, port: 65536`, `port: 65536 is not a port; 1 to 65535 are accepted`},
		{`kind: alb, port: 8080`, `port: 8080, but alb listens on port 80, and with a certificate also on port 443, to which redirect sends requests of port 80; remove it or write kind: clb or nlb`},
		{`kind: nlb, trafficPolicy: Local`, `trafficPolicy: "Local", but traffic to ip targets does not pass through a node port; remove it or write target: instance`},
		{`kind: alb, trafficPolicy: Local`, `trafficPolicy: "Local", but traffic to ip targets does not pass through a node port; remove it or write target: instance`},
		{`kind: clb, trafficPolicy: Node`, `trafficPolicy: "Node" is not accepted; accepted: Cluster or Local`},
		{`kind: clb, draining: 3601`, `draining: 3601 seconds; 0 to 3600 are accepted`},
		{`kind: clb, sourceRanges: [office]`, `sourceRanges[0]: "office" is not an IPv4 range`},
		{`kind: nlb, sourceRanges: [10.0.0.0/8, 10.0.0.0/8]`, `sourceRanges[1]: "10.0.0.0/8" is listed twice; list each range once`},
		{`kind: nlb, sourceRanges: [10.0.0.0/8], securityGroups: [sg-01234567]`, `sourceRanges: 1 range, but the groups in securityGroups decide which clients may connect; add the ranges to those groups, or remove one of the two keys`},
		{`kind: nlb, prefixLists: {}`, `prefixLists: the map is empty; add entries, such as {pl-0123456789abcdef0: 20}, or remove the key for any address`},
		{`kind: nlb, prefixLists: {office: 20}`, `prefixLists["office"]: "office" is not the ID of a prefix list, such as pl-0123456789abcdef0`},
		{`kind: nlb, prefixLists: {pl-01234567: 0}`, `prefixLists["pl-01234567"]: 0 entries; 1 to 1000 are accepted: the maximum of your own list, or the weight of a list of AWS`},
		{`kind: nlb, prefixLists: {pl-01234567: 1001}`, `prefixLists["pl-01234567"]: 1001 entries; 1 to 1000 are accepted`},
		{`kind: alb, prefixLists: {pl-01234567: 5}, securityGroups: [sg-01234567]`, `prefixLists: 1 list, but the groups in securityGroups decide which clients may connect; add rules for the lists to those groups, or remove one of the two keys`},
		{`kind: clb, prefixLists: {pl-01234567: 5}`, `prefixLists: {pl-01234567: 5}, but clb has rules for sourceRanges alone: the EKS cloud controller creates none for a prefix list; remove it or write kind: nlb or alb`},
		{`kind: clb, health: {path: /live, interval: 10}`, `health: {path: "/live", interval: 10}, but clb uses the health check that the EKS cloud controller configures; remove it or write kind: nlb or alb`},
		{`kind: netshoot, accessLogs: {bucket: logs}`, `accessLogs: {enabled: true, bucket: "logs"}, but netshoot has no load balancer; remove it or write kind: clb, nlb or alb`},
		{`kind: clb, attributes: {a.b: c, a.a: "1"}`, `attributes: {a.a: "1", a.b: "c"}, but clb has no named attributes; remove it or write kind: nlb or alb`},
		{`kind: clb, sourceRanges: [pl-01234567]`, `sourceRanges[0]: "pl-01234567" is the ID of a prefix list, but the EKS cloud controller creates no rules for one; list its ranges, or write kind: nlb or alb and prefixLists`},
		{`kind: nlb, sourceRanges: [pl-01234567]`, `sourceRanges[0]: "pl-01234567" is the ID of a prefix list; write it into prefixLists with its number of entries`},
		{`kind: nlb, zones: [ap-northeast-2c]`, `zones[0]: "ap-northeast-2c" is not a zone of network.zones; accepted: ap-northeast-2a or ap-northeast-2b`},
		{`kind: nlb, zones: [ap-northeast-2a, ap-northeast-2a]`, `zones[1]: "ap-northeast-2a" is listed twice; list each zone once`},
		{`kind: alb, securityGroups: [web]`, `securityGroups[0]: "web" is not a security group ID, such as sg-0123456789abcdef0`},
		{`kind: alb, securityGroups: [sg-01234567, sg-01234567]`, `securityGroups[1]: "sg-01234567" is listed twice; list each group once`},
		{`kind: alb, securityGroups: [sg-00000001, sg-00000002, sg-00000003, sg-00000004, sg-00000005]`, `securityGroups: 5 groups; a load balancer can have five, and one is the controller's, from which nodes and pods accept traffic: list up to 4`},
		{`kind: nlb, elasticIps: [203.0.113.7, eipalloc-01234567]`, `elasticIps[0]: "203.0.113.7" is not the allocation ID of an Elastic IP, such as eipalloc-0123456789abcdef0`},
		{`kind: nlb, elasticIps: [eipalloc-01234567, eipalloc-01234567]`, `elasticIps[1]: "eipalloc-01234567" is listed twice; a zone needs an address of its own`},
		{`kind: nlb, elasticIps: [eipalloc-01234567]`, `elasticIps: 1 address for 2 zones; list one for each of ap-northeast-2a, ap-northeast-2b, in that order`},
		{`kind: nlb, scheme: internal, elasticIps: [eipalloc-01234567, eipalloc-89abcdef]`, `elasticIps: 2 addresses, but an internal load balancer has no public addresses; remove them or write scheme: internet-facing`},
		{`kind: nlb, attributes: {idle_timeout.timeout_seconds: "60"}`, `attributes["idle_timeout.timeout_seconds"]: unknown attribute of nlb; accepted: deletion_protection.enabled,`},
		{`kind: nlb, attributes: {deletion_protection.enable: "true"}`, `attributes["deletion_protection.enable"]: unknown attribute of nlb; did you mean deletion_protection.enabled?`},
		{`kind: nlb, attributes: {load_balancing.cross_zone.enabled: "true"}`, `attributes["load_balancing.cross_zone.enabled"]: is set by its own key; remove it here and write crossZone`},
		{`kind: alb, attributes: {load_balancing.cross_zone.enabled: "true"}`, `attributes["load_balancing.cross_zone.enabled"]: cannot be set for alb; remove it`},
		{`kind: alb, attributes: {idle_timeout.timeout_seconds: "4001"}`, `attributes["idle_timeout.timeout_seconds"]: "4001" is not accepted; accepted: 1 to 4000`},
		{`kind: alb, attributes: {connection_logs.s3.bucket: "a,b"}`, `attributes["connection_logs.s3.bucket"]: "a,b" is not accepted; accepted: a string without , or = and without leading or trailing spaces`},
		{`kind: alb, targetGroupAttributes: {deregistration_delay.timeout_seconds: "5"}`, `targetGroupAttributes["deregistration_delay.timeout_seconds"]: is set by its own key; remove it here and write deregistrationDelay`},
		{`kind: nlb, targetGroupAttributes: {preserve_client_ip.enabled: "true"}`, `targetGroupAttributes["preserve_client_ip.enabled"]: is set by its own key; remove it here and write preserveClientAddress`},
		{`kind: nlb, targetGroupAttributes: {proxy_protocol_v2.enabled: "true"}`, `targetGroupAttributes["proxy_protocol_v2.enabled"]: is set by its own key; remove it here and write proxyProtocol`},
		{`kind: nlb, targetGroupAttributes: {stickiness.type: lb_cookie}`, `targetGroupAttributes["stickiness.type"]: "lb_cookie" is not accepted; accepted: source_ip`},
		{`kind: alb, targetGroupAttributes: {slow_start.duration_seconds: "20"}`, `targetGroupAttributes["slow_start.duration_seconds"]: "20" is not accepted; accepted: 0 or 30 to 900`},
		{`kind: nlb, attributes: {access_logs.s3.enabled: "true"}`, `attributes["access_logs.s3.enabled"]: is set by its own key; remove it here and write accessLogs`},
		{`kind: alb, attributes: {access_logs.s3.bucket: logs}`, `attributes["access_logs.s3.bucket"]: is set by its own key; remove it here and write accessLogs`},
		{`kind: alb, accessLogs: {}`, `accessLogs.bucket: missing; add the name of an S3 bucket in the region of the stack, or write enabled: false`},
		{`kind: clb, accessLogs: {bucket: My_Logs}`, `accessLogs.bucket: "My_Logs" is not the name of an S3 bucket, which has 3 to 63 lowercase letters, digits, dots and hyphens`},
		{`kind: nlb, accessLogs: {bucket: logs, prefix: /a/}`, `accessLogs.prefix: "/a/" is not accepted; accepted: letters, digits and !_.*'()- with / between them, such as platform/shop`},
		{`kind: nlb, accessLogs: {bucket: logs, prefix: a/AWSLogs}`, `accessLogs.prefix: "a/AWSLogs" contains AWSLogs, which AWS adds after the prefix; remove it`},
		{`kind: alb, attributes: {connection_logs.s3.enabled: "true", health_check_logs.s3.bucket: logs}`, `attributes["connection_logs.s3.enabled"]: true without a bucket; add connection_logs.s3.bucket`},
		{`kind: nlb, protocol: TLS, certificate: ` + arn + `, targetGroupAttributes: {stickiness.enabled: "true"}`, `targetGroupAttributes["stickiness.enabled"]: true, but TLS listeners do not support stickiness; remove it, or write protocol: TCP`},
		{`kind: nlb, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: "true", target_health_state.unhealthy.draining_interval_seconds: "30"}`, `targetGroupAttributes["target_health_state.unhealthy.draining_interval_seconds"]: 30 seconds, but this interval applies only if connections to unhealthy targets are not terminated, and AWS terminates them by default; add target_health_state.unhealthy.connection_termination.enabled: "false", or write "0"`},
		{`kind: nlb, targetGroupAttributes: {target_health_state.unhealthy.draining_interval_seconds: "30"}`, `targetGroupAttributes["target_health_state.unhealthy.draining_interval_seconds"]: 30 seconds, but this interval applies only if connections to unhealthy targets are not terminated, and AWS terminates them by default; add`},
		{`kind: nlb, protocol: UDP, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: "true"}`, `targetGroupAttributes["target_health_state.unhealthy.connection_termination.enabled"]: true, but AWS does not terminate connections to unhealthy targets with protocol UDP; remove it`},
		{`kind: nlb, protocol: TCP_UDP, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: "true"}`, `targetGroupAttributes["target_health_state.unhealthy.connection_termination.enabled"]: true, but AWS does not terminate connections to unhealthy targets with protocol TCP_UDP; remove it`},
		{`kind: alb, targetGroupAttributes: {target_group_health.unhealthy_state_routing.minimum_healthy_targets.count: "3", target_group_health.dns_failover.minimum_healthy_targets.count: "1"}`, `targetGroupAttributes["target_group_health.dns_failover.minimum_healthy_targets.count"]: 1, but AWS requires target_group_health.dns_failover.minimum_healthy_targets.count (1) to be at least target_group_health.unhealthy_state_routing.minimum_healthy_targets.count (3), so that a zone is removed from DNS before its unhealthy targets receive traffic; write target_group_health.dns_failover.minimum_healthy_targets.count: "3" or more, or "off"`},
		{`kind: nlb, targetGroupAttributes: {target_group_health.unhealthy_state_routing.minimum_healthy_targets.count: "2"}`, `targetGroupAttributes["target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"]: 2, but AWS requires`},
		{`kind: nlb, targetGroupAttributes: {target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage: "50", target_group_health.dns_failover.minimum_healthy_targets.percentage: "20"}`, `targetGroupAttributes["target_group_health.dns_failover.minimum_healthy_targets.percentage"]: 20, but AWS requires`},
		{`kind: alb, targetGroupAttributes: {stickiness.enabled: "true", load_balancing.cross_zone.enabled: "false"}`, `targetGroupAttributes["stickiness.enabled"]: true, but AWS does not support stickiness where load_balancing.cross_zone.enabled is false`},
		{`kind: alb, targetGroupAttributes: {stickiness.app_cookie.cookie_name: AWSALBAPP-0}`, `targetGroupAttributes["stickiness.app_cookie.cookie_name"]: "AWSALBAPP-0" is not accepted; accepted: a string without , or = that does not begin with AWSALB, which is reserved for the load balancer`},
		{`kind: alb, attributes: {connection_logs.s3.prefix: " a"}`, `attributes["connection_logs.s3.prefix"]: " a" is not accepted; accepted: a string without , or = and without leading or trailing spaces`},
		{`kind: alb, targetGroupAttributes: {stickiness.type: app_cookie}`, `targetGroupAttributes["stickiness.type"]: app_cookie without a cookie name; add stickiness.app_cookie.cookie_name`},
		{`kind: alb, targetGroupAttributes: {slow_start.duration_seconds: "30", load_balancing.algorithm.type: weighted_random}`, `targetGroupAttributes["slow_start.duration_seconds"]: 30 seconds, but slow start requires round_robin, and load_balancing.algorithm.type is weighted_random; remove one of them`},
		{`kind: alb, targetGroupAttributes: {load_balancing.algorithm.anomaly_mitigation: "on"}`, `targetGroupAttributes["load_balancing.algorithm.anomaly_mitigation"]: on, but it requires weighted_random; add load_balancing.algorithm.type: weighted_random`},
		{`kind: nlb, health: {protocol: UDP}`, `health.protocol: "UDP" is not accepted; accepted: TCP, HTTP or HTTPS`},
		{`kind: alb, health: {protocol: TCP}`, `health.protocol: "TCP" is not accepted; accepted: HTTP or HTTPS`},
		{`kind: nlb, health: {port: http}`, `health.port: "http" is not a port; 1 to 65535 or traffic-port are accepted`},
		{`kind: nlb, health: {port: 65536}`, `health.port: "65536" is not a port; 1 to 65535 or traffic-port are accepted`},
		{`kind: nlb, health: {path: /healthz}`, `health.path: "/healthz", but a TCP health check has no path; write protocol: HTTP, or remove it`},
		{`kind: alb, health: {path: healthz}`, `health.path: "healthz" is not a valid health check path, such as /healthz`},
		{`kind: alb, health: {interval: 4}`, `health.interval: 4 seconds; 5 to 300 are accepted`},
		{`kind: alb, health: {healthyThreshold: 1}`, `health.healthyThreshold: 1 check; 2 to 10 are accepted`},
		{`kind: alb, health: {unhealthyThreshold: 11}`, `health.unhealthyThreshold: 11 checks; 2 to 10 are accepted`},
		{`kind: alb, deregistrationDelay: 3601`, `deregistrationDelay: 3601 seconds; 0 to 3600 are accepted`},
		{`kind: alb, order: 5`, `order: 5, but the workload has an ALB of its own, so there are no other rules to order; add group, or remove it`},
		{`kind: alb, group: shop, order: 1001`, `order: 1001 is not a valid order; -1000 to 1000 are accepted`},
		{`kind: alb, weight: 5`, `weight: 5, but alb sends to one workload, or in a group by the first rule that matches; remove it or write kind: gateway-nlb or gateway-alb`},
		{`kind: gateway-alb, weight: 5`, `weight: 5, but the workload has a load balancer of its own, so no other workload shares its requests; add group, or remove it`},
		{`kind: gateway-nlb, group: shop, weight: 1000`, `weight: 1000 is not a weight; 0 to 999 are accepted`},
		{`kind: gateway-alb, group: shop.example`, `group: "shop.example", but the Gateway of the group is in the namespace gateway-shop.example, and the name of a namespace has up to 63 lowercase letters, digits and -; choose another name`},
		{`kind: gateway-nlb, group: Shop`, `group: "Shop" is not the name of a group; up to 63 lowercase letters, digits, - and . are accepted, starting and ending with a letter or digit`},
		{`kind: gateway-alb, group: shop, order: 5`, `order: 5, but gateway-alb has its rules in the order of the controller: exact hosts before wildcards, then longer hosts, then longer paths, and for a workload without hosts by the paths alone; remove it or write kind: alb`},
		{`kind: gateway-alb, defaultBackend: true`, `defaultBackend: true, but gateway-alb has no default backend: requests that no rule matches get status 404; remove it or write kind: alb`},
		{`kind: gateway-alb, proxyProtocol: true`, `proxyProtocol: true, but gateway-alb sends the client's address in the header X-Forwarded-For; remove it or write kind: gateway-nlb`},
		{`kind: gateway-nlb, hosts: [shop.example.com]`, `hosts: ["shop.example.com"], but gateway-nlb forwards connections and does not read requests; remove it or write kind: gateway-alb`},
		{`kind: gateway-alb, paths: [/a], hosts: [a.example.com, b.example.com, c.example.com, d.example.com]`, `hosts: 4 hosts, but a rule of a load balancer has up to 5 values, and a Gateway's has all hosts and the path; list up to 3, or write kind: alb`},
		{`kind: gateway-alb, paths: ` + manyPaths, `paths: 101 paths, but a rule of an HTTPRoute has up to 64; list fewer`},
		{`kind: alb, hosts: [shop.example.com, shop.example.com]`, `hosts[1]: "shop.example.com" is listed twice; list each host once`},
		{`kind: alb, paths: [/a, /a]`, `paths[1]: "/a" is listed twice; list each path once`},
		{`kind: alb, paths: ` + manyPaths, `paths: 1 host with 101 paths each are 101 rules, but an ALB supports 100; list fewer`},
		{`kind: alb, preStop: 30`, `preStop: 30 seconds with a gracePeriod of 30 leave no time for the pod to end; lower it, or raise gracePeriod`},
		{`kind: alb, preStop: -1`, `preStop: -1 seconds; 0 to 839 are accepted`},
		{`kind: alb, gracePeriod: 0`, `gracePeriod: 0 seconds, with which Kubernetes removes a pod at once and kills its process two seconds later, so requests in progress are aborted; 1 to 840 are accepted, such as 30`},
		{`kind: alb, gracePeriod: 841`, `gracePeriod: 841 seconds; 1 to 840 are accepted, because EKS waits up to 15 minutes for the pods of a node to end when it updates a node group, and then the update fails`},
		{`kind: alb, preStop: 840, gracePeriod: 840`, `preStop: 840 seconds; 0 to 839 are accepted`},
		{`kind: alb, minAvailable: 2`, `minAvailable: 2 of 2 pods, so no pod may be evicted and no node can be drained; lower it, or add pods`},
		{`kind: alb, minAvailable: 3, replicas: 9, autoscale: {min: 3, max: 9}`, `minAvailable: 3 of 3 pods, so no pod may be evicted and no node can be drained; lower it, or add pods`},
		{`kind: alb, minAvailable: -1`, `minAvailable: -1 pods; 0 or more are accepted, but fewer than the workload has`},
		{`kind: alb, autoscale: {}`, `autoscale.max: 0 pods; 1 to 100 are accepted`},
		{`kind: alb, autoscale: {min: 5, max: 4}`, `autoscale: min 5 is greater than max 4; lower min or raise max`},
		{`kind: alb, autoscale: {max: 4, cpu: 0}`, `autoscale.cpu: 0 percent; 1 to 100 are accepted`},
		{`kind: alb, health: {port: 80.5}`, `health.port: 80.5 is not a whole number or a word`},
		{`kind: alb, host: shop.example.com`, `host: unknown key; did you mean hosts?`},
	} {
		t.Run(test.workload, func(t *testing.T) {
			_, problems := load(t, good, gatewayAPI+"eksnet:workloads: {shop: {"+test.workload+"}}")
			if want := `workloads["shop"].` + test.problem; !strings.Contains(problems.Error(), want) {
				t.Errorf("want a problem  %s\ngot  %s", want, problems)
			}
		})
	}
}

var manyPaths = func() string {
	var all []string
	for i := range 101 {
		all = append(all, fmt.Sprint("/", i))
	}
	return "[" + strings.Join(all, ", ") + "]"
}()

func TestAttributesThatGoTogetherAreAccepted(t *testing.T) {
	for _, workload := range []string{
		`kind: nlb, accessLogs: {enabled: false}`,
		`kind: nlb, targetGroupAttributes: {stickiness.enabled: "true"}`,
		`kind: nlb, protocol: TLS, certificate: ` + arn + `, targetGroupAttributes: {stickiness.enabled: "false"}`,
		`kind: alb, attributes: {connection_logs.s3.enabled: "true", connection_logs.s3.bucket: logs}`,
		`kind: alb, targetGroupAttributes: {stickiness.type: app_cookie, stickiness.app_cookie.cookie_name: shop}`,
		`kind: alb, targetGroupAttributes: {slow_start.duration_seconds: "30", load_balancing.algorithm.type: round_robin}`,
		`kind: nlb, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: "false", target_health_state.unhealthy.draining_interval_seconds: "30"}`,
		`kind: nlb, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: "true"}`,
		`kind: nlb, protocol: UDP, targetGroupAttributes: {target_health_state.unhealthy.connection_termination.enabled: "false"}`,
		`kind: nlb, targetGroupAttributes: {target_group_health.unhealthy_state_routing.minimum_healthy_targets.count: "3", target_group_health.dns_failover.minimum_healthy_targets.count: "off"}`,
		`kind: alb, targetGroupAttributes: {target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage: "50"}`,
		`kind: nlb, targetGroupAttributes: {stickiness.enabled: "true", load_balancing.cross_zone.enabled: "false"}`,
		`kind: alb, targetGroupAttributes: {slow_start.duration_seconds: "0", load_balancing.algorithm.type: weighted_random, load_balancing.algorithm.anomaly_mitigation: "on"}`,
	} {
		if _, problems := load(t, good, "eksnet:workloads: {shop: {"+workload+"}}"); problems.Err() != nil {
			t.Errorf("%s: %v", workload, problems)
		}
	}
}

func TestAnElasticIPIsOneLoadBalancers(t *testing.T) {
	_, problems := load(t, good, `eksnet:workloads: {a: {kind: nlb, elasticIps: [eipalloc-00000001, eipalloc-00000002]}, b: {kind: nlb, elasticIps: [eipalloc-00000003, eipalloc-00000001]}}`)
	if want := `workloads["b"].elasticIps[1]: "eipalloc-00000001" is also used by workload a; an Elastic IP belongs to one load balancer`; !strings.Contains(problems.Error(), want) {
		t.Errorf("problems %s, want %s", problems, want)
	}
}

func TestAllProblemsOfAWorkloadAreReportedAtOnce(t *testing.T) {
	_, problems := load(t, good, `eksnet:workloads: {shop: {kind: nlb, group: web, draining: 1, protocol: SCTP, zones: [x], health: {interval: 1}, minAvailable: 9, attributes: {a: b}}}`)
	var paths []string
	for _, problem := range problems {
		paths = append(paths, strings.TrimPrefix(problem.Path, `workloads["shop"].`))
	}
	slices.Sort(paths)
	want := []string{`attributes["a"]`, "draining", "group", "health.interval", "minAvailable", "protocol", "zones[0]"}
	if !slices.Equal(paths, want) {
		t.Errorf("problems at %q, want %q", paths, want)
	}
}

func TestWhatIsNotTypedOfAWorkloadFollowsFromTheRest(t *testing.T) {
	s, problems := load(t, good, `
eksnet:workloads:
  clb: {kind: clb}
  nlb: {kind: nlb}
  nodes: {kind: nlb, target: instance}
  udp: {kind: nlb, protocol: UDP}
  tls: {kind: nlb, protocol: TLS, certificate: `+arn+`}
  web-nodes: {kind: alb, target: instance}
  alb: {kind: alb, certificate: `+arn+`, autoscale: {max: 5}, health: {}}
  rest: {kind: alb, defaultBackend: true}
  rests: {kind: alb, defaultBackend: true, hosts: [shop.example.com]}
  tools: {kind: netshoot}
  few: {kind: netshoot, replicas: 1, image: "registry.example.com:5000/netshoot:1"}
  fast: {kind: speed}
  faster: {kind: speed, replicas: 9}`)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	w := s.Workloads
	for what, holds := range map[string]bool{
		"trafficPolicy of clb":                  w["clb"].TrafficPolicy == "Cluster",
		"trafficPolicy of nlb":                  w["nlb"].TrafficPolicy == "",
		"trafficPolicy of nlb to nodes":         w["nodes"].TrafficPolicy == "Cluster",
		"trafficPolicy of alb":                  w["alb"].TrafficPolicy == "",
		"trafficPolicy of alb to nodes":         w["web-nodes"].TrafficPolicy == "Cluster",
		"port":                                  w["clb"].Port == 80 && w["nlb"].Port == 80 && w["tls"].Port == 443 && w["alb"].Port == 0 && w["tools"].Port == 0,
		"protocol":                              w["nlb"].Protocol == "TCP" && w["clb"].Protocol == "" && w["alb"].Protocol == "",
		"preserveClientAddress of nlb":          !*w["nlb"].PreserveClientAddress,
		"preserveClientAddress of nlb to nodes": *w["nodes"].PreserveClientAddress,
		"preserveClientAddress of UDP":          *w["udp"].PreserveClientAddress,
		"preserveClientAddress of others":       w["clb"].PreserveClientAddress == nil && w["alb"].PreserveClientAddress == nil,
		"deregistrationDelay":                   *w["nlb"].DeregistrationDelay == 300 && *w["alb"].DeregistrationDelay == 300 && w["clb"].DeregistrationDelay == nil,
		"tlsPolicy":                             w["tls"].TLSPolicy == awsdata.DefaultTLSPolicy && w["alb"].TLSPolicy == awsdata.DefaultTLSPolicy && w["nlb"].TLSPolicy == "" && w["rest"].TLSPolicy == "",
		"redirect":                              *w["alb"].Redirect && w["rest"].Redirect == nil,
		"paths":                                 slices.Equal(w["alb"].Paths, []string{"/"}),
		"paths of requests that match no rule":  len(w["rest"].Paths) == 0,
		"paths of a host and requests that match no rule": slices.Equal(w["rests"].Paths, []string{"/"}),
		"gracePeriod":                      w["clb"].GracePeriod == 30 && w["tools"].GracePeriod == 0,
		"autoscale":                        *w["alb"].Autoscale == config.Autoscale{Min: 2, Max: 5, CPU: 70},
		"pods of autoscale":                w["alb"].LeastPods() == 2 && w["alb"].MostPods() == 5 && w["nlb"].LeastPods() == 2 && w["nlb"].MostPods() == 2,
		"a health check that says nothing": *w["alb"].Health == config.Health{},
		"netshoot":                         w["tools"].Replicas == 3 && w["tools"].App == "netshoot" && w["tools"].Image == config.NetshootImage && w["tools"].Scheme == "",
		"speed":                            w["fast"].Replicas == 3 && w["fast"].App == "iperf3" && w["fast"].Image == config.NetshootImage && w["fast"].Scheme == "",
		"speed with more clients":          w["faster"].Replicas == 9,
		"netshoot with pods and image of its own": w["few"].Replicas == 1 && w["few"].Image == "registry.example.com:5000/netshoot:1",
	} {
		if !holds {
			t.Errorf("%s has another default than documented: %+v", what, w)
		}
	}
}

func TestTheGatewayAPIAndGroupsOfGatewaysAreChecked(t *testing.T) {
	for _, test := range []struct{ settings, problem string }{
		{`eksnet:workloads: {shop: {kind: gateway-alb}}`,
			`workloads["shop"].kind: "gateway-alb", but the stack has no Gateway API; add addons: {gatewayApi: {crds: own}}, or write kind: alb`},
		{`eksnet:addons: {gatewayApi: {crds: none}}`, `addons.gatewayApi.crds: "none" is not accepted; accepted: own or existing`},
		{`eksnet:addons: {gatewayApi: {}, loadBalancerController: {version: 3.4.0}}`,
			`addons.gatewayApi.crds: own, which are those of Gateway API 1.5.1 for load balancer controller 3.2, but addons.loadBalancerController.version is 3.4.0; use version 3.2, or write existing and install those that fit the controller`},
		{gatewayAPI + `eksnet:workloads: {shop: {kind: gateway-alb, group: web}, tcp: {kind: gateway-nlb, group: web}}`,
			`workloads["tcp"].group: "web" is also the group of workload shop, which is of kind gateway-alb, and this one is of kind gateway-nlb: a group is one load balancer; give them one kind or another group`},
		{gatewayAPI + `eksnet:workloads: {shop: {kind: gateway-alb, group: web}, gateway-web: {kind: clb}}`,
			`workloads["shop"].group: "web", but the Gateway of the group is in the namespace gateway-web, which is that of the workload of this name; rename one of them`},
	} {
		if _, problems := load(t, good, test.settings); len(problems) != 1 || problems[0].String() != test.problem {
			t.Errorf("%s: problems %s, want %s", test.settings, problems, test.problem)
		}
	}
	for _, accepted := range []string{
		`eksnet:addons: {gatewayApi: {crds: existing}, loadBalancerController: {version: 3.4.0}}`,
		`eksnet:addons: {gatewayApi: {}, loadBalancerController: {version: 3.2.9}}`,
		gatewayAPI + `eksnet:workloads: {shop: {kind: gateway-alb, group: web}, cart: {kind: gateway-alb, group: web, paths: [/cart]}, web: {kind: alb}}`,
	} {
		if _, problems := load(t, good, accepted); problems.Err() != nil {
			t.Errorf("%s: %v", accepted, problems)
		}
	}
}
