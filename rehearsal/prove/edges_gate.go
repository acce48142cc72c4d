package prove

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
)

// gate makes the engine create resources in one order: each call waits until the calls before it have ended. After a
// call fails, no call waits.
type gate struct {
	mu      sync.Mutex
	changed *sync.Cond
	line    []urn.URN // calls that have not ended
	open    bool
	failed  urn.URN
	err     error
	// patience is the longest time that the gate waits for the next call. With a correct graph a call never waits
	// that long; with a wrong one the proof ends with an error instead of hanging.
	patience time.Duration
}

func newGate(o creationOrder) *gate {
	g := &gate{patience: 5 * time.Minute}
	g.changed = sync.NewCond(&g.mu)
	for _, r := range o.resources {
		if hasProviderCall(r) {
			g.line = append(g.line, r.URN)
		}
	}
	return g
}

// pass waits until the calls before this resource have ended.
func (g *gate) pass(u urn.URN) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open && g.line[0] != u {
		next := g.line[0]
		expired := time.AfterFunc(g.patience, func() { g.giveUp(u, next) })
		g.changed.Wait()
		expired.Stop()
	}
}

// giveUp ends a wait for a call that is not made.
func (g *gate) giveUp(u, next urn.URN) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = fmt.Errorf("%s %s waits for %s %s, which is not called: the program has an order that its state does not show", u.Type(), u.Name(), next.Type(), next.Name())
	g.open = true
	g.changed.Broadcast()
}

// ended records the end of a call.
func (g *gate) ended(u urn.URN, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && !g.open {
		g.failed, g.open = u, true
	}
	if !g.open {
		g.line = g.line[1:]
		g.open = len(g.line) == 0
	}
	g.changed.Broadcast()
}

// release ends all waits.
func (g *gate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
	g.changed.Broadcast()
}

type gatedProvider struct {
	plugin.Provider
	gate *gate
}

func (p *gatedProvider) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	p.gate.pass(request.URN)
	response, err := p.Provider.Create(ctx, request)
	p.gate.ended(request.URN, err)
	return response, err
}

// wrapProviders returns providers of which each instance is wrapped.
func wrapProviders(providers engine.Providers, wrap func(plugin.Provider) plugin.Provider) engine.Providers {
	around := engine.Providers{}
	for name, factory := range providers {
		around[name] = func(version semver.Version) plugin.Provider { return wrap(factory(version)) }
	}
	return around
}
