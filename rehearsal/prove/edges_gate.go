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

// gate lets resources be made in one order only: each call that arrives too early waits until those before it have
// ended. Once one has failed, all pass.
type gate struct {
	mu      sync.Mutex
	changed *sync.Cond
	line    []urn.URN // the calls that have not ended
	open    bool
	failed  urn.URN
	err     error
	// patience is how long the gate waits at most for the next call. It is never used up where the graph tells the truth of what waits
	// for what; where it does not, the proof must end with an error and not hang.
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

// pass waits until it is a resource's turn.
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

// give ends a wait for a call that does not come.
func (g *gate) giveUp(u, next urn.URN) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = fmt.Errorf("%s %s waits for %s %s, which does not come: the program knows an order that its state does not show", u.Type(), u.Name(), next.Type(), next.Name())
	g.open = true
	g.changed.Broadcast()
}

// ended notes that a call is over.
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

// release lets everything pass.
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

// wrapped are providers, each in something of ours.
func wrapProviders(providers engine.Providers, wrap func(plugin.Provider) plugin.Provider) engine.Providers {
	around := engine.Providers{}
	for name, factory := range providers {
		around[name] = func(version semver.Version) plugin.Provider { return wrap(factory(version)) }
	}
	return around
}
