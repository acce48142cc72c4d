package scenario_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
)

// pulumi up runs the compiled program over the engine's language protocol: configuration is text, and outputs are
// marshalled.
func TestTheCompiledProgramHasTheSameResult(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "eksnet")
	if out, err := exec.Command("go", "build", "-o", binary, "eksnet").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r := openRehearsal(t, func(o *scenario.Options) { o.Program = engine.Binary(binary) })
	if !r.Lifecycle(context.Background()) {
		t.Fatalf("%+v", r.Report.Operations)
	}
	inProcess := 0
	for _, resource := range localGraph(t) {
		if !strings.HasPrefix(resource.URN.Name(), "default") { // providers that the engine adds are not counted
			inProcess++
		}
	}
	if created := r.Report.Operations[1].Created; created != inProcess {
		t.Errorf("the compiled program made %d resources, in process it is %d", created, inProcess)
	}
}

func TestTheReportHasTimesCountsAndTheCriticalPath(t *testing.T) {
	r := openRehearsal(t)
	r.Up(context.Background())
	r.Destroy(context.Background())
	content, err := os.ReadFile(filepath.Join(r.Dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report scenario.Report
	if err := json.Unmarshal(content, &report); err != nil {
		t.Fatal(err)
	}
	for _, o := range report.Operations {
		took, bound := time.Duration(o.AWSSeconds)*time.Second, time.Duration(o.LowerBoundSeconds)*time.Second
		if took < 9*time.Minute || took > 30*time.Minute || bound <= 0 || bound > took || o.WallSeconds <= 0 {
			t.Errorf("%s would take %s on AWS, at least %s, and took %.1f s here", o.Name, took, bound, o.WallSeconds)
		}
		var sum float64
		for _, link := range report.CriticalPath[o.Name] {
			sum += link.AWSSeconds
		}
		if sum != o.AWSSeconds {
			t.Errorf("the critical path of %s takes %g s of %g s", o.Name, sum, o.AWSSeconds)
		}
		checkResourceTimes(t, &report, o)
	}
	if path := report.CriticalPath["up"]; !strings.Contains(path[len(path)-1].URN, "Service::echo-nlb") {
		t.Errorf("the last call of up is %s, and not the load balancer's", path[len(path)-1].URN)
	}
}

// checkResourceTimes checks that each resource that an operation created or deleted has a time, and none a longer one
// than the operation.
func checkResourceTimes(t *testing.T, report *scenario.Report, o scenario.Operation) {
	t.Helper()
	times := report.ResourceSeconds[o.Name]
	if len(times) < o.Created+o.Deleted {
		t.Errorf("%s has times of %d resources, and created %d and deleted %d", o.Name, len(times), o.Created, o.Deleted)
	}
	for urn, seconds := range times {
		if seconds < 0 || seconds > o.AWSSeconds {
			t.Errorf("%s of %s takes %g s of %g s", o.Name, urn, seconds, o.AWSSeconds)
		}
	}
	for _, link := range report.CriticalPath[o.Name] {
		if times[link.URN] != link.AWSSeconds {
			t.Errorf("%s of %s takes %g s, and %g s on the critical path", o.Name, link.URN, times[link.URN], link.AWSSeconds)
		}
	}
}

// onceAfter is a Progress that calls a function once, after some resources.
type onceAfter struct {
	scenario.Silent
	after int
	do    func()
}

func (i *onceAfter) Event(event scenario.Event) {
	if _, ended := scenario.FinishedResource(event); ended {
		if i.after--; i.after == 0 {
			i.do()
		}
	}
}

func TestAnInterruptedUpContinuesFromTheSavedState(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	in := func(p scenario.Progress) func(*scenario.Options) {
		return func(o *scenario.Options) { o.Dir, o.Progress = dir, p }
	}
	r := openRehearsal(t, in(&onceAfter{after: 40, do: cancel}))
	if up := r.Up(ctx); !strings.Contains(up.Error, "up was cancelled") {
		t.Fatalf("the interrupted up reports %q", up.Error)
	}
	existing := len(r.State().Resources())
	r.Close()

	r = openRehearsal(t, in(nil))
	if got := len(r.State().Resources()); got != existing || existing == 0 {
		t.Fatalf("%d resources existed, %d were kept", existing, got)
	}
	if !r.Lifecycle(context.Background()) {
		t.Fatalf("%+v", r.Report.Operations)
	}
}

// It is unknown whether an abandoned call took effect, so the next operation checks the account and continues from
// there.
func TestATerminatedUpContinuesWithTheResourcesOfAbandonedCalls(t *testing.T) {
	for next, operate := range map[string]func(*scenario.Rehearsal) bool{
		"up":      func(r *scenario.Rehearsal) bool { return r.Lifecycle(context.Background()) },
		"destroy": func(r *scenario.Rehearsal) bool { return r.Destroy(context.Background()).Error == "" },
	} {
		dir := t.TempDir()
		var r *scenario.Rehearsal
		terminate := &onceAfter{after: 40, do: func() { close(r.Terminate) }}
		r = openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Progress = dir, terminate })
		up := r.Up(context.Background())
		if up.Error == "" || len(up.Notes) != len(r.State().Pending()) {
			t.Fatalf("a terminated up reports %q and notes %q", up.Error, up.Notes)
		}
		r.Close()
		r = openRehearsal(t, func(o *scenario.Options) { o.Dir = dir })
		if !operate(r) {
			t.Errorf("%s: %+v", next, r.Report.Operations)
		}
	}
}

