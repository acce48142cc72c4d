package lbc_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestANetworkLoadBalancerComesWithItsServiceAndGoesWithoutATrace(t *testing.T) {
	for _, annotations := range []map[string]any{
		nil,
		{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"},
		{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
		{"service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*"},
	} {
		k := worldtest.NewCluster(t).Controlled()
		k.Apply(store.DeploymentType, worldtest.Web())
		before := k.Standing()
		if o := k.Apply(store.ServiceType, worldtest.NLB(annotations)); !strings.Contains(worldtest.Hostname(o), ".elb.ap-northeast-2.amazonaws.com") {
			t.Errorf("%v: no address: %v", annotations, o.Outputs["status"])
		}
		if problems := k.World.Unreachable(); len(problems) > 0 {
			t.Errorf("%v: %v", annotations, problems)
		}
		k.Remove(store.ServiceType, "default/web")
		k.Unchanged(before)
	}
}

func TestTheDefaultSchemeIsInternal(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	balancer := k.World.All(store.LoadBalancerType)[0]
	if balancer.Text("scheme") != "internal" || !slices.Equal(worldtest.Sorted(balancer.Texts("subnets")), worldtest.Sorted([]string{k.IDs["private-a"], k.IDs["private-b"]})) {
		t.Errorf("%v in %v", balancer.Text("scheme"), balancer.Texts("subnets"))
	}
}

func TestTargetsFollowThePods(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"}))
	targets := func() []string { return k.World.All(store.TargetGroupType)[0].Texts("targets") }
	if len(targets()) != 2 {
		t.Fatalf("targets %v", targets())
	}
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Scaled(5)))
	if len(targets()) != 5 {
		t.Errorf("targets %v after scaling up", targets())
	}
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Scaled(1)))
	if len(targets()) != 1 {
		t.Errorf("targets %v after scaling down", targets())
	}
}

