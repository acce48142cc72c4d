package prove

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/prove/matrix"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Trial is one sequence of destroys as an operator runs them: destroy; if something is left over or blocks, run the
// commands in the messages; destroy again.
type Trial struct {
	// Proof is the name of the proof. Name is the situation before the destroy, or what is created or changed.
	Proof, Name string
	// Clean is true if the first destroy left nothing.
	Clean bool
	// Errors are the errors of the first destroy, a line each.
	Errors []string
	// Leftovers are the resources that the operator had to remove with their commands, in that order.
	Leftovers []world.Leftover
	// Hung is true if a destroy did not end by itself.
	Hung bool
	// Broken is the reason why the trial failed, "" if it passed.
	Broken string
	// Took is the time on this machine.
	Took time.Duration
}

// trialStart is the situation in which a trial starts.
type trialStart struct {
	proof, name string
	state       *engine.State
	world       *world.World
	// clean is true if the first destroy must leave nothing. Otherwise leftovers with reason and command are allowed.
	clean bool
	// mustFail is true if the first destroy must not succeed: otherwise the trial would prove nothing.
	mustFail bool
	// remedy removes the cause before the second destroy, instead of the leftovers' commands; nil for none.
	remedy func(*world.World) error
	// deleteUnreachable is true if the second destroy runs with PULUMI_K8S_DELETE_UNREACHABLE and without Helm
	// releases in the state, as the messages of the first one recommend.
	deleteUnreachable bool
	// failure is the create that fails in an up from this state; nil for a destroy.
	failure *failure
	// change is the change of the stack file that an up from this state makes; nil for a destroy.
	change *matrix.Row
}

// cancelGrace is the time in which a hanging destroy must end after it is cancelled.
const cancelGrace = 30 * time.Second

// roundsWithoutLoadBalancers is the largest number of destroys for a stack without load balancers. One problem can
// hide another: EKS writes a log group as long as an abandoned cluster exists.
const roundsWithoutLoadBalancers = 3

// finalized are the types whose finalizers a controller removes.
var finalized = map[tokens.Type]bool{
	"kubernetes:core/v1:Service": true, "kubernetes:networking.k8s.io/v1:Ingress": true,
	"kubernetes:gateway.networking.k8s.io/v1:Gateway": true, "kubernetes:gateway.networking.k8s.io/v1:GatewayClass": true,
	"kubernetes:gateway.k8s.aws/v1beta1:LoadBalancerConfiguration": true, "kubernetes:gateway.k8s.aws/v1beta1:TargetGroupConfiguration": true,
}

// maxRounds returns the largest number of destroys. A destroy begins no further call after one failed, so each object
// whose finalizer its controller cannot remove may need another destroy until it is reported.
func maxRounds(state *engine.State) int {
	most := roundsWithoutLoadBalancers
	for _, r := range state.Resources() {
		if finalized[r.Type] {
			most++
		}
	}
	return most
}

// try destroys until nothing is left.
func (r *Rig) try(ctx context.Context, host *engine.Host, s trialStart) (t Trial) {
	t = Trial{Proof: s.proof, Name: s.name}
	began := time.Now()
	defer func() { t.Took = time.Since(began) }()
	state, rounds := s.state, maxRounds(s.state)
	for round := range rounds {
		result, hung := r.destroy(ctx, host, state, s.world, s.deleteUnreachable && round > 0)
		if t.Hung = hung; hung {
			t.Broken = fmt.Sprintf("a destroy of stack %s made no progress for %s", r.options.Stack, r.options.Bound)
			return t
		}
		if ctx.Err() != nil { // the proof was interrupted
			return t
		}
		state = result.State
		left := s.world.Orphans(scenario.InState(state))
		if round == 0 {
			t.Errors = result.Errors
			t.Clean = len(result.Errors)+len(left)+len(state.Resources()) == 0
		}
		if len(result.Errors)+len(left)+len(state.Resources()) == 0 {
			if t.Clean && s.mustFail {
				t.Broken = "the fault does not affect the destroy, so nothing is proven"
			}
			return t
		}
		t.Leftovers = append(t.Leftovers, left...)
		if t.Broken = brokenPromise(s, round, result, left); t.Broken == "" {
			t.Broken = removeCause(s, round, left)
		}
		if t.Broken != "" {
			return t
		}
	}
	t.Broken = fmt.Sprintf("leftovers after %d destroys: %s", rounds, strings.Join(append(t.Errors, describeLeftovers(t.Leftovers)...), "; "))
	return t
}

