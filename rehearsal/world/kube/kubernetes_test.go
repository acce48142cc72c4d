package kube_test

import (
	"strings"
	"testing"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestADeploymentRunsItsReplicas(t *testing.T) {
	k := worldtest.NewCluster(t)
	before := k.Standing()
	o := k.Apply(store.DeploymentType, worldtest.Web())
	if o.ID != "default/web" || store.At(o.Outputs, "status.readyReplicas") != 2.0 {
		t.Errorf("%s with %v", o.ID, o.Outputs["status"])
	}
	nodes := map[string]bool{}
	for _, pod := range kube.ObjectsIn(k.World.Account, "dev", store.PodType, func(p *store.Object) bool { return kube.OwnerOf(p) == "web" }) {
		nodes[pod.Text("spec.nodeName")] = true
		if pod.Text("status.podIP") == "" {
			t.Errorf("%s has no address", pod.ID)
		}
	}
	if len(nodes) != 2 {
		t.Errorf("two pods on %d nodes", len(nodes))
	}
	k.Remove(store.DeploymentType, "default/web")
	k.Unchanged(before)
}

func TestANewImageReplacesThePodsOneByOne(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	m := worldtest.Web()
	worldtest.Container(m)["image"] = "public.ecr.aws/nginx/nginx:1.30"
	k.Must(k.Update(store.DeploymentType, "default/web", m))
	for _, pod := range kube.ObjectsIn(k.World.Account, "dev", store.PodType, func(p *store.Object) bool { return kube.OwnerOf(p) == "web" }) {
		if image := store.ListOf(pod.At("spec.containers"))[0]["image"]; image != "public.ecr.aws/nginx/nginx:1.30" {
			t.Errorf("%s still runs %v", pod.ID, image)
		}
	}
}

func TestABadImageLeavesTheOldPodsRunning(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	m := worldtest.Web()
	worldtest.Container(m)["image"] = "Not An Image"
	err := k.Update(store.DeploymentType, "default/web", m)
	worldtest.Refused(t, err, node.ImageNamed)
	if !store.IsIncomplete(err) || !strings.Contains(err.Error(), "Attempted to roll forward") {
		t.Errorf("not a rollout that hangs: %v", err)
	}
	if pods := kube.ObjectsIn(k.World.Account, "dev", store.PodType, func(p *store.Object) bool { return kube.OwnerOf(p) == "web" }); len(pods) != 2 {
		t.Errorf("%d pods run", len(pods))
	}
}

func TestAnObjectThatDoesNotBecomeReadyExistsAndCanBeCompleted(t *testing.T) {
	k := worldtest.NewCluster(t)
	m := worldtest.Edited(worldtest.Web(), "spec.template.spec.serviceAccountName", "web")
	err := k.Create(store.DeploymentType, m)
	if !store.IsIncomplete(err) {
		t.Fatalf("not incomplete: %v", err)
	}
	k.Apply(store.ServiceAccountType, worldtest.Manifest("v1", "ServiceAccount", "web", nil))
	o, err := k.Kube.Update(store.DeploymentType, "default/web", m)
	k.Must(err)
	if store.At(o.Outputs, "status.readyReplicas") != 2.0 {
		t.Errorf("status %v", o.Outputs["status"])
	}
}

func TestAnObjectWithSkipAwaitIsReturnedAtOnce(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Edited(worldtest.Edited(worldtest.Web(), "spec.template.spec.nodeSelector", map[string]any{"disk": "ssd"}),
		"metadata.annotations", map[string]any{"pulumi.com/skipAwait": "true"}))
}

func TestPodsMoveToTheRemainingNodes(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Must(k.Change(store.NodeGroupType, k.IDs["general"], store.Properties{"scalingConfig": store.Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 3.0}}))
	pods := kube.ObjectsIn(k.World.Account, "dev", store.PodType, func(p *store.Object) bool { return kube.OwnerOf(p) == "web" })
	if len(pods) != 2 || pods[0].Text("spec.nodeName") != pods[1].Text("spec.nodeName") {
		t.Errorf("%d pods after one of two nodes was terminated", len(pods))
	}
}

func TestReadingChangesNothing(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	for typ, id := range map[string]string{store.DeploymentType: "default/web", store.ServiceType: "default/web", store.ReleaseType: "kube-system/" + store.ControllerOwner} {
		if typ == store.ServiceType {
			k.Apply(store.ServiceType, worldtest.NLB(nil))
		}
		o, err := k.Kube.Read(typ, id)
		k.Must(err)
		_, err = k.Kube.Update(typ, id, o.Inputs)
		k.Must(err)
		again, err := k.Kube.Read(typ, id)
		k.Must(err)
		if typ != store.ReleaseType && kube.CompactJSON(o.Outputs) != kube.CompactJSON(again.Outputs) {
			t.Errorf("%s: %s became %s", typ, kube.CompactJSON(o.Outputs), kube.CompactJSON(again.Outputs))
		}
	}
}

