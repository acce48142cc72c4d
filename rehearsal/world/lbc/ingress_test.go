package lbc_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// inGroup creates an Ingress in a namespace with its own Deployment and Service, which shares a load balancer.
func inGroup(k *worldtest.KubeLab, namespace, group, prefix string) string {
	k.T.Helper()
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", namespace, nil))
	k.Apply(store.DeploymentType, worldtest.Edited(worldtest.Web(), "metadata.namespace", namespace))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.Service("web", "ClusterIP"), "metadata.namespace", namespace))
	m := worldtest.Edited(worldtest.Ingress("web", map[string]any{"group.name": group, "target-type": "ip"}), "metadata.namespace", namespace)
	store.MapOf(store.At(store.MapOf(store.At(m, "spec.rules").([]any)[0]), "http.paths").([]any)[0])["path"] = prefix
	return worldtest.Hostname(k.Apply(store.IngressType, m))
}

func count(k *worldtest.KubeLab, typ string) int { return len(k.World.All(typ)) }

func TestAnApplicationLoadBalancerIsCreatedWithItsIngressAndDeletedCompletely(t *testing.T) {
	for _, annotations := range []map[string]any{
		nil,
		{"target-type": "ip"},
		{"scheme": "internet-facing", "healthcheck-path": "/healthz"},
		{"load-balancer-attributes": "idle_timeout.timeout_seconds=90", "target-group-attributes": "deregistration_delay.timeout_seconds=5"},
		{"group.name": "shop", "tags": "team=shop"},
		{"certificate-arn": "arn:aws:acm:ap-northeast-2:111122223333:certificate/x", "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`},
	} {
		k := worldtest.NewCluster(t).Balancing(nil)
		before := k.Standing()
		if address := worldtest.Hostname(k.Apply(store.IngressType, worldtest.Ingress("web", annotations))); !strings.HasSuffix(address, ".ap-northeast-2.elb.amazonaws.com") {
			t.Errorf("%v: address %q", annotations, address)
		}
		if problems := k.World.Unreachable(); len(problems) > 0 {
			t.Errorf("%v: %v", annotations, problems)
		}
		k.Remove(store.IngressType, "default/web")
		k.Unchanged(before)
	}
}

func TestAnIngressIsInternalByDefault(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	address := worldtest.Hostname(k.Apply(store.IngressType, worldtest.Ingress("web", nil)))
	balancer := k.World.All(store.LoadBalancerType)[0]
	if balancer.Text("scheme") != "internal" || !strings.HasPrefix(address, "internal-k8s-default-web-") ||
		!slices.Equal(worldtest.Sorted(balancer.Texts("subnets")), worldtest.Sorted([]string{k.IDs["private-a"], k.IDs["private-b"]})) {
		t.Errorf("%s in %v, address %s", balancer.Text("scheme"), balancer.Texts("subnets"), address)
	}
}

func TestAnApplicationLoadBalancerHasTheNameThatTheControllerGenerates(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	inGroup(k, "shop", "storefront", "/shop")
	for _, form := range []string{`^k8s-default-web-[0-9a-f]{10}$`, `^k8s-storefront-[0-9a-f]{10}$`} {
		matches := func(o *store.Object) bool { return regexp.MustCompile(form).MatchString(o.Text("name")) }
		if len(k.World.All(store.LoadBalancerType, matches)) != 1 || len(k.World.All(store.SecurityGroupType, matches)) != 1 {
			t.Errorf("no load balancer with its security group is named like %s", form)
		}
	}
}

func TestAnApplicationLoadBalancerHasAnInterfaceInEachZone(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", map[string]any{"scheme": "internet-facing"}))
	interfaces := ec2.InterfacesOf(k.World.Account, k.World.All(store.LoadBalancerType)[0].Text("description"))
	if len(interfaces) != 2 || interfaces[0].Text("subnetId") == interfaces[1].Text("subnetId") || interfaces[0].Text("publicIp") == "" {
		t.Errorf("interfaces %v", interfaces)
	}
	k.World.TakeWaits()
	k.Remove(store.IngressType, "default/web")
	if waits := worldtest.Waited(k.World.TakeWaits(), "linger"); len(waits) != 1 || waits[0].Type != store.IngressType || waits[0].Seconds != 60 {
		t.Errorf("the Ingress waits %+v", waits)
	}
}

func TestMembersOfAGroupShareALoadBalancerUntilTheLastIsDeleted(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	before := k.Standing()
	first := inGroup(k, "shop", "store", "/shop")
	if second := inGroup(k, "cart", "store", "/cart"); second != first || first == "" {
		t.Errorf("two addresses: %s, %s", first, second)
	}
	if count(k, store.LoadBalancerType) != 1 || count(k, store.ListenerType) != 1 || count(k, store.ListenerRuleType) != 2 || count(k, store.TargetGroupType) != 2 {
		t.Errorf("%d load balancers, %d listeners, %d rules, %d target groups", count(k, store.LoadBalancerType), count(k, store.ListenerType), count(k, store.ListenerRuleType), count(k, store.TargetGroupType))
	}
	k.Remove(store.IngressType, "shop/web")
	o, err := k.Kube.Read(store.IngressType, "cart/web")
	k.Must(err)
	if worldtest.Hostname(o) != first || count(k, store.LoadBalancerType) != 1 || count(k, store.ListenerRuleType) != 1 || count(k, store.TargetGroupType) != 1 {
		t.Errorf("the remaining one has address %s, %d rules, %d target groups", worldtest.Hostname(o), count(k, store.ListenerRuleType), count(k, store.TargetGroupType))
	}
	k.Remove(store.NamespaceType, "shop")
	k.Remove(store.NamespaceType, "cart")
	k.Unchanged(before)
}

func TestTheLoadBalancerOfAGroupRemainsWhenAnIngressLeavesTheGroup(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	shared := inGroup(k, "shop", "store", "/shop")
	inGroup(k, "cart", "store", "/cart")
	m := worldtest.Edited(worldtest.Ingress("web", map[string]any{"target-type": "ip"}), "metadata.namespace", "cart")
	k.Must(k.Update(store.IngressType, "cart/web", m))
	alone, err := k.Kube.Read(store.IngressType, "cart/web")
	k.Must(err)
	left, err := k.Kube.Read(store.IngressType, "shop/web")
	k.Must(err)
	if worldtest.Hostname(left) != shared || worldtest.Hostname(alone) == shared || count(k, store.LoadBalancerType) != 2 {
		t.Errorf("addresses %s and %s, %d load balancers", worldtest.Hostname(left), worldtest.Hostname(alone), count(k, store.LoadBalancerType))
	}
	if finalizers := kube.Finalizers(&alone); !slices.Equal(finalizers, []string{lbc.IngressFinalizer}) {
		t.Errorf("finalizers %v", finalizers)
	}
}

func TestRulesMatchHostsAndPaths(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ruled(func(r, p map[string]any) {
		r["host"] = "shop.example.com"
		exact := worldtest.Below("/health", "web")
		exact["pathType"] = "Exact"
		worldtest.With(r, "http.paths", []any{p, worldtest.Below("/cart", "web"), exact})
	}))
	var rules []string
	for _, priority := range []int{1, 2, 3} {
		for _, o := range k.World.All(store.ListenerRuleType, func(o *store.Object) bool { return o.Number("priority") == priority }) {
			rules = append(rules, strings.Join(o.Texts("hosts"), ",")+strings.Join(o.Texts("paths"), ","))
		}
	}
	wanted := []string{"shop.example.com/health", "shop.example.com/cart,/cart/*", "shop.example.com/*"}
	if !slices.Equal(rules, wanted) || count(k, store.TargetGroupType) != 1 {
		t.Errorf("rules %v to %d target groups", rules, count(k, store.TargetGroupType))
	}
}

