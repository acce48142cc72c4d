package cri

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"

	"eksnet/lab/process"
)

// inside is the variable that is set in the namespaces in which the tests run.
const inside = "EKSNET_CRI_TEST_INSIDE"

// noNamespaces is why this machine cannot run the tests, nil if it can.
var noNamespaces error

// TestMain also makes the test binary the command that sets up containers. It runs the tests in
// namespaces like those of the lab.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == InitCommand:
		os.Exit(RunInit(os.Args[2:]))
	case len(os.Args) > 1 && os.Args[1] == "serve":
		os.Exit(serveLines())
	case len(os.Args) > 1 && os.Args[1] == "nothing":
		os.Exit(0)
	case os.Getenv(inside) != "":
		if err := errors.Join(process.IgnoreUserChanges(), process.SetUpMounts(), process.SetUpLoopback()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	if noNamespaces = process.CheckNamespaces("nothing"); noNamespaces != nil {
		os.Exit(m.Run())
	}
	os.Setenv(inside, "yes")
	if err := process.Enter(context.Background(), os.Args[1:]); err != nil {
		os.Exit(1)
	}
}

// pods is a PodNetwork that counts connected pods.
type pods struct {
	mutex     sync.Mutex
	connected map[string]bool
	failure   error // of Connect
	remains   error // of Disconnect
}

func (p *pods) Connect(_ context.Context, pod Pod, _ process.NetworkNamespace) (netip.Addr, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.connected[pod.Name] = true
	return netip.MustParseAddr("10.0.1.7"), p.failure
}

func (p *pods) Disconnect(_ context.Context, pod Pod) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.remains == nil {
		delete(p.connected, pod.Name)
	}
	return p.remains
}

// node is a runtime with a client, as a kubelet is one.
type node struct {
	api.RuntimeServiceClient
	api.ImageServiceClient
	*testing.T
	runtime *Runtime
	folder  string
	pods    *pods
}

const image = "registry.example.com/tools:1"

// tools is the program of the image: a shell with this machine's tools.
var tools = Program{
	Command: []string{"/bin/sh", "-c"}, Args: []string{"echo default"}, Env: []string{"OF=image", "BOTH=image"},
	Programs: []string{testBinary()}, Writable: []string{"/var/lib/tool", "/etc/default"},
	Files: map[string]string{"/etc/tool/words": "hello", "/usr/share/tool/words": "shared"},
	Links: map[string]string{"/tool": "/bin/echo"},
}

// testBinary returns the path of this program.
func testBinary() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// startNode starts the runtime of a node.
func startNode(t *testing.T) *node {
	t.Helper()
	if noNamespaces != nil {
		t.Skip(noNamespaces)
	}
	folder, err := os.MkdirTemp("/run", "node")
	if err != nil {
		t.Fatal(err)
	}
	network, err := process.CreateNetworkNamespace(filepath.Join(folder, "network"))
	if err != nil {
		t.Fatal(err)
	}
	n := &node{T: t, folder: folder, pods: &pods{connected: map[string]bool{}}}
	socket := filepath.Join(folder, "cri.sock")
	n.runtime, err = Start(Options{
		Name: "node-1", Network: network, Dir: filepath.Join(folder, "pods"), Socket: socket, Pods: n.pods, Program: findProgram})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.runtime.Stop(); err != nil {
			t.Error(err)
		}
	})
	connection, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	n.RuntimeServiceClient = api.NewRuntimeServiceClient(connection)
	n.ImageServiceClient = api.NewImageServiceClient(connection)
	if _, err := n.PullImage(t.Context(), &api.PullImageRequest{Image: &api.ImageSpec{Image: image}}); err != nil {
		t.Fatal(err)
	}
	return n
}

func findProgram(name string) (Program, error) {
	if name != image {
		return Program{}, fmt.Errorf("image %q has no program in the lab; accepted: %s", name, image)
	}
	return tools, nil
}

