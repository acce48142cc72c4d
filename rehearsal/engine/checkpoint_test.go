package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
	"eksnet/rehearsal/world"
)

var errRefused = errors.New("VpcLimitExceeded: the maximum number of VPCs has been reached")

func TestAfterEveryCheckpointTheStackCanBeDestroyed(t *testing.T) {
	run, w := rehearse(t, program.Network)
	var states []*engine.State
	run.OnCheckpoint = func(c engine.Checkpoint) { states = append(states, c.State()) }
	run.Parallel = 1
	up := must(t, engine.Up, &run)
	run.OnCheckpoint = nil
	pending := 0
	for i, state := range states {
		pending += len(state.Pending())
		run.Base = state.WithoutPending()
		if _, err := engine.Destroy(context.Background(), run); err != nil {
			t.Errorf("checkpoint %d: %v", i+1, err)
		}
	}
	if pending == 0 || len(states) < 2*up.Created {
		t.Errorf("%d checkpoints with %d pending operations for %d resources", len(states), pending, up.Created)
	}
	if left := w.Objects(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAStateSurvivesTheDiskAndKeepsItsSecrets(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	up := must(t, engine.Up, &run)
	if up.Outputs["token"] != "hunter2" {
		t.Errorf("the output is %v", up.Outputs["token"])
	}
	file := filepath.Join(t.TempDir(), "state.json")
	written, _, err := engine.OpenState(file)
	if err == nil {
		err = errors.Join(written.Write(up.State), written.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "hunter2") {
		t.Error("the secret is in the file in the clear")
	}
	var exported struct {
		Version    int
		Deployment struct{ Resources []any }
	}
	if err := json.Unmarshal(raw, &exported); err != nil || exported.Version != 3 || len(exported.Deployment.Resources) != up.Created {
		t.Errorf("not the form of `pulumi stack export`: version %d, %d resources, %v", exported.Version, len(exported.Deployment.Resources), err)
	}
	if run.Base, err = engine.ReadState(file); err != nil {
		t.Fatal(err)
	}
	if again := must(t, engine.Up, &run); !again.Unchanged() {
		t.Errorf("up from the file changed %v", again.Changes)
	}
}

// noticed is the time in which the engine reads an interruption during a call, before it begins the next ones.
const noticed = 2 * time.Second

func TestACancelledUpFinishesWhatItBeganAndNothingElse(t *testing.T) {
	run, w := rehearse(t, program.Network)
	ctx, cancel := context.WithCancel(context.Background())
	w.Fail = func(op, typ string, _ world.Properties) error {
		if op == "create" && typ == "aws:ec2/vpc:Vpc" {
			cancel()
			time.Sleep(noticed)
		}
		return nil
	}
	result, err := engine.Up(ctx, run)
	if err == nil || !strings.Contains(err.Error(), "cancelled") {
		t.Fatalf("up returned %v", err)
	}
	if len(result.State.Pending()) != 0 || len(w.Objects()) != 1 {
		t.Errorf("pending %d, made %v", len(result.State.Pending()), w.Calls())
	}
	run.Base = result.State
	must(t, engine.Up, &run)
	must(t, engine.Destroy, &run)
}

func TestATerminatedUpLeavesAStateThatTheNextOneTakesUp(t *testing.T) {
	run, w := rehearse(t, program.Network)
	terminate := make(chan struct{})
	run.Terminate = terminate
	w.Fail = func(op, typ string, _ world.Properties) error {
		if op == "create" && typ == "aws:ec2/vpc:Vpc" {
			close(terminate)
			time.Sleep(noticed)
		}
		return nil
	}
	result, err := engine.Up(context.Background(), run)
	if err == nil {
		t.Fatal("up was terminated and returned no error")
	}
	w.Fail, run.Terminate, run.Base = nil, nil, result.State.WithoutPending()
	must(t, engine.Up, &run)
}
