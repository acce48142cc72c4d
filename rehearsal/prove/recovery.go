package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Recovery makes one create of each resource type of the stack fail in each mode, and runs the documented step. Then
// up must complete the stack, and another up must change nothing. Each trial starts with the state and the account
// before the first create of its type.
func Recovery(ctx context.Context, r *Rig) (*Proof, error) {
	whole, err := r.complete(ctx)
	if err != nil {
		return nil, err
	}
	left := map[string][]failure{}
	all := failuresOf(whole.state)
	for i := 0; i < len(all); i += r.stride(len(all)) {
		left[all[i].typ] = append(left[all[i].typ], all[i])
	}
	return r.tryAll(ctx, "recovery", func(submit func(trialStart)) error {
		_, err := r.up(ctx, 1, func(c engine.Checkpoint, w *world.World) {
			typ := string(urn.URN(c.URN).Type())
			if c.Event != "begin" || c.Step != "create" || len(left[typ]) == 0 {
				return
			}
			for _, f := range left[typ] {
				submit(trialStart{name: f.String(), state: c.State().WithoutPending(), world: w.Clone(), failure: &f})
			}
			delete(left, typ)
		})
		return err
	})
}

// failureMode is how a create fails.
type failureMode string

const (
	modeRefused  failureMode = "refused"                 // the service returns an error and creates nothing
	modeTimedOut failureMode = "created after a timeout" // it is created after the provider stopped waiting for it
	modeFailed   failureMode = "created and failed"      // it is created, and its status is failed
	// modeFailedAndRefreshed is the same after a refresh, which removes the failure from the state.
	modeFailedAndRefreshed failureMode = "created, failed and refreshed"
)

// failure is a create that fails once.
type failure struct {
	typ  string
	mode failureMode
}

func (f failure) String() string { return f.typ + " is " + string(f.mode) }

func (f failure) onAWS() bool { return strings.HasPrefix(f.typ, "aws:") }

// failuresOf returns the failures of every type in a state by mode, and within a mode in the order of its resources.
func failuresOf(state *engine.State) (all []failure) {
	seen := map[string]bool{}
	for _, r := range state.Resources() {
		typ := string(r.Type)
		if seen[typ] || !r.Custom || providers.IsProviderType(r.Type) {
			continue
		}
		seen[typ] = true
		all = append(all, failure{typ, modeRefused}, failure{typ, modeTimedOut})
		if world.CanFail(typ) {
			all = append(all, failure{typ, modeFailed})
			if strings.HasPrefix(typ, "aws:") {
				all = append(all, failure{typ, modeFailedAndRefreshed})
			}
		}
	}
	// A sample at equal distances then has each mode.
	modes := []failureMode{modeRefused, modeTimedOut, modeFailed, modeFailedAndRefreshed}
	slices.SortStableFunc(all, func(a, b failure) int {
		return cmp.Compare(slices.Index(modes, a.mode), slices.Index(modes, b.mode))
	})
	return all
}

// shortestWait is how long a create takes that the provider waits for in vain. On AWS it is minutes, in which the
// program reports what it finds in the outputs of other resources. Without a wait the engine could end first.
const shortestWait = 500 * time.Millisecond

// failingClient is a client with one create that fails.
type failingClient struct {
	world.Client
	at *worldHolder
}

// With returns a client with other terms and the same failure.
func (c failingClient) With(terms world.Terms) world.Client {
	return failingClient{c.Client.With(terms), c.at}
}

func (c failingClient) Create(typ string, inputs world.Properties) (world.Object, error) {
	f := c.at.failureOf(typ)
	if f == nil {
		made, err := c.Client.Create(typ, inputs)
		if incomplete := (*world.Incomplete)(nil); errors.As(err, &incomplete) {
			time.Sleep(shortestWait)
		}
		return made, err
	}
	if f.mode == modeRefused {
		return world.Object{}, fmt.Errorf("https response error StatusCode: 503, api error ServiceUnavailable: the service is unavailable")
	}
	made, err := c.Client.Create(typ, inputs)
	if err != nil {
		return made, err
	}
	reason := "timeout while waiting for state to become available"
	if f.mode != modeTimedOut {
		c.at.world.FailCreate(typ, made.ID)
		reason = "unexpected state: the creation failed"
	}
	return world.Object{}, &world.Incomplete{Object: made, Reasons: []string{reason}}
}

