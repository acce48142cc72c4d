package cri

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
	utilexec "k8s.io/utils/exec"
)

func TestProbesGetOutputAndExitCodeOfTheirCommand(t *testing.T) {
	n := startNode(t)
	config := newSleeper()
	config.WorkingDir, config.Envs = "/tmp", []*api.KeyValue{{Key: "WORD", Value: "hello"}}
	id := n.start(n.runPod(n.newPod("probed")), config)
	const script = `echo $WORD; pwd; hostname; cat /proc/1/comm; ls /proc/sys/net/ipv4/conf | grep lo
		echo wrong >&2; exit 7`
	got := n.exec(id, "sh", "-c", script)
	const want = "hello\n/tmp\nprobed\nsleep\nlo\n"
	if string(got.Stdout) != want || string(got.Stderr) != "wrong\n" || got.ExitCode != 7 {
		t.Errorf("%q %q %d", got.Stdout, got.Stderr, got.ExitCode)
	}
	_, err := n.ExecSync(t.Context(), &api.ExecSyncRequest{ContainerId: id, Cmd: []string{"no-such-program"}})
	if err == nil || !strings.Contains(err.Error(), "executable file not found in $PATH") {
		t.Error(err)
	}
}

func TestAProbeThatTimesOutIsKilled(t *testing.T) {
	n := startNode(t)
	id := n.start(n.runPod(n.newPod("slow")), newSleeper())
	began := time.Now()
	command := []string{"sh", "-c", "sleep 7531.8642 & wait"}
	_, err := n.ExecSync(t.Context(), &api.ExecSyncRequest{ContainerId: id, Cmd: command, Timeout: 1})
	if took := time.Since(began); status.Code(err) != codes.DeadlineExceeded || took > 10*time.Second {
		t.Errorf("%v after %s", err, took)
	}
	for end := time.Now().Add(20 * time.Second); isRunning("7531.8642"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the command runs on")
		}
	}
}

// dial returns a client of a URL of the streaming server, whose connections are made in the node's network.
func (n *node) dial(address string) (http.RoundTripper, spdy.Upgrader, *url.URL) {
	n.Helper()
	at, err := url.Parse(address)
	if err != nil {
		n.Fatal(err)
	}
	transport, upgrader, err := spdy.RoundTripperFor(&rest.Config{Host: at.Host})
	if err != nil {
		n.Fatal(err)
	}
	return transport, upgrader, at
}

