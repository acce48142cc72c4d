package scenario_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/scenario"
)

// An account that could not be written lacks the latest resources, so the state on disk must not have them either.
func TestTheStateOnDiskIsNeverAheadOfTheAccountOnDisk(t *testing.T) {
	dir := t.TempDir()
	in := func(p scenario.Progress) func(*scenario.Options) {
		return func(o *scenario.Options) { o.Dir, o.Progress = dir, p }
	}
	file := filepath.Join(dir, "world.json")
	aside := filepath.Join(t.TempDir(), "world.json")
	// A file cannot replace a folder.
	inTheWay := &onceAfter{after: 40, do: func() {
		if err := os.Rename(file, aside); err != nil {
			t.Error(err)
		}
		if err := os.Mkdir(file, 0o700); err != nil {
			t.Error(err)
		}
	}}
	r := openRehearsal(t, in(inTheWay))
	up := r.Up(context.Background())
	if strings.Count(up.Error, "world.json") == 0 || strings.Count(up.Error, "\n") != 0 || !strings.Contains(up.Error, "the next command continues") {
		t.Fatalf("up reports %q", up.Error)
	}
	r.Close()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(aside, file); err != nil {
		t.Fatal(err)
	}

	r = openRehearsal(t, in(nil))
	before := r.State().Resources()
	r.Refresh(context.Background())
	after := r.State().Resources()
	for _, resource := range before {
		if !slices.ContainsFunc(after, func(r apitype.ResourceV3) bool { return r.URN == resource.URN }) {
			t.Errorf("the state had %s, and the world did not", resource.URN)
		}
	}
	if len(before) < 20 {
		t.Errorf("the state had %d resources", len(before))
	}
	if !r.Lifecycle(context.Background()) {
		t.Fatalf("%+v", r.Report.Operations)
	}
}

func TestAnOperationContinuesAfterItsFilesCanBeWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir = dir })
	state := filepath.Join(dir, "state.json")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	first := r.Up(context.Background())
	if first.Error == "" || strings.Count(first.Error, "\n") != 0 {
		t.Errorf("up reports %q", first.Error)
	}
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	if !r.Lifecycle(context.Background()) {
		t.Fatalf("%+v", r.Report.Operations)
	}
}
