package world

import (
	"slices"
	"strings"
	"testing"
)

// standing are the identities of everything in the world.
func (l *lab) standing() map[key]bool {
	found := map[key]bool{}
	for k := range l.world.objects {
		found[k] = true
	}
	return found
}

// unchanged checks that the same things stand as before; pods may have been replaced.
func (l *lab) unchanged(before map[key]bool) {
	l.t.Helper()
	after := l.standing()
	for _, difference := range []struct {
		says      string
		these, of map[key]bool
	}{{"left", after, before}, {"gone", before, after}} {
		for k := range difference.these {
			if !difference.of[k] && k.typ != podType {
				l.t.Errorf("%s: %s %s", difference.says, k.typ, k.id)
			}
		}
	}
}

func hostname(o Object) string {
	for _, ingress := range listOf(at(o.Outputs, "status.loadBalancer.ingress")) {
		name, _ := ingress["hostname"].(string)
		return name
	}
	return ""
}

func TestANetworkLoadBalancerComesWithItsServiceAndGoesWithoutATrace(t *testing.T) {
	for _, annotations := range []map[string]any{
		nil,
		{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"},
		{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
		{"service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*"},
	} {
		k := newCluster(t).controlled()
		k.apply(deploymentType, web())
		before := k.standing()
		if o := k.apply(serviceType, nlb(annotations)); !strings.Contains(hostname(o), ".elb.ap-northeast-2.amazonaws.com") {
			t.Errorf("%v: no address: %v", annotations, o.Outputs["status"])
		}
		if problems := k.world.Unreachable(); len(problems) > 0 {
			t.Errorf("%v: %v", annotations, problems)
		}
		k.remove(serviceType, "default/web")
		k.unchanged(before)
	}
}

func TestTheDefaultSchemeIsInternal(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	balancer := k.world.all(loadBalancerType)[0]
	if balancer.text("scheme") != "internal" || !slices.Equal(sorted(balancer.texts("subnets")), sorted([]string{k.ids["private-a"], k.ids["private-b"]})) {
		t.Errorf("%v in %v", balancer.text("scheme"), balancer.texts("subnets"))
	}
}

func sorted(values []string) []string { return slices.Sorted(slices.Values(values)) }

func TestTargetsFollowThePods(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"}))
	targets := func() []string { return k.world.all(targetGroupType)[0].texts("targets") }
	if len(targets()) != 2 {
		t.Fatalf("targets %v", targets())
	}
	k.must(k.update(deploymentType, "default/web", scaled(5)))
	if len(targets()) != 5 {
		t.Errorf("targets %v after scaling up", targets())
	}
	k.must(k.update(deploymentType, "default/web", scaled(1)))
	if len(targets()) != 1 {
		t.Errorf("targets %v after scaling down", targets())
	}
}

func TestTargetsFollowTheNodes(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.must(k.change(nodeGroupType, k.ids["general"], Properties{"scalingConfig": Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 3.0}}))
	if targets := k.world.all(targetGroupType)[0].texts("targets"); len(targets) != 3 {
		t.Errorf("targets %v", targets)
	}
}

func TestLoadBalancersShareABackendGroupUntilTheLastIsGone(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.apply(serviceType, edited(nlb(nil), "metadata.name", "second"))
	shared := func() int {
		return len(k.world.all(securityGroupType, func(g *Object) bool { return g.tags()[resourceTag] == "backend-sg" }))
	}
	if shared() != 1 {
		t.Fatalf("%d shared groups for two load balancers", shared())
	}
	k.remove(serviceType, "default/web")
	if shared() != 1 {
		t.Errorf("%d shared groups for the one left", shared())
	}
	k.remove(serviceType, "default/second")
	if shared() != 0 {
		t.Errorf("%d shared groups for none", shared())
	}
}

func TestAPlainServiceBecomesAnInternalNetworkLoadBalancerWhileTheMutatorIsOn(t *testing.T) {
	k := newCluster(t)
	k.controllerAccount()
	in := k.releaseInputs()
	with(in, "values.enableServiceMutatorWebhook", true)
	k.apply(releaseType, in)
	k.apply(deploymentType, web())
	o := k.apply(serviceType, service("clb", "LoadBalancer"))
	if class := at(o.Outputs, "spec.loadBalancerClass"); class != "service.k8s.aws/nlb" || len(k.world.all(classicType)) != 0 {
		t.Errorf("class %v, %d classic load balancers", class, len(k.world.all(classicType)))
	}
	// The next update keeps what the webhook wrote.
	k.must(k.update(serviceType, "default/clb", service("clb", "LoadBalancer")))
}

func TestAClassicLoadBalancerComesAndGoesWithoutATrace(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	before := k.standing()
	if o := k.apply(serviceType, service("clb", "LoadBalancer")); hostname(o) == "" || len(k.world.all(classicType)) != 1 {
		t.Errorf("no classic load balancer: %v", o.Outputs)
	}
	k.remove(serviceType, "default/clb")
	k.unchanged(before)
}

func TestATypeAnnotationThatComesLaterLeaksTheClassicLoadBalancer(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, service("clb", "LoadBalancer"))
	m := edited(service("clb", "LoadBalancer"), "metadata.annotations", map[string]any{
		"service.beta.kubernetes.io/aws-load-balancer-type": "external", "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"})
	k.must(k.update(serviceType, "default/clb", m))
	k.remove(serviceType, "default/clb")
	if left := len(k.world.all(classicType)); left != 1 {
		t.Errorf("%d classic load balancers left, expected the leaked one", left)
	}
}