func TestTargetsOfAnIngressAreItsPodsOrTheNodes(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", map[string]any{"target-type": "ip"}))
	targets := func() []string { return k.World.All(store.TargetGroupType)[0].Texts("targets") }
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Scaled(5)))
	if len(targets()) != 5 {
		t.Errorf("targets %v for five pods", targets())
	}
	address := k.World.All(store.LoadBalancerType)[0].Text("dnsName")
	k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", map[string]any{"target-type": "instance"})))
	if o := k.World.All(store.LoadBalancerType); len(targets()) != 2 || !strings.HasPrefix(targets()[0], "i-") || count(k, store.TargetGroupType) != 1 || o[0].Text("dnsName") != address {
		t.Errorf("targets %v in %d target groups after the type changed", targets(), count(k, store.TargetGroupType))
	}
}

func TestTheNodesAllowAnApplicationLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	node := k.World.Find("dev", store.ServiceType, "default/web")
	port := store.Integer(store.ListOf(node.At("spec.ports"))[0]["nodePort"])
	shared := lbc.ControllerOf(k.World.Account, "dev").SharedGroup()
	open := k.World.With(store.GroupRuleType, "sourceSecurityGroupId", shared.ID, func(r *store.Object) bool { return r.Number("fromPort") == port })
	if len(open) != 1 || !slices.Contains(k.World.All(store.LoadBalancerType)[0].Texts("securityGroups"), shared.ID) {
		t.Errorf("%d rules on port %d", len(open), port)
	}
}

