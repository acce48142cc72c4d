package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
)

func TestTheErrorOfADamagedStateIsOneLineThatSaysHowToContinue(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	file := filepath.Join(t.TempDir(), "state.json")
	journal := strings.TrimSuffix(file, ".json") + ".journal"
	interruptRefresh(t, &run, file)
	whole := map[string][]byte{file: readFile(t, file), journal: readFile(t, journal)}
	middle := len(whole[journal]) / 2
	newer := bytes.Replace(whole[file], []byte(`"version": 3`), []byte(`"version":  3`), 1)
	for name, damage := range map[string]struct {
		path string
		as   []byte
		want string
	}{
		"a state that ends in the middle":  {file, whole[file][:len(whole[file])/2], "is not the file that the journal belongs to"},
		"another state":                    {file, newer, "is not the file that the journal belongs to"},
		"a line of the journal is changed": {journal, append(append(bytes.Clone(whole[journal][:middle]), whole[journal][middle]^1), whole[journal][middle+1:]...), "is damaged"},
		"a line of the journal is missing": {journal, bytes.Join(withoutLine(bytes.SplitAfter(whole[journal], []byte("\n")), 2), nil), "line 3 is damaged"},
	} {
		writeFile(t, damage.path, damage.as)
		_, err := engine.ReadState(file)
		_, _, opening := engine.OpenState(file)
		for _, part := range []string{damage.path, damage.want, "remove the folder " + filepath.Dir(file)} {
			if err == nil || opening == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: the errors are %v and %v, want %q", name, err, opening, part)
			}
		}
		writeFile(t, damage.path, whole[damage.path])
	}
	if err := os.Remove(journal); err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, whole[file][:len(whole[file])/2])
	if _, err := engine.ReadState(file); err == nil || !strings.Contains(err.Error(), file+" is not the state of a stack: ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error for half a state is %v", err)
	}
}

