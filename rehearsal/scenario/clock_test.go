package scenario_test

import (
	"context"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// Every order that the rules require must occur in a committed stack, so that each is tested.
func TestTheStacksHaveEveryOrderThatTheRulesRequire(t *testing.T) {
	for _, need := range world.Needs() {
		met := false
		for _, s := range committedStates(t) {
			met = s.checkOrder(t, need) || met
		}
		if !met {
			t.Errorf("nothing in the stacks is %s after %s", need.Later, need.Earlier)
		}
	}
}

// checkOrder checks one order in a stack and reports whether the stack has the resources of the order.
func (s stackState) checkOrder(t *testing.T, need world.Need) bool {
	met := false
	things := make([]world.Thing, len(s.stateGraph))
	for i, r := range s.stateGraph {
		things[i] = world.Thing{Type: string(r.Type), Inputs: r.Inputs}
	}
	need.Pairs(things, func(i, j int) {
		met = true
		later, earlier := s.stateGraph[i], s.stateGraph[j]
		if !s.behind(later.URN)[earlier.URN] {
			t.Errorf("stack %s: %s does not come after %s (%s): %s after %s", s.name, need.Later, need.Earlier, need.Up.Name(), later.URN.Name(), earlier.URN.Name())
		}
	})
	return met
}

// maxRatio is the largest accepted ratio of the time of up or destroy to its lower bound.
const maxRatio = 1.05

func TestUpAndDestroyTakeLittleLongerThanTheRulesRequire(t *testing.T) {
	r := openRehearsal(t)
	for _, o := range []scenario.Operation{r.Up(context.Background()), r.Destroy(context.Background())} {
		if o.Error != "" {
			t.Fatal(o.Error)
		}
		if o.LowerBoundSeconds <= 0 || o.AWSSeconds < o.LowerBoundSeconds || o.AWSSeconds > maxRatio*o.LowerBoundSeconds {
			t.Errorf("%s would take %g s on AWS, and %g s at least", o.Name, o.AWSSeconds, o.LowerBoundSeconds)
		}
		if o.DefaultParallelSeconds < o.AWSSeconds {
			t.Errorf("%s would take %g s with no more calls at once than the engine makes, and %g s without a limit", o.Name, o.DefaultParallelSeconds, o.AWSSeconds)
		}
	}
}

func TestADestroyReportsItsWaits(t *testing.T) {
	r := openRehearsal(t)
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

// A group whose instance types change is replaced: EKS creates the new one and then deletes the old one, or in
// reverse if the name stays the same.
func TestAReplacedNodeGroupTakesTheTimeOfCreationAndDeletion(t *testing.T) {
	t.Parallel()
	values, project, dir := loadConfig(t, "changes"), t.TempDir(), copyBuilt(t)
	applyEdits(t, values, setKey("nodeGroups.batch.instanceTypes", "[c7g.large, c6g.large]"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	up := r.Up(context.Background())
	creation, deletion := world.Times(nodeGroup, nil)
	if want := (creation + deletion).Seconds(); up.Error != "" || up.Replaced != 1 || up.AWSSeconds != want {
		t.Errorf("up replaces %d and takes %g s on AWS, not %g s (%s)", up.Replaced, up.AWSSeconds, want, up.Error)
	}
}

func TestARemovedNodeGroupTakesTheTimeOfItsDeletion(t *testing.T) {
	t.Parallel()
	values, project, dir := loadConfig(t, "changes"), t.TempDir(), copyBuilt(t)
	applyEdits(t, values, dropKey("nodeGroups.batch"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	up := r.Up(context.Background())
	_, deletion := world.Times(nodeGroup, nil)
	_, template := world.Times("aws:ec2/launchTemplate:LaunchTemplate", nil)
	if want := (deletion + template).Seconds(); up.Error != "" || up.AWSSeconds != want {
		t.Errorf("up takes %g s on AWS, not %g s (%s)", up.AWSSeconds, want, up.Error)
	}
}

// EKS refuses the new types, so nothing is replaced and no time is counted.
func TestARefusedReplacementTakesNoTime(t *testing.T) {
	t.Parallel()
	dir := copyBuilt(t)
	project := t.TempDir()
	saveProject(t, project, loadConfig(t, "changes"))
	r := openRehearsal(t, func(o *scenario.Options) {
		o.Dir, o.Root, o.Stack = dir, project, "changes"
		o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
			if request.Type == nodeGroup && strings.Contains(request.Name, "batch") {
				types, _ := structpb.NewList([]any{"c7g.large", "c7g.immense"})
				request.Object.Fields["instanceTypes"] = structpb.NewListValue(types)
			}
		}
	})
	up := r.Up(context.Background())
	if !strings.Contains(up.Error, "c7g.immense") || up.Replaced != 0 || up.AWSSeconds != 0 {
		t.Errorf("up replaces %d, takes %g s on AWS and says %q", up.Replaced, up.AWSSeconds, up.Error)
	}
}
