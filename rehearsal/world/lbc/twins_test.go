package lbc_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// The same load balancer is described by an Ingress or a Service, and by a Gateway. Names, ARNs and tags differ;
// nothing else may.

// twin is an option in both descriptions.
type twin struct {
	option string
	// annotations are those of the Ingress or the Service, without their prefix.
	annotations map[string]any
	// balancer and targets are the configurations of the Gateway's load balancer and target groups.
	balancer, targets store.Properties
	// change edits the objects of both: service is the backend, of which a Service with a load balancer is a copy.
	service func(m store.Properties)
	object  func(m store.Properties)
	gateway func(m store.Properties)
	route   func(m store.Properties)
	kind    string // of the route of a Network Load Balancer, "" for TCPRoute
	more    func(k *worldtest.KubeLab)
	// except are the fields in which the twins differ, with what a Gateway has.
	except map[string]string
}

// completions are the values that a Gateway's target groups need to be those of an Ingress or a Service: the controller
// has other defaults for Gateways (pkg/gateway/model/model_build_target_group.go), and a Service without the annotation
// for the proxy protocol disables it.
var completions = map[string]store.Properties{
	"alb": {"healthCheckConfig": anyMap("matcher", anyMap("httpCode", "200"), "healthyThresholdCount", 2.0, "unhealthyThresholdCount", 2.0)},
	"nlb": {"healthCheckConfig": anyMap("healthCheckInterval", 10.0, "healthCheckTimeout", 10.0), "targetGroupAttributes": attributes("proxy_protocol_v2.enabled", "false")},
}

// completed returns the configuration of target groups of a twin.
func completed(layer string, targets store.Properties) store.Properties {
	all := store.Clone(completions[layer])
	for field, value := range targets {
		switch before := all[field].(type) {
		case map[string]any:
			maps.Copy(before, store.MapOf(value))
		case []any:
			if !strings.Contains(fmt.Sprint(value), "proxy_protocol") {
				value = slices.Concat(before, value.([]any))
			}
			all[field] = value
		default:
			all[field] = value
		}
	}
	return all
}

// expanded returns a value in which {name} is the ID of a resource of the test.
func expanded(k *worldtest.KubeLab, value any) any {
	switch v := value.(type) {
	case string:
		for name, id := range k.IDs {
			v = strings.ReplaceAll(v, "{"+name+"}", id)
		}
		return v
	case store.Properties:
		all := map[string]any{}
		for key, inner := range v {
			all[key] = expanded(k, inner)
		}
		return all
	case []any:
		var all []any
		for _, inner := range v {
			all = append(all, expanded(k, inner))
		}
		return all
	}
	return value
}

func anyMap(pairs ...any) map[string]any {
	all := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	return all
}

// attributes are a list of attributes of a configuration.
func attributes(pairs ...string) []any {
	var list []any
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, anyMap("key", pairs[i], "value", pairs[i+1]))
	}
	return list
}

// description describes all load balancers of an account without names, ARNs and tags.
func description(k *worldtest.KubeLab) map[string]any {
	found := map[string]any{}
	for i, o := range k.World.All(store.LoadBalancerType) {
		b := elb.LoadBalancerOf(o)
		var groups []string
		for _, id := range b.SecurityGroups {
			group := k.World.Get(store.SecurityGroupType, id)
			text := id
			if store.MadeForBalancer(group) {
				text = "own: " + strings.Join(sources(k, id), ", ")
			}
			groups = append(groups, text)
		}
		slices.Sort(groups)
		key := fmt.Sprintf("load balancer %d", i)
		found[key] = fmt.Sprint(b.Kind, " ", b.Scheme, " ", b.AddressType, " in ", worldtest.Sorted(b.Subnets), " addresses ", o.Texts("allocationIds"), " groups ", groups)
		found[key+" attributes"] = fmt.Sprint(b.Attributes)
		for _, l := range k.World.With(store.ListenerType, "loadBalancerArn", o.ID) {
			describeListener(k, l, found)
		}
	}
	var let []string
	for _, binding := range k.World.All(store.BindingType) {
		let = append(let, store.Texts(binding.Facts["requiredRules"])...)
	}
	slices.Sort(let)
	found["rules for targets"] = fmt.Sprint(slices.Compact(let))
	return found
}

// sources are the rules of a security group.
func sources(k *worldtest.KubeLab, group string) (found []string) {
	for _, r := range k.World.With(store.GroupRuleType, "securityGroupId", group) {
		rule := ec2.GroupRuleOf(r)
		found = append(found, fmt.Sprintf("%s %d-%d %s%s", rule.Protocol, rule.From, rule.To, rule.CIDR, rule.Source))
	}
	slices.Sort(found)
	return found
}

