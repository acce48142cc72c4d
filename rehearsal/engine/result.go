package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Result is what an operation did, or for a preview what it would do. It is complete also when the operation failed:
// it tells what happened until then.
type Result struct {
	// Operation is preview, up, refresh or destroy.
	Operation string

	// How many resources each count has; a replaced one is in no other count. Components and providers count too.
	Created, Updated, Replaced, Deleted, Same int

	// Changes are the resources that are not the same, in the order of their steps.
	Changes []Change
	// Calls are the steps as they happened. A preview makes none.
	Calls []Call
	// Outputs are the stack's outputs, secrets opened. Unknown ones of a preview are left out.
	Outputs map[string]any
	// State is what the operation left, the base's own for a preview.
	State *State
	// Failures are the resources that could not be created, changed or deleted.
	Failures []Failure
	// Errors has a line for each thing that went wrong, and more lines where a program lists what to do.
	Errors []string
	// Wall is the time that the operation took here.
	Wall time.Duration
}

// Err is the errors of the result in one, nil when there are none.
func (r *Result) Err() error {
	var errs []error
	for _, line := range r.Errors {
		errs = append(errs, errors.New(line))
	}
	return errors.Join(errs...)
}

// report adds the journal's error, in the place of the lines in which the engine has it for each step that it ended.
func (r *Result) report(journal error) {
	if journal == nil {
		return
	}
	line := "state: " + flatten(journal.Error())
	r.Errors = slices.DeleteFunc(r.Errors, func(other string) bool { return strings.Contains(other, flatten(journal.Error())) })
	r.Errors = append(r.Errors, line)
}

// Unchanged says whether the operation changed nothing.
func (r *Result) Unchanged() bool { return len(r.Changes) == 0 }

// count takes over the engine's counts, which are those of steps that succeeded. A replacement is counted when its resource has been created: the
// engine's own step of it only marks where a replacement begins.
func (r *Result) count(changes display.ResourceChanges, preview bool) {
	r.Created += changes[deploy.OpCreate]
	r.Updated += changes[deploy.OpUpdate]
	r.Deleted += changes[deploy.OpDelete]
	r.Same += changes[deploy.OpSame]
	if preview {
		r.Replaced += changes[deploy.OpReplace]
	}
	for _, call := range r.Calls {
		if call.Op == string(deploy.OpCreateReplacement) && call.Done() {
			r.Replaced++
		}
	}
}

// watcher collects what the engine tells while it runs.
type watcher struct {
	operation string
	forward   func(engine.Event)

	mu       sync.Mutex
	changes  []Change
	errors   []string
	failures []Failure
	outputs  resource.PropertyMap
}

func (w *watcher) watch(events <-chan engine.Event, done chan<- struct{}) {
	defer close(done)
	for event := range events {
		w.see(event)
		if w.forward != nil {
			w.forward(event)
		}
		if event.Type == engine.CancelEvent {
			return
		}
	}
}

func (w *watcher) see(event engine.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch payload := event.Payload().(type) {
	case engine.DiagEventPayload:
		if payload.Severity == diag.Error {
			w.fail(payload.URN, payload.Message)
		}
	case engine.ResourcePreEventPayload:
		if w.operation != "refresh" {
			w.step(payload.Metadata)
		}
	case engine.ResourceOperationFailedPayload:
		for i := range w.changes {
			w.changes[i].Failed = w.changes[i].Failed || w.changes[i].URN == string(payload.Metadata.URN)
		}
	case engine.ResourceOutputsEventPayload:
		if w.operation == "refresh" {
			w.step(payload.Metadata)
		}
		if payload.Metadata.Type == resource.RootStackType && payload.Metadata.New != nil {
			w.outputs = payload.Metadata.New.State.Outputs
		}
	}
}

// step adds the change that a step makes. Providers that the engine adds by itself are in no count and no list, as in Pulumi's own display.
func (w *watcher) step(metadata engine.StepEventMetadata) {
	if !slices.Contains(quiet, metadata.Op) && !providers.IsDefaultProvider(metadata.URN) {
		w.changes = append(w.changes, changeOf(metadata, w.operation == "refresh"))
	}
}

// fail adds an error, and the resource that it is about.
func (w *watcher) fail(urn resource.URN, message string) {
	w.errors = append(w.errors, errorLine(urn, message))
	if urn.IsValid() && urn.QualifiedType() != resource.RootStackType {
		w.failures = append(w.failures, Failure{URN: string(urn), Error: errorText(urn, message)})
	}
}

// errorLine is an engine's message in one line that starts with the resource: its type and its name.
func errorLine(urn resource.URN, message string) string {
	if !urn.IsValid() {
		return errorText(urn, message)
	}
	return fmt.Sprintf("%s %s: %s", urn.Type(), urn.Name(), errorText(urn, message))
}

// errorText is an engine's message without the resource that it is about.
func errorText(urn resource.URN, message string) string {
	text := tidy(colors.Never.Colorize(message))
	text = strings.TrimPrefix(text, "error: ")
	if !urn.IsValid() {
		return text
	}
	text = strings.ReplaceAll(text, " urn:"+string(urn), "")
	for _, verb := range []string{"creating", "updating", "deleting", "reading", "diffing", "refreshing"} {
		text = strings.TrimPrefix(text, verb+" "+string(urn)+": ")
	}
	for _, prefix := range []string{"Preview failed: ", "1 error occurred: * "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// tidy is a message in one line, or with the lines of its list where it has one.
func tidy(message string) string {
	if !strings.Contains(message, "\n  - ") {
		return flatten(message)
	}
	var lines []string
	for line := range strings.Lines(message) {
		item := strings.HasPrefix(line, "  - ")
		if line = flatten(line); line == "" {
			continue
		}
		if item {
			line = "  " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// open is a value without its secrets' wrapping; ok is false for what is not known.
func open(value resource.PropertyValue) (any, bool) {
	switch {
	case value.IsSecret():
		return open(value.SecretValue().Element)
	case value.IsOutput():
		if !value.OutputValue().Known {
			return nil, false
		}
		return open(value.OutputValue().Element)
	case value.IsComputed():
		return nil, false
	case value.IsArray():
		var list []any
		for _, element := range value.ArrayValue() {
			opened, ok := open(element)
			if !ok {
				return nil, false
			}
			list = append(list, opened)
		}
		return list, true
	case value.IsObject():
		return openMap(value.ObjectValue()), true
	default:
		return value.Mappable(), true
	}
}

func openMap(properties resource.PropertyMap) map[string]any {
	opened := map[string]any{}
	for key, value := range properties {
		if plain, ok := open(value); ok {
			opened[string(key)] = plain
		}
	}
	return opened
}
