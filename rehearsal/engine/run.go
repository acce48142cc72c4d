package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/pkg/v3/util/cancel"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

// DefaultParallel is the number of concurrent steps of a Run without Parallel. Pulumi's own default depends on the
// machine.
const DefaultParallel = 16

// Run holds the inputs of an operation. Stack, Host and Providers are required, and Program for a preview and an up.
type Run struct {
	Stack     *Stack
	Host      *Host
	Program   Program
	Providers Providers
	// Programs are the programs of providers that run as processes of their own, by package. They take precedence.
	Programs map[string]ProviderProgram

	// Replace are the URNs of resources that an up replaces regardless of their inputs, as `pulumi up --replace URN`
	// does.
	Replace []string

	// Base is the state before the operation, nil for a stack that has none yet.
	Base *State
	// Parallel is the maximum number of concurrent steps, 0 for DefaultParallel.
	Parallel int

	// OnEvent is called with each event of the engine, from one goroutine.
	OnEvent func(engine.Event)
	// Keep is called with every entry of the operation's journal, in order. The engine waits for it: a step begins
	// after Keep has returned for its entry. An error prevents the step and ends the operation as cancelling does. The
	// state can be restored from the base and the entries (StateFile).
	Keep func(apitype.JournalEntry) error
	// OnCheckpoint is called in order after every beginning and end of a step that may change the state. The engine
	// waits for it.
	OnCheckpoint func(Checkpoint)
	// Answers reports whether the program can reach an API server, such as https://127.0.0.1:41234, from the operator's
	// network. Through the stack's proxy it always can. If nil, it can.
	Answers func(server string) bool
	// Edit may change the registrations before the engine receives them.
	Edit Edit
	// Terminate ends the operation at once when it is closed: steps in flight are abandoned and stay pending in the
	// state. Cancelling the operation's context ends it gracefully: steps in flight complete, and no other begins.
	Terminate <-chan struct{}

	network *operatorNetwork
	// reference creates another snapshot manager, with which tests compare the journal.
	reference func(base *deploy.Snapshot) engine.SnapshotManager
}

// operation is one of the engine's entry points.
type operation func(engine.UpdateInfo, *engine.Context, engine.UpdateOptions, bool) (*deploy.Plan, display.ResourceChanges, error)

// Preview computes what Up would do. It needs the program and changes nothing.
func Preview(ctx context.Context, run Run) (*Result, error) {
	return run.execute(ctx, "preview", engine.Update, true)
}

// Up creates, updates and deletes resources so that the stack matches the program.
func Up(ctx context.Context, run Run) (*Result, error) {
	return run.execute(ctx, "up", engine.Update, false)
}

// Refresh updates the state to match what the providers read.
func Refresh(ctx context.Context, run Run) (*Result, error) {
	return run.execute(ctx, "refresh", engine.Refresh, false)
}

// Destroy deletes everything in the state.
func Destroy(ctx context.Context, run Run) (*Result, error) {
	return run.execute(ctx, "destroy", engine.Destroy, false)
}

// execute runs one operation. The error joins the result's errors; the result is nil only if the operation could not
// begin.
func (r Run) execute(ctx context.Context, name string, op operation, dryRun bool) (*Result, error) {
	if err := r.prepare(name); err != nil {
		return nil, err
	}
	base, err := r.Base.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	stop, source := cancel.NewContext(context.Background())
	defer source.Terminate()
	if dryRun {
		r.Keep = nil // a preview does not change the state
	}
	records, err := newRecorder(r.Base, base, r.Keep, r.OnCheckpoint)
	if err != nil {
		return nil, err
	}
	defer r.watchCancellation(ctx, func() { records.terminate(); source.Terminate() }, source.Cancel)()

	heard := &watcher{operation: name, forward: r.OnEvent}
	events, done := make(chan engine.Event), make(chan struct{})
	go heard.watch(events, done)

	relay := &relays{edit: r.Edit}
	defer relay.close()
	var leave func()
	options := r.options(relay, &leave)
	around := &engine.Context{Cancel: stop, Events: events, BackendClient: &deploytest.BackendClient{}}
	if !dryRun {
		around.SnapshotManager = r.snapshotManager(records, base)
	}
	began := time.Now()
	_, changes, failure := op(r.info(base), around, options, dryRun)
	<-done
	if leave != nil {
		leave()
	}

	outcome := &Result{Operation: name, Changes: heard.changes, Failures: heard.failures, Calls: records.made(), Outputs: plainMap(heard.outputs),
		State: r.Base, Errors: heard.errors, Wall: time.Since(began)}
	outcome.count(changes, dryRun)
	return outcome, r.finish(ctx, outcome, records, failure, dryRun)
}

