package process

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Spec is how a process is run.
type Spec struct {
	// Name is the name of its log.
	Name string
	Path string
	Args []string
	// Env is all of its environment, so that nothing of the caller's leads it to AWS.
	Env []string
	// Ready is asked until it returns nil. Patience is for how long; the default is 30 s.
	Ready    func(context.Context) error
	Patience time.Duration
}

// Process is a process that was started.
type Process struct {
	spec    Spec
	log     string
	command *exec.Cmd
	began   int64 // where its part of the log begins

	stopped atomic.Bool
	ended   chan struct{}
	status  error // once ended is closed
}

const (
	patience = 30 * time.Second
	// grace is how long a process has to end when it is told to; nothing that it could lose outlives the lab.
	grace = 3 * time.Second
	// lastLines is how many lines of a log tell why a process died.
	lastLines = 12
)

// start starts a process in a group of its own, so that whatever it starts is stopped with it. It appends to the log.
func start(spec Spec, log string) (*Process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec.Name, err)
	}
	defer file.Close()
	end, err := file.Seek(0, 2)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec.Name, err)
	}
	p := &Process{spec: spec, log: log, began: end, command: exec.Command(spec.Path, spec.Args...), ended: make(chan struct{})}
	p.command.Env = spec.Env
	p.command.Stdout, p.command.Stderr = file, file
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", spec.Name, err)
	}
	go func() {
		p.status = p.command.Wait()
		close(p.ended)
	}()
	return p, nil
}

// ready asks until the process is ready, has ended, or took too long.
func (p *Process) ready(ctx context.Context) error {
	if p.spec.Ready == nil {
		return nil
	}
	limit := cmp.Or(p.spec.Patience, patience)
	late := time.After(limit)
	for {
		err := p.spec.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.death()
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return fmt.Errorf("%s is not ready after %s: %w; %s", p.spec.Name, limit, err, p.lastWords())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop tells the process to end, kills it with all that it started if it does not, and returns when it has ended.
func (p *Process) Stop() {
	p.stopped.Store(true)
	group := -p.command.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(grace):
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // what it started may still be there
	<-p.ended
}

// death tells that the process ended by itself, and its last words.
func (p *Process) death() error {
	status := "status 0"
	if p.status != nil {
		status = p.status.Error()
	}
	return fmt.Errorf("%s ended by itself (%s); %s", p.spec.Name, status, p.lastWords())
}

func (p *Process) lastWords() string {
	content, err := os.ReadFile(p.log)
	if err != nil || int64(len(content)) < p.began {
		return "its log " + p.log + " cannot be read"
	}
	lines := strings.Split(string(bytes.TrimSpace(content[p.began:])), "\n")
	lines = lines[max(0, len(lines)-lastLines):]
	return "the end of " + p.log + ":\n  " + strings.Join(lines, "\n  ")
}