func TestABlockedDestroyNamesTheCauseAndTheCommand(t *testing.T) {
	r := openRehearsal(t)
	r.Up(context.Background())
	for _, resource := range r.State().Resources() {
		if resource.Type == "aws:ec2/subnet:Subnet" {
			if _, err := r.World().MakeInterface(string(resource.ID), "made in the console"); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	destroy := r.Destroy(context.Background())
	if !strings.Contains(destroy.Error, "left aws:ec2/networkInterface:NetworkInterface") || len(r.Report.Leftovers) != 1 {
		t.Fatalf("destroy reports %s", destroy.Error)
	}
	if err := r.World().Run(r.Report.Leftovers[0].Remove); err != nil {
		t.Fatal(err)
	}
	if again := r.Destroy(context.Background()); again.Error != "" {
		t.Errorf("after the command destroy reports %s", again.Error)
	}
}

func TestASecondRehearsalOfTheSameStackIsRefused(t *testing.T) {
	dir := t.TempDir()
	openRehearsal(t, func(o *scenario.Options) { o.Dir = dir })
	_, err := tryOpenRehearsal(t, func(o *scenario.Options) { o.Dir = dir })
	if err == nil || !strings.Contains(err.Error(), "another rehearsal of this stack is running") {
		t.Errorf("the second rehearsal returns %v", err)
	}
}

func TestDamagedFilesAreNamedWithAdviceToStartOver(t *testing.T) {
	for _, file := range []string{"state.json", "world.json"} {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			in := func(o *scenario.Options) { o.Dir = dir }
			r := openRehearsal(t, in)
			r.Up(context.Background())
			r.Close()
			if err := os.WriteFile(filepath.Join(dir, file), []byte(`{"format": 1, "objects": [`), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := tryOpenRehearsal(t, in)
			if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, file)) || !strings.Contains(err.Error(), " to start ") {
				t.Errorf("the error is %v", err)
			}
			if strings.Count(err.Error(), "\n") != 0 {
				t.Errorf("the error is more than a line: %v", err)
			}
		})
	}
}

func TestAMissingAccountFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	in := func(o *scenario.Options) { o.Dir = dir }
	r := openRehearsal(t, in)
	r.Up(context.Background())
	r.Close()
	os.Remove(filepath.Join(dir, "world.json"))
	if _, err := tryOpenRehearsal(t, in); err == nil || !strings.Contains(err.Error(), "to start over") {
		t.Errorf("the error is %v", err)
	}
}
