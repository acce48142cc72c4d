package world

import (
	"strings"
	"testing"
)

func TestEKSMayCreateTheLogGroupAgainAfterTheClusterIsDeleted(t *testing.T) {
	l := newLab(t).clusterUp()
	group := controlPlaneLogs("dev")
	if err := l.change(clusterType, "dev", Properties{"enabledClusterLogTypes": []any{"api"}}); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []struct{ typ, id string }{{clusterType, "dev"}, {logGroupType, group}} {
		if err := l.delete(gone.typ, gone.id); err != nil {
			t.Fatal(err)
		}
	}
	may := l.world.MayAppear()
	if len(may) != 1 || may[0].ID != group || may[0].Remove != "aws logs delete-log-group --log-group-name "+group {
		t.Fatalf("what may appear is %+v", may)
	}
	if left := named(l.world.all(logGroupType)); left != "" {
		t.Errorf("%s exists before it appears", left)
	}
	l.world.DeliverLateLogs()
	if err := l.fails(logGroupType, Properties{"name": group}); ruleOf(err) != logGroupUnique || !strings.Contains(err.Error(), "ResourceAlreadyExistsException") {
		t.Errorf("the next up's group: %v", err)
	}
	var orphan Leftover
	for _, left := range l.world.Leftovers() {
		if left.ID == group {
			orphan = left
		}
	}
	if !strings.Contains(orphan.Reason, "after the cluster was deleted") || l.world.Run(orphan.Remove) != nil {
		t.Errorf("the leftover is %+v", orphan)
	}
	if len(l.world.MayAppear()) != 0 {
		t.Error("it may appear once more")
	}
	l.make("logs", logGroupType, Properties{"name": group})
}

// The events of a new cluster of the same name are written to its own group.
func TestNoLateLogsAreExpectedOnceAClusterOfTheNameExistsAgain(t *testing.T) {
	l := newLab(t).clusterUp()
	in := with(l.clusterInputs(), "enabledClusterLogTypes", []any{"api"})
	if err := l.change(clusterType, "dev", Properties{"enabledClusterLogTypes": []any{"api"}}); err != nil {
		t.Fatal(err)
	}
	if err := l.delete(clusterType, "dev"); err != nil {
		t.Fatal(err)
	}
	l.make("again", clusterType, in)
	if may := l.world.all(lateLogsType); len(may) != 0 {
		t.Errorf("%s is still expected", named(may))
	}
}
