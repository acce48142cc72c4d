package world_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// step is a resource that the program creates, in the order of the graph.
type step struct {
	typ string
	in  func(*worldtest.Lab) store.Properties
}

// recorded returns the steps of a lab's nodes().
func recorded(t *testing.T) []step {
	l := worldtest.NewLab(t)
	recorder := &recording{Client: l.Client}
	l.Client = recorder
	l.Make("logs", store.LogGroupType, store.Properties{"name": "/aws/eks/dev/cluster"})
	l.Nodes()
	in := l.AddonInputs("coredns")
	l.Make("coredns", store.AddonType, in)
	return recorder.steps
}

// recording records what is created. The IDs are the same in the same order, so that the steps can be repeated.
type recording struct {
	store.Client
	steps []step
}

func (r *recording) Create(typ string, in store.Properties) (store.Object, error) {
	copied := store.Clone(in)
	r.steps = append(r.steps, step{typ: typ, in: func(*worldtest.Lab) store.Properties { return store.Clone(copied) }})
	return r.Client.Create(typ, in)
}

// play creates the resources of the first n steps and returns them.
func play(t *testing.T, l *worldtest.Lab, steps []step, n int) []store.Object {
	t.Helper()
	var made []store.Object
	for _, s := range steps[:n] {
		o, err := l.Client.Create(s.typ, s.in(l))
		if err != nil {
			t.Fatalf("%s: %v", s.typ, err)
		}
		made = append(made, o)
	}
	return made
}

func TestAnUpThatStopsAfterAnyStepIsDestroyedWithoutALeftover(t *testing.T) {
	steps := recorded(t)
	for n := range steps {
		l := worldtest.NewLab(t)
		made := play(t, l, steps, n+1)
		for _, o := range slices.Backward(made) {
			if err := l.Client.Delete(o.Type, o.ID); err != nil {
				t.Fatalf("after %d steps, %s %s: %v", n+1, o.Type, o.ID, err)
			}
		}
		for _, left := range l.World.Leftovers() {
			t.Errorf("after %d steps: %s %s: %s", n+1, left.Type, left.ID, left.Reason)
		}
	}
}

func TestRefreshingARunChangesNothing(t *testing.T) {
	l := worldtest.NewLab(t)
	for _, o := range play(t, l, recorded(t), len(recorded(t))) {
		read, err := l.Client.Read(o.Type, o.ID)
		if err != nil {
			t.Fatalf("%s %s: %v", o.Type, o.ID, err)
		}
		if iam.JSONText(read.Inputs) != iam.JSONText(o.Inputs) {
			t.Errorf("%s %s: inputs read back differ:\n%s\n%s", o.Type, o.ID, iam.JSONText(o.Inputs), iam.JSONText(read.Inputs))
		}
	}
}

func TestASavedAccountIsTheSameWhenLoaded(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	path := filepath.Join(t.TempDir(), "world.json")
	if err := errors.Join(l.World.Keep(path), l.World.Save()); err != nil {
		t.Fatal(err)
	}
	loaded, err := world.Load(path, l.World.Options)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := iam.JSONText(l.World.All("")), iam.JSONText(loaded.All("")); a != b {
		t.Errorf("the loaded account differs")
	}
	again := filepath.Join(t.TempDir(), "world.json")
	if err := errors.Join(loaded.Keep(again), loaded.Save()); err != nil {
		t.Fatal(err)
	}
	if a, b := worldtest.Read(t, path), worldtest.Read(t, again); a != b {
		t.Errorf("saved again, the file differs")
	}
}

func TestAnAccountIsLoadedFromTheRecordsOfItsChanges(t *testing.T) {
	l := worldtest.NewLab(t)
	path := filepath.Join(t.TempDir(), "world.json")
	if err := l.World.Keep(path); err != nil {
		t.Fatal(err)
	}
	l.World.Options.Changed = func() {
		if err := l.World.Record(); err != nil {
			t.Error(err)
		}
	}
	everythingElse(l.Nodes())
	if err := l.Delete(store.NodeGroupType, "general"); err != nil {
		t.Fatal(err)
	}
	loaded, err := world.Load(path, l.World.Options)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := iam.JSONText(l.World.All("")), iam.JSONText(loaded.All("")); a != b {
		t.Errorf("the loaded account differs:\n%s\n%s", a, b)
	}
}

