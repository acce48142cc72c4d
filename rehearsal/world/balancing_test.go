package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const nlbPrefix = servicePrefixes + "aws-load-balancer-"

// asked returns annotations of a Network Load Balancer, from pairs.
func asked(pairs ...string) map[string]any {
	annotations := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		annotations[nlbPrefix+pairs[i]] = pairs[i+1]
	}
	return annotations
}

// one returns the only resource of a type that the load balancer controllers created.
func (k *kubeLab) one(typ string) *Object {
	k.t.Helper()
	found := k.world.all(typ, func(o *Object) bool { return o.Owner == controllerOwner || o.Owner == cloudOwner })
	if len(found) != 1 {
		k.t.Fatalf("%d of %s", len(found), typ)
	}
	return found[0]
}

func (k *kubeLab) reached() {
	k.t.Helper()
	if lines := k.world.Unreachable(); len(lines) > 0 {
		k.t.Error(strings.Join(lines, "\n"))
	}
}

func TestChangesThatAWSAllowsAreMadeInPlace(t *testing.T) {
	for what, change := range map[string]struct {
		annotations map[string]any
		shows       func(k *kubeLab) any
		want        any
	}{
		"crosses zones": {asked("cross-zone-load-balancing-enabled", "true"),
			func(k *kubeLab) any {
				return mapOf(k.one(loadBalancerType).at("attributes"))["load_balancing.cross_zone.enabled"]
			}, "true"},
		"has an attribute": {asked("attributes", "dns_record.client_routing_policy=availability_zone_affinity"),
			func(k *kubeLab) any {
				return mapOf(k.one(loadBalancerType).at("attributes"))["dns_record.client_routing_policy"]
			}, "availability_zone_affinity"},
		"has a shorter deregistration delay": {asked("target-group-attributes", "deregistration_delay.timeout_seconds=30"),
			func(k *kubeLab) any {
				return mapOf(k.one(targetGroupType).at("attributes"))["deregistration_delay.timeout_seconds"]
			}, "30"},
		"has proxy protocol": {asked("proxy-protocol", "*"),
			func(k *kubeLab) any {
				return mapOf(k.one(targetGroupType).at("attributes"))["proxy_protocol_v2.enabled"]
			}, "true"},
		"has an HTTP health check": {asked("healthcheck-protocol", "http", "healthcheck-path", "/up", "healthcheck-interval", "20", "healthcheck-healthy-threshold", "5"),
			func(k *kubeLab) any { return healthOf(k.one(targetGroupType)) },
			healthCheck{Protocol: "HTTP", Port: trafficPort, Path: "/up", Matcher: "200-399", Interval: 20, Timeout: 10, Healthy: 5, Unhealthy: 3}},
		"has source ranges": {map[string]any{servicePrefixes + "load-balancer-source-ranges": "10.0.0.0/8"},
			func(k *kubeLab) any {
				own := k.world.with(groupRuleType, "securityGroupId", k.one(loadBalancerType).texts("securityGroups")[0])
				return len(own) == 1 && slices.Equal(own[0].texts("cidrBlocks"), []string{"10.0.0.0/8"})
			}, true},
	} {
		t.Run(what, func(t *testing.T) {
			k := newCluster(t).controlled()
			k.apply(deploymentType, web())
			before := k.standing()
			address := hostname(k.apply(serviceType, nlb(nil)))
			group := k.one(targetGroupType).ID
			k.must(k.update(serviceType, "default/web", nlb(change.annotations)))
			if got := change.shows(k); got != change.want {
				t.Errorf("%v, and not %v", got, change.want)
			}
			if k.one(loadBalancerType).text("dnsName") != address || k.one(targetGroupType).ID != group {
				t.Error("it is another load balancer or target group")
			}
			k.reached()
			k.remove(serviceType, "default/web")
			k.unchanged(before)
		})
	}
}

func TestAChangeThatATargetGroupDoesNotAllowReplacesItBehindTheSameAddress(t *testing.T) {
	udp := func() Properties {
		return edited(nlb(asked("healthcheck-port", "10256")), "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": 8080.0, "protocol": "UDP"}})
	}
	for what, changed := range map[string]Properties{
		"targets are IP addresses": nlb(asked("nlb-target-type", "ip")),
		"it forwards UDP":          udp(),
	} {
		t.Run(what, func(t *testing.T) {
			k := newCluster(t).controlled()
			k.apply(deploymentType, web())
			before := k.standing()
			address := hostname(k.apply(serviceType, nlb(nil)))
			group := k.one(targetGroupType).ID
			k.must(k.update(serviceType, "default/web", changed))
			if k.one(targetGroupType).ID == group || k.one(loadBalancerType).text("dnsName") != address || len(k.world.in("dev", bindingType)) != 1 {
				t.Errorf("target group %s, %d bindings", k.one(targetGroupType).ID, len(k.world.in("dev", bindingType)))
			}
			k.reached()
			k.remove(serviceType, "default/web")
			k.unchanged(before)
		})
	}
}

