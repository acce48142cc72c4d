package engine_test

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
	"eksnet/rehearsal/providers/providertest"
	"eksnet/rehearsal/world"
)

// The reference is the state that Pulumi's own tests compute from the same steps.
func TestReplayingTheJournalGivesTheStateOfPulumisOwnTestJournal(t *testing.T) {
	run, w := rehearse(t, program.Network)
	w.Fixed = map[string][]string{"aws:ec2/subnet:Subnet": {"cidrBlock"}}
	w.Fail = refuseCalls("create", "aws:ec2/subnet:Subnet")
	compareStates(t, engine.Up, &run, false)
	w.Fail = nil
	compareStates(t, engine.Up, &run, true)
	compareStates(t, engine.Up, &run, true)

	w.Change("aws:ec2/subnet:Subnet", func(o *world.Object) bool {
		o.Inputs["cidrBlock"] = "10.9.0.0/24"
		return true
	})
	compareStates(t, engine.Refresh, &run, true)
	w.Fail = refuseCalls("delete", "aws:ec2/subnet:Subnet")
	compareStates(t, engine.Up, &run, false) // replaces subnets and leaves the old ones to be deleted
	w.Fail = nil
	compareStates(t, engine.Up, &run, true)

	compareStates(t, engine.Refresh, removeObjects(w, &run, "aws:ec2/vpc:Vpc"), true) // the subnets depend on the VPC
	compareStates(t, engine.Up, &run, true)
	w.Fail = refuseCalls("delete", "aws:ec2/vpc:Vpc")
	compareStates(t, engine.Destroy, &run, false)
	w.Fail = nil
	compareStates(t, engine.Destroy, &run, true)
}

func TestReplayingARenameAndADeleteBeforeReplaceGivesTheSameState(t *testing.T) {
	run, w := rehearse(t, renamedVPC("vpc", "10.0.0.0/16"))
	w.Fixed = map[string][]string{"aws:ec2/vpc:Vpc": {"cidrBlock"}, "aws:ec2/subnet:Subnet": {"vpcId"}}
	compareStates(t, engine.Up, &run, true)
	run.Program = engine.Inline(renamedVPC("network", "10.0.0.0/16"))
	w.Fail = refuseCalls("update", "aws:ec2/subnet:Subnet")
	compareStates(t, engine.Up, &run, true)
	run.Program = engine.Inline(renamedVPC("network", "10.1.0.0/16"))
	w.Fail = refuseCalls("create", "aws:ec2/vpc:Vpc")
	compareStates(t, engine.Up, &run, false)
	w.Fail = nil
	compareStates(t, engine.Up, &run, true)
	compareStates(t, engine.Destroy, &run, true)
}

func TestReplayingTheJournalOfAComponentsClusterGivesTheSameState(t *testing.T) {
	run, _ := rehearse(t, program.Cluster)
	for _, operation := range []step{engine.Up, engine.Up, engine.Refresh, engine.Destroy} {
		// at other checkpoints the component registers outputs beside other steps
		atTheEnd := func(at string) bool { return at == "the end" }
		compareStatesAt(t, operation, &run, true, atTheEnd)
	}
}

func TestTheStateOfACheckpointDoesNotChangeLater(t *testing.T) {
	run, _ := rehearse(t, renamedVPC("vpc", "10.0.0.0/16"))
	run.Parallel = 1
	var checkpoints []engine.Checkpoint
	var states []string
	run.OnCheckpoint = func(c engine.Checkpoint) {
		checkpoints = append(checkpoints, c)
		states = append(states, stateText(t, c.State()))
	}
	must(t, engine.Up, &run)
	run.Program = engine.Inline(renamedVPC("network", "10.1.0.0/16"))
	must(t, engine.Up, &run)
	must(t, engine.Destroy, &run)
	if len(checkpoints) < 20 {
		t.Fatalf("there are %d checkpoints", len(checkpoints))
	}
	for i, c := range checkpoints {
		if later := stateText(t, c.State()); later != states[i] {
			t.Errorf("checkpoint %d changed:\n%s", i, difference(later, states[i]))
		}
	}
}

