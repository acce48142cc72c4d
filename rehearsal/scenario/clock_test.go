package scenario_test

import (
	"context"
	"testing"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

func TestTheStackKeepsEveryOrderThatTheRulesDemand(t *testing.T) {
	g := local(t)
	for _, need := range world.Needs() {
		met := false
		for _, later := range g {
			behind := g.behind(later.URN)
			for _, earlier := range g {
				if !need.Demands(world.Thing{Type: string(later.Type), Inputs: later.Inputs}, world.Thing{Type: string(earlier.Type), Inputs: earlier.Inputs}) {
					continue
				}
				met = true
				if !behind[earlier.URN] {
					t.Errorf("%s does not come after %s (%s): %s after %s", need.Later, need.Earlier, need.Up.Name(), later.URN.Name(), earlier.URN.Name())
				}
			}
		}
		if !met {
			t.Errorf("nothing in the stack is %s after %s", need.Later, need.Earlier)
		}
	}
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
