package scenario_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

// lifecycle is the lifecycle of one committed stack, which all tests share.
type lifecycle struct {
	// afterUp is the state after up.
	afterUp    stateGraph
	operations []scenario.Operation
}

// committedStacks are the committed stacks, each rehearsed when a test first needs it.
var committedStacks = func() map[string]func() (*lifecycle, error) {
	all := map[string]func() (*lifecycle, error){}
	for _, name := range engine.Stacks(root) {
		all[name] = sync.OnceValues(func() (*lifecycle, error) { return runLifecycle(name) })
	}
	return all
}()

// parallelLifecycles limits how many stacks are rehearsed at once.
var parallelLifecycles = make(chan struct{}, runtime.GOMAXPROCS(0))

// completeLifecycles returns the stacks of which all operations are rehearsed: with -short those with the smallest
// files; make rehearse-all covers all stacks.
func completeLifecycles() []string {
	names := engine.Stacks(root)
	if testing.Short() {
		slices.SortFunc(names, func(a, b string) int { return stackFileSize(a) - stackFileSize(b) })
		names = names[:3]
	}
	return names
}

// stackFileSize returns the size of a stack file in bytes.
func stackFileSize(name string) int {
	text, _ := os.ReadFile(root + "/Pulumi." + name + ".yaml")
	return len(text)
}

// runLifecycle rehearses all operations of a stack, or only preview and up for other stacks.
func runLifecycle(name string) (*lifecycle, error) {
	parallelLifecycles <- struct{}{}
	defer func() { <-parallelLifecycles }()
	dir, err := os.MkdirTemp("", "rehearsal-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r, err := scenario.Open(scenario.Options{Root: root, Stack: name, Program: engine.Inline(stack.Program), Dir: dir, Host: sharedHost, Verify: *verify})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	whole, l := slices.Contains(completeLifecycles(), name), &lifecycle{}
	for _, operate := range []func(context.Context) scenario.Operation{r.Preview, r.Up, r.UpAgain, r.Refresh, r.UpAfterRefresh, r.Destroy} {
		if upToUp := len(l.operations) == 2; upToUp {
			l.afterUp = r.State().Resources()
			if !whole {
				break
			}
		}
		operation := operate(context.Background())
		if l.operations = append(l.operations, operation); operation.Error != "" {
			return l, fmt.Errorf("stack %s: %s: %s", name, operation.Name, operation.Error)
		}
	}
	return l, nil
}

func TestCommittedStacksCompleteEveryOperation(t *testing.T) {
	names := completeLifecycles()
	if len(names) < 3 {
		t.Fatalf("stacks %v", names)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := committedStacks[name]()
			if err != nil {
				t.Fatal(err)
			}
			operations := l.operations
			if up := operations[1]; up.Created < 60 || up.Created != operations[5].Deleted {
				t.Errorf("up made %d resources and destroy removed %d", up.Created, operations[5].Deleted)
			}
			for _, o := range operations[2:5] {
				if o.Created+o.Updated+o.Replaced+o.Deleted != 0 || o.Same == 0 {
					t.Errorf("%s changed something: %+v", o.Name, o)
				}
			}
		})
	}
}

// stackState is the state of a stack file after up.
type stackState struct {
	name, partition, region, account, cluster string
	stateGraph
}

// committedStates returns all committed stacks after up.
func committedStates(t *testing.T) []stackState {
	t.Helper()
	names := engine.Stacks(root)
	all, wait := make([]stackState, len(names)), sync.WaitGroup{}
	for i, name := range names {
		wait.Go(func() { all[i] = stateOf(t, name) })
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return all
}

// stateOf returns a committed stack after up.
func stateOf(t *testing.T, name string) stackState {
	l, err := committedStacks[name]()
	if err != nil {
		t.Error(err)
		return stackState{}
	}
	s := stackState{name: name, stateGraph: l.afterUp}
	for typ, resource := range s.resources() {
		if typ == eksCluster {
			// arn:aws:eks:ap-northeast-2:000000000000:cluster/local
			parts := strings.Split(fmt.Sprint(resource.Outputs["arn"]), ":")
			s.partition, s.region, s.account, s.cluster = parts[1], parts[3], parts[4], strings.TrimPrefix(parts[5], "cluster/")
		}
	}
	return s
}
