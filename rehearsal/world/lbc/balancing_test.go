package lbc_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func reached(k *worldtest.KubeLab) {
	k.T.Helper()
	if lines := k.World.Unreachable(); len(lines) > 0 {
		k.T.Error(strings.Join(lines, "\n"))
	}
}

func TestChangesThatAWSAllowsAreMadeInPlace(t *testing.T) {
	for what, change := range map[string]struct {
		annotations map[string]any
		shows       func(k *worldtest.KubeLab) any
		want        any
	}{
		"crosses zones": {worldtest.Asked("cross-zone-load-balancing-enabled", "true"),
			func(k *worldtest.KubeLab) any {
				return store.MapOf(k.One(store.LoadBalancerType).At("attributes"))["load_balancing.cross_zone.enabled"]
			}, "true"},
		"has an attribute": {worldtest.Asked("attributes", "dns_record.client_routing_policy=availability_zone_affinity"),
			func(k *worldtest.KubeLab) any {
				return store.MapOf(k.One(store.LoadBalancerType).At("attributes"))["dns_record.client_routing_policy"]
			}, "availability_zone_affinity"},
		"has a shorter deregistration delay": {worldtest.Asked("target-group-attributes", "deregistration_delay.timeout_seconds=30"),
			func(k *worldtest.KubeLab) any {
				return store.MapOf(k.One(store.TargetGroupType).At("attributes"))["deregistration_delay.timeout_seconds"]
			}, "30"},
		"has proxy protocol": {worldtest.Asked("proxy-protocol", "*"),
			func(k *worldtest.KubeLab) any {
				return store.MapOf(k.One(store.TargetGroupType).At("attributes"))["proxy_protocol_v2.enabled"]
			}, "true"},
		"has an HTTP health check": {worldtest.Asked("healthcheck-protocol", "http", "healthcheck-path", "/up", "healthcheck-interval", "20", "healthcheck-healthy-threshold", "5"),
			func(k *worldtest.KubeLab) any { return elb.TargetGroupOf(k.One(store.TargetGroupType)).HealthCheck },
			elb.HealthCheck{Protocol: "HTTP", Port: elb.TrafficPort, Path: "/up", Matcher: "200-399", Interval: 20, Timeout: 10, Healthy: 5, Unhealthy: 3}},
		"has source ranges": {map[string]any{ccm.ServicePrefixes + "load-balancer-source-ranges": "10.0.0.0/8"},
			func(k *worldtest.KubeLab) any {
				own := k.World.With(store.GroupRuleType, "securityGroupId", k.One(store.LoadBalancerType).Texts("securityGroups")[0])
				return len(own) == 1 && slices.Equal(own[0].Texts("cidrBlocks"), []string{"10.0.0.0/8"})
			}, true},
	} {
		t.Run(what, func(t *testing.T) {
			k := worldtest.NewCluster(t).Controlled()
			k.Apply(store.DeploymentType, worldtest.Web())
			before := k.Standing()
			address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.NLB(nil)))
			group := k.One(store.TargetGroupType).ID
			k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(change.annotations)))
			if got := change.shows(k); got != change.want {
				t.Errorf("%v, and not %v", got, change.want)
			}
			if k.One(store.LoadBalancerType).Text("dnsName") != address || k.One(store.TargetGroupType).ID != group {
				t.Error("it is another load balancer or target group")
			}
			reached(k)
			k.Remove(store.ServiceType, "default/web")
			k.Unchanged(before)
		})
	}
}

// AWS creates the load balancer without an error (docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html).
func TestAnAccountThatBlocksPublicAccessHasLoadBalancersThatClientsDoNotReach(t *testing.T) {
	for scheme, unreached := range map[string]int{"internet-facing": 1, "internal": 0} {
		k := worldtest.NewCluster(t).Controlled()
		k.World.Options.PublicAccessBlock = store.BlockIngress
		k.Apply(store.DeploymentType, worldtest.Web())
		k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("scheme", scheme)))
		if lines := k.World.Unreachable(); len(lines) != unreached || unreached > 0 && !strings.Contains(lines[0], "VPC Block Public Access is block-ingress") {
			t.Errorf("%s: %q", scheme, lines)
		}
	}
}

