package prove

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Trial is one destroy from one place, as an operator goes about it: destroy; if something is left or blocks, do what the
// message says; destroy again.
type Trial struct {
	// Proof is the name of the proof, Name what came before the destroy, or what is built or changed.
	Proof, Name string
	// Clean is that the first destroy left nothing.
	Clean bool
	// Errors are what the first destroy told, a line each.
	Errors []string
	// Leftovers are what the operator had to remove by its command, in that order.
	Leftovers []world.Leftover
	// Hung is that a destroy did not end by itself.
	Hung bool
	// Broken is the promise that does not hold, "" when all is as it should be.
	Broken string
	// Took is the time here.
	Took time.Duration
}

// start is where a trial begins.
type trialStart struct {
	proof, name string
	state       *engine.State
	world       *world.World
	// clean is the promise that the first destroy leaves nothing. Without it leftovers are allowed, if they are named.
	clean bool
	// bites is that the first destroy must not go through: what it starts from would else prove nothing.
	mustFail bool
	// remedy takes the cause away before the second destroy, instead of what the leftovers' commands say; nil for none.
	remedy func(*world.World) error
	// forgets is that the second destroy runs with PULUMI_K8S_DELETE_UNREACHABLE and without Helm's releases in the state, as the
	// first one's messages say.
	deleteUnreachable bool
	// failure is the create that fails in an up from here; nil for a destroy.
	failure *failure
	// change is the change of the stack file that an up from here makes; nil for a destroy.
	change *changeRow
}

// grace is what a destroy that hangs has to end after it is cancelled.
const cancelGrace = 30 * time.Second

// roundsAlone is how often an operator destroys a stack without load balancers at most. What blocks may hide one thing more: EKS writes
// a log group as long as an abandoned cluster stands.
const roundsWithoutLoadBalancers = 3

// roundsOf is how often an operator destroys at most. A destroy begins nothing more once a call failed, so each load balancer that
// its controller can't remove may need a destroy to be told.
func maxRounds(state *engine.State) int {
	most := roundsWithoutLoadBalancers
	for _, r := range state.Resources() {
		if r.Type == "kubernetes:core/v1:Service" || r.Type == "kubernetes:networking.k8s.io/v1:Ingress" {
			most++
		}
	}
	return most
}

// try destroys from a start until nothing is left.
func (r *Rig) try(ctx context.Context, host *engine.Host, s trialStart) (t Trial) {
	t = Trial{Proof: s.proof, Name: s.name}
	began := time.Now()
	defer func() { t.Took = time.Since(began) }()
	state, rounds := s.state, maxRounds(s.state)
	for round := range rounds {
		result, hung := r.destroy(ctx, host, state, s.world, s.deleteUnreachable && round > 0)
		if t.Hung = hung; hung {
			t.Broken = fmt.Sprintf("nothing happened for %s in a destroy of stack %s", r.options.Bound, r.options.Stack)
			return t
		}
		if ctx.Err() != nil { // somebody ended the proof, and the destroy with it
			return t
		}
		state = result.State
		left := s.world.Orphans(scenario.Known(state))
		if round == 0 {
			t.Errors = result.Errors
			t.Clean = len(result.Errors)+len(left)+len(state.Resources()) == 0
		}
		if len(result.Errors)+len(left)+len(state.Resources()) == 0 {
			if t.Clean && s.mustFail {
				t.Broken = "nothing of it hinders the destroy, so nothing is proven"
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
	t.Broken = fmt.Sprintf("%d times destroyed, and still: %s", rounds, strings.Join(append(t.Errors, describeLeftovers(t.Leftovers)...), "; "))
	return t
}

// unkept is the promise that the end of a destroy breaks, "" for none. The first one may fail with nothing in the way any more: what
// was went in the same round, as the association of a subnet that refused its route table, and the next destroy goes through.
func brokenPromise(s trialStart, round int, result *engine.Result, left []world.Leftover) string {
	told := strings.Join(append(result.Errors, describeLeftovers(left)...), "; ")
	for _, l := range left {
		if !hasReasonAndCommand(l) {
			return fmt.Sprintf("left without reason or command: %s %s", l.Type, l.ID)
		}
	}
	for _, line := range result.Errors {
		if line == "" || strings.Contains(line, "\n") {
			return fmt.Sprintf("the error is not one line: %q", line)
		}
	}
	switch {
	case s.clean:
		return "something is left: " + told
	case len(result.Errors) > 0 && len(left) == 0 && round > 0:
		return "destroy fails again and nobody is told what blocks it: " + told
	}
	return ""
}

// repair takes the cause away after the first destroy where that can be done, and else does what the leftovers' commands say.
func removeCause(s trialStart, round int, left []world.Leftover) string {
	if round == 0 && s.remedy != nil {
		if err := s.remedy(s.world); err != nil {
			return "the remedy fails: " + err.Error()
		}
		return ""
	}
	for _, l := range left {
		if err := s.world.Run(l.Remove); err != nil {
			return fmt.Sprintf("the command for %s fails: %v", l.ID, err)
		}
	}
	return ""
}

// named tells whether a leftover comes with its reason and a command that removes it.
func hasReasonAndCommand(l world.Leftover) bool {
	return l.Reason != "" && l.Remove != "" && !strings.Contains(l.Remove, "resourcegroupstaggingapi")
}

// remains are leftovers in words.
func describeLeftovers(left []world.Leftover) []string {
	var lines []string
	for _, l := range left {
		lines = append(lines, fmt.Sprintf("%s %s (%s): %s", l.Type, l.ID, l.Reason, l.Remove))
	}
	return lines
}

// destroy destroys once. One in which nothing happens for as long as the bound is cancelled, then terminated, then given up.
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