func TestTargetsFollowTheNodes(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Must(k.Change(store.NodeGroupType, k.IDs["general"], store.Properties{"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 3.0, "maxSize": 3.0}}))
	if targets := k.World.All(store.TargetGroupType)[0].Texts("targets"); len(targets) != 3 {
		t.Errorf("targets %v", targets)
	}
}

func TestLoadBalancersShareABackendGroupUntilTheLastIsGone(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.name", "second"))
	shared := func() int {
		return len(k.World.All(store.SecurityGroupType, func(g *store.Object) bool { return g.Tags()[lbc.ResourceTag] == "backend-sg" }))
	}
	if shared() != 1 {
		t.Fatalf("%d shared groups for two load balancers", shared())
	}
	k.Remove(store.ServiceType, "default/web")
	if shared() != 1 {
		t.Errorf("%d shared groups for the one left", shared())
	}
	k.Remove(store.ServiceType, "default/second")
	if shared() != 0 {
		t.Errorf("%d shared groups for none", shared())
	}
}

func TestAPlainServiceBecomesAnInternalNetworkLoadBalancerWhileTheMutatorIsOn(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.ControllerAccount()
	in := k.ReleaseInputs()
	worldtest.With(in, "values.enableServiceMutatorWebhook", true)
	k.Apply(store.ReleaseType, in)
	k.Apply(store.DeploymentType, worldtest.Web())
	o := k.Apply(store.ServiceType, worldtest.Service("clb", "LoadBalancer"))
	if class := store.At(o.Outputs, "spec.loadBalancerClass"); class != "service.k8s.aws/nlb" || len(k.World.All(store.ClassicType)) != 0 {
		t.Errorf("class %v, %d classic load balancers", class, len(k.World.All(store.ClassicType)))
	}
	// The next update keeps what the webhook wrote.
	k.Must(k.Update(store.ServiceType, "default/clb", worldtest.Service("clb", "LoadBalancer")))
}

func TestAClassicLoadBalancerComesAndGoesWithoutATrace(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	before := k.Standing()
	if o := k.Apply(store.ServiceType, worldtest.Service("clb", "LoadBalancer")); worldtest.Hostname(o) == "" || len(k.World.All(store.ClassicType)) != 1 {
		t.Errorf("no classic load balancer: %v", o.Outputs)
	}
	k.Remove(store.ServiceType, "default/clb")
	k.Unchanged(before)
}

func TestATypeAnnotationThatComesLaterLeaksTheClassicLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Service("clb", "LoadBalancer"))
	m := worldtest.Edited(worldtest.Service("clb", "LoadBalancer"), "metadata.annotations", map[string]any{
		"service.beta.kubernetes.io/aws-load-balancer-type": "external", "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"})
	k.Must(k.Update(store.ServiceType, "default/clb", m))
	k.Remove(store.ServiceType, "default/clb")
	if left := len(k.World.All(store.ClassicType)); left != 1 {
		t.Errorf("%d classic load balancers left, expected the leaked one", left)
	}
}

func TestADeletedServiceGoesOnceItsControllerIsBack(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	before := k.Standing()
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	attached := k.IDs["lbc-attachment"]
	k.Must(k.Delete(store.AttachmentType, "lbc-attachment"))
	err := k.Kube.Delete(store.ServiceType, "default/web")
	worldtest.Refused(t, err, kube.DeletionEnds)
	for _, part := range []string{"default/web", lbc.ServiceFinalizer, "AWS Load Balancer Controller", "is not authorized to perform"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
	k.Make("lbc-attachment", store.AttachmentType, store.Properties{"role": "lbc-role", "policyArn": k.IDs["lbc-policy"]})
	k.Remove(store.ServiceType, "default/web")
	delete(before, store.Key{Cluster: "", Typ: store.AttachmentType, ID: attached}) // it is another one now
	for _, a := range k.World.With(store.AttachmentType, "role", "lbc-role") {
		before[a.Key()] = true
	}
	k.Unchanged(before)
}

func TestANamespaceTakesItsLoadBalancersAlong(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	before := k.Standing()
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
	k.Apply(store.DeploymentType, worldtest.Edited(worldtest.Web(), "metadata.namespace", "apps"))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.namespace", "apps"))
	k.Remove(store.NamespaceType, "apps")
	k.Unchanged(before)
}

func TestANamespaceHangsOnAServiceWhoseControllerIsGone(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
	k.Apply(store.DeploymentType, worldtest.Edited(worldtest.Web(), "metadata.namespace", "apps"))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.namespace", "apps"))
	k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner)
	err := k.Kube.Delete(store.NamespaceType, "apps")
	worldtest.Refused(t, err, kube.DeletionEnds)
	worldtest.Refused(t, err, lbc.ControllerInstalled)
}

func TestTheControllerDoesNothingWithoutNodes(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Empty()
	err := k.Kube.Delete(store.ServiceType, "default/web")
	worldtest.Refused(t, err, kube.DeletionEnds)
	worldtest.Refused(t, err, lbc.ControllerRuns)
	worldtest.Refused(t, err, node.NodesExist)
	if len(k.World.All(store.LoadBalancerType)) != 1 {
		t.Error("the load balancer went")
	}
}

func TestAChangedPortMovesTheListener(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.NLB(nil), "spec.ports", []any{map[string]any{"port": 8443.0, "targetPort": 8080.0, "protocol": "TCP"}})))
	listeners := k.World.All(store.ListenerType)
	if len(listeners) != 1 || listeners[0].Number("port") != 8443 || len(k.World.All(store.TargetGroupType)) != 1 || len(kube.ObjectsIn(k.World.Account, "dev", store.BindingType)) != 1 {
		t.Errorf("listeners %v, %d target groups", listeners, len(k.World.All(store.TargetGroupType)))
	}
}

func TestAChangedSchemeMakesAnotherLoadBalancer(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	first := worldtest.Hostname(k.Apply(store.ServiceType, worldtest.NLB(nil)))
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"})))
	o, err := k.Kube.Read(store.ServiceType, "default/web")
	k.Must(err)
	if balancers := k.World.All(store.LoadBalancerType); len(balancers) != 1 || worldtest.Hostname(o) == first || worldtest.Hostname(o) == "" {
		t.Errorf("%d load balancers, address %s", len(balancers), worldtest.Hostname(o))
	}
}

