package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/lint"
	"eksnet/plan/plantest"
)

// behindOne is a stack with these workloads.
func behindOne(workloads map[string]config.Workload) *config.Stack {
	s := plantest.Stack()
	s.Workloads = workloads
	return s
}

// balanced is a stack with one workload, shop, with the defaults of a stack file and one change.
func balanced(kind string, change func(*config.Workload)) *config.Stack {
	return behindOne(map[string]config.Workload{"shop": sample(kind, change)})
}

func sample(kind string, changes ...func(*config.Workload)) config.Workload {
	w := config.Workload{Kind: kind, Replicas: 2, GracePeriod: 30}
	for _, change := range changes {
		change(&w)
	}
	w.Derive()
	return w
}

func to[T any](value T) *T { return &value }

// onNodes makes nodes the targets, with a policy.
func onNodes(policy string) func(*config.Workload) {
	return func(w *config.Workload) { w.Target, w.TrafficPolicy = config.TargetInstance, policy }
}

// grouped is a stack with two members of one group, a and b.
func grouped(a, b func(*config.Workload)) *config.Stack {
	both := map[string]config.Workload{}
	for name, change := range map[string]func(*config.Workload){"a": a, "b": b} {
		both[name] = sample(config.KindALB, func(w *config.Workload) { w.Group, w.Paths = "demo", []string{"/" + name} }, change)
	}
	return behindOne(both)
}

// logging writes access logs.
func logging(bucket, prefix string) func(*config.Workload) {
	return func(w *config.Workload) {
		w.AccessLogs = &config.AccessLogs{Enabled: true, Bucket: bucket, Prefix: prefix}
	}
}

// authenticating has an HTTPS listener with mutual TLS.
func authenticating(mode string) func(*config.Workload) {
	return func(w *config.Workload) {
		encrypted(nil)(w)
		w.MutualTLS = &config.MutualTLS{Mode: mode}
	}
}

// filtered has a web ACL.
func filtered(webACL string) func(*config.Workload) {
	return func(w *config.Workload) { w.WAF = webACL }
}

// onOld is a stack whose nodes are of a type that an NLB takes by address alone.
func onOld(s *config.Stack) *config.Stack {
	s.NodeGroups["general"] = config.NodeGroup{AMI: config.AL2023x86, InstanceTypes: []string{"m3.large"}, Subnets: config.PrivateSubnets, Scaling: config.Scaling{Desired: 1, Max: 1}}
	return s
}

// trap is a stack that a rule finds something in, where, and the nearest one in which it finds nothing.
type trap struct {
	path       string
	trips, not *config.Stack
}