// stream runs a command or attaches, as kubectl does by the kubelet.
func (n *node) stream(address string, options remotecommand.StreamOptions) (err error) {
	n.Helper()
	transport, upgrader, at := n.dial(address)
	executor, err := remotecommand.NewSPDYExecutorForTransports(transport, upgrader, "POST", at)
	if err != nil {
		n.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(n.Context(), 30*time.Second)
	defer cancel()
	return n.runtime.options.Network.Do(func() error { return executor.StreamWithContext(ctx, options) })
}

func TestKubectlExecHasInputOutputAndExitStatus(t *testing.T) {
	n := startNode(t)
	id := n.start(n.runPod(n.newPod("exec")), newSleeper())
	response, err := n.Exec(t.Context(), &api.ExecRequest{ContainerId: id, Stdin: true, Stdout: true, Stderr: true,
		Cmd: []string{"sh", "-c", "tr a-z A-Z; echo wrong >&2; exit 3"}})
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	options := remotecommand.StreamOptions{Stdin: strings.NewReader("hello"), Stdout: &stdout, Stderr: &stderr}
	err = n.stream(response.Url, options)
	exit, ok := errors.AsType[utilexec.ExitError](err)
	if !ok || exit.ExitStatus() != 3 || stdout.String() != "HELLO" || stderr.String() != "wrong\n" {
		t.Errorf("%v %q %q", err, stdout.String(), stderr.String())
	}
}

func TestKubectlExecEndsWithItsCommandWhileInputIsOpen(t *testing.T) {
	n := startNode(t)
	id := n.start(n.runPod(n.newPod("exec")), newSleeper())
	request := &api.ExecRequest{ContainerId: id, Cmd: []string{"echo", "done"}, Stdin: true, Stdout: true}
	response, err := n.Exec(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	open, write := io.Pipe()
	defer write.Close()
	var stdout bytes.Buffer
	err = n.stream(response.Url, remotecommand.StreamOptions{Stdin: open, Stdout: &stdout})
	if err != nil || stdout.String() != "done\n" {
		t.Errorf("%v %q", err, stdout.String())
	}
}

// sizes is a queue of one terminal size.
type sizes chan remotecommand.TerminalSize

func (s sizes) Next() *remotecommand.TerminalSize {
	size, ok := <-s
	if !ok {
		return nil
	}
	return &size
}

func TestKubectlExecInATerminalHasItsSize(t *testing.T) {
	n := startNode(t)
	id := n.start(n.runPod(n.newPod("terminal")), newSleeper())
	script := `tty; until stty size | grep -q '40 111'; do sleep 0.02; done
stty size; read line; echo got $line; exit 4`
	request := &api.ExecRequest{
		ContainerId: id, Cmd: []string{"sh", "-c", script}, Stdin: true, Stdout: true, Tty: true}
	response, err := n.Exec(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	queue := make(sizes, 1)
	defer close(queue)
	queue <- remotecommand.TerminalSize{Width: 111, Height: 40}
	var stdout bytes.Buffer
	err = n.stream(response.Url, remotecommand.StreamOptions{
		Stdin: strings.NewReader("words\n"), Stdout: &stdout, Tty: true, TerminalSizeQueue: queue})
	exit, ok := errors.AsType[utilexec.ExitError](err)
	if !ok || exit.ExitStatus() != 4 {
		t.Error(err)
	}
	for _, line := range []string{"/dev/pts/0\r\n", "40 111\r\n", "got words\r\n"} {
		if !strings.Contains(stdout.String(), line) {
			t.Errorf("%q is not in %q", line, stdout.String())
		}
	}
}

// buffer is a bytes.Buffer for two goroutines.
type buffer struct {
	mutex   sync.Mutex
	content bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.content.Write(p)
}

func (b *buffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.content.String()
}

func TestKubectlAttachHasTheStreamsOfTheContainer(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		n := startNode(t)
		config := newContainer(`echo before; read line; echo got $line; [ -t 0 ] && echo terminal; exit 0`)
		config.Stdin, config.StdinOnce, config.Tty = true, true, terminal
		id := n.start(n.runPod(n.newPod("attached")), config)
		request := &api.AttachRequest{ContainerId: id, Stdin: true, Stdout: true, Tty: terminal}
		response, err := n.Attach(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		var stdout buffer
		options := remotecommand.StreamOptions{Stdin: strings.NewReader("words\n"), Stdout: &stdout, Tty: terminal}
		err = n.stream(response.Url, options)
		printed := stdout.String()
		if err != nil || !strings.Contains(printed, "got words") || strings.Contains(printed, "terminal") != terminal {
			t.Errorf("%v %q", err, printed)
		}
		log := n.printed(n.waitForEnd(id).LogPath)
		if !strings.Contains(log, "before") || !strings.Contains(log, "got words") {
			t.Errorf("%q", log)
		}
	}
}

// serveLines is the command of the test binary that answers lines on the loopback interface.
func serveLines() int {
	listener, err := net.Listen("tcp", "127.0.0.1:8080")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	for {
		connection, err := listener.Accept()
		if err != nil {
			return 1
		}
		line, _ := bufio.NewReader(connection).ReadString('\n')
		fmt.Fprint(connection, "you said ", line)
		connection.Close()
	}
}

func TestKubectlPortForwardReachesTheLoopbackInterfaceOfThePod(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("served"))
	config := newContainer("")
	config.Command = []string{testBinary(), "serve"}
	n.waitForOutput(n.status(n.start(pod, config)).LogPath, "ready\n")
	response, err := n.PortForward(t.Context(), &api.PortForwardRequest{PodSandboxId: pod, Port: []int32{8080}})
	if err != nil {
		t.Fatal(err)
	}
	transport, upgrader, at := n.dial(response.Url)
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", at)
	var connection httpstream.Connection
	err = n.runtime.options.Network.Do(func() (err error) {
		connection, _, err = dialer.Dial(portforward.PortForwardProtocolV1Name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	for _, port := range []string{"8080", "8081"} {
		got, failure := n.request(connection, port)
		if port == "8080" && (got != "you said hello\n" || failure != "") {
			t.Errorf("%q %q", got, failure)
		}
		if port == "8081" && !strings.Contains(failure, "connection refused") {
			t.Errorf("%q", failure)
		}
	}
}

// request sends a line to a forwarded port and returns the response and the error.
func (n *node) request(connection httpstream.Connection, port string) (response, failure string) {
	n.Helper()
	headers := http.Header{}
	headers.Set("port", port)
	headers.Set("requestID", port)
	headers.Set("streamType", "error")
	errs, err := connection.CreateStream(headers)
	if err != nil {
		n.Fatal(err)
	}
	errs.Close()
	headers.Set("streamType", "data")
	data, err := connection.CreateStream(headers)
	if err != nil {
		n.Fatal(err)
	}
	fmt.Fprint(data, "hello\n")
	data.Close()
	answer, _ := io.ReadAll(data)
	message, _ := io.ReadAll(errs)
	return string(answer), string(message)
}
