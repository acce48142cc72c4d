package world_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// handRefusals are what AWS refuses an operator who deletes resources by hand.
func handRefusals() []refusal {
	return []refusal{
		{"the deletion of a NAT gateway's interface", ec2.InterfaceDetached, func(l *worldtest.Lab) error {
			l.Network()
			nat := l.Object(store.NatType, "nat").Text("networkInterfaceId")
			return l.World.Run("aws ec2 delete-network-interface --network-interface-id " + nat)
		}},
	}
}

// cutOffRefusals are what a cluster refuses whose endpoint cannot be reached.
func cutOffRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"any call while the endpoint cannot be reached", eks.EndpointAnswers, func(k *worldtest.KubeLab) error {
			k.World.CutOff("dev")
			_, err := k.Kube.Read(store.NamespaceType, "default")
			return err
		}},
	}
}

func TestAClusterThatIsCutOffContinuesToWorkAndCanBeReconnected(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.World.CutOff("dev")
	if err := k.Kube.Delete(store.NamespaceType, "apps"); !errors.Is(err, eks.ErrUnreachable) {
		t.Errorf("delete: %v", err)
	}
	if lbc.ControllerOf(k.World.Account, "dev").Lacks() != nil {
		t.Error("the controller stopped")
	}
	k.World.Reconnect("dev")
	k.Apply(store.DeploymentType, worldtest.Web())
}

func TestANamespaceWaitsForAForeignFinalizer(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.NamespaceType, worldtest.Edited(worldtest.Manifest("v1", "Namespace", "apps", nil), "metadata.finalizers", []any{"example.com/guard"}))
	err := k.Kube.Delete(store.NamespaceType, "apps")
	worldtest.Refused(t, err, kube.DeletionEnds)
	left := worldtest.OrphansOf(k.World, store.NamespaceType)
	if len(left) != 1 || !strings.Contains(left[0].Reason, "example.com/guard") {
		t.Fatalf("left: %+v", left)
	}
	if err := k.World.Run(left[0].Remove); err != nil {
		t.Fatal(err)
	}
	k.Remove(store.NamespaceType, "apps")
	if k.World.Find("dev", store.NamespaceType, "apps") != nil {
		t.Error("the namespace still exists")
	}
}

// The controller's own webhooks review the update that removes its finalizer from a binding.
func TestABindingKeepsItsFinalizerWhileTheControllersWebhookCannotBeReached(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	group := k.Make("closed", store.SecurityGroupType, store.Properties{"name": "closed", "vpcId": k.IDs["vpc"]})
	k.Make("nodes to the API", store.GroupRuleType, store.Properties{"type": "ingress", "protocol": "tcp", "fromPort": 443.0, "toPort": 443.0,
		"securityGroupId": k.Object(store.ClusterType, "cluster").Text("vpcConfig.clusterSecurityGroupId"), "sourceSecurityGroupId": group})
	k.OnNodes(func(node *store.Object) {
		ec2.PrimaryInterface(k.World.Account, node).Set("securityGroups", []any{group})
	})
	err := k.Kube.Delete(store.ServiceType, "default/web")
	worldtest.Refused(t, err, kube.DeletionEnds)
	worldtest.Refused(t, err, kube.WebhookReached)
}

func TestChangesOfACloneDoNotAffectTheAccount(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	before := iam.JSONText(k.World.All(""))
	clone := k.World.Clone()
	if a, b := iam.JSONText(clone.All("")), iam.JSONText(clone.Clone().All("")); a != b || len(clone.All("")) != len(k.World.All("")) {
		t.Error("a clone has another state")
	}
	if clone.Endpoint() != k.World.Endpoint() {
		t.Error("the clone has another endpoint")
	}
	client, err := clone.Kubernetes(k.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Delete(store.ReleaseType, "kube-system/"+store.ControllerOwner); err != nil {
		t.Fatal(err)
	}
	if iam.JSONText(k.World.All("")) != before {
		t.Error("a delete in the clone changed the account")
	}
}

func TestTheResourceOfAnAbandonedCreateIsFoundByItsInputs(t *testing.T) {
	l := worldtest.NewLab(t).Network()
	known := func(ids ...string) func(string, string) bool {
		return func(_, id string) bool { return slices.Contains(ids, id) }
	}
	inputs := store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "10.0.16.0/20", "__defaults": []any{}, "tags": nil,
		"availabilityZone": map[string]any{"4dabf18193072939515e22adb298388d": "a secret"}}
	if got := l.World.MadeBy(store.SubnetType, inputs, known()); got != l.IDs["private-a"] {
		t.Errorf("found %q, not %s", got, l.IDs["private-a"])
	}
	if got := l.World.MadeBy(store.SubnetType, inputs, known(l.IDs["private-a"])); got != "" {
		t.Errorf("found %s, which is in a stack", got)
	}
	inputs["cidrBlock"] = "10.0.99.0/24"
	if got := l.World.MadeBy(store.SubnetType, inputs, known()); got != "" {
		t.Errorf("found %s for another network", got)
	}
}

func TestTheCommandsOfLeftoversRemoveEverythingInTheirOrder(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.Service("classic", "LoadBalancer"), "metadata.name", "classic"))
	subnet := k.IDs["private-a"]
	if _, err := k.World.MakeInterface(subnet, "made in the console"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.World.MakeLoadBalancer("by-hand", []string{k.IDs["public-a"], k.IDs["public-b"]}); err != nil {
		t.Fatal(err)
	}
	everythingElse(k.Lab)
	for range 3 { // EKS writes to its log group as long as the cluster exists
		for _, left := range k.World.Leftovers() {
			if err := k.World.Run(left.Remove); err != nil {
				t.Errorf("%s: %v", left.Remove, err)
			}
		}
	}
	if left := k.World.Leftovers(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestAResourceThatIsDeletedWithAnotherIsNotAnOrphan(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	known := func(typ, _ string) bool {
		return store.Kinds[typ] != nil && typ != store.SecurityGroupType && typ != store.GroupRuleType
	}
	if left := k.World.Orphans(known); len(left) > 0 {
		t.Errorf("with a working controller: %+v", left)
	}
	k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner)
	for _, typ := range []string{store.LoadBalancerType, store.TargetGroupType, store.SecurityGroupType, store.BindingType} {
		if len(worldtest.OrphansOfWhere(k.World, typ, known)) == 0 {
			t.Errorf("without the controller no %s is an orphan", typ)
		}
	}
}

func TestTheCommandsDeleteALoadBalancersResourcesAfterTheControllerIsDeleted(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner)
	for _, left := range k.World.Orphans(func(typ, _ string) bool { return store.Kinds[typ] != nil && typ != store.ServiceType }) {
		if err := k.World.Run(left.Remove); err != nil {
			t.Errorf("%s: %v", left.Remove, err)
		}
	}
	for _, typ := range []string{store.ServiceType, store.LoadBalancerType, store.TargetGroupType, store.BindingType} {
		if left := worldtest.OrphansOf(k.World, typ); len(left) > 0 {
			t.Errorf("left: %+v", left)
		}
	}
}
