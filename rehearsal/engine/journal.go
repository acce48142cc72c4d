package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

// Checkpoint is a point in an operation's journal. State is the state of the stack if the process ended there.
type Checkpoint struct {
	// Number counts the checkpoints of an operation from 1.
	Number int
	// Event is "begin", "success", "failure" or "outputs".
	Event string
	// Step is the engine's name for the operation, such as "create" or "delete-replaced".
	Step string
	URN  string

	base    apitype.DeploymentV3
	entries []apitype.JournalEntry
}

// State returns the state at this point, from the operation's base and the journal so far. Later steps do not change
// it.
func (c Checkpoint) State() *State {
	replayed := newReplayer(c.base)
	for _, entry := range c.entries {
		_ = replayed.add(entry) // no error is possible: the recorder has added each entry before
	}
	return replayed.state()
}

// recorder is the snapshot manager of an operation. Pulumi's own manager creates journal entries from the engine's
// steps; the recorder serializes each entry once, when it is added, because the engine continues to change what entries
// point to.
type recorder struct {
	mu         sync.Mutex
	manager    *engine.JournalSnapshotManager
	secrets    config.Encrypter
	base       apitype.DeploymentV3
	entries    []apitype.JournalEntry
	replayed   *replayer
	number     int
	calls      *calls
	keep       func(apitype.JournalEntry) error
	checkpoint func(Checkpoint)
	terminated bool
	closed     bool
	err        error
	// used are the resources of the steps. The engine refers to them after the operation.
	used map[*resource.State]bool
}

// newRecorder returns a recorder of an operation on a state. The snapshot is the one that the engine uses: entries
// refer to its resources by position.
func newRecorder(base *State, snapshot *deploy.Snapshot, keep func(apitype.JournalEntry) error, checkpoint func(Checkpoint)) (*recorder, error) {
	secrets, err := secretsManager()
	if err != nil {
		return nil, err
	}
	r := &recorder{
		base: base.Deployment(), replayed: newReplayer(base.Deployment()), secrets: secrets.Encrypter(),
		calls: newCalls(), keep: keep, checkpoint: checkpoint, used: map[*resource.State]bool{},
	}
	if snapshot != nil {
		r.use(snapshot.Resources...)
	}
	r.manager, err = engine.NewJournalSnapshotManager(r, snapshot, secrets)
	return r, err
}

// errEnded prevents a terminated operation, whose workers may still be running, from beginning a step that is in no
// state.
var errEnded = errors.New("the operation has ended")

func (r *recorder) BeginMutation(step deploy.Step) (engine.SnapshotMutation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errEnded
	}
	began, err := r.manager.BeginMutation(step)
	if err != nil {
		return nil, err
	}
	r.calls.begin(step)
	r.use(step.Old(), step.New())
	r.notifyCheckpoint(step, "begin")
	return &mutation{r, began}, nil
}

// use notes resources of the operation.
func (r *recorder) use(states ...*resource.State) {
	for _, state := range states {
		if state != nil {
			r.used[state] = true
		}
	}
}

// mutation is a step that has begun.
type mutation struct {
	*recorder
	began engine.SnapshotMutation
}

// End records the end of a step.
func (m *mutation) End(step deploy.Step, successful bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || m.terminated && !successful {
		return nil
	}
	m.calls.end(step, successful)
	if err := m.began.End(step, successful); err != nil {
		return err
	}
	event := "failure"
	if successful {
		event = "success"
	}
	m.notifyCheckpoint(step, event)
	return nil
}

// terminate abandons the steps in flight. A step that fails from now on may have been interrupted after it took effect,
// so it stays pending.
func (r *recorder) terminate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.terminated = true
}

func (r *recorder) RegisterResourceOutputs(step deploy.Step) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	if err := r.manager.RegisterResourceOutputs(step); err != nil {
		return err
	}
	r.notifyCheckpoint(step, "outputs")
	return nil
}

// Write replaces the base by one that the engine has changed before its first step.
func (r *recorder) Write(base *deploy.Snapshot) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.manager.Write(base)
}

func (r *recorder) RebuiltBaseState() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.manager.RebuiltBaseState()
}

func (r *recorder) SetSnippets(snippets []resource.Snippet) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.manager.SetSnippets(snippets)
}

// Close does nothing: final closes the journal.
func (r *recorder) Close() error { return nil }