func TestAnotherNameOfAnExistingLoadBalancerChangesNothing(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	address := hostname(k.apply(serviceType, nlb(nil)))
	k.must(k.update(serviceType, "default/web", nlb(asked("name", "shop"))))
	if k.one(loadBalancerType).text("dnsName") != address {
		t.Error("it is another load balancer")
	}
}

func TestElasticIPAddressesAreAssociatedInTheirOrderAndReleased(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	ids := k.world.Hold("eipalloc-1", "eipalloc-2", "eipalloc-3")
	if len(ids) != 3 || len(k.world.Hold("eipalloc-1")) != 0 {
		t.Fatal("addresses are associated twice")
	}
	before := k.standing()
	subnets := k.ids["public-b"] + "," + k.ids["public-a"]
	held := asked("scheme", "internet-facing", "subnets", subnets, "eip-allocations", "eipalloc-1,eipalloc-2")
	k.apply(serviceType, nlb(held))
	in := map[string]string{}
	for _, eni := range k.world.interfacesOf(k.one(loadBalancerType).text("description")) {
		in[eni.text("publicIp")] = eni.text("subnetId")
	}
	address := func(id string) string { return k.world.get(eipType, id).text("publicIp") }
	if in[address("eipalloc-1")] != k.ids["public-b"] || in[address("eipalloc-2")] != k.ids["public-a"] {
		t.Errorf("addresses in %v", in)
	}
	refused(t, k.delete(eipType, "eipalloc-1"), eipUnused)
	// The controller compares subnets only: other addresses need another load balancer.
	held[nlbPrefix+"eip-allocations"] = "eipalloc-3,eipalloc-2"
	k.must(k.update(serviceType, "default/web", nlb(held)))
	if k.world.get(eipType, "eipalloc-3").text("networkInterface") != "" {
		t.Error("another address was associated with an existing load balancer")
	}
	k.remove(serviceType, "default/web")
	k.unchanged(before)
	for _, id := range ids {
		if k.world.get(eipType, id).text("networkInterface") != "" {
			t.Errorf("%s is still in use", id)
		}
	}
	if left := k.world.Orphans(func(typ, id string) bool {
		return before[key{"", typ, id}] && !strings.HasPrefix(id, "eipalloc-1") && !strings.HasPrefix(id, "eipalloc-2") && !strings.HasPrefix(id, "eipalloc-3") || id == k.ids["eip"]
	}); len(left) != 0 {
		t.Errorf("the operator's own addresses are leftovers: %v", left)
	}
}

func TestZonesOfALoadBalancerAreAddedAndRemoved(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	zones := func(names ...string) Properties {
		var subnets []string
		for _, name := range names {
			subnets = append(subnets, k.ids["public-"+name])
		}
		return nlb(asked("scheme", "internet-facing", "subnets", strings.Join(subnets, ",")))
	}
	address := hostname(k.apply(serviceType, zones("a")))
	inZones := func(want ...string) {
		t.Helper()
		var in []string
		for _, eni := range k.world.interfacesOf(k.one(loadBalancerType).text("description")) {
			if !lingering(eni) {
				in = append(in, eni.text("subnetId"))
			}
		}
		var wanted []string
		for _, zone := range want {
			wanted = append(wanted, k.ids["public-"+zone])
		}
		if !slices.Equal(sorted(in), sorted(wanted)) || k.one(loadBalancerType).text("dnsName") != address {
			t.Errorf("it is in %v, and not in %v", in, wanted)
		}
	}
	inZones("a")
	k.must(k.update(serviceType, "default/web", zones("a", "b")))
	inZones("a", "b")
	k.must(k.update(serviceType, "default/web", zones("b")))
	inZones("b")
	// Without the annotation a load balancer keeps its zones.
	k.must(k.update(serviceType, "default/web", nlb(asked("scheme", "internet-facing"))))
	inZones("b")
}

