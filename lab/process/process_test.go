package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newTestGroup returns a group with its own log folder.
func newTestGroup(t *testing.T) (*Group, context.Context) {
	t.Helper()
	g, ctx, err := NewGroup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Stop)
	return g, ctx
}

func shellSpec(name, script string) Spec {
	return Spec{Name: name, Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

// isRunning reports whether a process has a word in its arguments.
func isRunning(word string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if content, _ := os.ReadFile(file); strings.Contains(string(content), word) {
			return true
		}
	}
	return false
}

func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 1200 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("after a minute not yet: " + what)
}

func TestAProcessThatEndsUnexpectedlyCancelsTheGroupWithItsLog(t *testing.T) {
	g, ctx := newTestGroup(t)
	if _, err := g.Start(ctx, shellSpec("steady", "sleep 60")); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Start(ctx, shellSpec("frail", "echo something is wrong; exit 3")); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	for _, words := range []string{"frail ended unexpectedly (exit status 3)", "frail.log", "something is wrong"} {
		if cause := context.Cause(ctx); !strings.Contains(cause.Error(), words) {
			t.Errorf("the cause is %v, which lacks %q", cause, words)
		}
	}
}

func TestStoppingAProcessDoesNotCancelTheGroup(t *testing.T) {
	g, ctx := newTestGroup(t)
	p, err := g.Start(ctx, shellSpec("steady", "sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	time.Sleep(100 * time.Millisecond)
	if ctx.Err() != nil {
		t.Error(context.Cause(ctx))
	}
}

func TestChildrenOfAProcessEndWithIt(t *testing.T) {
	g, ctx := newTestGroup(t)
	if _, err := g.Start(ctx, shellSpec("parent", "sleep 7531.0246 & wait")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the child runs", func() bool { return isRunning("7531.0246") })
	g.Stop()
	waitFor(t, "the child has ended", func() bool { return !isRunning("7531.0246") })
}

func TestAStoppedGroupCancelsItsContextAndStartsNoProcess(t *testing.T) {
	g, ctx := newTestGroup(t)
	g.Stop()
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Error(context.Cause(ctx))
	}
	if _, err := g.Start(t.Context(), shellSpec("late", "sleep 60")); err == nil || !strings.Contains(err.Error(), "the lab is stopped") {
		t.Error(err)
	}
}

func TestAProcessThatIgnoresSIGTERMIsKilled(t *testing.T) {
	g, ctx := newTestGroup(t)
	spec := shellSpec("deaf", "trap '' TERM; touch $0.up; while :; do sleep 0.1; done")
	spec.Args = append(spec.Args, filepath.Join(t.TempDir(), "deaf"))
	spec.Ready = func(context.Context) error { _, err := os.Stat(spec.Args[2] + ".up"); return err }
	p, err := g.Start(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	g.Stop()
	select {
	case <-p.ended:
	default:
		t.Error("the process still runs")
	}
}

func TestTheErrorForAProcessThatIsNeverReadyHasItsLog(t *testing.T) {
	g, ctx := newTestGroup(t)
	spec := shellSpec("slow", "echo waiting for a friend; sleep 60")
	spec.Patience = 300 * time.Millisecond
	spec.Ready = func(context.Context) error { return errors.New("connection refused") }
	_, err := g.Start(ctx, spec)
	if err == nil || !strings.Contains(err.Error(), "slow is not ready after 300ms: connection refused") || !strings.Contains(err.Error(), "waiting for a friend") {
		t.Error(err)
	}
}

func TestAProcessThatEndsBeforeItIsReadyIsAnErrorAtOnce(t *testing.T) {
	g, ctx := newTestGroup(t)
	spec := shellSpec("frail", "echo no such file; exit 1")
	spec.Patience = time.Hour
	spec.Ready = func(context.Context) error { return errors.New("connection refused") }
	_, err := g.Start(ctx, spec)
	if err == nil || !strings.Contains(err.Error(), "ended unexpectedly") || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
}

func TestAMissingProgramIsAnError(t *testing.T) {
	g, ctx := newTestGroup(t)
	if _, err := g.Start(ctx, Spec{Name: "etcd", Path: "/nowhere/etcd"}); err == nil || !strings.Contains(err.Error(), "etcd does not start") || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestAProcessDoesNotGetTheCallersEnvironment(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	g, ctx := newTestGroup(t)
	p, err := g.Start(ctx, shellSpec("curious", "env"))
	if err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if said, err := os.ReadFile(g.Log("curious")); err != nil || strings.Contains(string(said), "AWS_PROFILE") {
		t.Errorf("its environment is %s (%v)", said, err)
	}
}
