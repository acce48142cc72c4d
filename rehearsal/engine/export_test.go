package engine

import (
	"context"
	"encoding/json"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Compare calls compare at each checkpoint of a run, and at its end, with the state that replaying the journal gives
// and the state that the journal of Pulumi's own tests gives for the same steps, both with decrypted secrets. The
// latter is exact at a checkpoint only while no other step changes the resources that the steps point to.
func Compare(run Run, operation func(context.Context, Run) (*Result, error), compare func(at string, replayed, want string)) (*Result, error) {
	steps := &stepJournal{}
	run.Parallel = 1
	run.reference = func(base *deploy.Snapshot) engine.SnapshotManager {
		steps.base = base
		return steps
	}
	run.OnCheckpoint = func(c Checkpoint) {
		compare(c.Event+" of "+c.Step+" "+c.URN, plainText(c.State()), steps.opened())
	}
	result, err := operation(context.Background(), run)
	if result != nil && result.Operation != "preview" {
		compare("the end", plainText(result.State), steps.opened())
	}
	return result, err
}

// stepJournal is engine.TestJournal without its goroutine.
type stepJournal struct {
	base    *deploy.Snapshot
	entries engine.JournalEntries
}

func (j *stepJournal) add(kind engine.TestJournalEntryKind, step deploy.Step) error {
	j.entries = append(j.entries, engine.TestJournalEntry{Kind: kind, Step: step})
	return nil
}

func (j *stepJournal) BeginMutation(step deploy.Step) (engine.SnapshotMutation, error) {
	return j, j.add(engine.TestJournalEntryBegin, step)
}

func (j *stepJournal) End(step deploy.Step, successful bool) error {
	if successful {
		return j.add(engine.TestJournalEntrySuccess, step)
	}
	return j.add(engine.TestJournalEntryFailure, step)
}

func (j *stepJournal) RegisterResourceOutputs(step deploy.Step) error {
	return j.add(engine.TestJournalEntryOutputs, step)
}

func (j *stepJournal) Write(base *deploy.Snapshot) error {
	j.base = base
	return nil
}

func (j *stepJournal) SetSnippets([]resource.Snippet) error { return nil }
func (j *stepJournal) RebuiltBaseState() error              { return nil }
func (j *stepJournal) Close() error                         { return nil }

func (j *stepJournal) opened() string {
	snapshot, err := j.entries.Snap(j.base)
	if err != nil {
		return err.Error()
	}
	return snapshotText(snapshot)
}

// plainText returns a state as text, with decrypted secrets.
func plainText(s *State) string {
	snapshot, err := s.snapshot(context.Background())
	if err != nil {
		return err.Error()
	}
	return snapshotText(snapshot)
}

func snapshotText(snapshot *deploy.Snapshot) string {
	if snapshot.SecretsManager == nil {
		snapshot.SecretsManager, _ = secretsManager()
	}
	deployment, err := stack.SerializeDeployment(context.Background(), snapshot, true)
	if err != nil {
		return err.Error()
	}
	// A step in flight changes the resource of its pending operation before it has ended.
	for i, pending := range deployment.PendingOperations {
		deployment.PendingOperations[i].Resource = apitype.ResourceV3{URN: pending.Resource.URN, Type: pending.Resource.Type}
	}
	raw, err := json.MarshalIndent(deployment, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// SecretsProvider decrypts the secrets of states.
type SecretsProvider = secretsProvider