// finish sets the final state, and adds the error that no event reported.
func (r Run) finish(ctx context.Context, outcome *Result, records *recorder, err error, dryRun bool) error {
	if err != nil {
		outcome.Errors = append(outcome.Errors, flatten(err.Error()))
	}
	if causes := slices.DeleteFunc(slices.Clone(outcome.Errors), isSummary); len(causes) > 0 {
		outcome.Errors = causes
	}
	if !dryRun {
		outcome.State, err = records.final()
		outcome.report(err)
		if r.reference == nil {
			records.release()
		}
	}
	if ctx.Err() != nil && len(outcome.Errors) > 0 {
		outcome.Errors = append(outcome.Errors, outcome.Operation+" was cancelled")
	}
	return outcome.Err()
}

// isSummary reports whether a line only repeats that there were errors: the engine's "update failed" and similar.
func isSummary(line string) bool {
	return strings.HasPrefix(line, "BAIL: ") || slices.Contains([]string{"preview failed", "update failed"}, line)
}

// snapshotManager returns the recorder, preceded by the manager that tests compare it with.
func (r *Run) snapshotManager(records *recorder, base *deploy.Snapshot) engine.SnapshotManager {
	if r.reference == nil {
		return records
	}
	return &engine.CombinedManager{Managers: []engine.SnapshotManager{r.reference(base), records}}
}

func (r *Run) prepare(name string) error {
	switch {
	case r.Stack == nil, r.Host == nil:
		return errors.New("a run needs a stack and a host")
	case r.Program == nil && (name == "up" || name == "preview"):
		return fmt.Errorf("%s needs a program", name)
	}
	if r.Parallel <= 0 {
		r.Parallel = DefaultParallel
	}
	if name == "up" || name == "preview" {
		var err error
		if r.network, err = r.openNetwork(); err != nil {
			return err
		}
		_, err = r.Host.component()
		return err
	}
	return nil
}

// watchCancellation passes on the cancellation of the context and the closing of Terminate until the returned function
// is called.
func (r *Run) watchCancellation(ctx context.Context, terminate, cancel func()) func() {
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, cancel)
	go func() {
		select {
		case <-r.Terminate:
			terminate()
		case <-stopped:
		}
	}()
	return func() {
		stop()
		close(stopped)
	}
}

func (r *Run) info(base *deploy.Snapshot) engine.UpdateInfo {
	return engine.UpdateInfo{
		Root:    r.Stack.Root,
		Project: r.Stack.Project,
		Target: &deploy.Target{
			Name: r.Stack.name, Organization: "organization", Config: r.Stack.Config, Decrypter: config.NopDecrypter, Snapshot: base,
		},
	}
}

func (r *Run) options(relay *relays, leave *func()) engine.UpdateOptions {
	return engine.UpdateOptions{
		Parallel:             int32(r.Parallel),
		SkipPluginPreInstall: true,
		ReplaceTargets:       deploy.NewUrnTargets(r.Replace),
		HostFactory: func(_ context.Context, d, status diag.Sink, _ plugin.DebugContext) (plugin.Host, error) {
			program := newLanguage(r.Program, r.network, relay.address, func(text string) { d.Infof(diag.RawMessage("", text)) })
			host := newPlugins(r, program, relay.address, d, status)
			program.address = host.ServerAddr
			unsubscribe := r.Host.logs.subscribe(&sink{stack: r.Stack.Name, diag: d, state: status})
			*leave = func() { unsubscribe(); host.closePrograms() }
			return host, nil
		},
	}
}