// brokenPromise returns the reason why the end of a destroy is not acceptable, "" if it is. The first destroy may
// fail although nothing blocks any more: the cause was deleted in the same round, such as the association of a subnet
// whose route table could not be deleted, and the next destroy succeeds.
func brokenPromise(s trialStart, round int, result *engine.Result, left []world.Leftover) string {
	problems := strings.Join(append(result.Errors, describeLeftovers(left)...), "; ")
	for _, l := range left {
		if !hasReasonAndCommand(l) {
			return fmt.Sprintf("leftover without reason or command: %s %s", l.Type, l.ID)
		}
	}
	for _, line := range result.Errors {
		if line == "" || strings.Contains(line, "\n") {
			return fmt.Sprintf("the error is not one line: %q", line)
		}
	}
	switch {
	case s.clean:
		return "leftovers after the first destroy: " + problems
	case len(result.Errors) > 0 && len(left) == 0 && round > 0:
		return "destroy fails again and no message names what blocks it: " + problems
	}
	return ""
}

// removeCause applies the remedy after the first destroy if there is one, and otherwise runs the commands of the
// leftovers.
func removeCause(s trialStart, round int, left []world.Leftover) string {
	if round == 0 && s.remedy != nil {
		if err := s.remedy(s.world); err != nil {
			return "the remedy failed: " + err.Error()
		}
		return ""
	}
	for _, l := range left {
		if err := s.world.Run(l.Remove); err != nil {
			return fmt.Sprintf("the command for %s failed: %v", l.ID, err)
		}
	}
	return ""
}

// hasReasonAndCommand reports whether a leftover has a reason and a command that removes it.
func hasReasonAndCommand(l world.Leftover) bool {
	return l.Reason != "" && l.Remove != "" && !strings.Contains(l.Remove, "resourcegroupstaggingapi")
}

// describeLeftovers returns leftovers as text.
func describeLeftovers(left []world.Leftover) []string {
	var lines []string
	for _, l := range left {
		lines = append(lines, fmt.Sprintf("%s %s (%s): %s", l.Type, l.ID, l.Reason, l.Remove))
	}
	return lines
}

// destroy runs one destroy. A destroy without progress for the time of Bound is cancelled, then terminated, then
// abandoned.
func (r *Rig) destroy(ctx context.Context, host *engine.Host, state *engine.State, w *world.World, forgets bool) (result *engine.Result, hung bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	terminate, late, expired := make(chan struct{}), make(chan struct{}), atomic.Bool{}
	quiet := time.AfterFunc(r.options.Bound, func() {
		expired.Store(true)
		cancel()
		time.AfterFunc(cancelGrace, func() { close(late) })
	})
	at := &worldHolder{world: w}
	run := r.run(host, state, at, forgets)
	run.Terminate = terminate
	run.OnEvent = func(scenario.Event) {
		if quiet.Stop() {
			quiet.Reset(r.options.Bound)
		}
	}
	ended := make(chan *engine.Result, 1)
	go func() {
		result, err := engine.Destroy(ctx, run)
		if result == nil {
			result = &engine.Result{State: state, Errors: []string{err.Error()}}
		}
		ended <- result
	}()
	select {
	case result = <-ended:
		at.world = nil
		quiet.Stop()
		return result, expired.Load()
	case <-late:
		close(terminate)
		return nil, true
	}
}
