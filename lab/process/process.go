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

// Spec describes how to run a process.
type Spec struct {
	// Name is also the name of the log.
	Name string
	Path string
	Args []string
	// Env is the whole environment, so that no variable of the caller gives access to AWS.
	Env []string
	// Network is the network namespace of the process.
	Network NetworkNamespace
	// EmptyFolders are folders in whose place the process has empty ones of its own, in a mount namespace of its own.
	EmptyFolders []string
	// Ready is called until it returns nil, for at most Patience; the default is 30 s.
	Ready    func(context.Context) error
	Patience time.Duration
}

// Process is a started process.
type Process struct {
	spec    Spec
	log     string
	command *exec.Cmd
	began   int64 // offset of its part of the log

	stopped atomic.Bool
	ended   chan struct{}
	status  error // valid once ended is closed
}

const (
	defaultPatience = 30 * time.Second
	// grace is the time between SIGTERM and SIGKILL. It can be short: no data of the processes outlives the lab, and an
	// API server without etcd does not end by itself.
	grace = time.Second
	// lastLines is the number of log lines in the error of a process that ended.
	lastLines = 12
)

// startProcess starts a process in its own process group, so that its children are stopped with it. It appends to the
// log.
func startProcess(spec Spec, log string) (*Process, error) {
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
	if err := spec.start(p.command); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", spec.Name, err)
	}
	go func() {
		p.status = p.command.Wait()
		close(p.ended)
	}()
	return p, nil
}

// start starts the command in the namespaces of the process.
func (s Spec) start(command *exec.Cmd) error {
	if len(s.EmptyFolders) == 0 {
		return s.Network.Do(command.Start)
	}
	do := s.Network.Do
	if s.Network == "" {
		do = InNewThread // the caller's thread keeps its mounts
	}
	return do(func() error {
		if err := coverFolders(s.EmptyFolders); err != nil {
			return err
		}
		return command.Start()
	})
}

// waitUntilReady calls Ready until the process is ready, has ended, or timed out.
func (p *Process) waitUntilReady(ctx context.Context) error {
	if p.spec.Ready == nil {
		return nil
	}
	limit := cmp.Or(p.spec.Patience, defaultPatience)
	late := time.After(limit)
	for {
		err := p.spec.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.unexpectedEnd()
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return fmt.Errorf("%s is not ready after %s: %w; %s", p.spec.Name, limit, err, p.logTail())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop sends SIGTERM to the process and its children, kills them if they do not end, and returns when the process has
// ended.
func (p *Process) Stop() {
	p.stopped.Store(true)
	group := -p.command.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(grace):
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // its children may still run
	<-p.ended
}

// unexpectedEnd returns an error with the status of the process and the end of its log.
func (p *Process) unexpectedEnd() error {
	status := "status 0"
	if p.status != nil {
		status = p.status.Error()
	}
	return fmt.Errorf("%s ended unexpectedly (%s); %s", p.spec.Name, status, p.logTail())
}

func (p *Process) logTail() string {
	content, err := os.ReadFile(p.log)
	if err != nil || int64(len(content)) < p.began {
		return "its log " + p.log + " cannot be read"
	}
	lines := strings.Split(string(bytes.TrimSpace(content[p.began:])), "\n")
	lines = lines[max(0, len(lines)-lastLines):]
	return "the end of " + p.log + ":\n  " + strings.Join(lines, "\n  ")
}
