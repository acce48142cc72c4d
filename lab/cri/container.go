package cri

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// container is a process in namespaces of its own, with the processes that it starts.
type container struct {
	id      string
	sandbox *sandbox
	config  *api.ContainerConfig
	image   string
	folder  string // in which its root is mounted
	spec    processSpec
	root    *rootSpec
	created time.Time
	output  *output
	ended   chan struct{} // closed when it has ended, and its log is complete

	mutex             sync.Mutex
	state             api.ContainerState
	pid               int
	descriptor        int // of the process, 0 before it is started
	started, finished time.Time
	exitCode          int32
	reason, message   string
	stdin             io.WriteCloser
	terminal          *os.File
	processorTime     time.Duration // the most that was observed: that of ended processes is lost
}

// defaultStopSignal is the signal of images that set none.
const defaultStopSignal = unix.SIGTERM

// start starts the container's process, and returns when its program runs.
func (c *container) start(target *container) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.state != api.ContainerState_CONTAINER_CREATED {
		return fmt.Errorf("container %s has been started before", c.id)
	}
	command, streams, err := c.newCommand()
	if err == nil {
		err = c.startCommand(command, target)
	}
	if err != nil {
		// As containerd reports it (internal/cri/server/container_start.go).
		c.state, c.finished = api.ContainerState_CONTAINER_EXITED, time.Now()
		c.exitCode, c.reason, c.message = 128, "StartError", err.Error()
		c.output.close()
		close(c.ended)
		return err
	}
	c.state, c.started, c.pid = api.ContainerState_CONTAINER_RUNNING, time.Now(), command.Process.Pid
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		if c.terminal != nil {
			_, _ = io.Copy(streams[0], c.terminal) // ends with an error when no process has the terminal open
		}
	}()
	go c.wait(command, streams, copied)
	return nil
}

// newCommand returns the command of the container's process, and its output streams.
func (c *container) newCommand() (*exec.Cmd, []*stream, error) {
	command := newInit()
	stdout, stderr := &stream{output: c.output, name: "stdout"}, &stream{output: c.output, name: "stderr"}
	if c.spec.Terminal {
		return command, []*stream{stdout}, nil
	}
	command.Stdout, command.Stderr = stdout, stderr
	if c.config.Stdin {
		stdin, err := command.StdinPipe()
		if err != nil {
			return nil, nil, fmt.Errorf("standard input: %w", err)
		}
		c.stdin = stdin
	}
	return command, []*stream{stdout, stderr}, nil
}

// startCommand starts the command in the pod's namespaces. Its PID namespace is its own, or that of the target.
func (c *container) startCommand(command *exec.Cmd, target *container) error {
	command.SysProcAttr.Cloneflags = unix.CLONE_NEWNS
	command.SysProcAttr.PidFD = &c.descriptor
	if target == nil {
		command.SysProcAttr.Cloneflags |= unix.CLONE_NEWPID
	}
	terminal, err := startInit(command, initConfig{Root: c.root, Process: c.spec}, func(start func() error) error {
		return c.inNamespaces(target, start)
	})
	if c.terminal = terminal; terminal != nil && c.config.Stdin {
		c.stdin = terminalInput{terminal}
	}
	return err
}

// terminalInput is the terminal of a container as its standard input, which has no end.
type terminalInput struct{ io.Writer }

func (terminalInput) Close() error { return nil }

// wait waits for the end of the container.
func (c *container) wait(command *exec.Cmd, streams []*stream, copied <-chan struct{}) {
	err := command.Wait()
	<-copied
	for _, s := range streams {
		s.finish()
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.state, c.finished = api.ContainerState_CONTAINER_EXITED, time.Now()
	c.exitCode, c.reason = exitCode(command.ProcessState), "Completed"
	if err != nil {
		c.reason = "Error"
	}
	if c.terminal != nil {
		c.terminal.Close()
	}
	c.output.close()
	close(c.ended)
}

// exitCode returns the exit code as a shell does: 128 and the number of a signal that ended the process.
func exitCode(state *os.ProcessState) int32 {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int32(status.Signal())
	}
	return int32(state.ExitCode())
}

// inNamespaces calls a function in the namespaces of the container's pod. Processes that the function starts are in the
// PID namespace of another container, if there is one.
func (c *container) inNamespaces(other *container, call func() error) error {
	return inNamespaces(c.sandbox.network, c.sandbox.folder, func() error {
		if other == nil {
			return call()
		}
		descriptor, err := other.running()
		if err != nil {
			return err
		}
		if err := unix.Setns(descriptor, unix.CLONE_NEWPID); err != nil {
			return fmt.Errorf("PID namespace of container %s: %w", other.id, err)
		}
		return call()
	})
}

// running returns the descriptor of the container's process, or an error if it does not run.
func (c *container) running() (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.state != api.ContainerState_CONTAINER_RUNNING {
		return 0, fmt.Errorf("container %s is not running", c.id)
	}
	return c.descriptor, nil
}

// stop sends the stop signal, kills the container if it has not ended after the grace period, and waits for its end.
func (c *container) stop(ctx context.Context, grace time.Duration) error {
	if grace > 0 {
		c.signal(c.stopSignal())
		select {
		case <-c.ended:
			return nil
		case <-time.After(grace):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.kill()
	return nil
}

// stopSignal returns the signal of the pod's lifecycle.stopSignal, whose numbers in the interface are not the kernel's.
func (c *container) stopSignal() unix.Signal {
	if number := unix.SignalNum(c.config.StopSignal.String()); number != 0 {
		return number
	}
	return defaultStopSignal
}

// kill ends the container. The kernel kills the other processes of its PID namespace with the first.
func (c *container) kill() {
	if _, err := c.running(); err == nil {
		c.signal(unix.SIGKILL)
		<-c.ended
	}
}

func (c *container) signal(s unix.Signal) {
	if descriptor, err := c.running(); err == nil {
		_ = unix.PidfdSendSignal(descriptor, s, nil, 0) // fails if the process has ended
	}
}

// delete removes the container's files after its end.
func (c *container) delete() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.output.close()
	if c.descriptor > 0 {
		unix.Close(c.descriptor)
		c.descriptor = 0
	}
	return os.RemoveAll(c.folder)
}
