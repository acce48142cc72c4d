package prove

import (
	"context"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// sample16 selects about sixteen trials, with each failure mode among them.
func sample16(o *Options) { o.Sample = 16 }

func TestAFailedCreateIsRepairedByTheDocumentedStep(t *testing.T) {
	began := time.Now()
	proof, err := Recovery(context.Background(), testRig(t, sample16))
	mustHold(t, proof, err, 12)
	t.Logf("%d creates failed in %s", len(proof.Trials), time.Since(began).Round(time.Second))
	for _, way := range []failureMode{modeRefused, modeTimedOut, modeFailed} {
		found := false
		for _, trial := range proof.Trials {
			found = found || strings.HasSuffix(trial.Name, string(way))
		}
		if !found {
			t.Errorf("no create %s", way)
		}
	}
}

func TestEveryTypeOfTheStackFailsInEachPossibleMode(t *testing.T) {
	r := testRig(t)
	whole, err := r.complete(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]int{}
	for _, f := range failuresOf(whole.state) {
		ways[f.typ]++
	}
	for typ, want := range map[string]int{clusterType: 4, nodeGroupType: 4, "aws:eks/addon:Addon": 4, "aws:ec2/natGateway:NatGateway": 4,
		"aws:ec2/vpcEndpoint:VpcEndpoint": 4, releaseType: 3, serviceType: 2, vpcType: 2} {
		if ways[typ] != want {
			t.Errorf("%s fails in %d modes, want %d", typ, ways[typ], want)
		}
	}
}

// The state has a pending create and the cluster a pending release, as after a killed process.
func TestUpContinuesAfterAnInstallWhoseProcessDied(t *testing.T) {
	r := testRig(t)
	died := &snapshot{}
	_, err := r.up(context.Background(), 1, func(c engine.Checkpoint, w *world.World) {
		switch {
		case !strings.Contains(c.URN, "::"+releaseType+"::") && !strings.Contains(c.URN, "$"+releaseType+"::"):
		case c.Event == "begin" && died.state == nil:
			died.state = c.State()
		case c.Event == "success" && died.world == nil:
			died.world = w.Clone()
		}
	})
	if err != nil || died.world == nil {
		t.Fatalf("%v, %+v", err, died)
	}
	const release = "kube-system/aws-load-balancer-controller"
	died.world.InterruptRelease(release)
	run := r.run(r.hosts[0], died.state.WithoutPending(), &worldHolder{world: died.world}, false)
	result, err := engine.Up(context.Background(), run)
	if err == nil || !strings.Contains(err.Error(), "cannot re-use a name that is still in use") || !strings.Contains(err.Error(), died.world.Unfinished(release)) {
		t.Fatalf("up over a pending install: %v, and not the command %s", err, died.world.Unfinished(release))
	}
	if err := died.world.Run(died.world.Unfinished(release)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		run.Base = result.State
		if result, err = engine.Up(context.Background(), run); err != nil {
			t.Fatalf("after helm uninstall: %v", err)
		}
	}
	if left := died.world.Orphans(scenario.InState(result.State)); !result.Unchanged() || len(left) > 0 {
		t.Errorf("a second up changes %v, and left is %+v", result.Changes, left)
	}
}

func TestAdoptingUninstallsAnInterruptedInstall(t *testing.T) {
	r := testRig(t)
	var settled *engine.State
	var notes []string
	var began *engine.State
	_, err := r.up(context.Background(), 1, func(c engine.Checkpoint, w *world.World) {
		if !strings.Contains(c.URN, releaseType+"::") {
			return
		}
		if c.Event == "begin" {
			began = c.State()
		} else if settled == nil {
			settled, notes = scenario.AdoptAbandoned(began, w.Clone())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(settled.Resources()) != len(began.Resources()) || len(notes) != 1 || !strings.Contains(notes[0], "helm uninstall aws-load-balancer-controller --namespace kube-system") {
		t.Errorf("%d resources after %d, %q", len(settled.Resources()), len(began.Resources()), notes)
	}
}