// recover creates a stack in which one create fails, runs the documented step, and completes the stack.
func (r *Rig) recover(ctx context.Context, host *engine.Host, s trialStart) (t Trial) {
	t = Trial{Proof: s.proof, Name: s.name}
	began := time.Now()
	defer func() { t.Took = time.Since(began) }()
	at := &worldHolder{world: s.world, failure: s.failure}
	run := r.run(host, s.state, at, false)
	result, err := engine.Up(ctx, run)
	if result == nil || len(result.Errors) == 0 {
		t.Broken = fmt.Sprintf("no create failed: %v", err)
		return t
	}
	t.Errors = result.Errors
	run.Base = result.State
	if t.Broken = r.step(ctx, &run, s.failure); t.Broken != "" {
		return t
	}
	for _, last := range []bool{false, true} {
		result, err := engine.Up(ctx, run)
		switch {
		case err != nil:
			t.Broken = "the up after the step failed: " + err.Error()
		case last && !result.Unchanged():
			t.Broken = fmt.Sprintf("a second up changes %v", result.Changes)
		}
		if t.Broken != "" {
			return t
		}
		run.Base = result.State
	}
	if left := s.world.Orphans(scenario.InState(run.Base)); len(left) > 0 {
		t.Broken = "created and not in the state: " + strings.Join(describeLeftovers(left), "; ")
	}
	t.Clean = t.Broken == ""
	return t
}

// step runs the documented step before the next up, and sets the state that results from it.
func (r *Rig) step(ctx context.Context, run *engine.Run, f *failure) (broken string) {
	if !f.onAWS() || f.mode == modeRefused { // run up again
		return ""
	}
	target := unreadyURN(run.Base, f.typ) // a refresh removes the errors from the state
	if f.mode == modeTimedOut || f.mode == modeFailedAndRefreshed {
		result, err := engine.Refresh(ctx, *run)
		if err != nil {
			return "refresh failed: " + err.Error()
		}
		run.Base = result.State
	}
	if f.mode == modeTimedOut {
		return ""
	}
	if f.mode == modeFailed { // an up without the step recommends it
		result, err := engine.Up(ctx, *run)
		if err == nil || !strings.Contains(err.Error(), "pulumi up --replace '"+target+"'") {
			return fmt.Sprintf("an up without the step does not recommend it: %v", err)
		}
		run.Base = result.State
	}
	return replaceNamed(ctx, run, target)
}

// mostReplacements is how often an up may recommend further replacements: an up that continues after a failed node
// group creates an add-on that has no nodes.
const mostReplacements = 3

// replaceCommand is the command that an up recommends for a resource whose creation failed.
var replaceCommand = regexp.MustCompile(`pulumi up --replace '([^']+)'`)

// replaceNamed runs up with --replace for a resource, and then for those that the error names.
func replaceNamed(ctx context.Context, run *engine.Run, target string) (broken string) {
	targets := []string{target}
	for range mostReplacements {
		replacing := *run
		replacing.Replace = targets
		result, err := engine.Up(ctx, replacing)
		if err == nil {
			run.Base = result.State
			return ""
		}
		broken, targets = "up --replace failed: "+err.Error(), nil
		for _, named := range replaceCommand.FindAllStringSubmatch(err.Error(), -1) {
			targets = append(targets, named[1])
		}
		if result == nil || len(targets) == 0 {
			break
		}
		run.Base = result.State
	}
	return broken
}

// unreadyURN returns the URN of the resource of a type that was created and then failed.
func unreadyURN(state *engine.State, typ string) string {
	for _, r := range state.Resources() {
		if string(r.Type) == typ && len(r.InitErrors) > 0 {
			return string(r.URN)
		}
	}
	return ""
}
