package world

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// step is a resource that the program creates, in the order of the graph.
type step struct {
	typ string
	in  func(*lab) Properties
}

// recorded returns the steps of a lab's nodes().
func recorded(t *testing.T) []step {
	l := newLab(t)
	recorder := &recording{Client: l.client}
	l.client = recorder
	l.make("logs", logGroupType, Properties{"name": "/aws/eks/dev/cluster"})
	l.nodes()
	in := l.addonInputs("coredns")
	l.make("coredns", addonType, in)
	return recorder.steps
}

// recording records what is created. The IDs are the same in the same order, so that the steps can be repeated.
type recording struct {
	Client
	steps []step
}

func (r *recording) Create(typ string, in Properties) (Object, error) {
	copied := clone(in)
	r.steps = append(r.steps, step{typ: typ, in: func(*lab) Properties { return clone(copied) }})
	return r.Client.Create(typ, in)
}

// play creates the resources of the first n steps and returns them.
func play(t *testing.T, l *lab, steps []step, n int) []Object {
	t.Helper()
	var made []Object
	for _, s := range steps[:n] {
		o, err := l.client.Create(s.typ, s.in(l))
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
		l := newLab(t)
		made := play(t, l, steps, n+1)
		for _, o := range slices.Backward(made) {
			if err := l.client.Delete(o.Type, o.ID); err != nil {
				t.Fatalf("after %d steps, %s %s: %v", n+1, o.Type, o.ID, err)
			}
		}
		for _, left := range l.world.Leftovers() {
			t.Errorf("after %d steps: %s %s: %s", n+1, left.Type, left.ID, left.Reason)
		}
	}
}

func TestRefreshingARunChangesNothing(t *testing.T) {
	l := newLab(t)
	for _, o := range play(t, l, recorded(t), len(recorded(t))) {
		read, err := l.client.Read(o.Type, o.ID)
		if err != nil {
			t.Fatalf("%s %s: %v", o.Type, o.ID, err)
		}
		if jsonText(read.Inputs) != jsonText(o.Inputs) {
			t.Errorf("%s %s: inputs read back differ:\n%s\n%s", o.Type, o.ID, jsonText(o.Inputs), jsonText(read.Inputs))
		}
	}
}

func TestASavedAccountIsTheSameWhenLoaded(t *testing.T) {
	l := newLab(t).nodes()
	path := filepath.Join(t.TempDir(), "world.json")
	if err := errors.Join(l.world.Keep(path), l.world.Save()); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path, l.world.options)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := jsonText(l.world.all("")), jsonText(loaded.all("")); a != b {
		t.Errorf("the loaded account differs")
	}
	again := filepath.Join(t.TempDir(), "world.json")
	if err := errors.Join(loaded.Keep(again), loaded.Save()); err != nil {
		t.Fatal(err)
	}
	if a, b := read(t, path), read(t, again); a != b {
		t.Errorf("saved again, the file differs")
	}
}

func TestAnAccountIsLoadedFromTheRecordsOfItsChanges(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(t.TempDir(), "world.json")
	if err := l.world.Keep(path); err != nil {
		t.Fatal(err)
	}
	l.world.options.Changed = func() {
		if err := l.world.Record(); err != nil {
			t.Error(err)
		}
	}
	l.nodes().everythingElse()
	if err := l.delete(nodeGroupType, "general"); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path, l.world.options)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := jsonText(l.world.all("")), jsonText(loaded.all("")); a != b {
		t.Errorf("the loaded account differs:\n%s\n%s", a, b)
	}
}

// Each of the concurrent calls is followed by a record: the file must contain the resources of all of them.
func TestRecordsOfConcurrentCallsLoseNothing(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(t.TempDir(), "world.json")
	if err := l.world.Keep(path); err != nil {
		t.Fatal(err)
	}
	for round := range 8 {
		var calls sync.WaitGroup
		for i := range 16 {
			calls.Go(func() {
				_, err := l.client.Create(logGroupType, Properties{"name": fmt.Sprintf("/calls/%d/%d", round, i)})
				if err == nil {
					err = l.world.Record()
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		loaded, err := Load(path, l.world.options)
		if err != nil {
			t.Fatal(err)
		}
		if made, kept := len(l.world.all(logGroupType)), len(loaded.all(logGroupType)); kept != made {
			t.Fatalf("%d log groups were made and the file holds %d", made, kept)
		}
	}
}

func TestTheErrorOfADamagedAccountFileSaysHowToStartOver(t *testing.T) {
	options := Options{Verify: *verify, Account: account}
	for content, wanted := range map[string]string{
		`{"format": 1, "account"`:                                     "is damaged",
		`{"format": 99, "account": "111122223333"}`:                   "has format 99",
		`{"format": 1, "account": "999999999999"}`:                    "is of account 999999999999",
		`{"format": 1, "account": "111122223333", "objects": [null]}`: "has no identity",
	} {
		path := filepath.Join(t.TempDir(), "world.json")
		write(t, path, content)
		_, err := Load(path, options)
		if err == nil || !strings.Contains(err.Error(), wanted) || !strings.Contains(err.Error(), "remove it") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestEveryLeftoverHasTheCommandThatRemovesIt(t *testing.T) {
	l := newLab(t).nodes()
	l.everythingElse()
	for _, left := range l.world.Leftovers() {
		if !strings.HasPrefix(left.Remove, "aws ") && !strings.HasPrefix(left.Remove, "kubectl ") || strings.Contains(left.Remove, "resourcegroupstagging") {
			t.Errorf("%s %s: %q", left.Type, left.ID, left.Remove)
		}
		if left.Reason == "" {
			t.Errorf("%s %s has no reason", left.Type, left.ID)
		}
	}
}

func TestAKeyThatIsPendingDeletionIsListedSeparately(t *testing.T) {
	l := newLab(t)
	l.make("key", keyType, Properties{"deletionWindowInDays": 7.0})
	if err := l.delete(keyType, "key"); err != nil {
		t.Fatal(err)
	}
	if left := l.world.Leftovers(); len(left) > 0 {
		t.Errorf("leftovers: %v", left)
	}
	if pending := l.world.Pending(); len(pending) != 1 || pending[0].ID != l.ids["key"] {
		t.Errorf("pending: %v", pending)
	}
	if _, err := l.client.Read(keyType, l.ids["key"]); err != ErrNotFound {
		t.Errorf("read of a key that is pending deletion: %v", err)
	}
}

func TestAnUpdateThatChangesNothingKeepsTheOutputs(t *testing.T) {
	l := newLab(t).nodes()
	l.everythingElse()
	for _, k := range awsKinds() {
		for _, o := range l.world.all(k.typ, func(o *Object) bool { return o.Owner == "" }) {
			read, err := l.client.Read(o.Type, o.ID)
			if err != nil {
				t.Fatalf("%s %s: %v", o.Type, o.ID, err)
			}
			before := read.Outputs
			// Each update of a launch template creates a version of it, and an endpoint gets new interfaces.
			for _, property := range []string{"latestVersion", "networkInterfaceIds"} {
				delete(before, property)
			}
			after, err := l.client.Update(o.Type, o.ID, o.Inputs)
			if err != nil {
				t.Errorf("%s %s: %v", o.Type, o.ID, err)
				continue
			}
			for _, property := range []string{"latestVersion", "networkInterfaceIds"} {
				delete(after.Outputs, property)
			}
			if a, b := jsonText(before), jsonText(after.Outputs); a != b {
				t.Errorf("%s %s shows\n%s\nand then\n%s", o.Type, o.ID, a, b)
			}
		}
	}
}
