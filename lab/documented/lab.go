package documented

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// startLab matches the command that starts a lab.
var startLab = regexp.MustCompile(`^make lab STACK=([a-z0-9-]+)$`)

// Lab is a lab that runs in the background, as in another terminal of the reader.
type Lab struct {
	command *exec.Cmd
	ended   chan error
	mu      sync.Mutex
	output  bytes.Buffer
}

// StartLab starts the lab of a stack and waits until all of its load balancers have healthy targets.
func StartLab(ctx context.Context, root, stack string, args ...string) (*Lab, error) {
	l := &Lab{command: exec.Command(filepath.Join(root, "bin", "lab"), append([]string{"-stack", stack}, args...)...), ended: make(chan error, 1)}
	l.command.Dir, l.command.Stdout, l.command.Stderr = root, l, l
	if err := l.command.Start(); err != nil {
		return nil, err
	}
	go func() { l.ended <- l.command.Wait() }()
	const limit = 5 * time.Minute
	for late := time.After(limit); ; {
		if isReady.MatchString(l.Output()) {
			return l, nil
		}
		select {
		case err := <-l.ended:
			return nil, fmt.Errorf("the lab has ended: %w: %s", err, l.Output())
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), l.Stop())
		case <-late:
			return nil, errors.Join(fmt.Errorf("the lab is not ready after %s: %s", limit, l.Output()), l.Stop())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// isReady matches the last line that a lab prints before it can be used.
var isReady = regexp.MustCompile(`(?m) s  (all load balancers have healthy targets|these load balancers have a target group.*|there is no load balancer)$`)

// Write appends to the output of the lab. It implements io.Writer.
func (l *Lab) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.output.Write(text)
}

// Output returns what the lab has printed.
func (l *Lab) Output() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.ReplaceAll(l.output.String(), "\r", "\n")
}

// Stop stops the lab as Ctrl-C does.
func (l *Lab) Stop() error {
	_ = l.command.Process.Signal(unix.SIGINT)
	return <-l.ended
}