func describeListener(k *worldtest.KubeLab, o *store.Object, into map[string]any) {
	l := elb.ListenerOf(o)
	key := fmt.Sprintf("listener %d", l.Port)
	into[key] = fmt.Sprint(l.Protocol, " certificates ", l.Certificates, " policy ", l.TLSPolicy)
	into[key+" by default"] = fmt.Sprint("redirect ", l.RedirectPort, " to ", targetsOf(k, l.TargetGroups), l.Weights)
	for _, r := range k.World.With(store.ListenerRuleType, "listenerArn", o.ID) {
		rule := elb.ListenerRuleOf(r)
		into[fmt.Sprintf("%s rule %d", key, rule.Priority)] = fmt.Sprint("hosts ", rule.Hosts, " paths ", rule.Paths, " redirect ", rule.RedirectPort, " to ", targetsOf(k, rule.TargetGroups), rule.Weights)
	}
}

// targetsOf describes target groups.
func targetsOf(k *worldtest.KubeLab, arns []string) (found []string) {
	for _, arn := range arns {
		g := elb.TargetGroupOf(k.World.Get(store.TargetGroupType, arn))
		check, _ := json.Marshal(g.HealthCheck)
		found = append(found, fmt.Sprint(g.Protocol, g.Version, " ", g.TargetType, " ", g.AddressType, " port ", k.World.Get(store.TargetGroupType, arn).Number("port"), " targets ", g.Targets, " check ", string(check), " attributes ", g.Attributes))
	}
	return found
}

// balancedTwin is the account with the Ingress or the Service.
func balancedTwin(t *testing.T, layer string, tw *twin) *worldtest.KubeLab {
	k := worldtest.NewCluster(t).Balancing(nil)
	prepare(k, tw)
	var m store.Properties
	if layer == "alb" {
		m = worldtest.Ingress("web", store.MapOf(expanded(k, tw.annotations)))
	} else {
		m = worldtest.NLB(nil)
		annotated := map[string]any{}
		for suffix, value := range tw.annotations {
			annotated[worldtest.NLBPrefix+suffix] = expanded(k, value)
		}
		worldtest.With(worldtest.With(m, "metadata.name", "packets"), "metadata.annotations", annotated)
		if tw.service != nil {
			tw.service(m)
		}
		// The node ports of both twins are those that the API server assigns first.
		k.Remove(store.ServiceType, "default/web")
	}
	if tw.object != nil {
		tw.object(m)
	}
	k.Apply(map[string]string{"alb": store.IngressType, "nlb": store.ServiceType}[layer], m)
	return k
}

// prepare edits the backend, and creates what an option needs.
func prepare(k *worldtest.KubeLab, tw *twin) {
	if tw.service != nil {
		m := worldtest.Service("web", "NodePort")
		tw.service(m)
		k.Remove(store.ServiceType, "default/web") // another protocol would have another node port
		k.Apply(store.ServiceType, m)
	}
	if tw.more != nil {
		tw.more(k)
	}
}

// gatewayTwin is the account with the Gateway.
func gatewayTwin(t *testing.T, layer string, tw *twin) *worldtest.KubeLab {
	k := worldtest.NewCluster(t).Gateways(nil)
	prepare(k, tw)
	if tw.balancer != nil {
		k.Apply(store.BalancerConfigurationType, worldtest.BalancerConfiguration("web", store.MapOf(expanded(k, tw.balancer))))
	}
	gateway := worldtest.Gateway("web", layer)
	if tw.balancer == nil {
		delete(store.MapOf(gateway["spec"]), "infrastructure")
	}
	if tw.gateway != nil {
		tw.gateway(gateway)
	}
	k.Apply(store.GatewayType, gateway)
	k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", completed(layer, tw.targets)))
	typ, route := worldtest.Route("web", layer)
	if tw.kind != "" {
		typ = map[string]string{"UDPRoute": store.UDPRouteType, "TLSRoute": store.TLSRouteType}[tw.kind]
		route["kind"] = tw.kind
	}
	if tw.route != nil {
		tw.route(route)
	}
	k.Apply(typ, route)
	return k
}