func TestADeletedServiceGoesOnceItsControllerIsBack(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	before := k.standing()
	k.apply(serviceType, nlb(nil))
	attached := k.ids["lbc-attachment"]
	k.must(k.delete(attachmentType, "lbc-attachment"))
	err := k.kube.Delete(serviceType, "default/web")
	refused(t, err, deletionEnds)
	for _, part := range []string{"default/web", serviceFinalizer, "AWS Load Balancer Controller", "is not authorized to perform"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
	k.make("lbc-attachment", attachmentType, Properties{"role": "lbc-role", "policyArn": k.ids["lbc-policy"]})
	k.remove(serviceType, "default/web")
	delete(before, key{"", attachmentType, attached}) // it is another one now
	for _, a := range k.world.with(attachmentType, "role", "lbc-role") {
		before[a.key()] = true
	}
	k.unchanged(before)
}

func TestANamespaceTakesItsLoadBalancersAlong(t *testing.T) {
	k := newCluster(t).controlled()
	before := k.standing()
	k.apply(namespaceType, manifest("v1", "Namespace", "apps", nil))
	k.apply(deploymentType, edited(web(), "metadata.namespace", "apps"))
	k.apply(serviceType, edited(nlb(nil), "metadata.namespace", "apps"))
	k.remove(namespaceType, "apps")
	k.unchanged(before)
}

func TestANamespaceHangsOnAServiceWhoseControllerIsGone(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(namespaceType, manifest("v1", "Namespace", "apps", nil))
	k.apply(deploymentType, edited(web(), "metadata.namespace", "apps"))
	k.apply(serviceType, edited(nlb(nil), "metadata.namespace", "apps"))
	k.remove(releaseType, "kube-system/"+controllerOwner)
	err := k.kube.Delete(namespaceType, "apps")
	refused(t, err, deletionEnds)
	refused(t, err, controllerInstalled)
}

func TestTheControllerDoesNothingWithoutNodes(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.empty()
	err := k.kube.Delete(serviceType, "default/web")
	refused(t, err, deletionEnds)
	refused(t, err, controllerRuns)
	refused(t, err, nodesExist)
	if len(k.world.all(loadBalancerType)) != 1 {
		t.Error("the load balancer went")
	}
}

func TestAChangedPortMovesTheListener(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.must(k.update(serviceType, "default/web", edited(nlb(nil), "spec.ports", []any{map[string]any{"port": 8443.0, "targetPort": 8080.0, "protocol": "TCP"}})))
	listeners := k.world.all(listenerType)
	if len(listeners) != 1 || listeners[0].number("port") != 8443 || len(k.world.all(targetGroupType)) != 1 || len(k.world.in("dev", bindingType)) != 1 {
		t.Errorf("listeners %v, %d target groups", listeners, len(k.world.all(targetGroupType)))
	}
}

func TestAChangedSchemeMakesAnotherLoadBalancer(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	first := hostname(k.apply(serviceType, nlb(nil)))
	k.must(k.update(serviceType, "default/web", nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"})))
	o, err := k.kube.Read(serviceType, "default/web")
	k.must(err)
	if balancers := k.world.all(loadBalancerType); len(balancers) != 1 || hostname(o) == first || hostname(o) == "" {
		t.Errorf("%d load balancers, address %s", len(balancers), hostname(o))
	}
}

func TestTheWorldOfAClusterSurvivesAFile(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	path := t.TempDir() + "/world.json"
	k.must(k.world.Keep(path))
	k.must(k.world.Save())
	loaded, err := Load(path, k.world.options)
	k.must(err)
	client, err := loaded.Kubernetes(k.kubeconfig())
	k.must(err)
	before := len(loaded.objects)
	loaded.settle()
	if len(loaded.objects) != before {
		t.Errorf("%d objects before, %d after the actors looked at them", before, len(loaded.objects))
	}
	k.must(client.Delete(serviceType, "default/web"))
	if left := loaded.all(loadBalancerType); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestProtectionThatIsNoLongerAskedForIsLifted(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	before := k.standing()
	guarded := map[string]any{"service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true"}
	k.apply(serviceType, nlb(guarded))
	// An attribute that is left out keeps its value: the load balancer stays guarded until it is deleted.
	k.must(k.update(serviceType, "default/web", nlb(nil)))
	k.remove(serviceType, "default/web")
	k.unchanged(before)
}

// samples are the steps of a program in its cluster, in order.
func (k *kubeLab) samples() (ups []func(), downs []func()) {
	step := func(typ string, m func() Properties) {
		id := ""
		ups = append(ups, func() { id = k.apply(typ, m()).ID })
		downs = append(downs, func() { k.remove(typ, id) })
	}
	in := func(m Properties) Properties { return edited(m, "metadata.namespace", "apps") }
	ups, downs = append(ups, func() { k.controllerAccount() }), append(downs, func() {
		k.remove(serviceAccountType, "kube-system/"+controllerOwner)
		for _, made := range []string{"lbc-attachment", "lbc-policy", "lbc-role"} {
			k.must(k.delete(map[string]string{"lbc-attachment": attachmentType, "lbc-policy": policyType, "lbc-role": roleType}[made], made))
		}
	})
	step(releaseType, k.releaseInputs)
	step(namespaceType, func() Properties { return manifest("v1", "Namespace", "apps", nil) })
	step(deploymentType, func() Properties { return in(web()) })
	step(serviceType, func() Properties { return in(service("clb", "LoadBalancer")) })
	step(serviceType, func() Properties { return in(nlb(nil)) })
	step(serviceType, func() Properties { return in(service("plain", "ClusterIP")) })
	step(ingressClassType, func() Properties { return ingressClass("ours", albController) })
	step(ingressType, func() Properties { return edited(in(ingress("web", nil)), "spec.ingressClassName", "ours") })
	step(ingressType, func() Properties {
		return edited(in(ingress("shared", map[string]any{"group.name": "store"})), "spec.ingressClassName", "ours")
	})
	return ups, downs
}

func TestEveryPrefixOfAProgramIsTakenDownInReverse(t *testing.T) {
	ups, _ := newCluster(t).samples()
	for made := range len(ups) + 1 {
		k := newCluster(t)
		before := k.standing()
		ups, downs := k.samples()
		for _, up := range ups[:made] {
			up()
		}
		for i := made - 1; i >= 0; i-- {
			downs[i]()
		}
		for _, definition := range k.world.in("dev", crdType) {
			before[definition.key()] = true
		}
		k.unchanged(before)
	}
}