// Each of the concurrent calls is followed by a record: the file must contain the resources of all of them.
func TestRecordsOfConcurrentCallsLoseNothing(t *testing.T) {
	l := worldtest.NewLab(t)
	path := filepath.Join(t.TempDir(), "world.json")
	if err := l.World.Keep(path); err != nil {
		t.Fatal(err)
	}
	for round := range 8 {
		var calls sync.WaitGroup
		for i := range 16 {
			calls.Go(func() {
				_, err := l.Client.Create(store.LogGroupType, store.Properties{"name": fmt.Sprintf("/calls/%d/%d", round, i)})
				if err == nil {
					err = l.World.Record()
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		loaded, err := world.Load(path, l.World.Options)
		if err != nil {
			t.Fatal(err)
		}
		if made, kept := len(l.World.All(store.LogGroupType)), len(loaded.All(store.LogGroupType)); kept != made {
			t.Fatalf("%d log groups were made and the file holds %d", made, kept)
		}
	}
}

func TestTheErrorOfADamagedAccountFileSaysHowToStartOver(t *testing.T) {
	options := store.Options{Verify: *worldtest.Verify, Account: worldtest.Account}
	for content, wanted := range map[string]string{
		`{"format": 1, "account"`:                                     "is damaged",
		`{"format": 99, "account": "111122223333"}`:                   "has format 99",
		`{"format": 1, "account": "999999999999"}`:                    "is of account 999999999999",
		`{"format": 1, "account": "111122223333", "objects": [null]}`: "has no identity",
	} {
		path := filepath.Join(t.TempDir(), "world.json")
		worldtest.Write(t, path, content)
		_, err := world.Load(path, options)
		if err == nil || !strings.Contains(err.Error(), wanted) || !strings.Contains(err.Error(), "remove it") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestEveryLeftoverHasTheCommandThatRemovesIt(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	everythingElse(l)
	for _, left := range l.World.Leftovers() {
		if !strings.HasPrefix(left.Remove, "aws ") && !strings.HasPrefix(left.Remove, "kubectl ") || strings.Contains(left.Remove, "resourcegroupstagging") {
			t.Errorf("%s %s: %q", left.Type, left.ID, left.Remove)
		}
		if left.Reason == "" {
			t.Errorf("%s %s has no reason", left.Type, left.ID)
		}
	}
}

func TestAnUpdateThatChangesNothingKeepsTheOutputs(t *testing.T) {
	l := worldtest.NewLab(t).Nodes()
	everythingElse(l)
	for _, k := range world.AWSKinds() {
		for _, o := range l.World.All(k.Typ, func(o *store.Object) bool { return o.Owner == "" }) {
			read, err := l.Client.Read(o.Type, o.ID)
			if err != nil {
				t.Fatalf("%s %s: %v", o.Type, o.ID, err)
			}
			before := read.Outputs
			// Each update of a launch template creates a version of it, and an endpoint gets new interfaces.
			for _, property := range []string{"latestVersion", "networkInterfaceIds"} {
				delete(before, property)
			}
			after, err := l.Client.Update(o.Type, o.ID, o.Inputs)
			if err != nil {
				t.Errorf("%s %s: %v", o.Type, o.ID, err)
				continue
			}
			for _, property := range []string{"latestVersion", "networkInterfaceIds"} {
				delete(after.Outputs, property)
			}
			if a, b := iam.JSONText(before), iam.JSONText(after.Outputs); a != b {
				t.Errorf("%s %s shows\n%s\nand then\n%s", o.Type, o.ID, a, b)
			}
		}
	}
}