// AddJournalEntry is called by the manager's methods, under the lock. A step that ends is recorded even if its entry
// cannot be kept; a step whose entry cannot be kept does not begin.
func (r *recorder) AddJournalEntry(entry engine.JournalEntry) error {
	if entry.Kind == engine.JournalEntryBegin && entry.Operation == nil {
		return nil // changes no state
	}
	serialized, err := serializeEntry(context.Background(), entry, r.secrets)
	if err != nil {
		return r.recordError(err)
	}
	var unkept error
	if r.keep != nil {
		unkept = r.recordError(r.keep(serialized))
	}
	if unkept != nil && entry.Kind == engine.JournalEntryBegin {
		return unkept
	}
	if err := r.replayed.add(serialized); err != nil {
		return r.recordError(err)
	}
	r.entries = append(r.entries, serialized)
	return unkept
}

// recordError records the first error of the journal.
func (r *recorder) recordError(err error) error {
	if r.err == nil {
		r.err = err
	}
	return err
}

// notifyCheckpoint counts a checkpoint and passes it on if the state may differ from that of the previous one.
func (r *recorder) notifyCheckpoint(step deploy.Step, event string) {
	r.number++
	if r.checkpoint == nil || slices.Contains(unchangingSteps, step.Op()) {
		return
	}
	r.checkpoint(Checkpoint{
		Number: r.number, Event: event, Step: string(step.Op()), URN: string(step.URN()),
		base: r.base, entries: slices.Clip(r.entries),
	})
}

// unchangingSteps are the steps that do not change the state.
var unchangingSteps = []display.StepOp{deploy.OpSame, deploy.OpRefresh}

// made returns the calls so far.
func (r *recorder) made() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls.list()
}

// final returns the state after the operation and the first error of its journal. A step that a terminated operation
// abandoned may end later; it is ignored then, as after the process ends.
func (r *recorder) final() (*State, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	state := r.replayed.state()
	return state, errors.Join(r.err, state.verify())
}

// release drops what only the operation needed. A goroutine of the engine's step executor never ends
// (pkg/resource/deploy/step_executor.go, newStepExecutor), and refers to the operation's resources and to this
// recorder. A terminated operation keeps them, because its workers may still be running.
func (r *recorder) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed || r.terminated {
		return
	}
	for state := range r.used {
		state.Inputs, state.Outputs = nil, nil
	}
	r.used, r.entries, r.base, r.replayed, r.manager = nil, nil, apitype.DeploymentV3{}, nil, nil
}

// serializeEntry returns an entry with its resource in the format of Pulumi's backends (pkg/backend/journal.go,
// SerializeJournalEntry; that package imports the SDKs of several clouds).
func serializeEntry(ctx context.Context, e engine.JournalEntry, secrets config.Encrypter) (apitype.JournalEntry, error) {
	entry := apitype.JournalEntry{
		Version: 1, Kind: apitype.JournalEntryKind(e.Kind), SequenceID: e.SequenceID, OperationID: e.OperationID,
		RemoveOld: e.RemoveOld, RemoveNew: e.RemoveNew, DeleteOld: e.DeleteOld, DeleteNew: e.DeleteNew,
		PendingReplacementOld: e.PendingReplacementOld, PendingReplacementNew: e.PendingReplacementNew,
		IsRefresh: e.IsRefresh, ExtensionRef: e.ExtensionRef, Extension: e.Extension,
	}
	if e.State != nil {
		state, err := stack.SerializeResource(ctx, e.State, secrets, false)
		if err != nil {
			return entry, err
		}
		entry.State = &state
	}
	if e.Operation != nil {
		operation, err := stack.SerializeOperation(ctx, *e.Operation, secrets, false)
		if err != nil {
			return entry, err
		}
		entry.Operation = &operation
	}
	if e.SecretsManager != nil {
		entry.SecretsProvider = &apitype.SecretsProvidersV1{Type: e.SecretsManager.Type(), State: e.SecretsManager.State()}
	}
	for _, snippet := range e.Snippets {
		entry.Snippets = append(entry.Snippets, stack.SerializeSnippet(snippet))
	}
	if e.NewSnapshot != nil {
		state, err := newState(ctx, e.NewSnapshot)
		if err != nil {
			return entry, err
		}
		entry.NewSnapshot = &state.deployment
	}
	return entry, nil
}
