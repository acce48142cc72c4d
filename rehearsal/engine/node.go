package engine

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// providerEntry is the program of the eks component's provider in node_modules.
const providerEntry = "@pulumi/eks/cmd/provider/index.js"

//go:embed guard.js
var guard []byte

// node is the process of the eks component's provider.
type node struct {
	command *exec.Cmd
	stdin   io.Closer
	stderr  *tail

	ready  chan struct{}
	exited chan struct{}
	conn   *grpc.ClientConn
	err    error
}

// startNode runs the provider with a separate environment: a home, a PATH with the stand-in commands only, and the
// guard that refuses connections. The process ends when its standard input is closed, which is when this process ends.
func startNode(options HostOptions, scratch, engineAddress string) (*node, error) {
	binary, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("the eks component's provider is a Node program: %w; install Node 20 or later", err)
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return nil, err
	}
	entry, err := filepath.Abs(filepath.Join(options.NodeModules, providerEntry))
	if err != nil {
		return nil, err
	}
	n := &node{stderr: &tail{log: options.Log}, ready: make(chan struct{}), exited: make(chan struct{})}
	if err := n.start(binary, entry, scratch, engineAddress, options.Environment); err != nil {
		return nil, fmt.Errorf("the eks component's provider: %w", err)
	}
	return n, nil
}

// youngGeneration limits the memory of new objects (nodejs.org/api/cli.html, --max-semi-space-size, in MB): the default
// takes 20 MB more, and no less time.
const youngGeneration = "--max-semi-space-size=2"

func (n *node) start(binary, entry, scratch, engineAddress string, environment []string) error {
	commands, required := filepath.Join(scratch, "bin"), filepath.Join(scratch, "guard.js")
	if err := writeStandIns(commands); err != nil {
		return err
	}
	if err := os.WriteFile(required, guard, 0o644); err != nil {
		return err
	}
	n.command = exec.Command(binary, youngGeneration, "--require", required, entry, engineAddress)
	n.command.Dir = scratch
	n.command.Env = []string{"PATH=" + commands, "HOME=" + scratch, "TMPDIR=" + scratch, "REHEARSAL_SCRATCH=" + scratch}
	n.command.Env = append(n.command.Env, environment...)
	n.command.Stderr = n.stderr
	stdin, err := n.command.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := n.command.StdoutPipe()
	if err != nil {
		return err
	}
	n.stdin = stdin
	if err := n.command.Start(); err != nil {
		return err
	}
	go n.serve(bufio.NewReader(stdout))
	return nil
}

// serve reads the port that the provider prints first, connects, and waits for the process to end.
func (n *node) serve(stdout *bufio.Reader) {
	line, err := stdout.ReadString('\n')
	port, parseErr := strconv.Atoi(strings.TrimSpace(line))
	if err = errors.Join(err, parseErr); err == nil {
		n.conn, err = grpc.NewClient("127.0.0.1:"+strconv.Itoa(port),
			grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	}
	if err != nil {
		n.err = err
	}
	close(n.ready)
	_, _ = io.Copy(n.stderr, stdout)
	_ = n.command.Wait()
	close(n.exited)
}

// client waits until the provider serves.
func (n *node) client(ctx context.Context) (pulumirpc.ResourceProviderClient, error) {
	select {
	case <-n.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if n.err != nil {
		<-n.exited
		return nil, n.ended()
	}
	select {
	case <-n.exited:
		return nil, n.ended()
	default:
		return pulumirpc.NewResourceProviderClient(n.conn), nil
	}
}

func (n *node) ended() error {
	return fmt.Errorf("the eks component's provider (Node) has ended: %s", n.stderr.last())
}

// close kills the process, which has no state to save.
func (n *node) close() {
	_ = n.command.Process.Kill()
	<-n.exited
	_ = n.stdin.Close()
	if n.conn != nil {
		_ = n.conn.Close()
	}
}

// tail keeps the end of a process's output, for the error message when it ends.
type tail struct {
	mu   sync.Mutex
	kept []byte
	log  io.Writer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if excess := len(t.kept) - 4096; excess > 0 {
		t.kept = append([]byte(nil), t.kept[excess:]...)
	}
	if t.log != nil {
		_, _ = t.log.Write(p)
	}
	return len(p), nil
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := flatten(string(t.kept)); text != "" {
		return text
	}
	return "it printed nothing"
}
