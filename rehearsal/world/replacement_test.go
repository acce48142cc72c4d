package world

import "testing"

func TestPodsMoveToTheReplacementNodes(t *testing.T) {
	l := newLab(t).nodes()
	l.make("coredns", addonType, Properties{"clusterName": "dev", "addonName": "coredns", "resolveConflictsOnCreate": "OVERWRITE"})
	before := map[string]bool{}
	for _, instance := range l.world.all(instanceObject) {
		before[instance.ID] = true
	}
	l.world.ReplaceNodes()
	for _, instance := range l.world.all(instanceObject) {
		if before[instance.ID] {
			t.Errorf("%s is not replaced", instance.ID)
		}
	}
	if nodes := len(l.world.readyNodes("dev")); nodes != len(before) {
		t.Errorf("%d nodes are ready of %d", nodes, len(before))
	}
	if err := l.world.resolves("dev", "sts"); err != nil {
		t.Errorf("CoreDNS does not run on the new nodes: %v", err)
	}
}

func TestPodsDoNotMoveToNewNodesWithoutKubeProxy(t *testing.T) {
	l := newLab(t).nodes()
	l.make("coredns", addonType, Properties{"clusterName": "dev", "addonName": "coredns", "resolveConflictsOnCreate": "OVERWRITE"})
	l.make("kube-proxy", addonType, Properties{"clusterName": "dev", "addonName": "kube-proxy", "resolveConflictsOnCreate": "OVERWRITE"})
	if err := l.delete(addonType, "kube-proxy"); err != nil {
		t.Fatal(err)
	}
	// The rules that it wrote into a node's kernel remain there (kubernetes KEP-2448).
	if err := l.world.resolves("dev", "sts"); err != nil {
		t.Errorf("on the old nodes: %v", err)
	}
	l.world.ReplaceNodes()
	if err := l.world.resolves("dev", "sts"); err == nil {
		t.Error("CoreDNS runs on new nodes")
	}
}
