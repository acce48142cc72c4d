package prove

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
	"eksnet/stack"
)

// sharedRig is a rig of stack local. All tests of teardown use its hosts and its complete stack.
var sharedRig = sync.OnceValues(func() (*Rig, error) {
	r, err := Open(Options{Root: "../..", Stack: "local", Program: engine.Inline(stack.Program)})
	if err == nil {
		openedRig = r
		_, err = r.complete(context.Background())
	}
	return r, err
})

// openedRig is the shared rig after its first use.
var openedRig *Rig

func TestMain(m *testing.M) {
	code := m.Run()
	if openedRig != nil {
		openedRig.Close()
	}
	os.Exit(code)
}

// testRig returns the shared rig with other options.
func testRig(t *testing.T, change ...func(*Options)) *Rig {
	t.Helper()
	r, err := sharedRig()
	if err != nil {
		t.Fatal(err)
	}
	own := *r
	for _, c := range change {
		c(&own.options)
	}
	return &own
}

// sample50 selects 50 steps: each kind of step is among them, and they take seconds.
func sample50(o *Options) { o.Sample = 50 }

// mustHold fails for each trial that failed.
func mustHold(t *testing.T, proof *Proof, err error, atLeast int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range proof.Broken() {
		t.Errorf("%s: %s", trial.Name, trial.Broken)
	}
	if count := proof.Count(); count.Trials < atLeast || count.Unnamed+count.Hangs > 0 {
		t.Errorf("%+v", count)
	}
}

func TestAStackCanBeDestroyedAfterEveryStepOfUp(t *testing.T) {
	proof, err := Prefixes(context.Background(), testRig(t, sample50))
	mustHold(t, proof, err, 35)
	settled, forgotten := 0, 0
	for _, trial := range proof.Trials {
		switch {
		case strings.Contains(trial.Name, "it happened, settled"):
			settled++
		case strings.Contains(trial.Name, "not settled") && len(trial.Leftovers) > 0:
			forgotten++
		}
	}
	if settled == 0 || forgotten == 0 {
		t.Errorf("%d abandoned creates were taken into the state, %d left something", settled, forgotten)
	}
}

func TestAnInterruptedDestroyContinuesFromEveryStep(t *testing.T) {
	proof, err := Interrupted(context.Background(), testRig(t, sample50))
	mustHold(t, proof, err, 20)
}

func TestAfterEachFaultEveryLeftoverIsNamed(t *testing.T) {
	proof, err := Faults(context.Background(), testRig(t))
	mustHold(t, proof, err, len(allFaults()))
	leaves := map[string]string{ // only the leftovers of the fault, not everything in the account
		"a Service for the controller is created by hand":               "LoadBalancer TargetGroup SecurityGroup",
		"a Service for the cloud controller is created by hand":         "LoadBalancer SecurityGroup",
		"the cluster is deleted":                                        "LoadBalancer TargetGroup SecurityGroup",
		"the controller is scaled to zero":                              "Service TargetGroupBinding LoadBalancer TargetGroup SecurityGroupRule SecurityGroup",
		"another controller's finalizer is on a namespace of the stack": "Namespace",
		"a network interface is created by hand in a subnet":            "NetworkInterface",
	}
	for _, trial := range proof.Trials {
		var types []string
		for _, left := range trial.Leftovers {
			types = append(types, left.Type[strings.LastIndex(left.Type, ":")+1:])
		}
		if want, expected := leaves[trial.Name]; expected && strings.Join(types, " ") != want {
			t.Errorf("%s: left %s, want %s", trial.Name, types, want)
		}
		delete(leaves, trial.Name)
	}
	if len(leaves) > 0 {
		t.Errorf("not tried: %v", leaves)
	}
}

func TestADestroyWithoutProgressIsAHang(t *testing.T) {
	r := testRig(t, func(o *Options) { o.Bound = time.Nanosecond })
	whole, err := r.complete(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	trial := r.try(context.Background(), r.hosts[0], trialStart{name: "complete", state: whole.state, world: whole.world.Clone(), clean: true})
	if !trial.Hung || !strings.Contains(trial.Broken, "made no progress for 1ns") {
		t.Errorf("%+v", trial)
	}
}

func TestADestroyThatEndsWithoutAdviceIsAProblem(t *testing.T) {
	documented := world.Leftover{Type: "aws:ec2/vpc:Vpc", ID: "vpc-1", Reason: "made by hand", Remove: "aws ec2 delete-vpc --vpc-id vpc-1"}
	undocumented := world.Leftover{Type: "aws:x/y:Y", ID: "y-1", Reason: "made by hand", Remove: "aws resourcegroupstaggingapi get-resources  # look for y-1"}
	for want, end := range map[string]struct {
		start  trialStart
		round  int
		errors []string
		left   []world.Leftover
	}{
		"":                          {left: []world.Leftover{documented}, errors: []string{"in the way"}},
		"without reason or command": {left: []world.Leftover{documented, undocumented}},
		"leftovers after the first destroy: aws:ec2/vpc": {start: trialStart{clean: true}, left: []world.Leftover{documented}},
		"is not one line":                 {errors: []string{"one\nand another"}},
		"no message names what blocks it": {round: 1, errors: []string{"in the way"}},
	} {
		got := brokenPromise(end.start, end.round, &engine.Result{Errors: end.errors}, end.left)
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%+v: %q, want %q", end, got, want)
		}
	}
}

func TestAFaultThatDoesNotAffectTheDestroyProvesNothing(t *testing.T) {
	r := testRig(t)
	whole, err := r.complete(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	trial := r.try(context.Background(), r.hosts[0], trialStart{name: "no fault", state: whole.state, world: whole.world.Clone(), mustFail: true})
	if !strings.Contains(trial.Broken, "nothing is proven") {
		t.Errorf("%+v", trial)
	}
}

func TestUpContinuesWithTheResourceOfAnAbandonedCreate(t *testing.T) {
	r := testRig(t)
	abandoned := map[string]*snapshot{"aws:ec2/vpc:Vpc": nil, clusterType: nil, serviceType: nil}
	_, err := r.up(context.Background(), 1, func(c engine.Checkpoint, w *world.World) {
		typ := string(urn.URN(c.URN).Type())
		if at, wanted := abandoned[typ]; wanted && at == nil && c.Event == "begin" {
			abandoned[typ] = &snapshot{state: c.State()}
		} else if at != nil && at.world == nil && c.Event == "success" {
			at.world = w.Clone()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for typ, at := range abandoned {
		settled, notes := scenario.AdoptAbandoned(at.state, at.world)
		if len(settled.Resources()) != len(at.state.Resources())+1 || len(notes) != 1 || !strings.Contains(notes[0], "was added to the state") {
			t.Errorf("%s: %q", typ, notes)
		}
		for _, operation := range []func(context.Context, engine.Run) (*engine.Result, error){engine.Refresh, engine.Up} {
			result, err := operation(context.Background(), r.run(r.hosts[0], settled, &worldHolder{world: at.world}, false))
			if err != nil {
				t.Fatalf("%s: %v", typ, err)
			}
			settled = result.State
		}
		if left := at.world.Orphans(scenario.InState(settled)); len(left) > 0 {
			t.Errorf("%s: made twice: %+v", typ, left)
		}
	}
}