func TestTheWorldOfAClusterSurvivesAFile(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	path := t.TempDir() + "/world.json"
	k.Must(k.World.Keep(path))
	k.Must(k.World.Save())
	loaded, err := world.Load(path, k.World.Options)
	k.Must(err)
	client, err := loaded.Kubernetes(k.Kubeconfig())
	k.Must(err)
	before := len(loaded.Objects)
	loaded.Settle()
	if len(loaded.Objects) != before {
		t.Errorf("%d objects before, %d after the actors looked at them", before, len(loaded.Objects))
	}
	k.Must(client.Delete(store.ServiceType, "default/web"))
	if left := loaded.All(store.LoadBalancerType); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestProtectionThatIsNoLongerAskedForIsLifted(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	before := k.Standing()
	guarded := map[string]any{"service.beta.kubernetes.io/aws-load-balancer-attributes": "deletion_protection.enabled=true"}
	k.Apply(store.ServiceType, worldtest.NLB(guarded))
	// An attribute that is left out keeps its value: the load balancer stays guarded until it is deleted.
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(nil)))
	k.Remove(store.ServiceType, "default/web")
	k.Unchanged(before)
}

// samples are the steps of a program in its cluster, in order.
func samples(k *worldtest.KubeLab) (ups []func(), downs []func()) {
	step := func(typ string, m func() store.Properties) {
		id := ""
		ups = append(ups, func() { id = k.Apply(typ, m()).ID })
		downs = append(downs, func() { k.Remove(typ, id) })
	}
	in := func(m store.Properties) store.Properties { return worldtest.Edited(m, "metadata.namespace", "apps") }
	ups, downs = append(ups, func() { k.ControllerAccount() }), append(downs, func() {
		k.Remove(store.ServiceAccountType, "kube-system/"+store.ControllerOwner)
		for _, made := range []string{"lbc-attachment", "lbc-policy", "lbc-role"} {
			k.Must(k.Delete(map[string]string{"lbc-attachment": store.AttachmentType, "lbc-policy": store.PolicyType, "lbc-role": store.RoleType}[made], made))
		}
	})
	step(store.ReleaseType, k.ReleaseInputs)
	step(store.NamespaceType, func() store.Properties { return worldtest.Manifest("v1", "Namespace", "apps", nil) })
	step(store.DeploymentType, func() store.Properties { return in(worldtest.Web()) })
	step(store.ServiceType, func() store.Properties { return in(worldtest.Service("clb", "LoadBalancer")) })
	step(store.ServiceType, func() store.Properties { return in(worldtest.NLB(nil)) })
	step(store.ServiceType, func() store.Properties { return in(worldtest.Service("plain", "ClusterIP")) })
	step(store.IngressClassType, func() store.Properties { return worldtest.IngressClass("ours", lbc.ALBController) })
	step(store.IngressType, func() store.Properties {
		return worldtest.Edited(in(worldtest.Ingress("web", nil)), "spec.ingressClassName", "ours")
	})
	step(store.IngressType, func() store.Properties {
		return worldtest.Edited(in(worldtest.Ingress("shared", map[string]any{"group.name": "store"})), "spec.ingressClassName", "ours")
	})
	return ups, downs
}

func TestEveryPrefixOfAProgramIsTakenDownInReverse(t *testing.T) {
	ups, _ := samples(worldtest.NewCluster(t))
	for made := range len(ups) + 1 {
		k := worldtest.NewCluster(t)
		before := k.Standing()
		ups, downs := samples(k)
		for _, up := range ups[:made] {
			up()
		}
		for i := made - 1; i >= 0; i-- {
			downs[i]()
		}
		for _, definition := range kube.ObjectsIn(k.World.Account, "dev", store.CrdType) {
			before[definition.Key()] = true
		}
		k.Unchanged(before)
	}
}
