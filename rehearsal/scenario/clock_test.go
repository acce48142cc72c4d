package scenario_test

import (
	"context"
	"testing"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Every order that the rules demand is met in some committed stack: a promise about nothing is none.
func TestTheStacksKeepEveryOrderThatTheRulesDemand(t *testing.T) {
	for _, need := range world.Needs() {
		met := false
		for _, s := range stacks(t) {
			met = s.keeps(t, need) || met
		}
		if !met {
			t.Errorf("nothing in the stacks is %s after %s", need.Later, need.Earlier)
		}
	}
}

// keeps holds a stack to one order and tells whether the stack has what it is about.
func (s madeStack) keeps(t *testing.T, need world.Need) bool {
	met := false
	things := make([]world.Thing, len(s.graph))
	for i, r := range s.graph {
		things[i] = world.Thing{Type: string(r.Type), Inputs: r.Inputs}
	}
	need.Pairs(things, func(i, j int) {
		met = true
		later, earlier := s.graph[i], s.graph[j]
		if !s.behind(later.URN)[earlier.URN] {
			t.Errorf("stack %s: %s does not come after %s (%s): %s after %s", s.name, need.Later, need.Earlier, need.Up.Name(), later.URN.Name(), earlier.URN.Name())
		}
	})
	return met
}

// mostOverBound is how much longer than the lower bound up and destroy may take.
const mostOverBound = 1.05

func TestUpAndDestroyTakeLittleLongerThanTheRulesDemand(t *testing.T) {
	r := open(t)
	for _, o := range []scenario.Operation{r.Up(context.Background()), r.Destroy(context.Background())} {
		if o.Error != "" {
			t.Fatal(o.Error)
		}
		if o.LowerBoundSeconds <= 0 || o.AWSSeconds < o.LowerBoundSeconds || o.AWSSeconds > mostOverBound*o.LowerBoundSeconds {
			t.Errorf("%s would take %g s on AWS, and %g s at least", o.Name, o.AWSSeconds, o.LowerBoundSeconds)
		}
		if o.DefaultParallelSeconds < o.AWSSeconds {
			t.Errorf("%s would take %g s with no more calls at once than the engine makes, and %g s without a limit", o.Name, o.DefaultParallelSeconds, o.AWSSeconds)
		}
	}
}

func TestADestroyTellsWhatItWaitedFor(t *testing.T) {
	r := open(t)
	r.Up(context.Background())
	destroy := r.Destroy(context.Background())
	for _, wait := range r.Report.Waits {
		if wait.Operation != "destroy" || wait.Behind {
			continue
		}
		path := r.Report.CriticalPath["destroy"][0]
		if wait.At != service+" echo/echo-nlb" || path.AWSSeconds < wait.Seconds || destroy.AWSSeconds < wait.Seconds {
			t.Errorf("%s waited %g s (%s); the first call of the critical path is %+v", wait.At, wait.Seconds, wait.What, path)
		}
		return
	}
	t.Errorf("waits %+v", r.Report.Waits)
}
