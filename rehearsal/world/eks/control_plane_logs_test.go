package eks_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestEKSMayCreateTheLogGroupAgainAfterTheClusterIsDeleted(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	group := logs.ControlPlaneLogs("dev")
	if err := l.Change(store.ClusterType, "dev", store.Properties{"enabledClusterLogTypes": []any{"api"}}); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []struct{ typ, id string }{{store.ClusterType, "dev"}, {store.LogGroupType, group}} {
		if err := l.Delete(gone.typ, gone.id); err != nil {
			t.Fatal(err)
		}
	}
	may := l.World.MayAppear()
	if len(may) != 1 || may[0].ID != group || may[0].Remove != "aws logs delete-log-group --log-group-name "+group {
		t.Fatalf("what may appear is %+v", may)
	}
	if left := store.DescribeAll(l.World.All(store.LogGroupType)); left != "" {
		t.Errorf("%s exists before it appears", left)
	}
	l.World.DeliverLateLogs()
	if err := l.Fails(store.LogGroupType, store.Properties{"name": group}); worldtest.RuleOf(err) != logs.LogGroupUnique || !strings.Contains(err.Error(), "ResourceAlreadyExistsException") {
		t.Errorf("the next up's group: %v", err)
	}
	var orphan cleanup.Leftover
	for _, left := range l.World.Leftovers() {
		if left.ID == group {
			orphan = left
		}
	}
	if !strings.Contains(orphan.Reason, "after the cluster was deleted") || l.World.Run(orphan.Remove) != nil {
		t.Errorf("the leftover is %+v", orphan)
	}
	if len(l.World.MayAppear()) != 0 {
		t.Error("it may appear once more")
	}
	l.Make("logs", store.LogGroupType, store.Properties{"name": group})
}

// The events of a new cluster of the same name are written to its own group.
func TestNoLateLogsAreExpectedOnceAClusterOfTheNameExistsAgain(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp()
	in := worldtest.With(l.ClusterInputs(), "enabledClusterLogTypes", []any{"api"})
	if err := l.Change(store.ClusterType, "dev", store.Properties{"enabledClusterLogTypes": []any{"api"}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Delete(store.ClusterType, "dev"); err != nil {
		t.Fatal(err)
	}
	l.Make("again", store.ClusterType, in)
	if may := l.World.All(store.LateLogsType); len(may) != 0 {
		t.Errorf("%s is still expected", store.DescribeAll(may))
	}
}