func TestAMissingServiceHasAFixedResponse(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	m := worldtest.Edited(worldtest.Ingress("web", nil), "spec.defaultBackend", worldtest.Below("/", "gone")["backend"])
	if worldtest.Hostname(k.Apply(store.IngressType, m)) == "" || len(k.World.All(store.ListenerType)[0].Texts("targetGroupArns")) > 0 {
		t.Error("the load balancer has no fixed response for the Service")
	}
}

func TestAnIngressWithoutAClassGetsTheDefaultOne(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Must(k.Update(store.IngressClassType, "alb", worldtest.Edited(worldtest.IngressClass("alb", lbc.ALBController), "metadata.annotations", map[string]any{kube.DefaultAnnotation: "true"})))
	m := worldtest.Ingress("web", nil)
	delete(store.MapOf(m["spec"]), "ingressClassName")
	o := k.Apply(store.IngressType, m)
	if store.At(o.Outputs, "spec.ingressClassName") != "alb" {
		t.Errorf("class %v", store.At(o.Outputs, "spec.ingressClassName"))
	}
	k.Must(k.Update(store.IngressType, "default/web", m))
}

func TestTheClassOfTheChartCanBeUsedByIngresses(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Service("web", "NodePort"))
	if worldtest.Hostname(k.Apply(store.IngressType, worldtest.Ingress("web", nil))) == "" {
		t.Error("no address")
	}
}

// The resources are deleted first, then the webhook refuses the update that removes the finalizer: the Ingress waits
// for its class.
func TestAnIngressWhoseClassWasDeletedIsDeletedOnceTheClassExistsAgain(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	before := k.Standing()
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	k.Remove(store.IngressClassType, "alb")
	err := k.Kube.Delete(store.IngressType, "default/web")
	worldtest.Refused(t, err, kube.DeletionEnds)
	if !strings.Contains(err.Error(), lbc.IngressFinalizer) || count(k, store.LoadBalancerType) != 0 {
		t.Errorf("%d load balancers, reported %v", count(k, store.LoadBalancerType), err)
	}
	k.Apply(store.IngressClassType, worldtest.IngressClass("alb", lbc.ALBController))
	k.Remove(store.IngressType, "default/web")
	k.Unchanged(before)
}

