package node_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestAPodIsScheduledBesideThePodsOfItsAffinity(t *testing.T) {
	beside := func(app string) map[string]any {
		return map[string]any{"podAffinity": map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": []any{map[string]any{
			"topologyKey": "kubernetes.io/hostname", "labelSelector": map[string]any{"matchLabels": map[string]any{"app": app}}}}}}
	}
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Scaled(1))
	nodeOf := func(deployment string) string {
		pods := kube.PodsOf(k.World.Account, store.Key{Cluster: "dev", Typ: store.DeploymentType, ID: "default/" + deployment})
		if len(pods) != 1 {
			t.Fatalf("%s has %d pods", deployment, len(pods))
		}
		return kube.Live[corev1.Pod](pods[0]).Spec.NodeName
	}
	friend := worldtest.With(worldtest.With(worldtest.Edited(worldtest.Scaled(1), "metadata.name", "friend"),
		"spec.selector.matchLabels.app", "friend"), "spec.template.metadata.labels.app", "friend")
	k.Apply(store.DeploymentType, worldtest.Edited(friend, "spec.template.spec.affinity", beside("web")))
	if web, friend := nodeOf("web"), nodeOf("friend"); web != friend {
		t.Errorf("web is on %s, and the pod beside it on %s", web, friend)
	}
	// The first of pods that are to be together has no other beside it.
	k.Remove(store.DeploymentType, "default/friend")
	k.Apply(store.DeploymentType, worldtest.Edited(friend, "spec.template.spec.affinity", beside("friend")))
}
