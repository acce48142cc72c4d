package process

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Group is processes that live and end together.
type Group struct {
	logs string
	fail context.CancelCauseFunc

	mutex   sync.Mutex
	running []*Process
	over    bool
}

// NewGroup keeps a log per process in a folder. The context ends, with the reason as its cause, as soon as a process of the group ends
// that nobody stopped.
func NewGroup(ctx context.Context, logs string) (*Group, context.Context, error) {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return nil, nil, fmt.Errorf("logs: %w", err)
	}
	ctx, fail := context.WithCancelCause(ctx)
	return &Group{logs: logs, fail: fail}, ctx, nil
}

// Log is the file that a process writes to.
func (g *Group) Log(name string) string { return filepath.Join(g.logs, name+".log") }

// Start starts a process and waits until it is ready.
func (g *Group) Start(ctx context.Context, spec Spec) (*Process, error) {
	p, err := g.add(spec)
	if err != nil {
		return nil, err
	}
	go g.watch(p)
	return p, p.ready(ctx)
}

// add starts a process, unless the group has been stopped.
func (g *Group) add(spec Spec) (*Process, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.over {
		return nil, fmt.Errorf("%s does not start: the lab is stopped", spec.Name)
	}
	p, err := start(spec, g.Log(spec.Name))
	if err == nil {
		g.running = append(g.running, p)
	}
	return p, err
}

// watch waits for a process to end; one that nobody stopped ends the group's context.
func (g *Group) watch(p *Process) {
	<-p.ended
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.running = slices.DeleteFunc(g.running, func(other *Process) bool { return other == p })
	if !p.stopped.Load() {
		g.fail(p.death())
	}
}

// Fail ends the group's context with a reason.
func (g *Group) Fail(reason error) { g.fail(reason) }

// Stop ends the group's context and all processes at once, and returns when they have ended. No other starts.
func (g *Group) Stop() {
	g.fail(context.Canceled)
	g.mutex.Lock()
	g.over = true
	running := slices.Clone(g.running)
	g.mutex.Unlock()
	for _, p := range running {
		p.stopped.Store(true) // before any ends for want of another
	}
	var all sync.WaitGroup
	for _, p := range running {
		all.Go(p.Stop)
	}
	all.Wait()
}
