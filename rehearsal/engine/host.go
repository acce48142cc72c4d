package engine

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
)

var errClosed = errors.New("the host of the rehearsal is closed")

// HostOptions configures a Host.
type HostOptions struct {
	// NodeModules is the directory that `npm ci` created: rehearsal/node_modules.
	NodeModules string
	// Log receives the standard error of the Node process; nil discards it.
	Log io.Writer
	// Environment adds variables to those of the Node process, such as AWS_PROFILE=name, which an operator's shell
	// would set.
	Environment []string
}

// Host holds what operations share and what outlives them: the Node process of the eks component's provider, the health
// endpoints of simulated clusters, and a stand-in for the stacks' proxies. One Host can serve a whole process,
// including concurrent operations. As Node has one thread, more hosts make parallel suites faster.
type Host struct {
	options HostOptions
	// version is that of the installed component.
	version string
	logs    *logs
	// scratch holds all files that are written while the host is open. Node removes it if this process is killed.
	scratch string

	mu        sync.Mutex
	closed    bool
	node      *node
	listeners map[int]net.Listener
	// proxy is the listener of the stand-in for the stacks' proxies; proxies maps their addresses to its port.
	proxy   net.Listener
	proxies map[string]int
}

// StartHost confines this process (see Confine) and checks that the component's provider is installed. Node itself
// starts with the first preview or up; refresh and destroy do not need it.
func StartHost(options HostOptions) (*Host, error) {
	Confine()
	entry := filepath.Join(options.NodeModules, providerEntry)
	if _, err := os.Stat(entry); err != nil {
		return nil, fmt.Errorf("the eks component's provider is not installed: %w; run `npm ci --ignore-scripts` in rehearsal/", err)
	}
	version, err := installedVersion(options.NodeModules)
	if err != nil {
		return nil, fmt.Errorf("the eks component's provider: %w; run `npm ci --ignore-scripts` in rehearsal/", err)
	}
	logs, err := serveLogs()
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "eksnet-rehearsal-")
	if err != nil {
		return nil, err
	}
	// The operator's own ~/.pulumi is neither read nor written.
	os.Setenv("PULUMI_HOME", filepath.Join(scratch, "pulumi"))
	return &Host{options: options, version: version, logs: logs, scratch: scratch, listeners: map[int]net.Listener{}, proxies: map[string]int{}}, nil
}

// component starts Node if it is not running, and does not wait for it.
func (h *Host) component() (*node, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if h.node == nil {
		started, err := startNode(h.options, h.scratch, h.logs.address)
		if err != nil {
			return nil, err
		}
		h.node = started
	}
	return h.node, nil
}

// Close stops Node and closes the endpoints.
func (h *Host) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil
	}
	h.closed = true
	var errs []error
	for _, listener := range h.listeners {
		apiServers.Delete(listener.Addr().String())
		errs = append(errs, listener.Close())
	}
	if h.proxy != nil {
		errs = append(errs, h.proxy.Close())
	}
	if h.node != nil {
		h.node.close()
	}
	h.logs.close()
	errs = append(errs, os.RemoveAll(h.scratch))
	return errors.Join(errs...)
}