func TestAChangeThatATargetGroupDoesNotAllowReplacesItBehindTheSameAddress(t *testing.T) {
	udp := func() store.Properties {
		return worldtest.Edited(worldtest.NLB(worldtest.Asked("healthcheck-port", "10256")), "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": 8080.0, "protocol": "UDP"}})
	}
	for what, changed := range map[string]store.Properties{
		"targets are IP addresses": worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")),
		"it forwards UDP":          udp(),
	} {
		t.Run(what, func(t *testing.T) {
			k := worldtest.NewCluster(t).Controlled()
			k.Apply(store.DeploymentType, worldtest.Web())
			before := k.Standing()
			address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.NLB(nil)))
			group := k.One(store.TargetGroupType).ID
			k.Must(k.Update(store.ServiceType, "default/web", changed))
			if k.One(store.TargetGroupType).ID == group || k.One(store.LoadBalancerType).Text("dnsName") != address || len(kube.ObjectsIn(k.World.Account, "dev", store.BindingType)) != 1 {
				t.Errorf("target group %s, %d bindings", k.One(store.TargetGroupType).ID, len(kube.ObjectsIn(k.World.Account, "dev", store.BindingType)))
			}
			reached(k)
			k.Remove(store.ServiceType, "default/web")
			k.Unchanged(before)
		})
	}
}

func TestAnotherNameOfAnExistingLoadBalancerChangesNothing(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.NLB(nil)))
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(worldtest.Asked("name", "shop"))))
	if k.One(store.LoadBalancerType).Text("dnsName") != address {
		t.Error("it is another load balancer")
	}
}

func TestElasticIPAddressesAreAssociatedInTheirOrderAndReleased(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	ids := k.World.Hold("eipalloc-1", "eipalloc-2", "eipalloc-3")
	if len(ids) != 3 || len(k.World.Hold("eipalloc-1")) != 0 {
		t.Fatal("addresses are associated twice")
	}
	before := k.Standing()
	subnets := k.IDs["public-b"] + "," + k.IDs["public-a"]
	held := worldtest.Asked("scheme", "internet-facing", "subnets", subnets, "eip-allocations", "eipalloc-1,eipalloc-2")
	k.Apply(store.ServiceType, worldtest.NLB(held))
	in := map[string]string{}
	for _, eni := range ec2.InterfacesOf(k.World.Account, k.One(store.LoadBalancerType).Text("description")) {
		in[eni.Text("publicIp")] = eni.Text("subnetId")
	}
	address := func(id string) string { return k.World.Get(store.EipType, id).Text("publicIp") }
	if in[address("eipalloc-1")] != k.IDs["public-b"] || in[address("eipalloc-2")] != k.IDs["public-a"] {
		t.Errorf("addresses in %v", in)
	}
	worldtest.Refused(t, k.Delete(store.EipType, "eipalloc-1"), ec2.EipUnused)
	// The controller compares subnets only: other addresses need another load balancer.
	held[worldtest.NLBPrefix+"eip-allocations"] = "eipalloc-3,eipalloc-2"
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(held)))
	if k.World.Get(store.EipType, "eipalloc-3").Text("networkInterface") != "" {
		t.Error("another address was associated with an existing load balancer")
	}
	k.Remove(store.ServiceType, "default/web")
	k.Unchanged(before)
	for _, id := range ids {
		if k.World.Get(store.EipType, id).Text("networkInterface") != "" {
			t.Errorf("%s is still in use", id)
		}
	}
	if left := k.World.Orphans(func(typ, id string) bool {
		return before[store.Key{Cluster: "", Typ: typ, ID: id}] && !strings.HasPrefix(id, "eipalloc-1") && !strings.HasPrefix(id, "eipalloc-2") && !strings.HasPrefix(id, "eipalloc-3") || id == k.IDs["eip"]
	}); len(left) != 0 {
		t.Errorf("the operator's own addresses are leftovers: %v", left)
	}
}

func TestZonesOfALoadBalancerAreAddedAndRemoved(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	zones := func(names ...string) store.Properties {
		var subnets []string
		for _, name := range names {
			subnets = append(subnets, k.IDs["public-"+name])
		}
		return worldtest.NLB(worldtest.Asked("scheme", "internet-facing", "subnets", strings.Join(subnets, ",")))
	}
	address := worldtest.Hostname(k.Apply(store.ServiceType, zones("a")))
	inZones := func(want ...string) {
		t.Helper()
		var in []string
		for _, eni := range ec2.InterfacesOf(k.World.Account, k.One(store.LoadBalancerType).Text("description")) {
			if !ec2.IsLingering(eni) {
				in = append(in, eni.Text("subnetId"))
			}
		}
		var wanted []string
		for _, zone := range want {
			wanted = append(wanted, k.IDs["public-"+zone])
		}
		if !slices.Equal(worldtest.Sorted(in), worldtest.Sorted(wanted)) || k.One(store.LoadBalancerType).Text("dnsName") != address {
			t.Errorf("it is in %v, and not in %v", in, wanted)
		}
	}
	inZones("a")
	k.Must(k.Update(store.ServiceType, "default/web", zones("a", "b")))
	inZones("a", "b")
	k.Must(k.Update(store.ServiceType, "default/web", zones("b")))
	inZones("b")
	// Without the annotation a load balancer keeps its zones.
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(worldtest.Asked("scheme", "internet-facing"))))
	inZones("b")
}

