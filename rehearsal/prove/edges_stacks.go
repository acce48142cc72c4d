package prove

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// builtStack is a stack that was created with all edges.
type builtStack struct {
	stack   *engine.Stack
	options world.Options
	program pulumi.RunFunc
	seen    *registrations
	built   *engine.State
	world   *world.World
	graph   *graph
}

// builtStacks are the committed stacks, each created at first use: an edge that one stack does not need can be needed
// by another.
type builtStacks struct {
	rig     *Rig
	program pulumi.RunFunc

	mu    sync.Mutex
	built map[string]*builtStack
}

func newBuiltStacks(r *Rig, program pulumi.RunFunc) *builtStacks {
	return &builtStacks{rig: r, program: program, built: map[string]*builtStack{}}
}

// stackNames returns all stacks, the rig's own first and then by size of the stack file, because small stacks take
// the least time.
func (s *builtStacks) stackNames() []string {
	own, length := s.rig.stack.Name, func(name string) int64 {
		file, err := os.Stat(filepath.Join(s.rig.options.Root, "Pulumi."+name+".yaml"))
		if err != nil {
			return 0
		}
		return file.Size()
	}
	others := slices.DeleteFunc(engine.Stacks(s.rig.options.Root), func(name string) bool { return name == own })
	slices.SortFunc(others, func(a, b string) int { return cmp.Compare(length(a), length(b)) })
	return append([]string{own}, others...)
}

// buildOwn returns the rig's own stack.
func (s *builtStacks) buildOwn(ctx context.Context) (*builtStack, error) {
	return s.build(ctx, s.rig.stack.Name)
}

func (s *builtStacks) build(ctx context.Context, name string) (*builtStack, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if built := s.built[name]; built != nil {
		return built, nil
	}
	stack, account, operator, err := loadStack(s.rig.options.Root, name)
	if err != nil {
		return nil, err
	}
	at := &builtStack{stack: stack, options: s.rig.world, program: s.program, seen: &registrations{lines: map[int][]scenario.Component{}}}
	at.options.Account, at.options.Operator = account, operator
	at.world = world.New(at.options)
	up, err := engine.Up(ctx, at.run(s.rig.hosts[0], nil, at.seen.observe(s.program), &worldHolder{world: at.world}))
	if err != nil {
		return nil, fmt.Errorf("up of stack %s: %w", name, err)
	}
	at.built, at.graph = up.State, newGraph(up.State.Resources())
	s.built[name] = at
	return at, nil
}

// run returns an operation on a simulated account.
func (s *builtStack) run(host *engine.Host, base *engine.State, program pulumi.RunFunc, at *worldHolder) engine.Run {
	return engine.Run{
		Stack: s.stack, Host: host, Program: engine.Inline(program), Base: base, Parallel: unlimitedCalls,
		Providers: engine.Providers{"aws": providers.AWS(at.aws), "kubernetes": providers.Kubernetes(at.kubernetes)},
	}
}

// unlimitedCalls is more calls at once than a stack has, so that calls that wait at a gate do not keep others from
// starting.
const unlimitedCalls = 1024
