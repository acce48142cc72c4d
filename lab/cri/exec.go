package cri

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/client-go/tools/remotecommand"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// outputPatience is the time for output after the end of a command: its children may keep its streams open.
const outputPatience = time.Second

// startFurther starts a further command in the container's namespaces, as the container's user. It returns the terminal
// if the command has one.
func (c *container) startFurther(command *exec.Cmd, args []string, terminal bool) (*os.File, error) {
	descriptor, err := c.running()
	if err != nil {
		return nil, err
	}
	copied, err := unix.FcntlInt(uintptr(descriptor), unix.F_DUPFD_CLOEXEC, 0) // the container may be removed meanwhile
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(copied), "container")
	defer file.Close()
	spec := c.spec
	spec.Args, spec.Terminal = args, terminal
	command.WaitDelay = outputPatience
	return startInit(command, initConfig{Process: spec}, func(start func() error) error {
		return c.inNamespaces(c, start)
	}, file)
}

// waitOrKill waits for a command. At the end of ctx it kills the command with the processes of its session's first
// process group, and returns the context's error.
func waitOrKill(ctx context.Context, command *exec.Cmd) error {
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-ctx.Done():
			_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		case <-ended:
		}
	}()
	err := command.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil // the command has ended, a child of it has not
	}
	return err
}

// ExecSync runs a command in a container and returns its output and exit code.
func (r *Runtime) ExecSync(ctx context.Context, request *api.ExecSyncRequest) (*api.ExecSyncResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err != nil {
		return nil, err
	}
	if request.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(request.Timeout)*time.Second)
		defer cancel()
	}
	command := newInit()
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if _, err := c.startFurther(command, request.Cmd, false); err != nil {
		return nil, err
	}
	err = waitOrKill(ctx, command)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, status.Errorf(codes.DeadlineExceeded, "command %q runs after %ds", request.Cmd, request.Timeout)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	code := exitCode(command.ProcessState)
	return &api.ExecSyncResponse{Stdout: stdout.Bytes(), Stderr: stderr.Bytes(), ExitCode: code}, nil
}

// Exec returns the URL at which the kubelet runs a command in a container.
func (r *Runtime) Exec(_ context.Context, request *api.ExecRequest) (*api.ExecResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err == nil {
		_, err = c.running()
	}
	if err != nil {
		return nil, err
	}
	return r.streaming.GetExec(request)
}

// exec runs a command with the streams of a client.
func (c *container) exec(
	ctx context.Context, args []string, in io.Reader, out, errs io.Writer,
) (*os.ProcessState, error) {
	command := newInit()
	if out != nil {
		command.Stdout = out
	}
	if errs != nil {
		command.Stderr = errs
	}
	if in != nil {
		stdin, err := command.StdinPipe() // the command may end before the client's input
		if err != nil {
			return nil, err
		}
		go func() {
			_, _ = io.Copy(stdin, in)
			stdin.Close()
		}()
	}
	if _, err := c.startFurther(command, args, false); err != nil {
		return nil, err
	}
	err := waitOrKill(ctx, command)
	return command.ProcessState, err
}

// execInTerminal runs a command in a terminal of its own.
func (c *container) execInTerminal(
	ctx context.Context, args []string, in io.Reader, out io.Writer, resize <-chan remotecommand.TerminalSize,
) (*os.ProcessState, error) {
	command := newInit()
	terminal, err := c.startFurther(command, args, true)
	if err != nil {
		return nil, err
	}
	defer terminal.Close()
	go resizeTerminal(ctx, terminal, resize)
	if in != nil {
		go func() { _, _ = io.Copy(terminal, in) }()
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		if out != nil {
			_, _ = io.Copy(out, terminal)
		}
	}()
	err = waitOrKill(ctx, command)
	select {
	case <-copied:
	case <-time.After(outputPatience):
	}
	return command.ProcessState, err
}

// resizeTerminal gives a terminal the sizes of the client's, until the client is gone.
func resizeTerminal(ctx context.Context, terminal *os.File, sizes <-chan remotecommand.TerminalSize) {
	for {
		select {
		case <-ctx.Done():
			return
		case size, ok := <-sizes:
			if !ok {
				return
			}
			raw, err := terminal.SyscallConn()
			if err != nil {
				return
			}
			window := &unix.Winsize{Row: size.Height, Col: size.Width}
			_ = raw.Control(func(descriptor uintptr) { // fails if the terminal is closed
				_ = unix.IoctlSetWinsize(int(descriptor), unix.TIOCSWINSZ, window)
			})
		}
	}
}