// traps are by their rule, some with more than one way into it.
var traps = mergeTraps(gatewayTraps, map[string][]trap{
	"udp-address": {{`workloads["shop"].preserveClientAddress`,
		balanced(config.KindNLB, func(w *config.Workload) { w.Protocol, w.PreserveClientAddress = config.ProtocolUDP, to(false) }),
		balanced(config.KindNLB, func(w *config.Workload) { w.Protocol, w.PreserveClientAddress = config.ProtocolUDP, to(true) }),
	}},
	"target-generation": {{`workloads["shop"].target`,
		onOld(balanced(config.KindNLB, onNodes(config.PolicyCluster))), onOld(balanced(config.KindNLB, func(w *config.Workload) {})),
	}, {`workloads["shop"].target`,
		onOld(balanced(config.KindNLB, onNodes(config.PolicyCluster))), onOld(balanced(config.KindCLB, func(w *config.Workload) {})),
	}},
	"hairpin": {
		{`workloads["shop"].preserveClientAddress`,
			balanced(config.KindNLB, func(w *config.Workload) { w.Scheme, w.PreserveClientAddress = config.Internal, to(true) }),
			balanced(config.KindNLB, func(w *config.Workload) { w.PreserveClientAddress = to(true) }),
		},
		{`workloads["shop"].preserveClientAddress`,
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyCluster)(w); w.Scheme = config.Internal }),
			balanced(config.KindNLB, func(w *config.Workload) { w.Scheme = config.Internal }),
		},
		{`workloads["shop"].scheme`,
			balanced(config.KindNLB, func(w *config.Workload) { w.Scheme, w.Protocol = config.Internal, config.ProtocolUDP }),
			balanced(config.KindNLB, func(w *config.Workload) { w.Protocol = config.ProtocolUDP }),
		},
	},
	"readiness-gate": {{`workloads["shop"].readinessGate`,
		balanced(config.KindALB, func(w *config.Workload) { w.ReadinessGate, w.Target = true, config.TargetInstance }),
		balanced(config.KindALB, func(w *config.Workload) { w.ReadinessGate = true }),
	}},
	"node-port": {{`workloads["w-2768"].target`, crowdOf(2769), crowdOf(2768)}},
	"proxy-protocol-health": {
		{`workloads["shop"].proxyProtocol`,
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyLocal)(w); w.ProxyProtocol = true }),
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyCluster)(w); w.ProxyProtocol = true }),
		},
		{`workloads["shop"].proxyProtocol`,
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyLocal)(w); w.ProxyProtocol = true }),
			balanced(config.KindCLB, func(w *config.Workload) { onNodes(config.PolicyLocal)(w); w.ProxyProtocol = true }),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindNLB, proxied(config.HealthHTTP)),
			balanced(config.KindNLB, proxied(config.HealthTCP)),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindNLB, probed("8081")),
			balanced(config.KindNLB, probed("8080")),
		},
	},
	"local-health": {
		{`workloads["shop"].health.protocol`,
			balanced(config.KindNLB, checked(config.PolicyLocal, config.Health{Protocol: config.HealthTCP})),
			balanced(config.KindNLB, checked(config.PolicyLocal, config.Health{Protocol: config.HealthHTTP})),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindNLB, checked(config.PolicyLocal, config.Health{Protocol: config.HealthHTTP, Port: "10256"})),
			balanced(config.KindNLB, checked(config.PolicyCluster, config.Health{Protocol: config.HealthHTTP, Port: "10256"})),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindALB, checked(config.PolicyLocal, config.Health{Port: "10256"})),
			balanced(config.KindALB, checked(config.PolicyLocal, config.Health{Port: config.TrafficPort})),
		},
	},
	"health-port": {
		{`workloads["shop"].health.port`,
			balanced(config.KindNLB, func(w *config.Workload) { w.Health = &config.Health{Port: "8081"} }),
			balanced(config.KindNLB, func(w *config.Workload) { w.Health = &config.Health{Port: "8080"} }),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindALB, checked("", config.Health{Port: "8080"})),
			balanced(config.KindALB, checked("", config.Health{Port: config.TrafficPort})),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyCluster)(w); w.Protocol = config.ProtocolUDP }),
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyLocal)(w); w.Protocol = config.ProtocolUDP }),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindGatewayNLB, func(w *config.Workload) { onNodes(config.PolicyLocal)(w); w.Protocol = config.ProtocolUDP }),
			balanced(config.KindGatewayNLB, onNodes(config.PolicyLocal)),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindALB, func(w *config.Workload) { w.App, w.Health = config.App2048, &config.Health{Port: "8080"} }),
			balanced(config.KindALB, func(w *config.Workload) { w.App, w.Health = config.App2048, &config.Health{Port: "80"} }),
		},
	},
	"health-answer": {
		{`workloads["shop"].health.protocol`,
			balanced(config.KindALB, func(w *config.Workload) { w.Health = &config.Health{Protocol: config.HealthHTTPS} }),
			balanced(config.KindALB, func(w *config.Workload) { w.Health = &config.Health{Protocol: config.HealthHTTP} }),
		},
		{`workloads["shop"].health.protocol`,
			balanced(config.KindNLB, checked(config.PolicyLocal, config.Health{Protocol: config.HealthHTTPS})),
			balanced(config.KindNLB, checked(config.PolicyLocal, config.Health{Protocol: config.HealthHTTP})),
		},
		{`workloads["shop"].health.port`,
			balanced(config.KindNLB, checked(config.PolicyCluster, config.Health{Protocol: config.HealthHTTPS, Port: "10250"})),
			balanced(config.KindNLB, checked(config.PolicyCluster, config.Health{Protocol: config.HealthTCP, Port: "10250"})),
		},
		{`workloads["shop"].health.path`,
			balanced(config.KindALB, checked("", config.Health{Port: "10256", Path: "/"})),
			balanced(config.KindALB, checked("", config.Health{Port: "10256", Path: "/livez?verbose"})),
		},
		{`workloads["shop"].health.path`,
			balanced(config.KindALB, func(w *config.Workload) { w.App, w.Health = config.App2048, &config.Health{Path: "/healthz"} }),
			balanced(config.KindALB, func(w *config.Workload) { w.App, w.Health = config.App2048, &config.Health{Path: "/?full=1"} }),
		},
	},
	"deregistration-delay": {
		{`workloads["shop"].deregistrationDelay`,
			balanced(config.KindALB, func(w *config.Workload) { w.DeregistrationDelay = to(31) }),
			balanced(config.KindALB, func(w *config.Workload) { w.DeregistrationDelay = to(30) }),
		},
		{`workloads["shop"].deregistrationDelay`,
			balanced(config.KindNLB, func(w *config.Workload) { w.GracePeriod = 299 }),
			balanced(config.KindNLB, func(w *config.Workload) { w.GracePeriod = 300 }),
		},
		{`workloads["shop"].deregistrationDelay`,
			balanced(config.KindNLB, func(w *config.Workload) { w.PreStop = 10 }),
			balanced(config.KindNLB, func(w *config.Workload) { onNodes(config.PolicyCluster)(w); w.PreStop = 10 }),
		},
	},
	"pre-stop": {{`workloads["shop"].preStop`,
		balanced(config.KindALB, func(w *config.Workload) { w.ReadinessGate = true }),
		balanced(config.KindALB, func(w *config.Workload) { w.ReadinessGate, w.PreStop = true, 15 }),
	}},
	"deletion-protection": {{`workloads["shop"].attributes["deletion_protection.enabled"]`,
		balanced(config.KindNLB, attribute("deletion_protection.enabled", "true")),
		balanced(config.KindNLB, attribute("deletion_protection.enabled", "false")),
	}},
	"metrics": {{`workloads["shop"].autoscale`,
		balanced(config.KindCLB, func(w *config.Workload) { w.Autoscale = &config.Autoscale{Min: 2, Max: 4, CPU: 70} }),
		balanced(config.KindCLB, func(w *config.Workload) { w.Replicas = 4 }),
	}, {`workloads["shop"].autoscale`,
		balanced(config.KindCLB, func(w *config.Workload) { w.Autoscale = &config.Autoscale{Min: 2, Max: 4, CPU: 70} }),
		measured(balanced(config.KindCLB, func(w *config.Workload) { w.Autoscale = &config.Autoscale{Min: 2, Max: 4, CPU: 70} })),
	}},
	"no-subnet": {{`workloads["shop"].zones[1]`,
		balanced(config.KindNLB, func(w *config.Workload) {
			w.Scheme, w.Zones = config.Internal, []string{"ap-northeast-2a", "ap-northeast-2d"}
		}),
		balanced(config.KindNLB, func(w *config.Workload) {
			w.Scheme, w.Zones = config.Internal, []string{"ap-northeast-2a", "ap-northeast-2c"}
		}),
	}},
	"two-zones": {
		{`workloads["shop"].zones`, balanced(config.KindALB, in("ap-northeast-2a")), balanced(config.KindALB, in("ap-northeast-2a", "ap-northeast-2b"))},
		{`workloads["shop"].zones`, balanced(config.KindALB, in("ap-northeast-2a")), balanced(config.KindNLB, in("ap-northeast-2a"))},
	},
	"zone-without-balancer": {{`workloads["shop"].zones`,
		balanced(config.KindNLB, in("ap-northeast-2a", "ap-northeast-2b")),
		balanced(config.KindNLB, in("ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c")),
	}},
	"name-over-32": {
		{`workloads["frontend-shop"]`,
			behindOne(map[string]config.Workload{"frontend-cart": sample(config.KindNLB), "frontend-shop": sample(config.KindNLB)}),
			behindOne(map[string]config.Workload{"cart-frontend": sample(config.KindNLB), "shop-frontend": sample(config.KindNLB)}),
		},
		{`workloads["b"]`, named("public-web-and-backend-blue", "public-web-and-backend-green"), named("public-web-and-api-blue", "public-web-and-api-green")},
		{`workloads["b"]`, named("public-web-and-backend-blue", "public-web-and-backend-green"), named("public-web-and-backend-blue", "public-web-and-backend-blue")},
	},
	"access-logs-without-tls": {
		{`workloads["shop"].accessLogs`, balanced(config.KindNLB, logging("logs", "")), balanced(config.KindALB, logging("logs", ""))},
		{`workloads["shop"].accessLogs`,
			balanced(config.KindGatewayNLB, logging("logs", "")),
			balanced(config.KindGatewayNLB, func(w *config.Workload) { logging("logs", "")(w); w.Protocol = config.ProtocolTLS })},
	},
	"group-conflict": {
		{`workloads["b"].mutualTls`, grouped(authenticating("verify"), authenticating("none")), grouped(authenticating("verify"), authenticating("verify"))},
		{`workloads["b"].mutualTls`, grouped(authenticating("verify"), authenticating("none")), grouped(authenticating("verify"), encrypted(nil))},
		{`workloads["b"].waf`, grouped(filtered("a"), filtered("b")), grouped(filtered("a"), filtered("a"))},
		{`workloads["b"].waf`, grouped(filtered("a"), filtered(config.NoWAF)), grouped(filtered("a"), filtered(""))},
		{`workloads["b"].accessLogs`, grouped(logging("logs", "a"), logging("logs", "b")), grouped(logging("logs", "a"), logging("logs", "a"))},
		{`workloads["b"].accessLogs`,
			grouped(logging("logs", ""), func(w *config.Workload) { w.AccessLogs = &config.AccessLogs{} }),
			grouped(logging("logs", ""), func(*config.Workload) {})},
		{`workloads["b"].scheme`, grouped(as(config.InternetFacing), as(config.Internal)), grouped(as(config.Internal), as(config.Internal))},
		{`workloads["b"].zones`,
			grouped(in("ap-northeast-2a", "ap-northeast-2b"), in("ap-northeast-2b", "ap-northeast-2c")),
			grouped(in("ap-northeast-2a", "ap-northeast-2b"), in("ap-northeast-2b", "ap-northeast-2a"))},
		{`workloads["b"].zones`,
			grouped(in("ap-northeast-2a", "ap-northeast-2b"), in("ap-northeast-2b", "ap-northeast-2c")),
			grouped(in("ap-northeast-2a", "ap-northeast-2b"), in())},
		{`workloads["b"].securityGroups`, grouped(wearing("sg-1", "sg-2"), wearing("sg-2", "sg-1")), grouped(wearing("sg-1", "sg-2"), wearing("sg-1", "sg-2"))},
		{`workloads["b"].sourceRanges`, grouped(from("10.0.0.0/8"), from("192.0.2.0/24")), grouped(from("10.0.0.0/8"), from("10.0.0.0/8"))},
		{`workloads["b"].prefixLists`, grouped(listed("pl-1"), listed("pl-2")), grouped(listed("pl-1", "pl-2"), listed("pl-2", "pl-1"))},
		{`workloads["b"].attributes["idle_timeout.timeout_seconds"]`,
			grouped(attribute("idle_timeout.timeout_seconds", "30"), attribute("idle_timeout.timeout_seconds", "60")),
			grouped(attribute("idle_timeout.timeout_seconds", "30"), attribute("waf.fail_open.enabled", "true"))},
		{`workloads["c"].crossZone`,
			behindGateway(config.KindGatewayNLB, onPort(80), onPort(81), func(w *config.Workload) { w.Port, w.CrossZone = 82, true }),
			behindGateway(config.KindGatewayNLB, crossing, func(w *config.Workload) { crossing(w); w.Port = 81 })},
		{`workloads["b"].redirect`, grouped(encrypted(nil), encrypted(to(false))), grouped(encrypted(to(false)), encrypted(to(false)))},
		{`workloads["b"].elasticIps`,
			behindGateway(config.KindGatewayNLB, addressed("eipalloc-1", "eipalloc-2", "eipalloc-3"), addressed("eipalloc-2", "eipalloc-1", "eipalloc-3")),
			behindGateway(config.KindGatewayNLB, addressed("eipalloc-1", "eipalloc-2", "eipalloc-3"), func(w *config.Workload) {})},
		{`workloads["b"].zones`,
			behindGateway(config.KindGatewayNLB, addressedIn("ap-northeast-2a", "ap-northeast-2b"), in("ap-northeast-2b", "ap-northeast-2a")),
			behindGateway(config.KindGatewayNLB, addressedIn("ap-northeast-2a", "ap-northeast-2b"), in("ap-northeast-2a", "ap-northeast-2b"))},
		{`workloads["b"].defaultBackend`,
			grouped(func(w *config.Workload) { w.DefaultBackend = true }, func(w *config.Workload) { w.DefaultBackend = true }),
			grouped(func(w *config.Workload) { w.DefaultBackend = true }, func(*config.Workload) {})},
	},
	"group-rule-twice": {
		{`workloads["b"]`, grouped(on("shop.example.com"), on("shop.example.com")), grouped(on("shop.example.com"), on("cart.example.com"))},
		{`workloads["b"]`,
			grouped(under("/shop", "/cart"), under("/pay", "/cart")),
			grouped(under("/shop", "/cart"), under("/pay", "/carts"))},
	},
	"group-redirect": {
		{`workloads["a"].certificate`, grouped(in(), encrypted(nil)), grouped(encrypted(nil), encrypted(nil))},
		{`workloads["b"].certificate`, grouped(encrypted(to(true)), in()), grouped(encrypted(to(false)), in())},
	},
	"group-ranges": {
		{`workloads["b"].sourceRanges`, grouped(from("10.0.0.0/8"), from()), grouped(from("10.0.0.0/8"), from("10.0.0.0/8"))},
		{`workloads["b"].prefixLists`, grouped(listed("pl-1"), from()), grouped(listed("pl-1"), listed("pl-1"))},
		{`workloads["a"].prefixLists`, grouped(listed("pl-1"), wearing("sg-1")), grouped(listed("pl-1"), listed("pl-1"))},
		{`workloads["a"].sourceRanges`, grouped(from("10.0.0.0/8"), wearing("sg-1")), grouped(from("10.0.0.0/8"), from("10.0.0.0/8"))},
	},
	"group-rule-hidden": {
		{`workloads["b"].order`, grouped(ordered(1, "/"), ordered(2, "/b")), grouped(ordered(2, "/"), ordered(1, "/b"))},
		{`workloads["b"].order`, grouped(ordered(1, "/"), ordered(2, "/b")), grouped(under("/"), under("/b"))},
		{`workloads["b"].order`, grouped(ordered(1, "/b"), ordered(2, "/b/c")), grouped(ordered(1, "/b"), ordered(2, "/bc"))},
		{`workloads["b"].hosts`, routed(on("a.b.shop.example.com", "*.example.com"), on("shop.example.com")), routed(on("a.example.com", "*.example.com"), on("shop.example.com"))},
	},
})