func TestAnEntryFromTheJournalOfAnotherStateIsAnError(t *testing.T) {
	number := int64(7)
	for _, entry := range []apitype.JournalEntry{
		{Kind: apitype.JournalEntryKindSuccess, RemoveOld: &number},
		{Kind: apitype.JournalEntryKindSuccess, DeleteNew: &number},
		{Kind: apitype.JournalEntryKindOutputs, RemoveNew: &number, State: &apitype.ResourceV3{}},
		{Kind: apitype.JournalEntryKindExtensionParameterize},
		{Kind: 99},
	} {
		file := filepath.Join(t.TempDir(), "state.json")
		states, _, err := engine.OpenState(file)
		if err == nil {
			err = errors.Join(states.Keep(entry), states.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err = engine.ReadState(file); err == nil || !strings.Contains(err.Error(), "state.journal is not the state of a stack: journal entry") {
			t.Errorf("%v: the error is %v", entry, err)
		}
	}
}

// Entries after a refresh refer to resources by their position in the state after the refresh.
func TestEntriesAfterARefreshReferToPositionsAfterIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	states, _, err := engine.OpenState(file)
	if err != nil {
		t.Fatal(err)
	}
	first := int64(0)
	for i, name := range []string{"a", "b", "c"} {
		made := &apitype.ResourceV3{URN: resource.URN(name), Type: "t"}
		err = errors.Join(err, states.Keep(apitype.JournalEntry{Kind: apitype.JournalEntryKindSuccess, OperationID: int64(i + 1), State: made}))
	}
	for _, entry := range []apitype.JournalEntry{
		{Kind: apitype.JournalEntryKindRebuiltBaseState},
		{Kind: apitype.JournalEntryKindRefreshSuccess, RemoveOld: &first},
		{Kind: apitype.JournalEntryKindRebuiltBaseState},
		{Kind: apitype.JournalEntryKindSuccess, RemoveOld: &first},
	} {
		err = errors.Join(err, states.Keep(entry))
	}
	state, reading := engine.ReadState(file)
	if err = errors.Join(err, reading, states.Close()); err != nil {
		t.Fatal(err)
	}
	if left := state.Resources(); len(left) != 1 || left[0].URN != "c" {
		t.Errorf("left %v", left)
	}
}

func TestAPreviewWritesNoJournal(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	run.Keep = func(e apitype.JournalEntry) error { return errors.New("kept " + e.String()) }
	must(t, engine.Preview, &run)
}

func TestAStepWhoseEntryCannotBeKeptDoesNotBegin(t *testing.T) {
	run, w := rehearse(t, program.Network)
	full := errors.New("write state.journal: no space left on device")
	run.Keep = func(e apitype.JournalEntry) error {
		if e.Operation != nil && e.Operation.Resource.Type == "aws:ec2/subnet:Subnet" {
			return full
		}
		return nil
	}
	result, err := engine.Up(context.Background(), run)
	if err == nil || len(result.Errors) != 1 || result.Errors[0] != "state: "+full.Error() {
		t.Errorf("the errors of up are %q", result.Errors)
	}
	if calls := w.Calls(); len(calls) != 1 || len(result.State.Pending()) != 0 {
		t.Errorf("created %v, pending %d", calls, len(result.State.Pending()))
	}
	run.Base, run.Keep = result.State, nil
	must(t, engine.Up, &run)
}

func TestAStepThatEndedIsInTheStateEvenIfItsEntryCannotBeKept(t *testing.T) {
	run, w := rehearse(t, program.Network)
	run.Keep = func(e apitype.JournalEntry) error {
		if e.State != nil && e.State.Type == "aws:ec2/vpc:Vpc" {
			return errRefused
		}
		return nil
	}
	result, err := engine.Up(context.Background(), run)
	if err == nil || len(result.State.Pending()) != 0 || len(w.Calls()) != 1 {
		t.Fatalf("up returned %v, pending %d, created %v", err, len(result.State.Pending()), w.Calls())
	}
	run.Base, run.Keep = result.State, nil
	must(t, engine.Up, &run)
	must(t, engine.Destroy, &run)
	if left := w.Objects(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// The state of the same stack that was exported on another machine has another salt.
func TestAStateWithAnotherSaltCanBeUsed(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	up := must(t, engine.Up, &run)
	salt, manager, err := passphrase.NewPassphraseSecretsManager(engine.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := stack.DeserializeDeploymentV3(context.Background(), up.State.Deployment(), engine.SecretsProvider{})
	if err != nil {
		t.Fatal(err)
	}
	snapshot.SecretsManager = manager
	deployment, err := stack.SerializeDeployment(context.Background(), snapshot, false)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]any{"version": 3, "deployment": deployment})
	if err != nil || !bytes.Contains(raw, []byte(salt)) {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "state.json")
	writeFile(t, file, raw)
	interruptRefresh(t, &run, file)
	if bytes.Contains(readFile(t, file), []byte(salt)) {
		t.Error("the file's secrets have another salt than those that operations add")
	}
	if run.Base, err = engine.ReadState(file); err != nil {
		t.Fatal(err)
	}
	if again := must(t, engine.Up, &run); again.Outputs["token"] != "hunter2" || !again.Unchanged() {
		t.Errorf("up changed %v, and the secret is %v", again.Changes, again.Outputs["token"])
	}
}

// interruptRefresh refreshes the state of a file, after an up if it has none, and leaves the journal as a process does
// that ends during a refresh.
func interruptRefresh(t *testing.T, run *engine.Run, file string) {
	t.Helper()
	states, state, err := engine.OpenState(file)
	if err != nil {
		t.Fatal(err)
	}
	run.Base, run.Keep = state, states.Keep
	if err := states.Write(state); err != nil {
		t.Fatal(err)
	}
	if state == nil {
		if err := states.Write(must(t, engine.Up, run).State); err != nil {
			t.Fatal(err)
		}
	}
	must(t, engine.Refresh, run)
	if err := states.Close(); err != nil {
		t.Fatal(err)
	}
	run.Keep = nil
}

func withoutLine(lines [][]byte, i int) [][]byte {
	return append(append([][]byte{}, lines[:i]...), lines[i+1:]...)
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
