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

// group is a group with a log folder of its own.
func group(t *testing.T) (*Group, context.Context) {
	t.Helper()
	g, ctx, err := NewGroup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Stop)
	return g, ctx
}

func shell(name, script string) Spec {
	return Spec{Name: name, Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

// running tells whether some process has a word among its arguments.
func running(word string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if content, _ := os.ReadFile(file); strings.Contains(string(content), word) {
			return true
		}
	}
	return false
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 1200 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("after a minute not yet: " + what)
}

func TestAProcessThatDiesEndsTheOthersLifeWithItsLastWords(t *testing.T) {
	g, ctx := group(t)
	if _, err := g.Start(ctx, shell("steady", "sleep 60")); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Start(ctx, shell("frail", "echo something is wrong; exit 3")); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	for _, words := range []string{"frail ended by itself (exit status 3)", "frail.log", "something is wrong"} {
		if cause := context.Cause(ctx); !strings.Contains(cause.Error(), words) {
			t.Errorf("the reason is %v, which does not tell %q", cause, words)
		}
	}
}

func TestAProcessThatIsStoppedEndsNothingElse(t *testing.T) {
	g, ctx := group(t)
	p, err := g.Start(ctx, shell("steady", "sleep 60"))
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	time.Sleep(100 * time.Millisecond)
	if ctx.Err() != nil {
		t.Error(context.Cause(ctx))
	}
}

func TestWhatAProcessStartedEndsWithIt(t *testing.T) {
	g, ctx := group(t)
	if _, err := g.Start(ctx, shell("parent", "sleep 7531.0246 & wait")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child runs", func() bool { return running("7531.0246") })
	g.Stop()
	eventually(t, "the child is gone", func() bool { return !running("7531.0246") })
}

func TestAStoppedGroupEndsItsContextAndStartsNothing(t *testing.T) {
	g, ctx := group(t)
	g.Stop()
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Error(context.Cause(ctx))
	}
	if _, err := g.Start(t.Context(), shell("late", "sleep 60")); err == nil || !strings.Contains(err.Error(), "the lab is stopped") {
		t.Error(err)
	}
}

func TestAProcessThatDoesNotListenIsKilled(t *testing.T) {
	g, ctx := group(t)
	spec := shell("deaf", "trap '' TERM; touch $0.up; while :; do sleep 0.1; done")
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
		t.Error("it still runs")
	}
}

func TestAProcessThatIsNeverReadyIsToldWithWhatItSaid(t *testing.T) {
	g, ctx := group(t)
	spec := shell("slow", "echo waiting for a friend; sleep 60")
	spec.Patience = 300 * time.Millisecond
	spec.Ready = func(context.Context) error { return errors.New("nobody answers") }
	_, err := g.Start(ctx, spec)
	if err == nil || !strings.Contains(err.Error(), "slow is not ready after 300ms: nobody answers") || !strings.Contains(err.Error(), "waiting for a friend") {
		t.Error(err)
	}
}

func TestAProcessThatDiesBeforeItIsReadyIsToldAtOnce(t *testing.T) {
	g, ctx := group(t)
	spec := shell("frail", "echo no such file; exit 1")
	spec.Patience = time.Hour
	spec.Ready = func(context.Context) error { return errors.New("nobody answers") }
	_, err := g.Start(ctx, spec)
	if err == nil || !strings.Contains(err.Error(), "ended by itself") || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
}

func TestAProgramThatIsMissingIsTold(t *testing.T) {
	g, ctx := group(t)
	if _, err := g.Start(ctx, Spec{Name: "etcd", Path: "/nowhere/etcd"}); err == nil || !strings.Contains(err.Error(), "etcd does not start") || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestAProcessSeesNothingOfTheCallersEnvironment(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	g, ctx := group(t)
	p, err := g.Start(ctx, shell("curious", "env"))
	if err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if said, err := os.ReadFile(g.Log("curious")); err != nil || strings.Contains(string(said), "AWS_PROFILE") {
		t.Errorf("it sees %s (%v)", said, err)
	}
}