func crowdOf(count int) *config.Stack {
	many := map[string]config.Workload{}
	for i := range count {
		many[fmt.Sprintf("w-%04d", i)] = sample(config.KindALB, func(w *config.Workload) { w.Target = config.TargetInstance })
	}
	return behindOne(many)
}

// proxied asks kube-proxy ahead of the proxy protocol's header, or with it.
func proxied(protocol string) func(*config.Workload) {
	return func(w *config.Workload) {
		onNodes(config.PolicyCluster)(w)
		w.ProxyProtocol, w.Health = true, &config.Health{Protocol: protocol, Port: "10256"}
	}
}

// probed asks nginx at a port, with the proxy protocol.
func probed(port config.Port) func(*config.Workload) {
	return func(w *config.Workload) {
		w.App, w.ProxyProtocol, w.Health = config.AppNginx, true, &config.Health{Protocol: config.HealthHTTP, Port: port}
	}
}

// checked has nodes as targets and a health check of its own.
func checked(policy string, h config.Health) func(*config.Workload) {
	return func(w *config.Workload) { onNodes(policy)(w); w.Health = &h }
}

func attribute(name, value string) func(*config.Workload) {
	return func(w *config.Workload) { w.Attributes = map[string]string{name: value} }
}

func in(zones ...string) func(*config.Workload) { return func(w *config.Workload) { w.Zones = zones } }
func as(scheme string) func(*config.Workload)   { return func(w *config.Workload) { w.Scheme = scheme } }
func from(ranges ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.SourceRanges = ranges }
}
func listed(lists ...string) func(*config.Workload) {
	return func(w *config.Workload) {
		w.PrefixLists = map[string]int{}
		for _, list := range lists {
			w.PrefixLists[list] = 1
		}
	}
}

