package node_test

import (
	"testing"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestPodsMoveToTheReplacementNodes(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	l.Make("coredns", store.AddonType, store.Properties{"clusterName": "dev", "addonName": "coredns", "resolveConflictsOnCreate": "OVERWRITE"})
	before := map[string]bool{}
	for _, instance := range l.World.All(node.InstanceObject) {
		before[instance.ID] = true
	}
	l.World.ReplaceNodes()
	for _, instance := range l.World.All(node.InstanceObject) {
		if before[instance.ID] {
			t.Errorf("%s is not replaced", instance.ID)
		}
	}
	if nodes := len(node.ReadyNodes(l.World.Account, "dev")); nodes != len(before) {
		t.Errorf("%d nodes are ready of %d", nodes, len(before))
	}
	if err := kube.Resolves(l.World.Account, "dev", "sts"); err != nil {
		t.Errorf("CoreDNS does not run on the new nodes: %v", err)
	}
}

func TestPodsDoNotMoveToNewNodesWithoutKubeProxy(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	l.Make("coredns", store.AddonType, store.Properties{"clusterName": "dev", "addonName": "coredns", "resolveConflictsOnCreate": "OVERWRITE"})
	l.Make("kube-proxy", store.AddonType, store.Properties{"clusterName": "dev", "addonName": "kube-proxy", "resolveConflictsOnCreate": "OVERWRITE"})
	if err := l.Delete(store.AddonType, "kube-proxy"); err != nil {
		t.Fatal(err)
	}
	// The rules that it wrote into a node's kernel remain there (kubernetes KEP-2448).
	if err := kube.Resolves(l.World.Account, "dev", "sts"); err != nil {
		t.Errorf("on the old nodes: %v", err)
	}
	l.World.ReplaceNodes()
	if err := kube.Resolves(l.World.Account, "dev", "sts"); err == nil {
		t.Error("CoreDNS runs on new nodes")
	}
}