// compareTwins reports each field in which the twins differ.
func compareTwins(t *testing.T, layer string, tw *twin) {
	t.Helper()
	balanced, gateway := description(balancedTwin(t, layer, tw)), description(gatewayTwin(t, layer, tw))
	keys := slices.Sorted(maps.Keys(balanced))
	for key := range gateway {
		if _, both := balanced[key]; !both {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if other, differs := tw.except[key]; differs {
			if gateway[key] != other {
				t.Errorf("%s, %s: with a Gateway %v", tw.option, key, gateway[key])
			}
			continue
		}
		if balanced[key] != gateway[key] {
			t.Errorf("%s, %s:\n  without a Gateway %v\n  with a Gateway    %v", tw.option, key, balanced[key], gateway[key])
		}
	}
}

// certificateListeners returns the listeners of a Gateway with a certificate in its configuration.
func certificateListeners(protocols ...string) func(store.Properties) {
	return func(m store.Properties) {
		var listeners []any
		for i, protocol := range protocols {
			port := map[string]float64{"HTTP": 80, "HTTPS": 443, "TLS": 443}[protocol]
			listener := anyMap("name", fmt.Sprintf("l%d", i), "port", port, "protocol", protocol)
			if protocol == "TLS" {
				// The definition requires certificateRefs or options; the certificate is that of the configuration.
				listener["tls"] = anyMap("mode", "Terminate", "options", anyMap("gateway.k8s.aws/certificate", "LoadBalancerConfiguration"))
			}
			listeners = append(listeners, listener)
		}
		worldtest.With(m, "spec.listeners", listeners)
	}
}

func certificateOf(port string) []any {
	return []any{anyMap("protocolPort", port, "defaultCertificate", worldtest.Certificate)}
}

var checks = store.Properties{"healthCheckConfig": anyMap("healthCheckInterval", 20.0, "healthCheckTimeout", 4.0, "healthyThresholdCount", 3.0, "unhealthyThresholdCount", 4.0,
	"healthCheckPath", "/ready", "healthCheckPort", "8080", "healthCheckProtocol", "HTTP", "matcher", anyMap("httpCode", "200-299"))}

func albTwins() []twin {
	return []twin{
		{option: "nothing"},
		{option: "scheme", annotations: anyMap("scheme", "internet-facing"), balancer: store.Properties{"scheme": "internet-facing"}},
		{option: "target ip", annotations: anyMap("target-type", "ip"), targets: store.Properties{"targetType": "ip"}},
		{option: "hosts and paths", object: func(m store.Properties) {
			rule := store.ListOf(store.Nested(m, "spec", "rules"))[0]
			rule["host"] = "shop.example.com"
			worldtest.With(rule, "http.paths", []any{worldtest.Below("/cart", "web")})
		}, route: func(m store.Properties) {
			worldtest.With(m, "spec.hostnames", []any{"shop.example.com"})
			store.ListOf(store.Nested(m, "spec", "rules"))[0]["matches"] = []any{anyMap("path", anyMap("type", "PathPrefix", "value", "/cart"))}
		}},
		{option: "certificate", annotations: anyMap("certificate-arn", worldtest.Certificate, "listen-ports", `[{"HTTP": 80}, {"HTTPS": 443}]`),
			balancer: store.Properties{"listenerConfigurations": certificateOf("HTTPS:443")}, gateway: certificateListeners("HTTP", "HTTPS")},
		{option: "attributes", annotations: anyMap("load-balancer-attributes", "idle_timeout.timeout_seconds=90,routing.http2.enabled=false"),
			balancer: store.Properties{"loadBalancerAttributes": attributes("idle_timeout.timeout_seconds", "90", "routing.http2.enabled", "false")}},
		{option: "target group attributes", annotations: anyMap("target-group-attributes", "deregistration_delay.timeout_seconds=15,stickiness.enabled=true,stickiness.type=lb_cookie"),
			targets: store.Properties{"targetGroupAttributes": attributes("deregistration_delay.timeout_seconds", "15", "stickiness.enabled", "true", "stickiness.type", "lb_cookie")}},
		{option: "health", annotations: anyMap("healthcheck-interval-seconds", "20", "healthcheck-timeout-seconds", "4", "healthy-threshold-count", "3", "unhealthy-threshold-count", "4",
			"healthcheck-path", "/ready", "healthcheck-port", "8080", "healthcheck-protocol", "HTTP", "success-codes", "200-299"), targets: checks},
		{option: "source ranges", annotations: anyMap("scheme", "internet-facing", "inbound-cidrs", "203.0.113.0/24,198.51.100.0/24"),
			balancer: store.Properties{"scheme": "internet-facing", "sourceRanges": []any{"203.0.113.0/24", "198.51.100.0/24"}}},
		{option: "zones", annotations: anyMap("subnets", "{private-a},{private-b}"),
			balancer: store.Properties{"loadBalancerSubnets": []any{anyMap("identifier", "{private-a}"), anyMap("identifier", "{private-b}")}}},
		{option: "security groups", annotations: anyMap("security-groups", "{own}", "manage-backend-security-group-rules", "true"), more: ownGroup,
			balancer: store.Properties{"securityGroups": []any{"{own}"}, "manageBackendSecurityGroupRules": true}},
	}
}

// ownGroup creates a security group of the operator.
func ownGroup(k *worldtest.KubeLab) {
	k.Make("own", store.SecurityGroupType, store.Properties{"vpcId": k.IDs["vpc"], "name": "own"})
}

func nlbTwins() []twin {
	onPort := func(port float64) func(store.Properties) {
		return func(m store.Properties) { store.ListOf(store.Nested(m, "spec", "ports"))[0]["port"] = port }
	}
	return []twin{
		{option: "nothing"},
		{option: "scheme", annotations: anyMap("scheme", "internet-facing"), balancer: store.Properties{"scheme": "internet-facing"}},
		{option: "target ip", annotations: anyMap("nlb-target-type", "ip"), targets: store.Properties{"targetType": "ip"}},
		{option: "UDP", kind: "UDPRoute", service: func(m store.Properties) { store.ListOf(store.Nested(m, "spec", "ports"))[0]["protocol"] = "UDP" },
			gateway: func(m store.Properties) { store.ListOf(store.Nested(m, "spec", "listeners"))[0]["protocol"] = "UDP" }},
		{option: "TLS", annotations: anyMap("ssl-cert", worldtest.Certificate, "ssl-ports", "443"), service: onPort(443),
			balancer: store.Properties{"listenerConfigurations": certificateOf("TLS:443")}, gateway: certificateListeners("TLS"),
			route: func(m store.Properties) {
				store.ListOf(store.ListOf(store.Nested(m, "spec", "rules"))[0]["backendRefs"])[0]["port"] = 443.0
			}},
		{option: "attributes", annotations: anyMap("attributes", "load_balancing.cross_zone.enabled=true"),
			balancer: store.Properties{"loadBalancerAttributes": attributes("load_balancing.cross_zone.enabled", "true")}},
		{option: "target group attributes", annotations: anyMap("target-group-attributes", "deregistration_delay.timeout_seconds=15,preserve_client_ip.enabled=false"),
			targets: store.Properties{"targetGroupAttributes": attributes("deregistration_delay.timeout_seconds", "15", "preserve_client_ip.enabled", "false")}},
		{option: "proxy protocol", annotations: anyMap("proxy-protocol", "*"), targets: store.Properties{"targetGroupAttributes": attributes("proxy_protocol_v2.enabled", "true")}},
		{option: "health", annotations: anyMap("healthcheck-interval", "20", "healthcheck-timeout", "4", "healthcheck-healthy-threshold", "3", "healthcheck-unhealthy-threshold", "4",
			"healthcheck-path", "/ready", "healthcheck-port", "8080", "healthcheck-protocol", "HTTP", "healthcheck-success-codes", "200-299"), targets: checks},
		{option: "source ranges", service: func(m store.Properties) {
			if store.Nested(m, "spec", "type") == "LoadBalancer" {
				worldtest.With(m, "spec.loadBalancerSourceRanges", []any{"203.0.113.0/24"})
			}
		}, balancer: store.Properties{"sourceRanges": []any{"203.0.113.0/24"}}},
		{option: "zones", annotations: anyMap("subnets", "{private-a}"), balancer: store.Properties{"loadBalancerSubnets": []any{anyMap("identifier", "{private-a}")}}},
		{option: "elastic IPs", annotations: anyMap("scheme", "internet-facing", "subnets", "{public-a},{public-b}", "eip-allocations", "{eip-a},{eip-b}"),
			more: func(k *worldtest.KubeLab) {
				k.Make("eip-a", store.EipType, store.Properties{"domain": "vpc"})
				k.Make("eip-b", store.EipType, store.Properties{"domain": "vpc"})
			}, balancer: store.Properties{"scheme": "internet-facing", "loadBalancerSubnets": []any{
				anyMap("identifier", "{public-a}", "eipAllocation", "{eip-a}"), anyMap("identifier", "{public-b}", "eipAllocation", "{eip-b}")}}},
		{option: "security groups", annotations: anyMap("security-groups", "{own}", "manage-backend-security-group-rules", "true"), more: ownGroup,
			balancer: store.Properties{"securityGroups": []any{"{own}"}, "manageBackendSecurityGroupRules": true}},
	}
}

func TestAGatewayHasTheLoadBalancerOfItsIngress(t *testing.T) {
	for _, tw := range albTwins() {
		t.Run(tw.option, func(t *testing.T) { compareTwins(t, "alb", &tw) })
	}
}

func TestAGatewayHasTheLoadBalancerOfItsService(t *testing.T) {
	for _, tw := range nlbTwins() {
		t.Run(tw.option, func(t *testing.T) { compareTwins(t, "nlb", &tw) })
	}
}
