package cri

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/grpc"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/kubelet/pkg/cri/streaming"

	"eksnet/lab/process"
)

// Options describe the container runtime of one node.
type Options struct {
	// Name is the hostname of the node, and of its pods with hostNetwork.
	Name string
	// Network is the network namespace of the node.
	Network process.NetworkNamespace
	// Dir is a folder for files and mount points of pods. Stop removes what is in it.
	Dir string
	// Socket is the path of the Unix socket, at most 107 bytes.
	Socket string
	// Program returns the program of an image. An error is reported as that of a failed pull.
	Program func(image string) (Program, error)
	// Pods connects pods to the network.
	Pods PodNetwork
}

// Pod identifies a pod. Sandbox is the ID of its sandbox, which is another one after the sandbox is created again.
type Pod struct {
	Namespace, Name, UID, Sandbox string
}

// PodNetwork connects the network namespaces of pods, as a CNI plugin does.
type PodNetwork interface {
	// Connect returns the address of the pod. After an error the kubelet tries again with another sandbox.
	Connect(ctx context.Context, pod Pod, network process.NetworkNamespace) (netip.Addr, error)
	// Disconnect is also called after a Connect with an error, and again after a Disconnect with an error.
	Disconnect(ctx context.Context, pod Pod) error
}

// Runtime is a container runtime that serves one kubelet.
type Runtime struct {
	api.UnimplementedRuntimeServiceServer
	api.UnimplementedImageServiceServer

	options   Options
	grpc      *grpc.Server
	streaming streaming.Server
	http      *http.Server

	mutex      sync.Mutex
	sandboxes  map[string]*sandbox
	containers map[string]*container
	images     map[string]bool
}

// maxMessage is the size of messages that kubelets accept (k8s.io/cri-client, maxMsgSize).
const maxMessage = 16 << 20

// Start serves the container runtime interface on the socket until Stop.
func Start(o Options) (*Runtime, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("container runtime: %w", err)
	}
	r := &Runtime{
		options: o, sandboxes: map[string]*sandbox{}, containers: map[string]*container{}, images: map[string]bool{},
	}
	listener, err := net.Listen("unix", o.Socket)
	if err != nil {
		return nil, fmt.Errorf("socket of the container runtime: %w", err)
	}
	if err := r.serveStreams(); err != nil {
		listener.Close()
		return nil, err
	}
	r.grpc = grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage), grpc.WaitForHandlers(true))
	api.RegisterRuntimeServiceServer(r.grpc, r)
	api.RegisterImageServiceServer(r.grpc, r)
	go func() { _ = r.grpc.Serve(listener) }() // returns an error if the socket fails, which the kubelet reports
	return r, nil
}

// Stop ends all containers, disconnects and removes all pods, and closes the socket.
func (r *Runtime) Stop() error {
	_ = r.http.Close()
	r.grpc.Stop() // returns after the calls that run, whose contexts it cancels
	var errs []error
	for _, s := range r.allSandboxes() {
		errs = append(errs, r.removeSandbox(context.Background(), s))
	}
	return errors.Join(errs...)
}

// Sandbox returns the network namespace of a running pod.
func (r *Runtime) Sandbox(namespace, pod string) (process.NetworkNamespace, bool) {
	for _, s := range r.allSandboxes() {
		if metadata := s.config.Metadata; metadata.Namespace == namespace && metadata.Name == pod && s.isReady() {
			return s.network, true
		}
	}
	return "", false
}

// Kill kills the running containers of images that meet a condition. The kubelet starts them again if it can.
func (r *Runtime) Kill(of func(image string) bool) {
	for _, c := range r.allContainers() {
		if of(c.image) {
			c.kill()
		}
	}
}

func (r *Runtime) allSandboxes() []*sandbox {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	all := make([]*sandbox, 0, len(r.sandboxes))
	for _, s := range r.sandboxes {
		all = append(all, s)
	}
	return all
}

func (r *Runtime) allContainers() []*container {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	all := make([]*container, 0, len(r.containers))
	for _, c := range r.containers {
		all = append(all, c)
	}
	return all
}

// folder returns the folder of a sandbox or container.
func (r *Runtime) folder(id string) string { return filepath.Join(r.options.Dir, id) }

func newID() string {
	var id [32]byte
	_, _ = rand.Read(id[:]) // never returns an error
	return hex.EncodeToString(id[:])
}
