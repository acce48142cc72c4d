package world

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inGroup creates an Ingress in a namespace with its own Deployment and Service, which shares a load balancer.
func (k *kubeLab) inGroup(namespace, group, prefix string) string {
	k.t.Helper()
	k.apply(namespaceType, manifest("v1", "Namespace", namespace, nil))
	k.apply(deploymentType, edited(web(), "metadata.namespace", namespace))
	k.apply(serviceType, edited(service("web", "ClusterIP"), "metadata.namespace", namespace))
	m := edited(ingress("web", map[string]any{"group.name": group, "target-type": "ip"}), "metadata.namespace", namespace)
	mapOf(at(mapOf(at(m, "spec.rules").([]any)[0]), "http.paths").([]any)[0])["path"] = prefix
	return hostname(k.apply(ingressType, m))
}

func (k *kubeLab) count(typ string) int { return len(k.world.all(typ)) }

func TestAnApplicationLoadBalancerIsCreatedWithItsIngressAndDeletedCompletely(t *testing.T) {
	for _, annotations := range []map[string]any{
		nil,
		{"target-type": "ip"},
		{"scheme": "internet-facing", "healthcheck-path": "/healthz"},
		{"load-balancer-attributes": "idle_timeout.timeout_seconds=90", "target-group-attributes": "deregistration_delay.timeout_seconds=5"},
		{"group.name": "shop", "tags": "team=shop"},
		{"certificate-arn": "arn:aws:acm:ap-northeast-2:111122223333:certificate/x", "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`},
	} {
		k := newCluster(t).balancing(nil)
		before := k.standing()
		if address := hostname(k.apply(ingressType, ingress("web", annotations))); !strings.HasSuffix(address, ".ap-northeast-2.elb.amazonaws.com") {
			t.Errorf("%v: address %q", annotations, address)
		}
		if problems := k.world.Unreachable(); len(problems) > 0 {
			t.Errorf("%v: %v", annotations, problems)
		}
		k.remove(ingressType, "default/web")
		k.unchanged(before)
	}
}

func TestAnIngressIsInternalByDefault(t *testing.T) {
	k := newCluster(t).balancing(nil)
	address := hostname(k.apply(ingressType, ingress("web", nil)))
	balancer := k.world.all(loadBalancerType)[0]
	if balancer.text("scheme") != "internal" || !strings.HasPrefix(address, "internal-k8s-default-web-") ||
		!slices.Equal(sorted(balancer.texts("subnets")), sorted([]string{k.ids["private-a"], k.ids["private-b"]})) {
		t.Errorf("%s in %v, address %s", balancer.text("scheme"), balancer.texts("subnets"), address)
	}
}

func TestAnApplicationLoadBalancerHasTheNameThatTheControllerGenerates(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressType, ingress("web", nil))
	k.inGroup("shop", "storefront", "/shop")
	for _, form := range []string{`^k8s-default-web-[0-9a-f]{10}$`, `^k8s-storefront-[0-9a-f]{10}$`} {
		matches := func(o *Object) bool { return regexp.MustCompile(form).MatchString(o.text("name")) }
		if len(k.world.all(loadBalancerType, matches)) != 1 || len(k.world.all(securityGroupType, matches)) != 1 {
			t.Errorf("no load balancer with its security group is named like %s", form)
		}
	}
}

func TestAnApplicationLoadBalancerHasAnInterfaceInEachZone(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressType, ingress("web", map[string]any{"scheme": "internet-facing"}))
	interfaces := k.world.interfacesOf(k.world.all(loadBalancerType)[0].text("description"))
	if len(interfaces) != 2 || interfaces[0].text("subnetId") == interfaces[1].text("subnetId") || interfaces[0].text("publicIp") == "" {
		t.Errorf("interfaces %v", interfaces)
	}
	k.world.TakeWaits()
	k.remove(ingressType, "default/web")
	if waits := waited(k.world.TakeWaits(), "linger"); len(waits) != 1 || waits[0].Type != ingressType || waits[0].Seconds != 60 {
		t.Errorf("the Ingress waits %+v", waits)
	}
}

func TestMembersOfAGroupShareALoadBalancerUntilTheLastIsDeleted(t *testing.T) {
	k := newCluster(t).balancing(nil)
	before := k.standing()
	first := k.inGroup("shop", "store", "/shop")
	if second := k.inGroup("cart", "store", "/cart"); second != first || first == "" {
		t.Errorf("two addresses: %s, %s", first, second)
	}
	if k.count(loadBalancerType) != 1 || k.count(listenerType) != 1 || k.count(listenerRuleType) != 2 || k.count(targetGroupType) != 2 {
		t.Errorf("%d load balancers, %d listeners, %d rules, %d target groups", k.count(loadBalancerType), k.count(listenerType), k.count(listenerRuleType), k.count(targetGroupType))
	}
	k.remove(ingressType, "shop/web")
	o, err := k.kube.Read(ingressType, "cart/web")
	k.must(err)
	if hostname(o) != first || k.count(loadBalancerType) != 1 || k.count(listenerRuleType) != 1 || k.count(targetGroupType) != 1 {
		t.Errorf("the remaining one has address %s, %d rules, %d target groups", hostname(o), k.count(listenerRuleType), k.count(targetGroupType))
	}
	k.remove(namespaceType, "shop")
	k.remove(namespaceType, "cart")
	k.unchanged(before)
}

