package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/journal"
)

// StateFile is a file with a state in the format of `pulumi stack export`, and beside it the journal of an operation
// that changes it. No completed step is lost if the process ends: reading the file replays the journal.
type StateFile struct {
	path    string
	journal *journal.Journal
	written *State
}

// OpenState opens the file of a state and returns the state in it, nil if there is none.
func OpenState(path string) (*StateFile, *State, error) {
	records, content, err := journal.Open(path)
	if err != nil {
		return nil, nil, err
	}
	written, state, err := parseState(path, content)
	if err != nil {
		return nil, nil, err
	}
	return &StateFile{path: path, journal: records, written: written}, state, nil
}

// ReadState reads a state from a file that StateFile or `pulumi stack export` wrote. The file may be open in another
// process.
func ReadState(path string) (*State, error) {
	content, err := journal.Read(path)
	if err != nil {
		return nil, err
	}
	_, state, err := parseState(path, content)
	if state == nil && err == nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return state, err
}

// Keep appends an entry of the journal of an operation on the written state.
func (f *StateFile) Keep(entry apitype.JournalEntry) error { return f.journal.Append(entry) }

// Write replaces the file by a state, atomically, and starts a new journal. A state that is already written is not
// written again.
func (f *StateFile) Write(state *State) error {
	if state == f.written {
		return nil
	}
	raw, err := json.MarshalIndent(state.exported(), "", "  ")
	if err != nil {
		return err
	}
	if err := f.journal.Compact(append(raw, '\n')); err != nil {
		return err
	}
	f.written = state
	return nil
}

// Close closes the file.
func (f *StateFile) Close() error { return f.journal.Close() }

// parseState parses the state as it was written, and as the journal changed it. Without a journal both are the same.
func parseState(path string, content journal.Content) (written, state *State, err error) {
	if content.Base != nil {
		if written, err = parseExport(content.Base); err != nil {
			return nil, nil, unreadableError(path, err)
		}
	}
	state = written
	if len(content.Records) > 0 {
		if state, err = replayRecords(written, content.Records); err != nil {
			return nil, nil, unreadableError(journal.Path(path), err)
		}
	}
	if state == nil {
		return nil, nil, nil
	}
	if state, err = state.reencrypt(context.Background()); err != nil {
		return nil, nil, unreadableError(path, err)
	}
	return written, state, nil
}

// unreadableError returns the error for a file that does not contain a state.
func unreadableError(path string, err error) error {
	return fmt.Errorf("%s is not the state of a stack: %w; restore it, or remove the folder %s to start over", path, oneLine(err), filepath.Dir(path))
}

func parseExport(raw []byte) (*State, error) {
	var untyped apitype.UntypedDeployment
	if err := json.Unmarshal(raw, &untyped); err != nil {
		return nil, err
	}
	deployment, err := stack.UnmarshalUntypedDeployment(context.Background(), &untyped)
	if err != nil {
		return nil, err
	}
	return &State{deployment: *deployment}, nil
}

func replayRecords(base *State, records []json.RawMessage) (*State, error) {
	replayed := newReplayer(base.Deployment())
	for _, record := range records {
		var entry apitype.JournalEntry
		if err := json.Unmarshal(record, &entry); err != nil {
			return nil, err
		}
		if err := replayed.add(entry); err != nil {
			return nil, err
		}
	}
	return replayed.state(), nil
}
