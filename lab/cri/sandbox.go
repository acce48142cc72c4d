package cri

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	api "k8s.io/cri-api/pkg/apis/runtime/v1"

	"eksnet/lab/process"
)

// sandbox is the namespaces and files that the containers of a pod share.
type sandbox struct {
	id       string
	nodeName string
	config   *api.PodSandboxConfig
	folder   string
	created  time.Time
	// network is the pod's own, or the node's for hostNetwork.
	network process.NetworkNamespace
	address netip.Addr // not valid for hostNetwork

	removal sync.RWMutex // held while the sandbox is stopped, for reading while a container starts

	mutex sync.Mutex
	ready bool
}

func (s *sandbox) isReady() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.ready
}

func (s *sandbox) setReady(ready bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ready = ready
}

func (s *sandbox) namespaceOptions() *api.NamespaceOption {
	return s.config.GetLinux().GetSecurityContext().GetNamespaceOptions()
}

func (s *sandbox) usesNodeNetwork() bool {
	return s.namespaceOptions().GetNetwork() == api.NamespaceMode_NODE
}

func (s *sandbox) pod() Pod {
	m := s.config.Metadata
	return Pod{Namespace: m.Namespace, Name: m.Name, UID: m.Uid, Sandbox: s.id}
}

// path returns the path of a file that all containers of the pod share.
func (s *sandbox) path(name string) string { return filepath.Join(s.folder, name) }

// checkNamespaceOptions returns an error for PID namespaces that the runtime does not have.
func checkNamespaceOptions(o *api.NamespaceOption) error {
	switch { // POD is the zero value of modes
	case o == nil:
		return nil
	case o.UsernsOptions != nil && o.UsernsOptions.Mode == api.NamespaceMode_POD:
		return errors.New("hostUsers: false is not supported by the lab's container runtime: remove it from the pod")
	case o.Pid == api.NamespaceMode_NODE:
		return errors.New("hostPID is not supported by the lab's container runtime: remove it from the pod")
	case o.Pid == api.NamespaceMode_POD:
		return errors.New("shareProcessNamespace is not supported by the lab's container runtime: remove it")
	}
	return nil
}

// create creates the namespaces and files of the pod, and connects it.
func (s *sandbox) create(ctx context.Context, node process.NetworkNamespace, pods PodNetwork) error {
	if err := os.MkdirAll(s.path("shm"), 0o755); err != nil {
		return fmt.Errorf("folder of the sandbox: %w", err)
	}
	if err := os.Chmod(s.path("shm"), 0o777|os.ModeSticky); err != nil {
		return fmt.Errorf("folder of the sandbox: %w", err)
	}
	ownIPC := s.namespaceOptions().GetIpc() != api.NamespaceMode_NODE
	if err := createNamespaces(s.folder, s.hostname(), ownIPC); err != nil {
		return err
	}
	if err := s.writeFiles(); err != nil {
		return err
	}
	if err := s.createNetwork(node); err != nil {
		return err
	}
	if err := inNamespaces(s.network, s.folder, s.setParameters); err != nil {
		return err
	}
	if s.usesNodeNetwork() {
		return nil
	}
	address, err := pods.Connect(ctx, s.pod(), s.network)
	if err != nil {
		return fmt.Errorf("network of pod %s/%s: %w", s.config.Metadata.Namespace, s.config.Metadata.Name, err)
	}
	s.address = address
	return nil
}

func (s *sandbox) createNetwork(node process.NetworkNamespace) (err error) {
	if s.usesNodeNetwork() {
		s.network = node
	} else {
		s.network, err = process.CreateNetworkNamespace(s.path("network"))
	}
	return err
}

// hostname returns the pod's hostname. The kubelet sets none with hostNetwork: it is the node's.
func (s *sandbox) hostname() string {
	return cmp.Or(s.config.Hostname, s.nodeName, s.config.Metadata.Name)
}

// writeFiles writes the files that containers have in /etc.
func (s *sandbox) writeFiles() error {
	if err := os.WriteFile(s.path("hostname"), []byte(s.hostname()+"\n"), 0o644); err != nil {
		return fmt.Errorf("hostname: %w", err)
	}
	var lines strings.Builder
	dns := s.config.GetDnsConfig()
	if len(dns.GetSearches()) > 0 {
		fmt.Fprintln(&lines, "search", strings.Join(dns.Searches, " "))
	}
	for _, server := range dns.GetServers() {
		fmt.Fprintln(&lines, "nameserver", server)
	}
	if len(dns.GetOptions()) > 0 {
		fmt.Fprintln(&lines, "options", strings.Join(dns.Options, " "))
	}
	if err := os.WriteFile(s.path("resolv.conf"), []byte(lines.String()), 0o644); err != nil {
		return fmt.Errorf("resolv.conf: %w", err)
	}
	return nil
}

// setParameters writes the kernel parameters of the pod's security context.
func (s *sandbox) setParameters() error {
	for name, value := range s.config.GetLinux().GetSysctls() {
		path := filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/"))
		if err := os.WriteFile(path, []byte(value), 0o644); err != nil {
			return fmt.Errorf("sysctl %s=%s of the pod: %w", name, value, err)
		}
	}
	return nil
}

// delete disconnects the pod and removes its namespaces and files. It can be called again after an error.
func (s *sandbox) delete(ctx context.Context, pods PodNetwork) error {
	if !s.usesNodeNetwork() && s.network != "" {
		if err := pods.Disconnect(ctx, s.pod()); err != nil {
			return fmt.Errorf("network of pod %s/%s: %w", s.config.Metadata.Namespace, s.config.Metadata.Name, err)
		}
		if err := s.network.Delete(); err != nil {
			return err
		}
		s.network = ""
	}
	deleteNamespaces(s.folder)
	return os.RemoveAll(s.folder)
}