func TestWithTheLocalPolicyNodesWithoutPodsAreNotHealthy(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Scaled(1))
	local := func(annotations map[string]any) store.Properties {
		return worldtest.Edited(worldtest.NLB(annotations), "spec.externalTrafficPolicy", "Local")
	}
	k.Apply(store.ServiceType, local(nil))
	port := strconv.Itoa(k.World.Find("dev", store.ServiceType, "default/web").Number("spec.healthCheckNodePort"))
	group := k.One(store.TargetGroupType)
	if h := elb.TargetGroupOf(group).HealthCheck; h.Port != port || h.Protocol != "HTTP" || h.Path != "/healthz" {
		t.Errorf("the check is %s", h)
	}
	healthy := 0
	for _, id := range group.Texts("targets") {
		if elb.FailedHealthCheck(k.World.Account, group, id) == "" {
			healthy++
		}
	}
	if healthy != 1 || len(group.Texts("targets")) != 2 {
		t.Errorf("%d of %d nodes are healthy", healthy, len(group.Texts("targets")))
	}
	reached(k)
	k.Must(k.Update(store.ServiceType, "default/web", local(worldtest.Asked("proxy-protocol", "*"))))
	if lines := k.World.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], "speaks no proxy protocol") {
		t.Errorf("reported as %v", lines)
	}
	// With the policy Cluster the port is released, and the check uses the traffic port.
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(nil)))
	if k.World.Find("dev", store.ServiceType, "default/web").At("spec.healthCheckNodePort") != nil || elb.TargetGroupOf(k.One(store.TargetGroupType)).HealthCheck.Port != elb.TrafficPort {
		t.Error("the health check port stays")
	}
	reached(k)
}

func TestAHealthCheckThatFailsIsReported(t *testing.T) {
	for what, c := range map[string]struct {
		m    store.Properties
		want string
	}{
		"a port that no container has": {worldtest.NLB(worldtest.Asked("nlb-target-type", "ip", "healthcheck-port", "9090")), "listens on TCP port 9090"},
		"UDP on the nodes": {worldtest.Edited(worldtest.NLB(nil), "spec.ports", []any{map[string]any{"port": 53.0, "targetPort": 8080.0, "protocol": "UDP"}}),
			"listens on TCP port 300"},
	} {
		k := worldtest.NewCluster(t).Controlled()
		k.Apply(store.DeploymentType, worldtest.Web())
		k.Apply(store.ServiceType, c.m)
		if lines := k.World.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], c.want) {
			t.Errorf("%s is reported as %v", what, lines)
		}
	}
}

func TestSecurityGroupsOfAServiceReplaceTheControllers(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	group := k.Make("front", store.SecurityGroupType, store.Properties{"name": "front", "vpcId": k.IDs["vpc"]})
	before := k.Standing()
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("security-groups", group)))
	if worn := k.One(store.LoadBalancerType).Texts("securityGroups"); !slices.Equal(worn, []string{group}) {
		t.Errorf("it has %v", worn)
	}
	if lines := k.World.Unreachable(); len(lines) != 1 || !strings.Contains(lines[0], "do not let the load balancer in") {
		t.Errorf("nodes that do not allow it are reported as %v", lines)
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(worldtest.Asked("security-groups", group, "manage-backend-security-group-rules", "true"))))
	if worn := k.One(store.LoadBalancerType).Texts("securityGroups"); len(worn) != 2 || worn[0] != group {
		t.Errorf("it has %v", worn)
	}
	reached(k)
	k.Remove(store.ServiceType, "default/web")
	k.Unchanged(before)
}

// The controller changes the web ACL that a group of Ingresses requests, and removes it only for the value none.
func TestAnIngressKeepsItsWebACLWithoutAnAnnotation(t *testing.T) {
	const acl = "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/"
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	for _, step := range []struct{ annotation, want string }{{acl + "shop/1", acl + "shop/1"}, {acl + "shop/2", acl + "shop/2"}, {"", acl + "shop/2"}, {"none", ""}} {
		annotations := map[string]any{}
		if step.annotation != "" {
			annotations["wafv2-acl-arn"] = step.annotation
		}
		k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", annotations)))
		if got := elb.LoadBalancerOf(k.One(store.LoadBalancerType)).WebACL; got != step.want {
			t.Errorf("with the annotation %q: %q, want %q", step.annotation, got, step.want)
		}
	}
}

