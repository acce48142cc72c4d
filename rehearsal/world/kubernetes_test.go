package world

import (
	"strings"
	"testing"
)

func TestADeploymentRunsItsReplicas(t *testing.T) {
	k := newCluster(t)
	before := k.standing()
	o := k.apply(deploymentType, web())
	if o.ID != "default/web" || at(o.Outputs, "status.readyReplicas") != 2.0 {
		t.Errorf("%s with %v", o.ID, o.Outputs["status"])
	}
	nodes := map[string]bool{}
	for _, pod := range k.world.in("dev", podType, func(p *Object) bool { return ownerOf(p) == "web" }) {
		nodes[pod.text("spec.nodeName")] = true
		if pod.text("status.podIP") == "" {
			t.Errorf("%s has no address", pod.ID)
		}
	}
	if len(nodes) != 2 {
		t.Errorf("two pods on %d nodes", len(nodes))
	}
	k.remove(deploymentType, "default/web")
	k.unchanged(before)
}

func TestANewImageReplacesThePodsOneByOne(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	m := web()
	container(m)["image"] = "public.ecr.aws/nginx/nginx:1.30"
	k.must(k.update(deploymentType, "default/web", m))
	for _, pod := range k.world.in("dev", podType, func(p *Object) bool { return ownerOf(p) == "web" }) {
		if image := listOf(pod.at("spec.containers"))[0]["image"]; image != "public.ecr.aws/nginx/nginx:1.30" {
			t.Errorf("%s still runs %v", pod.ID, image)
		}
	}
}

func TestABadImageLeavesTheOldPodsRunning(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	m := web()
	container(m)["image"] = "Not An Image"
	err := k.update(deploymentType, "default/web", m)
	refused(t, err, imageNamed)
	if !isIncomplete(err) || !strings.Contains(err.Error(), "Attempted to roll forward") {
		t.Errorf("not a rollout that hangs: %v", err)
	}
	if pods := k.world.in("dev", podType, func(p *Object) bool { return ownerOf(p) == "web" }); len(pods) != 2 {
		t.Errorf("%d pods run", len(pods))
	}
}

func TestAnObjectThatDoesNotBecomeReadyExistsAndCanBeCompleted(t *testing.T) {
	k := newCluster(t)
	m := edited(web(), "spec.template.spec.serviceAccountName", "web")
	err := k.create(deploymentType, m)
	if !isIncomplete(err) {
		t.Fatalf("not incomplete: %v", err)
	}
	k.apply(serviceAccountType, manifest("v1", "ServiceAccount", "web", nil))
	o, err := k.kube.Update(deploymentType, "default/web", m)
	k.must(err)
	if at(o.Outputs, "status.readyReplicas") != 2.0 {
		t.Errorf("status %v", o.Outputs["status"])
	}
}

func TestAnObjectWithSkipAwaitIsReturnedAtOnce(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, edited(edited(web(), "spec.template.spec.nodeSelector", map[string]any{"disk": "ssd"}),
		"metadata.annotations", map[string]any{"pulumi.com/skipAwait": "true"}))
}

func TestPodsMoveToTheRemainingNodes(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	k.must(k.change(nodeGroupType, k.ids["general"], Properties{"scalingConfig": Properties{"minSize": 1.0, "desiredSize": 1.0, "maxSize": 3.0}}))
	pods := k.world.in("dev", podType, func(p *Object) bool { return ownerOf(p) == "web" })
	if len(pods) != 2 || pods[0].text("spec.nodeName") != pods[1].text("spec.nodeName") {
		t.Errorf("%d pods after one of two nodes was terminated", len(pods))
	}
}

func TestReadingChangesNothing(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	for typ, id := range map[string]string{deploymentType: "default/web", serviceType: "default/web", releaseType: "kube-system/" + controllerOwner} {
		if typ == serviceType {
			k.apply(serviceType, nlb(nil))
		}
		o, err := k.kube.Read(typ, id)
		k.must(err)
		_, err = k.kube.Update(typ, id, o.Inputs)
		k.must(err)
		again, err := k.kube.Read(typ, id)
		k.must(err)
		if typ != releaseType && compact(o.Outputs) != compact(again.Outputs) {
			t.Errorf("%s: %s became %s", typ, compact(o.Outputs), compact(again.Outputs))
		}
	}
}

func TestDefinitionsRemainAfterTheirReleaseIsDeleted(t *testing.T) {
	k := newCluster(t)
	k.controllerAccount()
	before := k.standing()
	o := k.apply(releaseType, k.releaseInputs())
	if at(o.Outputs, "status.status") != "deployed" || at(o.Outputs, "status.appVersion") != "v3.2.2" {
		t.Errorf("status %v", o.Outputs["status"])
	}
	k.remove(releaseType, "kube-system/"+controllerOwner)
	definitions := k.world.in("dev", crdType)
	if len(definitions) == 0 {
		t.Error("no definition remains")
	}
	for _, definition := range definitions {
		before[definition.key()] = true
	}
	k.unchanged(before)
	// A second installation uses them.
	k.apply(releaseType, k.releaseInputs())
}

func TestAReleaseRendersTheSameEachTime(t *testing.T) {
	k := newCluster(t)
	k.controllerAccount()
	first := k.apply(releaseType, k.releaseInputs())
	objects := k.world.installed(k.world.find("dev", releaseType, first.ID))
	texts := map[key]string{}
	for _, o := range objects {
		texts[o.key()] = compact(o.Inputs)
	}
	k.must(k.update(releaseType, first.ID, k.releaseInputs()))
	for _, o := range k.world.installed(k.world.find("dev", releaseType, first.ID)) {
		if texts[o.key()] != compact(o.Inputs) {
			t.Errorf("%s changed", o.ID)
		}
	}
}

func TestAReleaseIsUpdatedWithItsValues(t *testing.T) {
	k := newCluster(t).controlled()
	in := k.releaseInputs()
	with(in, "values.replicaCount", 1.0)
	with(in, "values.podDisruptionBudget", map[string]any{"maxUnavailable": 1.0})
	k.must(k.update(releaseType, "kube-system/"+controllerOwner, in))
	if pods := k.world.controllerOf("dev").pods(); len(pods) != 1 {
		t.Errorf("%d pods of the controller", len(pods))
	}
	o, err := k.kube.Read(releaseType, "kube-system/"+controllerOwner)
	k.must(err)
	if at(o.Outputs, "status.revision") != 2.0 {
		t.Errorf("revision %v", at(o.Outputs, "status.revision"))
	}
}

func TestADeletedClusterIsUnreachable(t *testing.T) {
	k := newCluster(t)
	k.apply(namespaceType, manifest("v1", "Namespace", "apps", nil))
	k.empty()
	k.must(k.delete(clusterType, "cluster"))
	refused(t, k.kube.Delete(namespaceType, "apps"), tokenCluster)
	_, err := k.kube.Read(namespaceType, "apps")
	refused(t, err, tokenCluster)
}

func TestEveryKindOfTheClusterTakesTime(t *testing.T) {
	for _, k := range kubernetesKinds() {
		if k.creation == 0 || k.deletion == 0 {
			t.Errorf("%s takes no time", k.typ)
		}
	}
}