func TestWithTheLocalPolicyNodesWithoutPodsAreNotHealthy(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, scaled(1))
	local := func(annotations map[string]any) Properties {
		return edited(nlb(annotations), "spec.externalTrafficPolicy", "Local")
	}
	k.apply(serviceType, local(nil))
	port := strconv.Itoa(k.world.find("dev", serviceType, "default/web").number("spec.healthCheckNodePort"))
	group := k.one(targetGroupType)
	if h := healthOf(group); h.Port != port || h.Protocol != "HTTP" || h.Path != "/healthz" {
		t.Errorf("the check is %s", h)
	}
	healthy := 0
	for _, id := range group.texts("targets") {
		if k.world.unhealthy(group, id) == "" {
			healthy++
		}
	}
	if healthy != 1 || len(group.texts("targets")) != 2 {
		t.Errorf("%d of %d nodes are healthy", healthy, len(group.texts("targets")))
	}
	k.reached()
	k.must(k.update(serviceType, "default/web", local(asked("proxy-protocol", "*"))))
	if lines := k.world.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], "speaks no proxy protocol") {
		t.Errorf("reported as %v", lines)
	}
	// With the policy Cluster the port is released, and the check uses the traffic port.
	k.must(k.update(serviceType, "default/web", nlb(nil)))
	if k.world.find("dev", serviceType, "default/web").at("spec.healthCheckNodePort") != nil || healthOf(k.one(targetGroupType)).Port != trafficPort {
		t.Error("the health check port stays")
	}
	k.reached()
}

func TestAHealthCheckThatFailsIsReported(t *testing.T) {
	for what, c := range map[string]struct {
		m    Properties
		want string
	}{
		"a port that no container has": {nlb(asked("nlb-target-type", "ip", "healthcheck-port", "9090")), "listens on TCP port 9090"},
		"UDP on the nodes": {edited(nlb(nil), "spec.ports", []any{map[string]any{"port": 53.0, "targetPort": 8080.0, "protocol": "UDP"}}),
			"listens on TCP port 300"},
	} {
		k := newCluster(t).controlled()
		k.apply(deploymentType, web())
		k.apply(serviceType, c.m)
		if lines := k.world.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], c.want) {
			t.Errorf("%s is reported as %v", what, lines)
		}
	}
}

func TestSecurityGroupsOfAServiceReplaceTheControllers(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	group := k.make("front", securityGroupType, Properties{"name": "front", "vpcId": k.ids["vpc"]})
	before := k.standing()
	k.apply(serviceType, nlb(asked("security-groups", group)))
	if worn := k.one(loadBalancerType).texts("securityGroups"); !slices.Equal(worn, []string{group}) {
		t.Errorf("it has %v", worn)
	}
	if lines := k.world.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], "do not let the load balancer in") {
		t.Errorf("nodes that do not allow it are reported as %v", lines)
	}
	k.must(k.update(serviceType, "default/web", nlb(asked("security-groups", group, "manage-backend-security-group-rules", "true"))))
	if worn := k.one(loadBalancerType).texts("securityGroups"); len(worn) != 2 || worn[0] != group {
		t.Errorf("it has %v", worn)
	}
	k.reached()
	k.remove(serviceType, "default/web")
	k.unchanged(before)
}

func TestTheLoadBalancerTerminatesTLS(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, edited(nlb(asked("ssl-cert", certificate, "ssl-ports", "443")), "spec.ports", []any{map[string]any{"port": 443.0, "targetPort": 8080.0}}))
	l := k.one(listenerType)
	if l.text("protocol") != "TLS" || !slices.Equal(l.texts("certificates"), []string{certificate}) || k.one(targetGroupType).text("protocol") != "TCP" {
		t.Errorf("listener %v, target group of %s", l.Outputs, k.one(targetGroupType).text("protocol"))
	}
	k.reached()
}