func TestTheNodesSecurityGroupsAllowUDP(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	m := worldtest.NLB(worldtest.Asked("nlb-target-type", "ip", "healthcheck-port", "8080"))
	k.Apply(store.ServiceType, worldtest.Edited(m, "spec.ports", []any{map[string]any{"port": 53.0, "targetPort": 5353.0, "protocol": "UDP"}}))
	shared := lbc.ControllerOf(k.World.Account, "dev").SharedGroup().ID
	var open []string
	for _, r := range k.World.With(store.GroupRuleType, "sourceSecurityGroupId", shared) {
		open = append(open, fmt.Sprint(r.Text("protocol"), r.Number("fromPort")))
	}
	if !slices.Equal(worldtest.Sorted(open), []string{"tcp8080", "udp5353"}) || k.One(store.TargetGroupType).Text("protocol") != "UDP" {
		t.Errorf("open are %v", open)
	}
	reached(k)
}

func TestAnApplicationLoadBalancerChangesInPlace(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	before := k.Standing()
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	address, group := k.One(store.LoadBalancerType).Text("dnsName"), k.One(store.TargetGroupType).ID
	k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", map[string]any{"healthcheck-path": "/up", "healthcheck-interval-seconds": "30", "inbound-cidrs": "10.0.0.0/8",
		"load-balancer-attributes": "idle_timeout.timeout_seconds=90", "target-group-attributes": "deregistration_delay.timeout_seconds=5"})))
	if h := elb.TargetGroupOf(k.One(store.TargetGroupType)).HealthCheck; h.Path != "/up" || h.Interval != 30 || k.One(store.TargetGroupType).ID != group {
		t.Errorf("the check is %s, every %d seconds", h, h.Interval)
	}
	if store.MapOf(k.One(store.LoadBalancerType).At("attributes"))["idle_timeout.timeout_seconds"] != "90" || k.One(store.LoadBalancerType).Text("dnsName") != address {
		t.Error("the attribute is not set, or the load balancer is another")
	}
	// Another version of HTTP needs another target group.
	k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", map[string]any{"backend-protocol-version": "HTTP2"})))
	if k.One(store.TargetGroupType).ID == group || k.One(store.LoadBalancerType).Text("dnsName") != address {
		t.Error("the target group is the same, or the load balancer another")
	}
	k.Remove(store.IngressType, "default/web")
	k.Unchanged(before)
}

func TestAClassicLoadBalancerHasTheSettingsOfItsService(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	before := k.Standing()
	address := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.ClassicWith()))
	shows := func(path string) any { return k.One(store.ClassicType).At(path) }
	if shows("attributes.crossZone") != false || shows("attributes.connectionDraining") != false || !strings.HasPrefix(shows("healthCheck.target").(string), "TCP:3") {
		t.Errorf("by default it has %v, check %v", shows("attributes"), shows("healthCheck"))
	}
	with := worldtest.ClassicWith("aws-load-balancer-proxy-protocol", "*", "aws-load-balancer-cross-zone-load-balancing-enabled", "true", ccm.ClassicDraining, "true", ccm.ClassicDrainingPeriod, "60")
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(with, "spec.loadBalancerSourceRanges", []any{"10.0.0.0/8"})))
	if shows("proxyProtocol") != true || shows("attributes.crossZone") != true || shows("attributes.connectionDrainingTimeout") != 60.0 {
		t.Errorf("it has %v, proxy protocol %v", shows("attributes"), shows("proxyProtocol"))
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.ClassicWith(), "spec.externalTrafficPolicy", "Local")))
	port := strconv.Itoa(k.World.Find("dev", store.ServiceType, "default/web").Number("spec.healthCheckNodePort"))
	if shows("healthCheck.target") != "HTTP:"+port+"/healthz" || shows("proxyProtocol") != false {
		t.Errorf("the check is %v, proxy protocol %v", shows("healthCheck.target"), shows("proxyProtocol"))
	}
	reached(k)
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.ClassicWith("aws-load-balancer-proxy-protocol", "*"), "spec.externalTrafficPolicy", "Local")))
	reached(k) // the policy is that of the node port; kube-proxy's health check does not use it
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.ClassicWith("aws-load-balancer-subnets", k.IDs["public-a"])))
	if shows("dnsName") != address || !slices.Equal(k.One(store.ClassicType).Texts("subnets"), []string{k.IDs["public-a"]}) {
		t.Errorf("it is in %v, address %v", k.One(store.ClassicType).Texts("subnets"), shows("dnsName"))
	}
	k.Remove(store.ServiceType, "default/web")
	k.Unchanged(before)
}
