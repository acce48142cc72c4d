package cri

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"

	"k8s.io/client-go/tools/remotecommand"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/kubelet/pkg/cri/streaming"
	utilexec "k8s.io/utils/exec"
)

// serveStreams serves exec, attach and port-forward on a port of the node's loopback interface, to which the kubelet
// forwards the connections of clients.
func (r *Runtime) serveStreams() error {
	var listener net.Listener
	err := r.options.Network.Do(func() (err error) {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
		return err
	})
	if err != nil {
		return fmt.Errorf("streams of the container runtime: %w", err)
	}
	config := streaming.DefaultConfig
	config.BaseURL = &url.URL{Scheme: "http", Host: listener.Addr().String()}
	if r.streaming, err = streaming.NewServer(config, streams{r}); err != nil {
		listener.Close()
		return fmt.Errorf("streams of the container runtime: %w", err)
	}
	r.http = &http.Server{Handler: r.streaming}
	go func() { _ = r.http.Serve(listener) }()
	return nil
}

// streams runs the requests of the streaming server.
type streams struct{ runtime *Runtime }

// Exec runs a command in a container until the command ends.
func (s streams) Exec(
	ctx context.Context, id string, args []string, in io.Reader, out, errs io.WriteCloser, tty bool,
	resize <-chan remotecommand.TerminalSize,
) error {
	c, err := s.runtime.findContainer(id)
	if err != nil {
		return err
	}
	var state *os.ProcessState
	if tty {
		state, err = c.execInTerminal(ctx, args, in, out, resize)
	} else {
		state, err = c.exec(ctx, args, in, out, errs)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return utilexec.CodeExitError{Err: err, Code: int(exitCode(state))}
	}
	return err
}

// Attach connects a client to a container until the container or the client ends.
func (s streams) Attach(
	ctx context.Context, id string, in io.Reader, out, errs io.WriteCloser, tty bool,
	resize <-chan remotecommand.TerminalSize,
) error {
	c, err := s.runtime.findContainer(id)
	if err != nil {
		return err
	}
	if _, err := c.running(); err != nil {
		return err
	}
	return c.attach(ctx, in, out, errs, resize)
}

// PortForward connects a client to a port of a pod's loopback interface.
func (s streams) PortForward(ctx context.Context, id string, port int32, client io.ReadWriteCloser) error {
	defer client.Close()
	sandbox, err := s.runtime.findSandbox(id)
	if err != nil {
		return err
	}
	var server net.Conn
	for _, address := range []string{"127.0.0.1", "::1"} {
		err = sandbox.network.Do(func() (err error) {
			server, err = new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(address, strconv.Itoa(int(port))))
			return err
		})
		if err == nil {
			return forward(client, server.(*net.TCPConn))
		}
	}
	pod := sandbox.pod()
	return fmt.Errorf("port %d of pod %s/%s: %w", port, pod.Namespace, pod.Name, err)
}

// forward copies in both directions until the server has ended its direction.
func forward(client io.ReadWriter, server *net.TCPConn) error {
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.CloseWrite()
	}()
	_, err := io.Copy(client, server)
	return err
}

// Attach returns the URL at which the kubelet connects to the streams of a container.
func (r *Runtime) Attach(_ context.Context, request *api.AttachRequest) (*api.AttachResponse, error) {
	c, err := r.findContainer(request.ContainerId)
	if err == nil {
		_, err = c.running()
	}
	if err != nil {
		return nil, err
	}
	return r.streaming.GetAttach(request)
}

// attach copies the client's input to the container, and further output of the container to the client.
func (c *container) attach(
	ctx context.Context, in io.Reader, out, errs io.Writer, resize <-chan remotecommand.TerminalSize,
) error {
	client := &attachment{failed: make(chan struct{})}
	if out != nil { // not a nil pointer in an interface
		client.stdout = out
	}
	if errs != nil {
		client.stderr = errs
	}
	c.output.attach(client)
	defer c.output.detach(client)
	c.mutex.Lock()
	stdin, terminal := c.stdin, c.terminal
	c.mutex.Unlock()
	if terminal != nil {
		go resizeTerminal(ctx, terminal, resize)
	}
	if in != nil && stdin != nil {
		go func() {
			_, _ = io.Copy(stdin, in)
			if c.config.StdinOnce {
				stdin.Close()
			}
		}()
	}
	select {
	case <-c.ended:
	case <-client.failed:
	case <-ctx.Done():
	}
	return nil
}
