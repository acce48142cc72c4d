package world

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// handRefusals are what AWS refuses an operator who deletes resources by hand.
func handRefusals() []refusal {
	return []refusal{
		{"the deletion of a NAT gateway's interface", interfaceDetached, func(l *lab) error {
			l.network()
			nat := l.object(natType, "nat").text("networkInterfaceId")
			return l.world.Run("aws ec2 delete-network-interface --network-interface-id " + nat)
		}},
	}
}

// cutOffRefusals are what a cluster refuses whose endpoint cannot be reached.
func cutOffRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"any call while the endpoint cannot be reached", endpointAnswers, func(k *kubeLab) error {
			k.world.CutOff("dev")
			_, err := k.kube.Read(namespaceType, "default")
			return err
		}},
	}
}

func TestAClusterThatIsCutOffContinuesToWorkAndCanBeReconnected(t *testing.T) {
	k := newCluster(t).controlled()
	k.world.CutOff("dev")
	if err := k.kube.Delete(namespaceType, "apps"); !errors.Is(err, ErrUnreachable) {
		t.Errorf("delete: %v", err)
	}
	if k.world.controllerOf("dev").lacks() != nil {
		t.Error("the controller stopped")
	}
	k.world.Reconnect("dev")
	k.apply(deploymentType, web())
}

func TestANamespaceWaitsForAForeignFinalizer(t *testing.T) {
	k := newCluster(t)
	k.apply(namespaceType, edited(manifest("v1", "Namespace", "apps", nil), "metadata.finalizers", []any{"example.com/guard"}))
	err := k.kube.Delete(namespaceType, "apps")
	refused(t, err, deletionEnds)
	left := orphansOf(k.world, namespaceType)
	if len(left) != 1 || !strings.Contains(left[0].Reason, "example.com/guard") {
		t.Fatalf("left: %+v", left)
	}
	if err := k.world.Run(left[0].Remove); err != nil {
		t.Fatal(err)
	}
	k.remove(namespaceType, "apps")
	if k.world.find("dev", namespaceType, "apps") != nil {
		t.Error("the namespace still exists")
	}
}

// The controller's own webhooks review the update that removes its finalizer from a binding.
func TestABindingKeepsItsFinalizerWhileTheControllersWebhookCannotBeReached(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	group := k.make("closed", securityGroupType, Properties{"name": "closed", "vpcId": k.ids["vpc"]})
	k.make("nodes to the API", groupRuleType, Properties{"type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0,
		"securityGroupId": k.object(clusterType, "cluster").text("vpcConfig.clusterSecurityGroupId"), "sourceSecurityGroupId": group})
	k.onNodes(func(node *Object) { k.world.interfaceOf(node).set("securityGroups", []any{group}) })
	err := k.kube.Delete(serviceType, "default/web")
	refused(t, err, deletionEnds)
	refused(t, err, webhookReached)
}

func TestChangesOfACloneDoNotAffectTheAccount(t *testing.T) {
	k := newCluster(t).controlled()
	before := jsonText(k.world.all(""))
	clone := k.world.Clone()
	if a, b := jsonText(clone.all("")), jsonText(clone.Clone().all("")); a != b || len(clone.all("")) != len(k.world.all("")) {
		t.Error("a clone has another state")
	}
	if clone.Endpoint() != k.world.Endpoint() {
		t.Error("the clone has another endpoint")
	}
	client, err := clone.Kubernetes(k.kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Delete(releaseType, "kube-system/"+controllerOwner); err != nil {
		t.Fatal(err)
	}
	if jsonText(k.world.all("")) != before {
		t.Error("a delete in the clone changed the account")
	}
}

func TestTheResourceOfAnAbandonedCreateIsFoundByItsInputs(t *testing.T) {
	l := newLab(t).network()
	known := func(ids ...string) func(string, string) bool {
		return func(_, id string) bool { return slices.Contains(ids, id) }
	}
	inputs := Properties{"vpcId": l.ids["vpc"], "cidrBlock": "10.0.16.0/20", "__defaults": []any{}, "tags": nil,
		"availabilityZone": map[string]any{"4dabf18193072939515e22adb298388d": "a secret"}}
	if got := l.world.MadeBy(subnetType, inputs, known()); got != l.ids["private-a"] {
		t.Errorf("found %q, not %s", got, l.ids["private-a"])
	}
	if got := l.world.MadeBy(subnetType, inputs, known(l.ids["private-a"])); got != "" {
		t.Errorf("found %s, which is in a stack", got)
	}
	inputs["cidrBlock"] = "10.0.99.0/24"
	if got := l.world.MadeBy(subnetType, inputs, known()); got != "" {
		t.Errorf("found %s for another network", got)
	}
}

func TestTheCommandsOfLeftoversRemoveEverythingInTheirOrder(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.apply(serviceType, edited(service("classic", "LoadBalancer"), "metadata.name", "classic"))
	subnet := k.ids["private-a"]
	if _, err := k.world.MakeInterface(subnet, "made in the console"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.world.MakeLoadBalancer("by-hand", []string{k.ids["public-a"], k.ids["public-b"]}); err != nil {
		t.Fatal(err)
	}
	k.everythingElse()
	for range 3 { // EKS writes to its log group as long as the cluster exists
		for _, left := range k.world.Leftovers() {
			if err := k.world.Run(left.Remove); err != nil {
				t.Errorf("%s: %v", left.Remove, err)
			}
		}
	}
	if left := k.world.Leftovers(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestAResourceThatIsDeletedWithAnotherIsNotAnOrphan(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	known := func(typ, _ string) bool { return kinds[typ] != nil && typ != securityGroupType && typ != groupRuleType }
	if left := k.world.Orphans(known); len(left) > 0 {
		t.Errorf("with a working controller: %+v", left)
	}
	k.remove(releaseType, "kube-system/"+controllerOwner)
	for _, typ := range []string{loadBalancerType, targetGroupType, securityGroupType, bindingType} {
		if len(orphansOfWhere(k.world, typ, known)) == 0 {
			t.Errorf("without the controller no %s is an orphan", typ)
		}
	}
}

func TestTheCommandsDeleteALoadBalancersResourcesAfterTheControllerIsDeleted(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.remove(releaseType, "kube-system/"+controllerOwner)
	for _, left := range k.world.Orphans(func(typ, _ string) bool { return kinds[typ] != nil && typ != serviceType }) {
		if err := k.world.Run(left.Remove); err != nil {
			t.Errorf("%s: %v", left.Remove, err)
		}
	}
	for _, typ := range []string{serviceType, loadBalancerType, targetGroupType, bindingType} {
		if left := orphansOf(k.world, typ); len(left) > 0 {
			t.Errorf("left: %+v", left)
		}
	}
}

func orphansOf(w *World, typ string) []Leftover { return orphansOfWhere(w, typ, nil) }

func orphansOfWhere(w *World, typ string, known func(typ, id string) bool) []Leftover {
	return slices.DeleteFunc(w.Orphans(known), func(l Leftover) bool { return l.Type != typ })
}