// newPod returns the configuration of a pod.
func (n *node) newPod(name string) *api.PodSandboxConfig {
	return &api.PodSandboxConfig{
		Metadata: &api.PodSandboxMetadata{Namespace: "default", Name: name, Uid: "uid-" + name}, Hostname: name,
		LogDirectory: filepath.Join(n.folder, "logs", name),
		Labels:       map[string]string{"app": name}, Annotations: map[string]string{"of": name},
		DnsConfig: &api.DNSConfig{
			Servers:  []string{"172.20.0.10"},
			Searches: []string{"default.svc.cluster.local", "cluster.local"}, Options: []string{"ndots:5"},
		},
	}
}

// runPod runs a pod without containers and returns its ID.
func (n *node) runPod(config *api.PodSandboxConfig) string {
	n.Helper()
	response, err := n.RunPodSandbox(n.Context(), &api.RunPodSandboxRequest{Config: config})
	if err != nil {
		n.Fatal(err)
	}
	return response.PodSandboxId
}

// newContainer returns the configuration of a container that runs a script.
func newContainer(script string) *api.ContainerConfig {
	return &api.ContainerConfig{
		Metadata: &api.ContainerMetadata{Name: "main"}, Labels: map[string]string{"container": "main"},
		Image:   &api.ImageSpec{Image: imageID(image), UserSpecifiedImage: image},
		Command: []string{"/bin/sh", "-c", script}, LogPath: "main/0.log",
	}
}

// newSleeper returns the configuration of a container that runs until it is stopped.
func newSleeper() *api.ContainerConfig {
	config := newContainer("")
	config.Command = []string{"sleep", "1000"}
	return config
}

// create creates a container in a pod and returns its ID.
func (n *node) create(pod string, config *api.ContainerConfig) string {
	n.Helper()
	created, err := n.CreateContainer(n.Context(), &api.CreateContainerRequest{PodSandboxId: pod, Config: config})
	if err != nil {
		n.Fatal(err)
	}
	return created.ContainerId
}

// start creates and starts a container and returns its ID.
func (n *node) start(pod string, config *api.ContainerConfig) string {
	n.Helper()
	id := n.create(pod, config)
	if _, err := n.StartContainer(n.Context(), &api.StartContainerRequest{ContainerId: id}); err != nil {
		n.Fatal(err)
	}
	return id
}

func (n *node) status(container string) *api.ContainerStatus {
	n.Helper()
	response, err := n.ContainerStatus(n.Context(), &api.ContainerStatusRequest{ContainerId: container})
	if err != nil {
		n.Fatal(err)
	}
	return response.Status
}

// waitForEnd waits until a container has ended.
func (n *node) waitForEnd(container string) *api.ContainerStatus {
	n.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if status := n.status(container); status.State == api.ContainerState_CONTAINER_EXITED {
			return status
		}
	}
	n.Fatal("the container does not end")
	return nil
}

// run runs a container in a new pod to its end and returns its status and what it printed.
func (n *node) run(name string, config *api.ContainerConfig) (*api.ContainerStatus, string) {
	n.Helper()
	status := n.waitForEnd(n.start(n.runPod(n.newPod(name)), config))
	return status, n.printed(status.LogPath)
}

// printed returns the lines of a log, without time, stream and tag.
func (n *node) printed(log string) string {
	n.Helper()
	content, err := os.ReadFile(log)
	if err != nil {
		n.Fatal(err)
	}
	var lines strings.Builder
	for line := range strings.Lines(string(content)) {
		fields := strings.SplitN(line, " ", 4)
		if len(fields) != 4 {
			n.Fatalf("line %q of the log", line)
		}
		lines.WriteString(fields[3])
	}
	return lines.String()
}

// check runs a script and compares what it prints.
func (n *node) check(name string, config *api.ContainerConfig, want string) {
	n.Helper()
	if status, got := n.run(name, config); got != want {
		n.Errorf("exit code %d, printed\n%s\nwant\n%s", status.ExitCode, got, want)
	}
}

// exec runs a command in a container, as a probe does.
func (n *node) exec(container string, command ...string) *api.ExecSyncResponse {
	n.Helper()
	response, err := n.ExecSync(n.Context(), &api.ExecSyncRequest{ContainerId: container, Cmd: command, Timeout: 20})
	if err != nil {
		n.Fatal(err)
	}
	return response
}