func TestAListenerHasTheTLSPolicyOfItsAnnotationOrTheControllersDefault(t *testing.T) {
	const strict = "ELBSecurityPolicy-TLS13-1-2-2021-06"
	policies := func(k *kubeLab) (reported []string) {
		for _, l := range k.world.all(listenerType) {
			reported = append(reported, l.text("protocol")+" "+l.text("sslPolicy"))
		}
		return sorted(reported)
	}
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	port := []any{map[string]any{"port": 443.0, "targetPort": 8080.0}}
	k.apply(serviceType, edited(nlb(asked("ssl-cert", certificate, "ssl-ports", "443")), "spec.ports", port))
	if reported := policies(k); !slices.Equal(reported, []string{"TLS ELBSecurityPolicy-2016-08"}) {
		t.Errorf("by default: %v", reported)
	}
	k.must(k.update(serviceType, "default/web", edited(nlb(asked("ssl-cert", certificate, "ssl-ports", "443", "ssl-negotiation-policy", strict)), "spec.ports", port)))
	if reported := policies(k); !slices.Equal(reported, []string{"TLS " + strict}) {
		t.Errorf("with an annotation: %v", reported)
	}
	both := map[string]any{"certificate-arn": certificate, "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`}
	k = newCluster(t).balancing(nil)
	k.apply(ingressType, ingress("web", both))
	if reported := policies(k); !slices.Equal(reported, []string{"HTTP ", "HTTPS ELBSecurityPolicy-2016-08"}) {
		t.Errorf("of an Ingress by default: %v", reported)
	}
	both["ssl-policy"] = strict
	k.must(k.update(ingressType, "default/web", ingress("web", both)))
	if reported := policies(k); !slices.Equal(reported, []string{"HTTP ", "HTTPS " + strict}) {
		t.Errorf("of an Ingress with an annotation: %v", reported)
	}
}

func TestTheNodesSecurityGroupsAllowUDP(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	m := nlb(asked("nlb-target-type", "ip", "healthcheck-port", "8080"))
	k.apply(serviceType, edited(m, "spec.ports", []any{map[string]any{"port": 53.0, "targetPort": 5353.0, "protocol": "UDP"}}))
	shared := k.world.controllerOf("dev").sharedGroup().ID
	var open []string
	for _, r := range k.world.with(groupRuleType, "sourceSecurityGroupId", shared) {
		open = append(open, fmt.Sprint(r.text("protocol"), r.number("fromPort")))
	}
	if !slices.Equal(sorted(open), []string{"tcp8080", "udp5353"}) || k.one(targetGroupType).text("protocol") != "UDP" {
		t.Errorf("open are %v", open)
	}
	k.reached()
}

func TestHTTPIsRedirectedAndHTTPSHasADefaultAction(t *testing.T) {
	k := newCluster(t).balancing(nil)
	m := ingress("web", map[string]any{"certificate-arn": certificate, "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, "ssl-redirect": "443"})
	k.apply(ingressType, edited(m, "spec.defaultBackend", below("/", "web")["backend"]))
	for _, l := range k.world.all(listenerType) {
		rules := k.world.with(listenerRuleType, "listenerArn", l.ID)
		switch redirects := l.number("redirect"); {
		case l.number("port") == 80 && (redirects != 443 || len(rules) > 0 || len(l.texts("targetGroupArns")) > 0):
			t.Errorf("port 80 redirects to %d, %d rules", redirects, len(rules))
		case l.number("port") == 443 && (redirects != 0 || len(rules) != 1 || len(l.texts("targetGroupArns")) != 1):
			t.Errorf("port 443 redirects to %d, %d rules, forwards to %v", redirects, len(rules), l.texts("targetGroupArns"))
		}
	}
	address := k.one(loadBalancerType).text("dnsName")
	k.must(k.update(ingressType, "default/web", ingress("web", nil)))
	if k.one(listenerType).number("redirect") != 0 || k.one(loadBalancerType).text("dnsName") != address {
		t.Error("the redirect remains, or the load balancer is another")
	}
	k.reached()
}

func TestAnApplicationLoadBalancerChangesInPlace(t *testing.T) {
	k := newCluster(t).balancing(nil)
	before := k.standing()
	k.apply(ingressType, ingress("web", nil))
	address, group := k.one(loadBalancerType).text("dnsName"), k.one(targetGroupType).ID
	k.must(k.update(ingressType, "default/web", ingress("web", map[string]any{"healthcheck-path": "/up", "healthcheck-interval-seconds": "30", "inbound-cidrs": "10.0.0.0/8",
		"load-balancer-attributes": "idle_timeout.timeout_seconds=90", "target-group-attributes": "deregistration_delay.timeout_seconds=5"})))
	if h := healthOf(k.one(targetGroupType)); h.Path != "/up" || h.Interval != 30 || k.one(targetGroupType).ID != group {
		t.Errorf("the check is %s, every %d seconds", h, h.Interval)
	}
	if mapOf(k.one(loadBalancerType).at("attributes"))["idle_timeout.timeout_seconds"] != "90" || k.one(loadBalancerType).text("dnsName") != address {
		t.Error("the attribute is not set, or the load balancer is another")
	}
	// Another version of HTTP needs another target group.
	k.must(k.update(ingressType, "default/web", ingress("web", map[string]any{"backend-protocol-version": "HTTP2"})))
	if k.one(targetGroupType).ID == group || k.one(loadBalancerType).text("dnsName") != address {
		t.Error("the target group is the same, or the load balancer another")
	}
	k.remove(ingressType, "default/web")
	k.unchanged(before)
}

func TestPodsWaitForTheirTargetsToBeHealthy(t *testing.T) {
	k := newCluster(t)
	k.gatedWeb()
	pods := func() []*Object { return k.world.inNamespace("dev", podType, "default", podReady) }
	for _, pod := range pods() {
		if gates := gatesOf(pod); len(gates) != 1 || condition(pod, gates[0]) != "True" {
			t.Errorf("%s waits for %v", pod.ID, gates)
		}
	}
	k.reached()
	// While the controller can't act, a rollout stops and the existing pods continue to serve.
	old := len(pods())
	k.must(k.delete(attachmentType, "lbc-attachment"))
	refused(t, k.update(deploymentType, "default/web", edited(web(), "spec.template.metadata.annotations", map[string]any{"again": "1"})), podGated)
	if len(pods()) != old || old != 2 {
		t.Errorf("%d of %d pods still serve", len(pods()), old)
	}
	k.make("lbc-attachment", attachmentType, Properties{"role": "lbc-role", "policyArn": k.ids["lbc-policy"]})
	for _, pod := range pods() {
		if pod.meta().GetAnnotations()["again"] != "1" {
			t.Errorf("%s is of before the rollout", pod.ID)
		}
	}
	k.remove(serviceType, "default/web")
	if len(pods()) != 2 {
		t.Error("pods are not ready after their load balancer is deleted")
	}
}

func TestPodsOlderThanTheirLoadBalancerHaveNoReadinessGateAndThisIsReported(t *testing.T) {
	k := newCluster(t).controlled()
	k.world.find("dev", namespaceType, "default").set("metadata.labels", map[string]any{gateLabel: "enabled"})
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(asked("nlb-target-type", "ip")))
	if lines := k.world.Unreachable(); len(lines) != 2 || !strings.Contains(lines[0], "has no readiness gate") {
		t.Errorf("reported as %v", lines)
	}
}

func TestAClassicLoadBalancerHasTheSettingsOfItsService(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	before := k.standing()
	address := hostname(k.apply(serviceType, classicWith()))
	shows := func(path string) any { return k.one(classicType).at(path) }
	if shows("attributes.crossZone") != false || shows("attributes.connectionDraining") != false || !strings.HasPrefix(shows("healthCheck.target").(string), "TCP:3") {
		t.Errorf("by default it has %v, check %v", shows("attributes"), shows("healthCheck"))
	}
	with := classicWith("aws-load-balancer-proxy-protocol", "*", "aws-load-balancer-cross-zone-load-balancing-enabled", "true", classicDraining, "true", classicDrainingPeriod, "60")
	k.must(k.update(serviceType, "default/web", edited(with, "spec.loadBalancerSourceRanges", []any{"10.0.0.0/8"})))
	if shows("proxyProtocol") != true || shows("attributes.crossZone") != true || shows("attributes.connectionDrainingTimeout") != 60.0 {
		t.Errorf("it has %v, proxy protocol %v", shows("attributes"), shows("proxyProtocol"))
	}
	k.must(k.update(serviceType, "default/web", edited(classicWith(), "spec.externalTrafficPolicy", "Local")))
	port := strconv.Itoa(k.world.find("dev", serviceType, "default/web").number("spec.healthCheckNodePort"))
	if shows("healthCheck.target") != "HTTP:"+port+"/healthz" || shows("proxyProtocol") != false {
		t.Errorf("the check is %v, proxy protocol %v", shows("healthCheck.target"), shows("proxyProtocol"))
	}
	k.reached()
	k.must(k.update(serviceType, "default/web", edited(classicWith("aws-load-balancer-proxy-protocol", "*"), "spec.externalTrafficPolicy", "Local")))
	k.reached() // the policy is that of the node port; kube-proxy's health check does not use it
	k.must(k.update(serviceType, "default/web", classicWith("aws-load-balancer-subnets", k.ids["public-a"])))
	if shows("dnsName") != address || !slices.Equal(k.one(classicType).texts("subnets"), []string{k.ids["public-a"]}) {
		t.Errorf("it is in %v, address %v", k.one(classicType).texts("subnets"), shows("dnsName"))
	}
	k.remove(serviceType, "default/web")
	k.unchanged(before)
}