func TestTheLoadBalancerOfAGroupRemainsWhenAnIngressLeavesTheGroup(t *testing.T) {
	k := newCluster(t).balancing(nil)
	shared := k.inGroup("shop", "store", "/shop")
	k.inGroup("cart", "store", "/cart")
	m := edited(ingress("web", map[string]any{"target-type": "ip"}), "metadata.namespace", "cart")
	k.must(k.update(ingressType, "cart/web", m))
	alone, err := k.kube.Read(ingressType, "cart/web")
	k.must(err)
	left, err := k.kube.Read(ingressType, "shop/web")
	k.must(err)
	if hostname(left) != shared || hostname(alone) == shared || k.count(loadBalancerType) != 2 {
		t.Errorf("addresses %s and %s, %d load balancers", hostname(left), hostname(alone), k.count(loadBalancerType))
	}
	if finalizers := alone.finalizers(); !slices.Equal(finalizers, []string{ingressFinalizer}) {
		t.Errorf("finalizers %v", finalizers)
	}
}

func TestRulesMatchHostsAndPaths(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressType, ruled(func(r, p map[string]any) {
		r["host"] = "shop.example.com"
		exact := below("/health", "web")
		exact["pathType"] = "Exact"
		with(r, "http.paths", []any{p, below("/cart", "web"), exact})
	}))
	var rules []string
	for _, priority := range []int{1, 2, 3} {
		for _, o := range k.world.all(listenerRuleType, func(o *Object) bool { return o.number("priority") == priority }) {
			rules = append(rules, o.text("host")+strings.Join(o.texts("paths"), ","))
		}
	}
	wanted := []string{"shop.example.com/health", "shop.example.com/cart,/cart/*", "shop.example.com/*"}
	if !slices.Equal(rules, wanted) || k.count(targetGroupType) != 1 {
		t.Errorf("rules %v to %d target groups", rules, k.count(targetGroupType))
	}
}

func TestTargetsOfAnIngressAreItsPodsOrTheNodes(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressType, ingress("web", map[string]any{"target-type": "ip"}))
	targets := func() []string { return k.world.all(targetGroupType)[0].texts("targets") }
	k.must(k.update(deploymentType, "default/web", scaled(5)))
	if len(targets()) != 5 {
		t.Errorf("targets %v for five pods", targets())
	}
	address := k.world.all(loadBalancerType)[0].text("dnsName")
	k.must(k.update(ingressType, "default/web", ingress("web", map[string]any{"target-type": "instance"})))
	if o := k.world.all(loadBalancerType); len(targets()) != 2 || !strings.HasPrefix(targets()[0], "i-") || k.count(targetGroupType) != 1 || o[0].text("dnsName") != address {
		t.Errorf("targets %v in %d target groups after the type changed", targets(), k.count(targetGroupType))
	}
}

func TestTheNodesAllowAnApplicationLoadBalancer(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressType, ingress("web", nil))
	node := k.world.find("dev", serviceType, "default/web")
	port := integer(listOf(node.at("spec.ports"))[0]["nodePort"])
	shared := k.world.controllerOf("dev").sharedGroup()
	open := k.world.with(groupRuleType, "sourceSecurityGroupId", shared.ID, func(r *Object) bool { return r.number("fromPort") == port })
	if len(open) != 1 || !slices.Contains(k.world.all(loadBalancerType)[0].texts("securityGroups"), shared.ID) {
		t.Errorf("%d rules on port %d", len(open), port)
	}
}

func TestAMissingServiceHasAFixedResponse(t *testing.T) {
	k := newCluster(t).balancing(nil)
	m := edited(ingress("web", nil), "spec.defaultBackend", below("/", "gone")["backend"])
	if hostname(k.apply(ingressType, m)) == "" || len(k.world.all(listenerType)[0].texts("targetGroupArns")) > 0 {
		t.Error("the load balancer has no fixed response for the Service")
	}
}

func TestAnIngressWithoutAClassGetsTheDefaultOne(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.must(k.update(ingressClassType, "alb", edited(ingressClass("alb", albController), "metadata.annotations", map[string]any{defaultAnnotation: "true"})))
	m := ingress("web", nil)
	delete(mapOf(m["spec"]), "ingressClassName")
	o := k.apply(ingressType, m)
	if at(o.Outputs, "spec.ingressClassName") != "alb" {
		t.Errorf("class %v", at(o.Outputs, "spec.ingressClassName"))
	}
	k.must(k.update(ingressType, "default/web", m))
}

