package prove

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// variant is a stack with settings of its own: an edge that one stack does not need may be what another stands on.
type variant struct {
	name    string // as a person would write it, "" for the stack as it is
	network map[string]any
}

var variants = []variant{{}, {"nat: single", map[string]any{"nat": "single"}}}

// of is a stack with a variant's settings.
func (v variant) of(stack *engine.Stack) (*engine.Stack, error) {
	settings, err := stack.Settings()
	if err != nil {
		return nil, err
	}
	network := map[string]any{}
	if err := json.Unmarshal([]byte(settings["eksnet:network"]), &network); err != nil {
		return nil, fmt.Errorf("%s: network: %w", stack.File, err)
	}
	maps.Copy(network, v.network)
	raw, err := json.Marshal(network)
	if err != nil {
		return nil, err
	}
	changed := *stack
	changed.Config = maps.Clone(stack.Config)
	changed.Config[config.MustMakeKey("eksnet", "network")] = config.NewObjectValue(string(raw))
	return &changed, nil
}

// site is one variant of a stack as it stands when all edges are kept.
type site struct {
	rig     *Rig
	stack   *engine.Stack
	program pulumi.RunFunc
	seen    *registrations
	built   *engine.State
	world   *world.World
	graph   *graph
}

// sites are the variants, each built once when it is first asked for.
type sites struct {
	rig     *Rig
	program pulumi.RunFunc

	mu    sync.Mutex
	built map[string]*site
}

func newSites(r *Rig, program pulumi.RunFunc) *sites {
	return &sites{rig: r, program: program, built: map[string]*site{}}
}

func (s *sites) of(ctx context.Context, v variant) (*site, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if built := s.built[v.name]; built != nil {
		return built, nil
	}
	stack, err := v.of(s.rig.stack)
	if err != nil {
		return nil, err
	}
	at := &site{rig: s.rig, stack: stack, program: s.program, world: world.New(s.rig.world),
		seen: &registrations{lines: map[int][]scenario.Component{}}}
	up, err := engine.Up(ctx, at.run(s.rig.hosts[0], nil, at.seen.observe(s.program), &place{at.world}))
	if err != nil {
		return nil, fmt.Errorf("up: %w", err)
	}
	at.built, at.graph = up.State, newGraph(up.State.Resources())
	s.built[v.name] = at
	return at, nil
}

// run is an operation on a world.
func (s *site) run(host *engine.Host, base *engine.State, program pulumi.RunFunc, at *place) engine.Run {
	return engine.Run{
		Stack: s.stack, Host: host, Program: engine.Inline(program), Base: base, Parallel: unhindered,
		Providers: engine.Providers{"aws": providers.AWS(at.aws), "kubernetes": providers.Kubernetes(at.kubernetes)},
	}
}

// unhindered is more calls at once than a stack has, so that those which wait at a gate keep no others from arriving.
const unhindered = 1024
