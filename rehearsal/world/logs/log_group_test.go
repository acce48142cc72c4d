package logs_test

import (
	"slices"
	"testing"

	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestALogGroupThatEKSCreatesRemainsAfterItsCluster(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	if err := l.Delete(store.ClusterType, "dev"); err != nil {
		t.Fatal(err)
	}
	left := l.World.Leftovers()
	if !slices.ContainsFunc(left, func(o cleanup.Leftover) bool { return o.ID == "/aws/eks/dev/cluster" && o.Owner == "eks" }) {
		t.Errorf("leftovers %v", left)
	}
}

func TestEKSRecreatesALogGroupThatIsDeletedBeforeItsCluster(t *testing.T) {
	l := worldtest.NewLab(t)
	l.Make("logs", store.LogGroupType, store.Properties{"name": "/aws/eks/dev/cluster"})
	l.ClusterUp()
	if err := l.Delete(store.LogGroupType, "logs"); err != nil {
		t.Fatal(err)
	}
	if o := l.World.Get(store.LogGroupType, "/aws/eks/dev/cluster"); o == nil || o.Owner != "eks" {
		t.Errorf("log group: %v", o)
	}
}