func TestTheControllerReleasesAnIngressThatGetsAnotherClass(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressClassType, worldtest.IngressClass("nginx", "example.com/nginx"))
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	k.Must(k.Update(store.IngressType, "default/web", worldtest.Edited(worldtest.Ingress("web", nil), "spec.ingressClassName", "nginx")))
	if count(k, store.LoadBalancerType) != 0 || len(kube.Finalizers(k.World.Find("dev", store.IngressType, "default/web"))) != 0 {
		t.Error("the load balancer or the finalizer remains")
	}
}

func TestANamespaceIsDeletedWithItsIngresses(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	before := k.Standing()
	inGroup(k, "shop", "store", "/shop")
	k.Remove(store.NamespaceType, "shop")
	k.Unchanged(before)
}

func TestWithoutInternetAccessAnIngressNeedsShieldAndWAFDisabled(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(map[string]any{"enableShield": false, "enableWaf": false, "enableWafv2": false})
	k.Isolate()
	if worldtest.Hostname(k.Apply(store.IngressType, worldtest.Ingress("web", nil))) == "" {
		t.Error("no address")
	}
	k.Remove(store.IngressType, "default/web")
}

func TestLeftoversOfAnIngressAreReportedWithTheirCommands(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	before := k.Standing()
	inGroup(k, "shop", "store", "/shop")
	k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner)
	left := k.World.Orphans(func(typ, id string) bool { return before[store.Key{Cluster: "", Typ: typ, ID: id}] })
	for _, command := range []string{"delete-load-balancer", "delete-target-group", "delete-security-group"} {
		if !slices.ContainsFunc(left, func(l cleanup.Leftover) bool {
			return strings.Contains(l.Remove, command) && strings.Contains(l.Reason, "for the Ingresses of group store")
		}) {
			t.Errorf("no leftover has the command %s: %v", command, left)
		}
	}
	for _, l := range left {
		if l.Type == store.LoadBalancerType || l.Type == store.TargetGroupType || l.Type == store.GroupRuleType {
			k.Must(k.World.Run(l.Remove))
		}
	}
	if count(k, store.LoadBalancerType)+count(k, store.ListenerType)+count(k, store.ListenerRuleType)+count(k, store.TargetGroupType) > 0 {
		t.Error("resources remain after the commands")
	}
}

func TestAnIngressWithAFinalizerIsDeletedByTheReportedCommands(t *testing.T) {
	for when, lose := range map[string]func(*worldtest.KubeLab){
		"the controller has no pod": (*worldtest.KubeLab).StopController,
		"the class is deleted":      func(k *worldtest.KubeLab) { k.Remove(store.IngressClassType, "alb") },
	} {
		k := worldtest.NewCluster(t).Balancing(nil)
		k.Apply(store.IngressType, worldtest.Ingress("web", nil))
		lose(k)
		worldtest.Refused(t, k.Kube.Delete(store.IngressType, "default/web"), kube.DeletionEnds)
		for _, l := range k.World.Orphans(func(string, string) bool { return true }) {
			if l.Type == store.IngressType {
				if !strings.HasPrefix(l.Remove, "kubectl delete validatingwebhookconfiguration aws-load-balancer-webhook && kubectl patch ingress web") {
					t.Errorf("%s: the command is %s", when, l.Remove)
				}
				k.Must(k.World.Run(l.Remove))
			}
		}
		if k.World.Find("dev", store.IngressType, "default/web") != nil {
			t.Errorf("%s: the Ingress remains", when)
		}
	}
}

func TestAnAccountWithAnIngressIsTheSameWhenLoaded(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	inGroup(k, "shop", "store", "/shop")
	file := t.TempDir() + "/world.json"
	k.Must(k.World.Keep(file))
	k.Must(k.World.Save())
	loaded, err := world.Load(file, k.World.Options)
	k.Must(err)
	before := len(loaded.Objects)
	loaded.Settle()
	if len(loaded.Objects) != before {
		t.Errorf("%d objects before, %d after the actors have acted", before, len(loaded.Objects))
	}
}