func TestDefinitionsRemainAfterTheirReleaseIsDeleted(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.ControllerAccount()
	before := k.Standing()
	o := k.Apply(store.ReleaseType, k.ReleaseInputs())
	if store.At(o.Outputs, "status.status") != "deployed" || store.At(o.Outputs, "status.appVersion") != "v3.2.2" {
		t.Errorf("status %v", o.Outputs["status"])
	}
	k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner)
	definitions := kube.ObjectsIn(k.World.Account, "dev", store.CrdType)
	if len(definitions) == 0 {
		t.Error("no definition remains")
	}
	for _, definition := range definitions {
		before[definition.Key()] = true
	}
	k.Unchanged(before)
	// A second installation uses them.
	k.Apply(store.ReleaseType, k.ReleaseInputs())
}

func TestAReleaseRendersTheSameEachTime(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.ControllerAccount()
	first := k.Apply(store.ReleaseType, k.ReleaseInputs())
	objects := helm.IsInstalled(k.World.Account, k.World.Find("dev", store.ReleaseType, first.ID))
	texts := map[store.Key]string{}
	for _, o := range objects {
		texts[o.Key()] = kube.CompactJSON(o.Inputs)
	}
	k.Must(k.Update(store.ReleaseType, first.ID, k.ReleaseInputs()))
	for _, o := range helm.IsInstalled(k.World.Account, k.World.Find("dev", store.ReleaseType, first.ID)) {
		if texts[o.Key()] != kube.CompactJSON(o.Inputs) {
			t.Errorf("%s changed", o.ID)
		}
	}
}

func TestAReleaseUsesAChartOfAnotherRepositoryOrVersion(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	const id, registry = "kube-system/" + store.ControllerOwner, "oci://000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/charts/aws-load-balancer-controller"
	k.World.PublishChart(store.ControllerOwner, charts.Get(charts.LoadBalancerController).Repository, "3.3.0")
	k.World.PublishChart(registry, "", "3.2.2")
	for _, published := range []store.Properties{
		worldtest.Edited(k.ReleaseInputs(), "version", "3.3.0"),
		worldtest.Edited(worldtest.Edited(worldtest.Edited(k.ReleaseInputs(), "chart", registry), "repositoryOpts", map[string]any{}), "version", "3.2.2"),
	} {
		if _, err := k.Kube.Update(store.ReleaseType, id, published); err != nil {
			t.Errorf("%v of version %v: %v", published["chart"], published["version"], err)
		}
	}
	if _, err := k.Kube.Update(store.ReleaseType, id, worldtest.Edited(k.ReleaseInputs(), "version", "3.4.0")); worldtest.RuleOf(err) != helm.ChartVersion {
		t.Errorf("a version that is not published: %v", err)
	}
}

func TestAReleaseIsUpdatedWithItsValues(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	in := k.ReleaseInputs()
	worldtest.With(in, "values.replicaCount", 1.0)
	worldtest.With(in, "values.podDisruptionBudget", map[string]any{"maxUnavailable": 1.0})
	k.Must(k.Update(store.ReleaseType, "kube-system/"+store.ControllerOwner, in))
	if pods := lbc.ControllerOf(k.World.Account, "dev").Pods(); len(pods) != 1 {
		t.Errorf("%d pods of the controller", len(pods))
	}
	o, err := k.Kube.Read(store.ReleaseType, "kube-system/"+store.ControllerOwner)
	k.Must(err)
	if store.At(o.Outputs, "status.revision") != 2.0 {
		t.Errorf("revision %v", store.At(o.Outputs, "status.revision"))
	}
}

func TestADeletedClusterIsUnreachable(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
	k.Empty()
	k.Must(k.Delete(store.ClusterType, "cluster"))
	worldtest.Refused(t, k.Kube.Delete(store.NamespaceType, "apps"), eks.TokenCluster)
	_, err := k.Kube.Read(store.NamespaceType, "apps")
	worldtest.Refused(t, err, eks.TokenCluster)
}

func TestEveryKindOfTheClusterTakesTime(t *testing.T) {
	for _, k := range world.KubernetesKinds() {
		if k.Creation == 0 || k.Deletion == 0 {
			t.Errorf("%s takes no time", k.Typ)
		}
	}
}