func TestAnOperationInterruptedAnywhereIsInItsFileWithItsPendingOperations(t *testing.T) {
	run, w := rehearse(t, program.Network)
	w.Fixed = map[string][]string{"aws:ec2/subnet:Subnet": {"cidrBlock"}}
	file := filepath.Join(t.TempDir(), "state.json")
	pending := 0
	for _, operation := range []step{engine.Up, engine.Up, engine.Refresh, engine.Up, engine.Destroy} {
		states, state, err := engine.OpenState(file)
		if err != nil {
			t.Fatal(err)
		}
		run.Base, run.Keep = state, states.Keep
		run.OnCheckpoint = func(c engine.Checkpoint) {
			found, err := engine.ReadState(file)
			if err != nil {
				t.Fatal(err)
			}
			pending += len(found.Pending())
			if got, want := stateText(t, found), stateText(t, c.State()); got != want {
				t.Errorf("at %s of %s %s the file has\n%s", c.Event, c.Step, c.URN, difference(got, want))
			}
		}
		result := must(t, operation, &run)
		if err := states.Write(result.State); err != nil {
			t.Fatal(err)
		}
		if err := states.Close(); err != nil {
			t.Fatal(err)
		}
		w.Change("aws:ec2/subnet:Subnet", func(o *world.Object) bool {
			o.Inputs["cidrBlock"] = "10.9.0.0/24"
			return true
		})
	}
	if pending == 0 {
		t.Error("nothing was pending at any checkpoint")
	}
}

// compareStates runs an operation and compares the state that the journal gives with that of the steps, at every
// checkpoint.
func compareStates(t *testing.T, operation step, run *engine.Run, succeeds bool) {
	t.Helper()
	compareStatesAt(t, operation, run, succeeds, func(string) bool { return true })
}

func compareStatesAt(t *testing.T, operation step, run *engine.Run, succeeds bool, where func(at string) bool) {
	t.Helper()
	result, err := engine.Compare(*run, operation, func(at, replayed, want string) {
		if where(at) && replayed != want {
			t.Errorf("at %s the journal gives\n%s", at, difference(replayed, want))
		}
	})
	if (err == nil) != succeeds {
		t.Fatalf("the operation ended with %v", err)
	}
	run.Base = result.State
}

// refuseCalls returns a function that refuses calls of one kind.
func refuseCalls(operation, typ string) func(string, string, world.Properties) error {
	return func(op, of string, _ world.Properties) error {
		if op == operation && of == typ {
			return errRefused
		}
		return nil
	}
}

// removeObjects deletes the objects of a type from the simulated account, without Pulumi.
func removeObjects(w *providertest.World, run *engine.Run, typ string) *engine.Run {
	w.Change(typ, func(*world.Object) bool { return false })
	return run
}

// renamedVPC is a program with a VPC that had another name, and in it a subnet that is deleted before it is replaced.
func renamedVPC(name, cidr string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		account, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return err
		}
		in := pulumi.Provider(account)
		vpc, err := ec2.NewVpc(ctx, name, &ec2.VpcArgs{CidrBlock: pulumi.String(cidr)}, in,
			pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("vpc")}}))
		if err != nil {
			return err
		}
		_, err = ec2.NewSubnet(ctx, "subnet", &ec2.SubnetArgs{VpcId: vpc.ID(), CidrBlock: pulumi.String(cidr)}, in,
			pulumi.DeleteBeforeReplace(true), pulumi.DependsOn([]pulumi.Resource{vpc}))
		return err
	}
}

func stateText(t *testing.T, state *engine.State) string {
	t.Helper()
	raw, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// difference returns two texts from their first difference on.
func difference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	same := 0
	for same < min(len(gotLines), len(wantLines)) && gotLines[same] == wantLines[same] {
		same++
	}
	excerpt := func(lines []string) string { return strings.Join(lines[max(0, same-5):min(len(lines), same+5)], "\n") }
	return excerpt(gotLines) + "\n(line " + strconv.Itoa(same+1) + "), where this is expected:\n" + excerpt(wantLines)
}
