package kube_test

import (
	"testing"
	"time"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestADeploymentIsDeletedIfTheProviderWaitsForItsPods(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.SlowToEnd(700))
	if err := k.Kube.With(store.Terms{Timeout: 700 * time.Second}).Delete(store.DeploymentType, "default/web"); err != nil {
		t.Error(err)
	}
	if k.World.Find("dev", store.DeploymentType, "default/web") != nil {
		t.Error("the Deployment still exists")
	}
}

// The deletion continues after the provider's timeout, so another call waits for the rest.
func TestADeleteThatTimedOutIsCompletedByTheNext(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.SlowToEnd(1500))
	for _, want := range []store.Rule{kube.PodsEnd, kube.PodsEnd, {}} {
		if got := worldtest.RuleOf(k.Kube.Delete(store.DeploymentType, "default/web")); got != want {
			t.Fatalf("the delete ends with %v and not %v", got, want)
		}
	}
	if k.World.Find("dev", store.DeploymentType, "default/web") != nil {
		t.Error("the Deployment still exists")
	}
}

func TestANamespaceWaitsForThePodsInIt(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "shop", nil))
	k.Apply(store.DeploymentType, worldtest.Edited(worldtest.SlowToEnd(700), "metadata.namespace", "shop"))
	if got := worldtest.RuleOf(k.Kube.Delete(store.NamespaceType, "shop")); got != kube.PodsEnd {
		t.Errorf("the delete ends with %v", got)
	}
	k.Must(k.Kube.Delete(store.NamespaceType, "shop"))
	if k.World.Find("dev", store.NamespaceType, "shop") != nil {
		t.Error("the namespace still exists")
	}
}

func TestARolloutCompletesIfTheProviderWaitsForAllItsSteps(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.CheckedSlowly()
	// Two pods are replaced one after the other, and each is healthy after ten minutes.
	if got := worldtest.RuleOf(k.Update(store.DeploymentType, "default/web", worldtest.Again(worldtest.Web(), "1"))); got != kube.RolloutEnds {
		t.Errorf("ten minutes are enough: %v", got)
	}
	if _, err := k.Kube.With(store.Terms{Timeout: 20 * time.Minute}).Update(store.DeploymentType, "default/web", worldtest.Again(worldtest.Web(), "2")); err != nil {
		t.Errorf("in twenty minutes: %v", err)
	}
	k.Must(k.Update(store.DeploymentType, "default/web", worldtest.Edited(worldtest.Again(worldtest.Web(), "2"), "metadata.labels", map[string]any{"team": "shop"})))
}

func TestNodesAreUpdatedInTheStepsOfTheirNodeGroup(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	// A node starts in five minutes, and its pods terminate in half a minute.
	for nodes, steps := range map[float64]time.Duration{1: 2, 2: 1} {
		k.Must(k.Change(store.NodeGroupType, "dev:general", store.Properties{"updateConfig": store.Properties{"maxUnavailable": nodes}}))
		if got := worldtest.RuleOf(k.NewRelease(store.Terms{Timeout: steps*(5*time.Minute+30*time.Second) - time.Second})); got != node.GroupRolls {
			t.Errorf("%v nodes at once: %v", nodes, got)
		}
	}
	k.Must(k.NewRelease(store.Terms{}))
}
