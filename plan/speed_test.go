package plan_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"eksnet/config"
	"eksnet/internal/processor"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// large is a stack of many node groups and workloads.
func large(groups, workloads int) *config.Stack {
	s := plantest.StackInRange("10.0.0.0/16", true, "m7g.large", config.Scaling{Desired: 1, Max: 3})
	for i := range groups {
		s.NodeGroups[fmt.Sprint("group-", i)] = config.NodeGroup{InstanceTypes: []string{"m5.large", "m5a.large", "m6i.large"}, Scaling: config.Scaling{Max: 2}}
	}
	kinds := []string{config.KindCLB, config.KindNLB, config.KindALB}
	for i := range workloads {
		s.Workloads = plantest.AddWorkload(s.Workloads, fmt.Sprint("shop-", i), config.Workload{Kind: kinds[i%3], Scheme: config.InternetFacing, Target: config.TargetIP, Replicas: 2, Paths: []string{fmt.Sprint("/", i)}})
	}
	return s
}

// committed reads the stack files of the repository, from their text on.
func committed(t testing.TB) map[string]func() *config.Stack {
	t.Helper()
	files, _ := filepath.Glob("../Pulumi.*.yaml")
	all := map[string]func() *config.Stack{}
	for _, file := range files {
		values := seed(t, file)
		all[file] = func() *config.Stack {
			s, _ := config.Load(func(key string) (string, bool) {
				i := slices.Index(fuzzed, key)
				return values[max(i, 0)], i >= 0 && values[i] != ""
			}, fuzzed)
			return s
		}
	}
	return all
}

// fastest is the least processor time of several runs.
func fastest(do func()) time.Duration { return processor.Least(7, do) }

func TestEveryCommittedStackIsPlannedInATenthOfASecond(t *testing.T) {
	stacks := committed(t)
	if len(stacks) == 0 {
		t.Fatal("no stack files")
	}
	for file, load := range stacks {
		if took := fastest(func() { plan.New(load()) }); took > 100*time.Millisecond {
			t.Errorf("%s takes %s", file, took)
		}
	}
}

func TestPlanningGrowsNoFasterThanTheStack(t *testing.T) {
	some, many := large(10, 33), large(30, 100)
	less, more := fastest(func() { plan.New(some) }), fastest(func() { plan.New(many) })
	if more > 100*time.Millisecond || more > 12*max(less, time.Millisecond/10) {
		t.Errorf("10 node groups and 33 workloads take %s, three times as many %s", less, more)
	}
}

func BenchmarkLargestCommittedStack(b *testing.B) {
	stacks := committed(b)
	size := func(file string) int { s := stacks[file](); return len(s.NodeGroups) + len(s.Workloads) }
	largest := slices.MaxFunc(slices.Sorted(maps.Keys(stacks)), func(x, y string) int { return size(x) - size(y) })
	for b.Loop() {
		plan.New(stacks[largest]())
	}
}

func BenchmarkThirtyGroupsAndAHundredWorkloads(b *testing.B) {
	s := large(30, 100)
	for b.Loop() {
		plan.New(s)
	}
}
