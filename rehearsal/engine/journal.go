package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Checkpoint is the state after one entry of an operation's journal: what a stack would be left with if the process
// died there.
type Checkpoint struct {
	// Number counts the checkpoints of an operation from 1.
	Number int
	// Event is "begin", "success", "failure" or "outputs".
	Event string
	// Step is the engine's word for the operation, such as "create" or "delete-replaced".
	Step string
	URN  string
	// State is the state at this point. It is taken at once: later ones do not change it.
	State *State
}

// journal keeps what the engine reports of its steps, makes states of it and notes the order of the calls.
type journal struct {
	mu         sync.Mutex
	base       *deploy.Snapshot
	entries    engine.JournalEntries
	number     int
	calls      *calls
	checkpoint func(Checkpoint)
	terminated bool
	closed     bool
	err        error
}

// errEnded keeps a terminated operation, whose workers may still have steps in hand, from beginning one that no state would tell of.
var errEnded = errors.New("the operation has ended")

func (j *journal) BeginMutation(step deploy.Step) (engine.SnapshotMutation, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, errEnded
	}
	j.calls.begin(step)
	return j, j.add(engine.TestJournalEntry{Kind: engine.TestJournalEntryBegin, Step: step}, "begin")
}

// terminate says that steps in flight are abandoned from here on: one that fails may have been cut off after it happened, so it
// stays pending.
func (j *journal) terminate() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.terminated = true
}

// End notes the end of a step.
func (j *journal) End(step deploy.Step, successful bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.terminated && !successful {
		return nil
	}
	j.calls.end(step, successful)
	if successful {
		return j.add(engine.TestJournalEntry{Kind: engine.TestJournalEntrySuccess, Step: step}, "success")
	}
	return j.add(engine.TestJournalEntry{Kind: engine.TestJournalEntryFailure, Step: step}, "failure")
}

func (j *journal) RegisterResourceOutputs(step deploy.Step) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.add(engine.TestJournalEntry{Kind: engine.TestJournalEntryOutputs, Step: step}, "outputs")
}

// Write takes over a base that the engine has changed before its first step.
func (j *journal) Write(base *deploy.Snapshot) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.base = base
	return nil
}

func (j *journal) SetSnippets(snippets []resource.Snippet) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, engine.TestJournalEntry{Kind: engine.TestJournalEntrySnippets, Snippets: snippets})
	return nil
}

func (j *journal) RebuiltBaseState() error { return nil }
func (j *journal) Close() error            { return nil }

// add appends an entry. The engine's entries point to what it goes on changing, so a state is serialised at once where
// somebody looks at it.
func (j *journal) add(entry engine.TestJournalEntry, event string) error {
	if j.closed {
		return nil
	}
	j.entries = append(j.entries, entry)
	j.number++
	if j.checkpoint == nil || slices.Contains(unchanging, entry.Step.Op()) {
		return nil
	}
	state, err := j.state()
	if err != nil {
		j.err = err
		return err
	}
	j.checkpoint(Checkpoint{
		Number: j.number, Event: event, Step: string(entry.Step.Op()), URN: string(entry.Step.URN()), State: state,
	})
	return nil
}

// unchanging are the steps after which a state is worth no checkpoint: it is as it was before.
var unchanging = []display.StepOp{deploy.OpSame, deploy.OpRefresh}

// made are the calls so far.
func (j *journal) made() []Call {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.calls.list()
}

func (j *journal) state() (*State, error) {
	snapshot, err := j.entries.Snap(j.base)
	if err != nil {
		return nil, err
	}
	return serialize(context.Background(), snapshot)
}

// final is the state that the operation leaves. A step that a terminated operation abandoned may end later; it is not
// heard any more, as after the death of a process.
func (j *journal) final() (*State, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	if j.err != nil {
		return nil, j.err
	}
	return j.state()
}