func wearing(groups ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.SecurityGroups = groups }
}
func on(hosts ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.Hosts, w.Paths = hosts, []string{"/"} }
}
func under(paths ...string) func(*config.Workload) {
	return func(w *config.Workload) { w.Paths = paths }
}
func ordered(order int, path string) func(*config.Workload) {
	return func(w *config.Workload) { w.Order, w.Paths = &order, []string{path} }
}
func encrypted(redirect *bool) func(*config.Workload) {
	return func(w *config.Workload) { w.Certificate, w.Redirect = plantest.Certificate, redirect }
}

// named are two ALBs, or one, by the names of their groups.
func named(a, b string) *config.Stack {
	member := func(group, path string) config.Workload {
		return sample(config.KindALB, under(path), func(w *config.Workload) { w.Group = group })
	}
	return behindOne(map[string]config.Workload{"a": member(a, "/a"), "b": member(b, "/b")})
}

func TestEveryRuleFindsItsTrapAndNothingInTheNearestStackWithoutIt(t *testing.T) {
	for _, rule := range lint.Rules() {
		if len(traps[rule.Name]) == 0 {
			t.Errorf("no stack trips %s", rule.Name)
		}
		for i, trap := range traps[rule.Name] {
			if found := paths(trap.trips, rule.Name); !slices.Equal(found, []string{trap.path}) {
				t.Errorf("%s %d finds something at %q, want %s", rule.Name, i, found, trap.path)
			}
			if found := paths(trap.not, rule.Name); len(found) > 0 {
				t.Errorf("%s %d finds something in a stack without it, at %q", rule.Name, i, found)
			}
		}
	}
}

