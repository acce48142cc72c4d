package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

// Each is the stack local with one text replaced.
func TestBadInputIsRefusedByItsPath(t *testing.T) {
	const (
		vpc, zones, group = "cidr: 10.0.0.0/16", "[ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]", "{instanceTypes: [m7g.large], scaling: {min: 2, desired: 3, max: 6}}"
		version           = `version: "1.35"`
		echo, arn         = "echo: {kind: nlb}", "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
	)
	local, err := os.ReadFile(filepath.Join(root, "Pulumi.local.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ old, bad, want string }{
		"pods' range in the VPC's":              {vpc, vpc + "\n    podCidr: 10.0.64.0/18", "network.podCidr: 10.0.64.0/18 overlaps network.cidr 10.0.0.0/16"},
		"pods' range in the Services'":          {vpc, vpc + "\n    podCidr: 172.20.0.0/18", "network.podCidr: 172.20.0.0/18 overlaps cluster.serviceCidr 172.20.0.0/16"},
		"Services' range around the VPC's":      {version, version + "\n    serviceCidr: 10.0.0.0/12", "cluster.serviceCidr: 10.0.0.0/12 overlaps network.cidr 10.0.0.0/16"},
		"a VPC of a /29":                        {vpc, "cidr: 10.0.0.0/29", "network.cidr: 10.0.0.0/29: each zone would get a private /32 and a public /33 of it; at least a /23 is needed"},
		"pods in a /29":                         {vpc, vpc + "\n    podCidr: 100.64.0.0/29", "network.podCidr: 100.64.0.0/29: each zone would get a /31 of it, with no whole /28 block; at least a /23 is needed"},
		"Services in a /29":                     {version, version + "\n    serviceCidr: 172.20.0.0/29", "cluster.serviceCidr: 172.20.0.0/29; EKS accepts /12 to /24"},
		"IPv6 for the VPC":                      {vpc, `cidr: "fd00::/56"`, `network.cidr: "fd00::/56" is an IPv6 range`},
		"IPv6 for pods":                         {vpc, vpc + "\n" + `    podCidr: "fd00::/56"`, `network.podCidr: "fd00::/56" is an IPv6 range`},
		"IPv6 for Services":                     {version, version + "\n" + `    serviceCidr: "fd00::/108"`, `cluster.serviceCidr: "fd00::/108" is an IPv6 range`},
		"IPv6 for people":                       {"203.0.113.0/24", `"2001:db8::/32"`, `cluster.endpoint.publicCidrs[0]: "2001:db8::/32" is an IPv6 range`},
		"IPv4 in the form of IPv6":              {vpc, `cidr: "::ffff:10.0.0.0/112"`, "network.cidr: "},
		"forty zones":                           {zones, "[" + strings.Repeat("ap-northeast-2a, ", 39) + "ap-northeast-2a]", "network.zones: 40 zones; EKS requires at least two, and the address plan has room for four: list 2 to 4"},
		"a zone twice":                          {zones, "[ap-northeast-2a, ap-northeast-2a]", `network.zones[1]: "ap-northeast-2a" is listed twice`},
		"a node group twice":                    {"general: " + group, "general: " + group + "\n    general: " + group, `mapping key "general" already defined`},
		"a negative min":                        {"min: 2,", "min: -2,", `nodeGroups["general"].scaling: min -2, desired 3, max 6; min and desired must be 0 or more, and max 1 or more`},
		"a negative desired size":               {"desired: 3", "desired: -3", `nodeGroups["general"].scaling: min 2, desired -3, max 6;`},
		"a negative max":                        {"max: 6", "max: -6", `nodeGroups["general"].scaling: min 2, desired 3, max -6;`},
		"a negative number of pods":             {"max: 6}", "max: 6}, maxPods: -1", `nodeGroups["general"].maxPods: -1 pods; 0 to 250 are accepted`},
		"a min above max":                       {"max: 6", "max: 1", `nodeGroups["general"].scaling: min 2 is greater than max 1; lower min or raise max`},
		"two architectures in a group":          {"[m7g.large]", "[m7g.large, m7i.large]", `nodeGroups["general"].instanceTypes[1]: m7i.large does not run al2023-arm64; use types of one architecture`},
		"an unknown instance type":              {"[m7g.large]", "[m7g.largest]", `nodeGroups["general"].instanceTypes[0]: "m7g.largest" is not an instance type that the VPC CNI supports; m7g has `},
		"an AMI family of another architecture": {"[m7g.large]", "[m7g.large], ami: al2023-x86_64", `nodeGroups["general"].instanceTypes[0]: m7g.large does not run al2023-x86_64`},
		"Bottlerocket of another architecture":  {"[m7g.large]", "[m7i.large], ami: bottlerocket-arm64", `nodeGroups["general"].instanceTypes[0]: m7i.large does not run bottlerocket-arm64`},
		"an unknown Kubernetes version":         {version, `version: "1.99"`, `cluster.version: "1.99" is not accepted; accepted: 1.36, 1.35, 1.34 or 1.33`},
		"the key of an ALB for an NLB":          {echo, "echo: {kind: nlb, hosts: [shop.example.com]}", `workloads["echo"].hosts: ["shop.example.com"], but nlb forwards connections and does not read requests; remove it or write kind: alb`},
		"one host where several may be":         {echo, "echo: {kind: alb, host: shop.example.com}", `workloads["echo"].host: unknown key; did you mean hosts?`},
		"a certificate of another region":       {echo, "echo: {kind: alb, certificate: " + arn + "}", `workloads["echo"].certificate: the certificate is in us-east-1, but a load balancer uses certificates of its own region, ap-northeast-2`},
		"TLS without a certificate":             {echo, "echo: {kind: nlb, protocol: TLS}", `workloads["echo"].certificate: missing; a TLS listener requires a certificate`},
		"a policy of nodes without nodes":       {echo, "echo: {kind: nlb, trafficPolicy: Local}", `workloads["echo"].trafficPolicy: "Local", but traffic to ip targets does not pass through a node port`},
		"proxy protocol without support":        {echo, "echo: {kind: nlb, proxyProtocol: true}", `workloads["echo"].proxyProtocol: true, but echo rejects the proxy protocol as a bad request; write app: nginx`},
		"the proxy protocol with Local":         {echo, "echo: {kind: nlb, app: nginx, target: instance, trafficPolicy: Local, proxyProtocol: true}", `workloads["echo"].proxyProtocol: true with instance targets and trafficPolicy Local;`},
		"UDP without the client's address":      {echo, "echo: {kind: nlb, protocol: UDP, preserveClientAddress: false}", `workloads["echo"].preserveClientAddress: false with protocol UDP; remove it`},
		"TCP_UDP without the client's address":  {echo, "echo: {kind: nlb, protocol: TCP_UDP, preserveClientAddress: false}", `workloads["echo"].preserveClientAddress: false with protocol TCP_UDP; remove it`},
		"fewer Elastic IPs than zones":          {echo, "echo: {kind: nlb, elasticIps: [eipalloc-0123456789abcdef0]}", `workloads["echo"].elasticIps: 1 address for 3 zones; list one for each of ap-northeast-2a, ap-northeast-2b, ap-northeast-2c`},
		"an ALB in one zone":                    {echo, "echo: {kind: alb, zones: [ap-northeast-2a]}", `workloads["echo"].zones: ap-northeast-2a alone; add another zone, or write kind: nlb`},
		"a zone that the stack has not":         {echo, "echo: {kind: nlb, scheme: internal, zones: [ap-northeast-2d]}", `workloads["echo"].zones[0]: "ap-northeast-2d" is not a zone of network.zones`},
		"a misspelt attribute":                  {echo, `echo: {kind: nlb, attributes: {deletion_protection.enable: "true"}}`, `workloads["echo"].attributes["deletion_protection.enable"]: unknown attribute of nlb; did you mean deletion_protection.enabled?`},
		"an attribute without quotes":           {echo, "echo: {kind: alb, attributes: {idle_timeout.timeout_seconds: 60}}", `workloads["echo"].attributes["idle_timeout.timeout_seconds"]: 60 is not a string: put it in quotes`},
		"an attribute with a key of its own":    {echo, `echo: {kind: nlb, targetGroupAttributes: {deregistration_delay.timeout_seconds: "30"}}`, `is set by its own key; remove it here and write deregistrationDelay`},
		"a health check without a listener":     {echo, "echo: {kind: nlb, health: {port: 9090}}", `workloads["echo"].health.port: 9090, but the pods of echo do not listen there for TCP; write 8080`},
		"a health check by TLS":                 {echo, "echo: {kind: alb, health: {protocol: HTTPS}}", `workloads["echo"].health.protocol: HTTPS, but echo serves this port without TLS; write HTTP`},
		"a gate for nodes":                      {echo, "echo: {kind: alb, target: instance, readinessGate: true}", `workloads["echo"].readinessGate: true with instance targets; write target: ip, or false`},
		"a wait that leaves no time to end in":  {echo, "echo: {kind: alb, preStop: 30}", `workloads["echo"].preStop: 30 seconds with a gracePeriod of 30`},
		"a budget that holds every pod":         {echo, "echo: {kind: alb, minAvailable: 2}", `workloads["echo"].minAvailable: 2 of 2 pods, so no pod may be evicted`},
		"an autoscaler without an end":          {echo, "echo: {kind: alb, autoscale: {min: 2}}", `workloads["echo"].autoscale.max: 0 pods; 1 to 100 are accepted`},
		"two default backends in a group":       {echo, "echo: {kind: alb, group: g, defaultBackend: true}\n    rest: {kind: alb, group: g, defaultBackend: true}", `workloads["rest"].defaultBackend: true, but workload echo of group g is already the default backend`},
		"two schemes in a group":                {echo, "echo: {kind: alb, group: g}\n    rest: {kind: alb, group: g, scheme: internal, paths: [/rest]}", `workloads["rest"].scheme: internal, but workload echo of group g is internet-facing, and a group has one load balancer`},
		"a rule twice in a group":               {echo, "echo: {kind: alb, group: g, hosts: [a.example.com]}\n    rest: {kind: alb, group: g, hosts: [a.example.com]}", `workloads["rest"]: host "a.example.com" and path / are also those of workload echo in group g`},
		"two lists of ranges in a group":        {echo, "echo: {kind: alb, group: g, sourceRanges: [10.0.0.0/8]}\n    rest: {kind: alb, group: g, sourceRanges: [192.0.2.0/24], paths: [/rest]}", `workloads["rest"].sourceRanges: 192.0.2.0/24, but workload echo of group g has 10.0.0.0/8, and a group has one load balancer`},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(string(local), test.old) {
				t.Fatalf("the stack has no %q", test.old)
			}
			dir := stackfiletest.Folder(t, root)
			stackfiletest.Write(t, dir, "Pulumi.bad.yaml", strings.ReplaceAll(string(local), test.old, test.bad))
			status, out, complaints := eksnet("plan", "bad", "-C", dir)
			if status != misused || out != "" || !strings.Contains(complaints, test.want) {
				t.Errorf("status %d, %s%s\nwant %s", status, out, complaints, test.want)
			}
			if status, out, again := eksnet("validate", "bad", "-C", dir); status != misused || out != "" || again != complaints {
				t.Errorf("validate: status %d, %s%s\nwant %s", status, out, again, complaints)
			}
		})
	}
}
