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

// Result is what an operation did, or for a preview what it would do. It is complete even if the operation failed: it
// then describes what happened until the failure.
type Result struct {
	// Operation is preview, up, refresh or destroy.
	Operation string

	// The number of resources by result; a replaced one is in no other count. Components and providers are included.
	Created, Updated, Replaced, Deleted, Same int

	// Changes are the resources that changed or would change, in the order of their steps.
	Changes []Change
	// Calls are the steps in the order in which they happened. A preview has none.
	Calls []Call
	// Outputs are the stack's outputs, with decrypted secrets. Unknown outputs of a preview are left out.
	Outputs map[string]any
	// State is the state after the operation; for a preview, the base.
	State *State
	// Failures are the resources that could not be created, changed or deleted.
	Failures []Failure
	// Errors has one entry for each error. An entry has several lines where a program lists problems.
	Errors []string
	// Wall is the duration of the operation.
	Wall time.Duration
}

// Err returns the errors of the result joined in one, nil if there are none.
func (r *Result) Err() error {
	var errs []error
	for _, line := range r.Errors {
		errs = append(errs, errors.New(line))
	}
	return errors.Join(errs...)
}

// report adds the journal's error, and removes the lines in which the engine repeats it for each step that it ended.
func (r *Result) report(journal error) {
	if journal == nil {
		return
	}
	line := "state: " + flatten(journal.Error())
	r.Errors = slices.DeleteFunc(r.Errors, func(other string) bool { return strings.Contains(other, flatten(journal.Error())) })
	r.Errors = append(r.Errors, line)
}

// Unchanged reports whether the operation changed nothing.
func (r *Result) Unchanged() bool { return len(r.Changes) == 0 }

// count takes over the engine's counts, which are those of steps that succeeded. A replacement is counted when its
// resource has been created: the engine's own step of it only marks where a replacement begins.
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

// watcher collects the engine's events.
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
		w.handle(event)
		if w.forward != nil {
			w.forward(event)
		}
		if event.Type == engine.CancelEvent {
			return
		}
	}
}

func (w *watcher) handle(event engine.Event) {
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

// step adds the change that a step makes. Providers that the engine adds by itself are in no count and no list, as in
// Pulumi's own display.
func (w *watcher) step(metadata engine.StepEventMetadata) {
	if !slices.Contains(uncountedSteps, metadata.Op) && !providers.IsDefaultProvider(metadata.URN) {
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

// errorLine returns an engine's message in one line that starts with the type and name of the resource.
func errorLine(urn resource.URN, message string) string {
	if !urn.IsValid() {
		return errorText(urn, message)
	}
	return fmt.Sprintf("%s %s: %s", urn.Type(), urn.Name(), errorText(urn, message))
}

// errorText is an engine's message without the resource that it is about.
func errorText(urn resource.URN, message string) string {
	text := joinLines(colors.Never.Colorize(message))
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

// joinLines joins a message into one line. The items of a list stay on lines of their own.
func joinLines(message string) string {
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

// plainValue returns a value with decrypted secrets; ok is false for an unknown value.
func plainValue(value resource.PropertyValue) (any, bool) {
	switch {
	case value.IsSecret():
		return plainValue(value.SecretValue().Element)
	case value.IsOutput():
		if !value.OutputValue().Known {
			return nil, false
		}
		return plainValue(value.OutputValue().Element)
	case value.IsComputed():
		return nil, false
	case value.IsArray():
		var list []any
		for _, element := range value.ArrayValue() {
			opened, ok := plainValue(element)
			if !ok {
				return nil, false
			}
			list = append(list, opened)
		}
		return list, true
	case value.IsObject():
		return plainMap(value.ObjectValue()), true
	default:
		return value.Mappable(), true
	}
}

func plainMap(properties resource.PropertyMap) map[string]any {
	opened := map[string]any{}
	for key, value := range properties {
		if plain, ok := plainValue(value); ok {
			opened[string(key)] = plain
		}
	}
	return opened
}
