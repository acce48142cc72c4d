package process

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Group is a group of processes that end together.
type Group struct {
	logs string
	fail context.CancelCauseFunc

	mutex   sync.Mutex
	running []*Process
	stopped bool
}

// NewGroup returns a group that writes a log per process into a folder. The returned context is canceled, with the
// reason as its cause, when a process of the group ends unexpectedly.
func NewGroup(ctx context.Context, logs string) (*Group, context.Context, error) {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return nil, nil, fmt.Errorf("logs: %w", err)
	}
	ctx, fail := context.WithCancelCause(ctx)
	return &Group{logs: logs, fail: fail}, ctx, nil
}

// Log returns the log file of a process.
func (g *Group) Log(name string) string { return filepath.Join(g.logs, name+".log") }

// Start starts a process and waits until it is ready.
func (g *Group) Start(ctx context.Context, spec Spec) (*Process, error) {
	p, err := g.add(spec)
	if err != nil {
		return nil, err
	}
	go g.watch(p)
	return p, p.waitUntilReady(ctx)
}

// add starts a process unless the group has been stopped.
func (g *Group) add(spec Spec) (*Process, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.stopped {
		return nil, fmt.Errorf("%s does not start: the lab is stopped", spec.Name)
	}
	p, err := startProcess(spec, g.Log(spec.Name))
	if err == nil {
		g.running = append(g.running, p)
	}
	return p, err
}

// watch waits for a process to end, and cancels the group's context if the process was not stopped.
func (g *Group) watch(p *Process) {
	<-p.ended
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.running = slices.DeleteFunc(g.running, func(other *Process) bool { return other == p })
	if !p.stopped.Load() {
		g.fail(p.unexpectedEnd())
	}
}

// Fail cancels the group's context with a reason.
func (g *Group) Fail(reason error) { g.fail(reason) }

// Stop cancels the group's context, stops all processes in parallel, and returns when they have ended. No further
// process can be started.
func (g *Group) Stop() {
	g.fail(context.Canceled)
	g.mutex.Lock()
	g.stopped = true
	running := slices.Clone(g.running)
	g.mutex.Unlock()
	for _, p := range running {
		p.stopped.Store(true) // before one ends because another is missing
	}
	var all sync.WaitGroup
	for _, p := range running {
		all.Go(p.Stop)
	}
	all.Wait()
}