// paths are where a rule finds something.
func paths(s *config.Stack, rule string) []string {
	p, _ := plan.New(s)
	var all []string
	for _, lint := range p.Lints {
		if lint.Rule == rule {
			all = append(all, lint.Path)
		}
	}
	return all
}

func TestAFindingIsAProblemOrAWarningWithItsReasonAndSource(t *testing.T) {
	for _, rule := range lint.Rules() {
		trap := traps[rule.Name][0]
		p, problems := plan.New(trap.trips)
		matches := func(path, text string) bool {
			return path == trap.path && strings.Contains(text, rule.Reason) && strings.Contains(text, rule.Source)
		}
		refused := slices.ContainsFunc(problems, func(problem config.Problem) bool { return matches(problem.Path, problem.Message) })
		warned := slices.ContainsFunc(p.Warnings, func(w config.Warning) bool { return matches(w.Path, w.Text) })
		if refused != rule.Refused || warned == rule.Refused || rule.Reason == "" || rule.Source == "" {
			t.Errorf("%s: refused %t, warned of %t: %v %v", rule.Name, refused, warned, problems, p.Warnings)
		}
	}
}

func TestRulesHaveNamesOfTheirOwn(t *testing.T) {
	var names []string
	for _, rule := range lint.Rules() {
		names = append(names, rule.Name)
	}
	slices.Sort(names)
	if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) || len(names) != len(traps) {
		t.Errorf("%d rules are %q, and %d have traps", len(names), names, len(traps))
	}
}

