package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/config"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

const root = "../../.."

func TestGeneratedStacksAreAcceptedWithinDefaultQuotas(t *testing.T) {
	dir, sizes := t.TempDir(), append([]int{15, mostWorkloads - 1}, defaultSizes...)
	if err := writeProject(root, dir, sizes...); err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		loaded, err := engine.LoadStack(dir, stackName(size))
		if err != nil {
			t.Fatal(err)
		}
		settings, err := loaded.Settings()
		if err != nil {
			t.Fatal(err)
		}
		get := func(key string) (string, bool) { value, set := settings[key]; return value, set }
		spec, planned, err := stack.Read(get, slices.Collect(maps.Keys(settings)))
		if err != nil {
			t.Fatalf("%d workloads: %v", size, err)
		}
		if len(spec.Workloads) != size {
			t.Errorf("%d workloads, want %d", len(spec.Workloads), size)
		}
		for _, quota := range planned.Quotas {
			if quota.Short() && quota.Service == "elasticloadbalancing" {
				t.Errorf("%d workloads: %d of %d %s", size, quota.Needed, quota.Default, quota.Name)
			}
		}
		if rest := slices.DeleteFunc(planned.Warnings, func(w config.Warning) bool { return strings.Contains(w.String(), "vCPUs") }); len(rest) > 0 {
			t.Errorf("%d workloads: %v", size, rest)
		}
	}
}

func TestAnInvalidArgumentIsRefusedInOneLine(t *testing.T) {
	for _, args := range [][]string{{"none"}, {"0"}, {"301"}, {"1", "-2"}, {"-dance"}, {"-life", "0"}, {"-life", "1", "28"}} {
		if status := run(args); status != misused {
			t.Errorf("%v: status %d", args, status)
		}
	}
}

func TestTheWholeLifeOfAGeneratedStackIsMeasured(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	l, err := rehearse(t.Context(), absolute, 2)
	if err != nil {
		t.Fatal(err)
	}
	if l.Resources < 100 || l.Wall <= 0 || l.Processor <= 0 || l.Megabytes < 50 || len(l.Operations) != 6 {
		t.Errorf("%+v", l)
	}
	var text strings.Builder
	writeTable(&text, []life{l})
	if lines := strings.Split(strings.TrimSpace(text.String()), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "up again") {
		t.Errorf("the table is\n%s", &text)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "eksnet-bench-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestTheTimeForAResourceGrowsByNoMoreThanThirtyPercent(t *testing.T) {
	of := func(resources, milliseconds int) life {
		return life{Resources: resources, Wall: time.Duration(milliseconds) * time.Millisecond, Operations: []scenario.Operation{{Name: "up"}}}
	}
	for want, lives := range map[string][]life{
		"flat within 30 %: 40.0 ms with 100 resources, 51.0 ms with 1000":     {of(100, 4000), of(1000, 51000)},
		"not flat within 30 %: 40.0 ms with 100 resources, 53.0 ms with 1000": {of(100, 4000), of(1000, 53000)},
		"flat within 30 %: 40.0 ms with 100 resources, 10.0 ms with 1000":     {of(1000, 10000), of(100, 4000)},
		"not flat within 30 %: 10.0 ms with 200 resources, 20.0 ms with 1000": {of(100, 4000), of(200, 2000), of(1000, 20000)},
	} {
		if got := growth(lives, func(l life) time.Duration { return l.Wall }); got != want {
			t.Errorf("it reports %q, want %q", got, want)
		}
	}
}

func TestTheLifeWithTheLeastProcessorTimeCounts(t *testing.T) {
	took := []time.Duration{3, 1, 2, 6, 5, 4}
	lives, err := measure(t.Context(), []int{1, 28}, func(_ context.Context, workloads int) (life, error) {
		l := life{Workloads: workloads, Processor: took[0]}
		took = took[1:]
		return l, nil
	})
	if err != nil || len(lives) != 2 || lives[0].Processor != 1 || lives[1].Processor != 4 || lives[1].Workloads != 28 {
		t.Errorf("%+v, %v", lives, err)
	}
}

func TestALifeThatFailsEndsTheMeasurement(t *testing.T) {
	_, err := measure(t.Context(), []int{28}, func(context.Context, int) (life, error) { return life{}, errors.New("up: no") })
	if err == nil || err.Error() != "stack of 28 workloads: up: no" {
		t.Errorf("it reports %v", err)
	}
}