func TestTheClassOfTheChartCanBeUsedByIngresses(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, service("web", "NodePort"))
	if hostname(k.apply(ingressType, ingress("web", nil))) == "" {
		t.Error("no address")
	}
}

// The resources are deleted first, then the webhook refuses the update that removes the finalizer: the Ingress waits
// for its class.
func TestAnIngressWhoseClassWasDeletedIsDeletedOnceTheClassExistsAgain(t *testing.T) {
	k := newCluster(t).balancing(nil)
	before := k.standing()
	k.apply(ingressType, ingress("web", nil))
	k.remove(ingressClassType, "alb")
	err := k.kube.Delete(ingressType, "default/web")
	refused(t, err, deletionEnds)
	if !strings.Contains(err.Error(), ingressFinalizer) || k.count(loadBalancerType) != 0 {
		t.Errorf("%d load balancers, reported %v", k.count(loadBalancerType), err)
	}
	k.apply(ingressClassType, ingressClass("alb", albController))
	k.remove(ingressType, "default/web")
	k.unchanged(before)
}

func TestTheControllerReleasesAnIngressThatGetsAnotherClass(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressClassType, ingressClass("nginx", "example.com/nginx"))
	k.apply(ingressType, ingress("web", nil))
	k.must(k.update(ingressType, "default/web", edited(ingress("web", nil), "spec.ingressClassName", "nginx")))
	if k.count(loadBalancerType) != 0 || len(k.world.find("dev", ingressType, "default/web").finalizers()) != 0 {
		t.Error("the load balancer or the finalizer remains")
	}
}

func TestANamespaceIsDeletedWithItsIngresses(t *testing.T) {
	k := newCluster(t).balancing(nil)
	before := k.standing()
	k.inGroup("shop", "store", "/shop")
	k.remove(namespaceType, "shop")
	k.unchanged(before)
}

func TestWithoutInternetAccessAnIngressNeedsShieldAndWAFDisabled(t *testing.T) {
	k := newCluster(t).balancing(map[string]any{"enableShield": false, "enableWaf": false, "enableWafv2": false})
	k.isolate()
	if hostname(k.apply(ingressType, ingress("web", nil))) == "" {
		t.Error("no address")
	}
	k.remove(ingressType, "default/web")
}

func TestLeftoversOfAnIngressAreReportedWithTheirCommands(t *testing.T) {
	k := newCluster(t).balancing(nil)
	before := k.standing()
	k.inGroup("shop", "store", "/shop")
	k.remove(releaseType, "kube-system/"+controllerOwner)
	left := k.world.Orphans(func(typ, id string) bool { return before[key{"", typ, id}] })
	for _, command := range []string{"delete-load-balancer", "delete-target-group", "delete-security-group"} {
		if !slices.ContainsFunc(left, func(l Leftover) bool {
			return strings.Contains(l.Remove, command) && strings.Contains(l.Reason, "for the Ingresses of group store")
		}) {
			t.Errorf("no leftover has the command %s: %v", command, left)
		}
	}
	for _, l := range left {
		if l.Type == loadBalancerType || l.Type == targetGroupType || l.Type == groupRuleType {
			k.must(k.world.Run(l.Remove))
		}
	}
	if k.count(loadBalancerType)+k.count(listenerType)+k.count(listenerRuleType)+k.count(targetGroupType) > 0 {
		t.Error("resources remain after the commands")
	}
}

func TestAnIngressWithAFinalizerIsDeletedByTheReportedCommands(t *testing.T) {
	for when, lose := range map[string]func(*kubeLab){
		"the controller has no pod": (*kubeLab).stopController,
		"the class is deleted":      func(k *kubeLab) { k.remove(ingressClassType, "alb") },
	} {
		k := newCluster(t).balancing(nil)
		k.apply(ingressType, ingress("web", nil))
		lose(k)
		refused(t, k.kube.Delete(ingressType, "default/web"), deletionEnds)
		for _, l := range k.world.Orphans(func(string, string) bool { return true }) {
			if l.Type == ingressType {
				if !strings.HasPrefix(l.Remove, "kubectl delete validatingwebhookconfiguration aws-load-balancer-webhook && kubectl patch ingress web") {
					t.Errorf("%s: the command is %s", when, l.Remove)
				}
				k.must(k.world.Run(l.Remove))
			}
		}
		if k.world.find("dev", ingressType, "default/web") != nil {
			t.Errorf("%s: the Ingress remains", when)
		}
	}
}

func TestAnAccountWithAnIngressIsTheSameWhenLoaded(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.inGroup("shop", "store", "/shop")
	file := t.TempDir() + "/world.json"
	k.must(k.world.Keep(file))
	k.must(k.world.Save())
	loaded, err := Load(file, k.world.options)
	k.must(err)
	before := len(loaded.objects)
	loaded.settle()
	if len(loaded.objects) != before {
		t.Errorf("%d objects before, %d after the actors have acted", before, len(loaded.objects))
	}
}