func TestAWorkloadWithTheDefaultsTripsNothing(t *testing.T) {
	for _, kind := range config.BalancedKinds {
		for _, target := range []string{config.TargetIP, config.TargetInstance} {
			for _, scheme := range []string{config.InternetFacing, config.Internal} {
				s := balanced(kind, func(w *config.Workload) { w.Target, w.Scheme = target, scheme })
				p, problems := plan.New(s)
				hairpins := config.BaseKind(kind) == config.KindNLB && target == config.TargetInstance && scheme == config.Internal
				if len(problems) > 0 || len(p.Lints) > 0 && !hairpins {
					t.Errorf("%s to %s, %s: %v %+v", kind, target, scheme, problems, p.Lints)
				}
			}
		}
	}
}

func TestWorkloadsThatShareRequestsByWeightTripNothing(t *testing.T) {
	for _, kind := range config.GatewayKinds {
		if p, problems := plan.New(behindGateway(kind, weighing(9), weighing(1))); len(problems) > 0 || len(p.Lints) > 0 {
			t.Errorf("%s: %v %+v", kind, problems, p.Lints)
		}
	}
	twice := behindGateway(config.KindGatewayALB, weighing(9), func(w *config.Workload) {})
	if found := paths(twice, "group-rule-twice"); !slices.Equal(found, []string{`workloads["b"]`}) {
		t.Errorf("a rule of two workloads is found at %q", found)
	}
}

// Two problems of one group are reported as two, each once, whatever the number of members.
func TestAConflictInAGroupIsReportedOncePerMemberAndSetting(t *testing.T) {
	s := grouped(as(config.InternetFacing), as(config.Internal))
	for _, name := range []string{"c", "d"} {
		s.Workloads[name] = sample(config.KindALB, under("/"+name), as(config.Internal), func(w *config.Workload) { w.Group = "demo" })
	}
	want := []string{`workloads["b"].scheme`, `workloads["c"].scheme`, `workloads["d"].scheme`}
	if found := paths(s, "group-conflict"); !slices.Equal(found, want) {
		t.Errorf("conflicts at %q, want %q", found, want)
	}
}

// measured returns a stack with metrics-server.
func measured(s *config.Stack) *config.Stack {
	s.Addons.MetricsServer = &config.MetricsServer{Replicas: 2}
	return s
}
